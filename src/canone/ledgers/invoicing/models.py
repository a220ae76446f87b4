"""Charges: what is owed, why, and what corrected it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from canone.base.fields import MoneyField, UnitPriceField


class Charge(models.Model):
    """An amount owed by a customer, from one origin; append-only.

    A reversal is a second row with the same origin and revision and the opposite amount; what is
    charged after it takes the next revision.
    """

    origin = models.CharField(max_length=80)
    revision = models.PositiveIntegerField(default=1)
    is_reversal = models.BooleanField(default=False)
    customer = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=24)
    description = models.CharField(_("description"), max_length=400)
    quantity_micros = models.BigIntegerField(default=1_000_000)
    unit = models.CharField(max_length=12, blank=True)
    unit_price = UnitPriceField(default=0)
    amount = MoneyField(_("amount"))
    vat = models.ForeignKey("catalog.VatRate", null=True, on_delete=models.PROTECT)
    service_start = models.DateField()
    service_end = models.DateField(help_text="first day after the service")
    explanation = models.JSONField(default=list)
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    document = models.CharField(_("document"), max_length=80, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["origin", "revision", "is_reversal"], name="invoicing_charge_once"
            ),
        )
        indexes = (
            models.Index(fields=["customer", "posted_at"], name="invoicing_charge_customer"),
        )
