"""Who the firm works for and buys from, and where they are."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.base.access.functions import STAFF, Role
from canone.base.access.models import User
from canone.registers.parties.rules import terms

M = TypeVar("M", bound=models.Model)
COMMERCIAL = frozenset({Role.OWNER, Role.BACK_OFFICE, Role.DISPATCHER})


class VisibleParties(models.QuerySet[M]):
    """Parties, cut to what a user may see."""

    path = ""

    def visible_to(self, user: User) -> Self:
        """Return what `user` may see.

        Owner, back office and dispatcher see every party, a technician every customer, a customer
        the parties of their own logins, and nobody else anything.
        """
        if not user.is_active:
            return self.none()
        if user.roles & COMMERCIAL:
            return self
        own = PortalLogin.objects.filter(user=user).values("party")
        seen = self._party("pk__in", own)
        if user.roles & frozenset(STAFF):
            seen |= self._party("is_customer", value=True)
        return self.filter(seen)

    def _party(self, field: str, value: Any) -> models.Q:
        return models.Q(**{f"{self.path}{field}": value})


class VisibleOfParty(VisibleParties[M]):
    """Rows that hang on a party, cut to what a user may see of parties."""

    path = "party__"


class Zone(models.Model):
    """A part of the territory, for visits and lists."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PaymentTerms(models.Model):
    """How and when a party pays; the name is kept in every language of the interface."""

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("Bank transfer")
        DIRECT_DEBIT = "direct_debit", _("SEPA direct debit")
        RIBA = "riba", _("Ri.Ba.")
        CASH = "cash", _("Cash")
        CARD = "card", _("Card")
        CHEQUE = "cheque", _("Cheque")
        OTHER = "other", _("Other")

    code = models.CharField(_("code"), max_length=20, unique=True)
    names = models.JSONField(_("names"), default=dict)
    method = models.CharField(
        _("method"), max_length=16, choices=Method.choices, default=Method.TRANSFER
    )
    first_days = models.PositiveSmallIntegerField(_("days to the first due date"), default=0)
    instalments = models.PositiveSmallIntegerField(_("instalments"), default=1)
    interval_days = models.PositiveSmallIntegerField(_("days between instalments"), default=30)
    month_end = models.BooleanField(_("end of month"), default=False)
    from_month_end = models.BooleanField(_("counted from the end of the month"), default=False)
    extra_days = models.PositiveSmallIntegerField(_("days after the end of month"), default=0)
    fixed_day = models.PositiveSmallIntegerField(_("on a fixed day of the month"), default=0)
    skipped_months = models.JSONField(_("months in which nothing is due"), default=list, blank=True)
    skip_day = models.PositiveSmallIntegerField(_("then on this day"), default=10)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("payment terms")
        verbose_name_plural = _("payment terms")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(instalments__gte=1), name="parties_terms_some_instalment"
            ),
        )

    def __str__(self) -> str:
        return self.name_in(get_language() or settings.LANGUAGE_CODE)

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return str(self)

    def name_in(self, language: str) -> str:
        """Return the name in `language`; another language's, then the code, where it lacks."""
        given = [self.names.get(language), *self.names.values(), self.code]
        return next(str(name) for name in given if name)

    def terms(self) -> terms.Terms:
        """Return the row as the rules read it."""
        return terms.Terms(
            first_days=self.first_days,
            instalments=self.instalments,
            interval_days=self.interval_days,
            month_end=self.month_end,
            from_month_end=self.from_month_end,
            extra_days=self.extra_days,
            fixed_day=self.fixed_day,
            skipped=frozenset(self.skipped_months),
            skip_day=self.skip_day,
        )


class Party(models.Model):
    """A customer, a supplier, or both."""

    class Reliability(models.TextChoices):
        UNKNOWN = "unknown", _("Not rated")
        GOOD = "good", _("Reliable")
        SLOW = "slow", _("Pays late")
        BAD = "bad", _("Unreliable")

    class InvoiceGrouping(models.TextChoices):
        CUSTOMER = "customer", _("One invoice for everything")
        CONTRACT = "contract", _("One invoice per contract")
        SITE = "site", _("One invoice per site")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_customer = models.BooleanField(_("customer"), default=True)
    is_supplier = models.BooleanField(_("supplier"), default=False)
    is_person = models.BooleanField(_("natural person"), default=False)
    is_public_body = models.BooleanField(_("public body"), default=False)
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
    pec = models.EmailField(_("PEC address"), blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    website = models.CharField(
        _("website"), max_length=200, blank=True, validators=[URLValidator(["http", "https"])]
    )
    payment_terms = models.ForeignKey(
        PaymentTerms,
        verbose_name=_("payment terms"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parties",
    )
    invoice_grouping = models.CharField(
        _("grouping of invoices"),
        max_length=8,
        choices=InvoiceGrouping.choices,
        default=InvoiceGrouping.CUSTOMER,
    )
    reliability = models.CharField(
        _("reliability"),
        max_length=8,
        choices=Reliability.choices,
        default=Reliability.UNKNOWN,
    )
    zone = models.ForeignKey(
        Zone,
        verbose_name=_("zone"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parties",
    )
    notes = models.TextField(_("notes"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_blocked = models.BooleanField(_("blocked"), default=False)
    block_reason = models.CharField(_("why it is blocked"), max_length=200, blank=True)
    search_text = models.TextField(editable=False, blank=True)
    """Name, code, numbers and town without accents and capitals, for the search field."""
    history = HistoricalRecords(excluded_fields=["search_text"])
    objects = VisibleParties["Party"].as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        indexes = (
            models.Index(fields=["name"], name="parties_party_name"),
            models.Index(fields=["vat_number"], name="parties_party_vat"),
            models.Index(fields=["tax_code"], name="parties_party_tax_code"),
        )

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place of a party; the main one is its registered office."""

    party = models.ForeignKey(
        Party, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="sites"
    )
    name = models.CharField(_("name"), max_length=120)
    is_main = models.BooleanField(_("registered office"), default=False)
    street = models.CharField(_("street and number"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    city = models.CharField(_("town"), max_length=120, blank=True)
    province = models.CharField(_("province"), max_length=10, blank=True)
    country = models.CharField(_("country"), max_length=2, default="IT")
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    opening = models.CharField(_("opening hours"), max_length=200, blank=True)
    access_notes = models.TextField(_("how to get in"), blank=True)
    zone = models.ForeignKey(
        Zone,
        verbose_name=_("zone"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sites",
    )
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()
    objects = VisibleOfParty["Site"].as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ("-is_main", "name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["party"], condition=models.Q(is_main=True), name="parties_one_main_site"
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="parties_site_on_earth",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person at a party, and what they receive."""

    party = models.ForeignKey(
        Party, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="contacts"
    )
    site = models.ForeignKey(
        Site,
        verbose_name=_("site"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contacts",
    )
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=80, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    mobile = models.CharField(_("mobile"), max_length=40, blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, blank=True)
    gets_reports = models.BooleanField(_("receives work reports"), default=False)
    gets_invoices = models.BooleanField(_("receives invoices"), default=False)
    gets_statements = models.BooleanField(_("receives statements"), default=False)
    notes = models.TextField(_("notes"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()
    objects = VisibleOfParty["Contact"].as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """A group of the address book: the computers of one customer."""

    party = models.ForeignKey(
        Party, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="groups"
    )
    name = models.CharField(_("name"), max_length=200, unique=True)
    notes = models.TextField(_("notes"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()
    objects = VisibleOfParty["Group"].as_manager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A file that belongs to a party: a signed contract, an identity card, a consent."""

    party = models.ForeignKey(
        Party, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="documents"
    )
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=150)
    history = HistoricalRecords()
    objects = VisibleOfParty["Document"].as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title


class PortalLogin(models.Model):
    """A user of the customer role and a party whose data they see."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="portal_logins"
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="logins")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "party"], name="parties_login_once"),
        )


class Distinct(models.Model):
    """Two parties that look alike and that somebody has declared to be different."""

    first = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="parties_distinct_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="parties_distinct_ordered"
            ),
        )
