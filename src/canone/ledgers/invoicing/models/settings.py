"""Series of documents, and how customers are taxed."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

CODE = RegexValidator(r"^[A-Z0-9]{1,6}$", _("Up to six capital letters and digits."))


class Series(models.Model):
    """A series of numbers for one or more kinds of documents; its counter is in `numbering`."""

    code = models.CharField(_("series"), max_length=6, unique=True, validators=[CODE])
    title = models.CharField(_("description"), max_length=80, blank=True)
    for_invoices = models.BooleanField(_("invoices"), default=False)
    for_credit_notes = models.BooleanField(_("credit notes"), default=False)
    for_pro_formas = models.BooleanField(_("pro-forma invoices"), default=False)
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(for_pro_formas=False) | Q(for_invoices=False, for_credit_notes=False),
                name="invoicing_series_fiscal",
            ),
            *(
                models.UniqueConstraint(
                    fields=["is_default"],
                    condition=Q(("is_default", True), (f"for_{kind}", True)),
                    name=f"invoicing_series_one_{kind}",
                )
                for kind in ("invoices", "credit_notes", "pro_formas")
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()


class BillingSettings(models.Model):
    """The firm's habits of invoicing; one row per database.

    `due_days` is for customers without payment terms. `posts_on` is which posting date a run
    proposes; whoever starts it may choose another.
    """

    class PostsOn(models.TextChoices):
        ISSUE = "issue", _("the date of the invoices")
        MONTH_END = "month_end", _("the last day of the month billed through")

    ordinary_vat = models.ForeignKey(
        "catalog.VatRate",
        verbose_name=_("ordinary VAT"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recharges_stamp = models.BooleanField(_("charge stamp duty to the customer"), default=True)
    due_days = models.PositiveSmallIntegerField(
        _("days until due without payment terms"), default=30
    )
    posts_on = models.CharField(
        _("posting date"), max_length=9, choices=PostsOn.choices, default=PostsOn.ISSUE
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("billing settings")
        verbose_name_plural = _("billing settings")
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="invoicing_settings_one"),
            models.CheckConstraint(
                condition=Q(due_days__lte=365), name="invoicing_settings_due_days"
            ),
        )


class TaxProfile(models.Model):
    """How the documents of one customer are taxed, where it is not as usual."""

    customer = models.OneToOneField(
        "parties.Party",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    vat = models.ForeignKey(
        "catalog.VatRate",
        verbose_name=_("usual VAT"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    split_since = models.DateField(_("split payment since"), null=True, blank=True)
    split_until = models.DateField(_("split payment until"), null=True, blank=True)
    withholding_bp = models.PositiveIntegerField(
        _("withholding"), default=0, help_text="400 is 4 %"
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("taxation of a customer")
        verbose_name_plural = _("taxation of customers")
        constraints = (
            models.CheckConstraint(
                condition=Q(withholding_bp__lte=10_000), name="invoicing_tax_withholding"
            ),
            models.CheckConstraint(
                condition=Q(split_since__isnull=True) | Q(withholding_bp=0),
                name="invoicing_tax_split_or_withholding",
            ),
        )
