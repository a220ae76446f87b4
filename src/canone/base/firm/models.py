"""The one row that says whose Canone this is."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Firm(models.Model):
    """The firm; one row per database."""

    class Country(models.TextChoices):
        ITALY = "it", _("Italy")
        FRANCE = "fr", _("France")

    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(
        _("country"), max_length=2, choices=Country.choices, default=Country.ITALY
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Rome")
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="it"
    )
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    tax_code = models.CharField(_("tax code"), max_length=20, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    province = models.CharField(_("province"), max_length=10, blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True, default="", db_default="")
    bic = models.CharField("BIC", max_length=11, blank=True, default="", db_default="")
    pays_vat_on_debits = models.BooleanField(
        _("VAT is due on invoicing (option pour les débits)"), default=False, db_default=False
    )

    history = HistoricalRecords()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="firm_only_one"),)
