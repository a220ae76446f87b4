"""What is sold, at what price, under which VAT."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.base.fields import MoneyField, UnitPriceField


class VatRate(models.Model):
    """A rate of VAT, or a nature for what bears none."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    title = models.CharField(_("description"), max_length=120)
    basis_points = models.IntegerField(_("rate"), help_text="2200 is 22 %")
    nature = models.CharField(_("nature"), max_length=8, blank=True)
    country = models.CharField(max_length=2, default="it")
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()


class Tariff(models.Model):
    """How work is priced: by consumption or out of prepaid hours (an "accounting profile")."""

    class Kind(models.TextChoices):
        PAY_PER_USE = "pay_per_use", _("Pay per use")
        SUBSCRIPTION = "subscription", _("Subscription")

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()


class TariffVersion(models.Model):
    """One state of a tariff; never changed, followed by the next."""

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    minimum_minutes = models.PositiveIntegerField(default=0)
    initial_minutes = models.PositiveIntegerField(default=0)
    initial_price = UnitPriceField(default=0)
    step_minutes = models.PositiveIntegerField(default=1)
    step_price = UnitPriceField(default=0)
    total_minutes = models.PositiveIntegerField(default=0)
    amount = MoneyField(default=0)
    options = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tariff", "number"], name="catalog_version_once"),
        )
