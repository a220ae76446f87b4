"""What is sold, at what price, under which VAT, and how work is rated."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.base.fields import MoneyField, UnitPriceField
from canone.base.history import triggers
from canone.registers.catalog.rules import codec
from canone.registers.catalog.rules.terms import Terms


class VatRate(models.Model):
    """A rate of VAT, or a nature for what bears none."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    title = models.CharField(_("description"), max_length=120)
    basis_points = models.IntegerField(_("rate"), help_text="2200 is 22 %")
    nature = models.CharField(_("nature"), max_length=8, blank=True)
    country = models.CharField(_("country"), max_length=2, default="it")
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(basis_points__gte=0, basis_points__lte=10_000),
                name="catalog_vat_between",
            ),
            models.CheckConstraint(
                condition=Q(basis_points=0) | Q(nature=""), name="catalog_vat_nature_of_zero"
            ),
        )


class Unit(models.Model):
    """What is counted: hours, pieces, kilometres."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    title = models.CharField(_("description"), max_length=60)
    titles = models.JSONField(_("in other languages"), default=dict, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    def title_in(self, language: str) -> str:
        """Return the description in `language`, else in the firm's."""
        return str(self.titles.get(language[:2]) or self.title)


class Article(models.Model):
    """A service or goods that the firm sells."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("Service")
        GOODS = "goods", _("Goods")

    code = models.CharField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.SERVICE)
    title = models.CharField(_("description"), max_length=200)
    titles = models.JSONField(_("in other languages"), default=dict, blank=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="articles", verbose_name=_("unit")
    )
    vat = models.ForeignKey(
        VatRate, on_delete=models.PROTECT, related_name="articles", verbose_name=_("VAT")
    )
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        indexes = (models.Index(fields=["title"], name="catalog_article_title"),)

    def title_in(self, language: str) -> str:
        """Return the description in `language`, else in the firm's."""
        return str(self.titles.get(language[:2]) or self.title)


class PriceList(models.Model):
    """Prices of articles for some customers or some time; one is the usual."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    is_default = models.BooleanField(_("usual price list"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text="first day after"
    )
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="catalog_one_default"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")),
                name="catalog_pricelist_period",
            ),
        )


class Price(models.Model):
    """What an article costs in a price list from a day on, until the next price."""

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="prices")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="prices")
    valid_from = models.DateField(_("valid from"))
    price = UnitPriceField(_("price"))
    history = HistoricalRecords()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["price_list", "article", "valid_from"], name="catalog_price_once"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="catalog_price_positive"),
        )


class Tariff(models.Model):
    """How work is priced: by consumption or out of prepaid hours (an "accounting profile")."""

    class Kind(models.TextChoices):
        PAY_PER_USE = "pay_per_use", _("Pay per use")
        SUBSCRIPTION = "subscription", _("Subscription")

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind of contract"), max_length=16, choices=Kind.choices)
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

    def terms(self) -> Terms:
        """Return what this version says, for the rules."""
        columns = {name: getattr(self, name) for name in COLUMNS}
        priced = {name: str(getattr(self, name)) for name in ("initial_price", "step_price")}
        amount = {"amount": str(self.amount), "kind": self.tariff.kind}
        return codec.read({**columns, **priced, **amount, **self.options})


COLUMNS = ("minimum_minutes", "initial_minutes", "step_minutes", "total_minutes")
triggers.refuse(
    "catalog_tariffversion",
    ("UPDATE", "DELETE"),
    message="a version of a tariff is never changed",
)
