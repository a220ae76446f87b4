"""Who the firm works for and buys from, and where they are."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Zone(models.Model):
    """A part of the territory, for visits and lists."""

    name = models.CharField(_("name"), max_length=80, unique=True)


class Party(models.Model):
    """A customer, a supplier, or both."""

    class Reliability(models.TextChoices):
        UNKNOWN = "unknown", _("Not rated")
        GOOD = "good", _("Reliable")
        SLOW = "slow", _("Pays late")
        BAD = "bad", _("Unreliable")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_customer = models.BooleanField(_("customer"), default=True)
    is_supplier = models.BooleanField(_("supplier"), default=False)
    is_person = models.BooleanField(_("natural person"), default=False)
    country = models.CharField(_("country"), max_length=2, default="IT")
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="it"
    )
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    tax_code = models.CharField(_("tax code"), max_length=20, blank=True)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    sdi_code = models.CharField(_("SdI code"), max_length=7, blank=True)
    pec = models.EmailField("PEC", blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    payment_terms = models.CharField(_("payment terms"), max_length=80, blank=True)
    reliability = models.CharField(
        _("reliability"),
        max_length=8,
        choices=Reliability.choices,
        default=Reliability.UNKNOWN,
    )
    zone = models.ForeignKey(Zone, null=True, blank=True, on_delete=models.PROTECT)
    notes = models.TextField(_("notes"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        indexes = (models.Index(fields=["name"], name="parties_party_name"),)


class Group(models.Model):
    """A group of the address book: the computers of one customer."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(_("name"), max_length=200, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()
