"""What a customer allows: that the firm draws from an account of theirs."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.registers.parties.models.parties import Party, VisibleOfParty
from canone.registers.parties.rules.mandates import Signed

# the characters that banks carry in a mandate's reference
REFERENCE = RegexValidator(
    r"^[A-Za-z0-9+?/:().,'\-]{1,35}$",
    _("Up to 35 letters without accents, digits and simple signs are possible, no blanks."),
)


class Mandate(models.Model):
    """A SEPA mandate for direct debits; `reference` is what the banks call UMR or RUM."""

    class Scheme(models.TextChoices):
        CORE = "core", _("SDD Core")
        B2B = "b2b", _("SDD B2B")

    class Use(models.TextChoices):
        RECURRENT = "recurrent", _("For recurrent debits")
        ONCE = "once", _("For one debit")

    party = models.ForeignKey(
        Party, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="mandates"
    )
    reference = models.CharField(
        _("mandate reference"), max_length=35, unique=True, validators=[REFERENCE]
    )
    scheme = models.CharField(
        _("scheme"), max_length=4, choices=Scheme.choices, default=Scheme.CORE
    )
    use = models.CharField(_("use"), max_length=9, choices=Use.choices, default=Use.RECURRENT)
    signed_on = models.DateField(_("signed on"))
    holder = models.CharField(_("holder of the account"), max_length=140, blank=True)
    iban = models.CharField("IBAN", max_length=34)
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    history = HistoricalRecords()
    objects = VisibleOfParty["Mandate"].as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ("-signed_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(revoked_on__isnull=True)
                | models.Q(revoked_on__gte=models.F("signed_on")),
                name="parties_mandate_revoked_after",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    def terms(self) -> Signed:
        """Return the row as the rules read it; what was drawn with it is not known here."""
        is_once = self.use == Mandate.Use.ONCE
        return Signed(self.reference, self.signed_on, self.revoked_on, is_once)
