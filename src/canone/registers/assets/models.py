"""Assets, meters, readings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.registers.parties.models import VisibleParties


class VisibleOfCustomer(VisibleParties["Asset"]):
    """Assets, cut to what a user may see of their customers."""

    path = "customer__"


class Asset(models.Model):
    """A machine, a plant, a piece of equipment."""

    customer = models.ForeignKey(
        "parties.Party",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="assets",
    )
    site = models.ForeignKey(
        "parties.Site",
        verbose_name=_("site"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assets",
    )
    name = models.CharField(_("name"), max_length=160)
    maker = models.CharField(_("maker"), max_length=80, blank=True)
    model = models.CharField(_("model"), max_length=80, blank=True)
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()
    objects = VisibleOfCustomer.as_manager()

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        ordering = ("name", "pk")
        indexes = (models.Index(fields=["serial"], name="assets_asset_serial"),)

    def __str__(self) -> str:
        return self.name


class Meter(models.Model):
    """What counts on an asset; `opening` is what it showed before its first reading."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="meters")
    name = models.CharField(_("name"), max_length=80)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    opening = models.BigIntegerField(_("opening value"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("meter")
        verbose_name_plural = _("meters")
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=["asset", "name"], name="assets_meter_once"),
            models.CheckConstraint(condition=models.Q(opening__gte=0), name="assets_meter_opening"),
        )

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """What a meter showed at the end of a day; one a day, the later one replaces it."""

    class Source(models.TextChoices):
        TYPED = "typed", _("Entered by hand")
        CUSTOMER = "customer", _("Told by the customer")
        IMPORTED = "imported", _("Imported")
        REMOTE = "remote", _("Read remotely")

    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="readings", db_index=False
    )
    day = models.DateField(_("day"))
    value = models.BigIntegerField(_("reading"))
    source = models.CharField(
        _("source"), max_length=8, choices=Source.choices, default=Source.TYPED
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ("-day",)
        constraints = (
            models.UniqueConstraint(fields=["meter", "day"], name="assets_reading_once"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="assets_reading_value"),
        )

    def __str__(self) -> str:
        return f"{self.day}: {self.value}"
