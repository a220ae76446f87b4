"""Charges: what is owed, why, and what corrected it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import STAFF
from canone.base.access.models import User
from canone.base.fields import MoneyField, UnitPriceField
from canone.base.history import triggers
from canone.ledgers.invoicing import permissions

if TYPE_CHECKING:
    from canone.ledgers.invoicing.rules.states import State


class ChargeQuerySet(models.QuerySet["Charge"]):
    """Charges, cut to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Return what `user` may see: staff who hold the function all, a customer their own."""
        if not user.may(permissions.VIEW):
            return self.none()
        if user.roles & frozenset(STAFF):
            return self
        return self.filter(customer__logins__user=user)

    def on_document(self, document: str) -> Self:
        """Return the charges that this document has claimed."""
        # in the index's own words, without which SQLite reads every charge
        return self.exclude(document="").filter(document=document)


class Charge(models.Model):
    """An amount owed by a customer, from one origin; append-only.

    A reversal is a second row with the same origin and revision, the opposite quantity and amount
    and a reason. What is charged after it takes the next revision. Only `document` ever changes:
    empty, then the document that claimed the charge, then empty again when it is released.
    """

    origin = models.CharField(_("origin"), max_length=80)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    is_reversal = models.BooleanField(default=False)
    customer = models.ForeignKey(
        "parties.Party",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("customer"),
    )
    kind = models.CharField(_("kind"), max_length=24)
    description = models.CharField(_("description"), max_length=400)
    quantity_micros = models.BigIntegerField(_("quantity"), default=1_000_000)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    unit_price = UnitPriceField(_("unit price"), default=0)
    amount = MoneyField(_("amount"))
    vat = models.ForeignKey(
        "catalog.VatRate",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("VAT"),
    )
    service_start = models.DateField(_("first day"))
    service_end = models.DateField(_("end"), help_text="first day after the service")
    explanation = models.JSONField(_("explanation"), default=list)
    posted_at = models.DateTimeField(_("posted"))
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("posted by"),
    )
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    bundle = models.CharField(
        _("belongs to"), max_length=80, blank=True, help_text="opaque, such as contract:12"
    )
    site = models.ForeignKey(
        "parties.Site",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("site"),
    )
    article = models.ForeignKey(
        "catalog.Article",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("article"),
    )
    discount_bp = models.IntegerField(_("discount"), default=0, help_text="1250 is 12.5 %")
    invoice_on = models.DateField(
        _("invoice date foreseen"), null=True, help_text="without, the first day of the service"
    )
    sequence = models.IntegerField(_("order on the document"), default=0)
    document = models.CharField(_("document"), max_length=80, blank=True)

    objects = ChargeQuerySet.as_manager()
    state: State
    """Set by `queries.charges`."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["origin", "revision", "is_reversal"], name="invoicing_charge_once"
            ),
            models.CheckConstraint(
                condition=models.Q(service_end__gt=models.F("service_start")),
                name="invoicing_charge_period",
            ),
            models.CheckConstraint(
                condition=models.Q(is_reversal=False) | ~models.Q(reason=""),
                name="invoicing_charge_reason",
            ),
        )
        indexes = (
            models.Index(fields=["customer", "service_start"], name="invoicing_charge_customer"),
            models.Index(
                fields=["service_start"],
                condition=models.Q(document="", is_reversal=False),
                name="invoicing_charge_open",
            ),
            models.Index(
                fields=["customer"],
                condition=models.Q(document="", is_reversal=False),
                name="invoicing_charge_open_of",
            ),
            models.Index(
                fields=["bundle", "service_start"],
                condition=~models.Q(bundle=""),
                name="invoicing_charge_bundle",
            ),
            models.Index(
                fields=["document"],
                condition=~models.Q(document=""),
                name="invoicing_charge_document",
            ),
        )


FIXED = (
    "id",
    "origin",
    "revision",
    "is_reversal",
    "customer_id",
    "kind",
    "description",
    "quantity_micros",
    "unit",
    "unit_price",
    "amount",
    "vat_id",
    "service_start",
    "service_end",
    "explanation",
    "posted_at",
    "posted_by_id",
    "reason",
    "bundle",
    "site_id",
    "article_id",
    "discount_bp",
    "invoice_on",
    "sequence",
)
MESSAGE = "A posted charge is corrected by a reversal"
SAMPLE = {"service_start": "2026-01-01", "service_end": "2026-01-02", "amount": 100}
triggers.refuse(
    "invoicing_charge",
    ("UPDATE",),
    when=" OR ".join(
        (
            *(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED),
            "(OLD.document <> '' AND NEW.document <> '')",
        )
    ),
    message=MESSAGE,
    sample=SAMPLE,
    trial="amount = 200",
)
triggers.refuse("invoicing_charge", ("DELETE",), message=MESSAGE, sample=SAMPLE)
