"""Pools of prepaid quantities, every movement on them, and what each purchase has left."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.base.access.functions import STAFF
from canone.base.access.models import User
from canone.base.fields import MoneyField
from canone.base.history import triggers
from canone.ledgers.allowances import permissions
from canone.ledgers.allowances.rules.expiry import Rollover


class AllowanceQuerySet(models.QuerySet["Allowance"]):
    """Pools, cut to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Return what `user` may see: staff who hold the function all, a customer their own."""
        if not user.may(permissions.VIEW):
            return self.none()
        if user.roles & frozenset(STAFF):
            return self
        return self.filter(customer__logins__user=user)


class Allowance(models.Model):
    """A pool of minutes, tickets, visits or copies; its owner is known by an opaque key.

    The sums and `low` follow from the entries; they stand here to be locked, listed and filtered.
    """

    class Unit(models.TextChoices):
        MINUTE = "minute", _("minutes")
        TICKET = "ticket", _("tickets")
        VISIT = "visit", _("visits")
        COPY = "copy", _("copies")

    owner = models.CharField(max_length=80, unique=True)
    customer = models.ForeignKey(
        "parties.Party",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("customer"),
    )
    title = models.CharField(_("title"), max_length=200)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit.choices, default=Unit.MINUTE)
    thresholds = models.JSONField(
        _("warnings"), default=list, blank=True, help_text='such as "20%" or "60"'
    )
    rollover_months = models.PositiveSmallIntegerField(
        _("months of carry-over"), null=True, blank=True
    )
    rollover_cap = models.PositiveBigIntegerField(_("carried over at most"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    granted = models.BigIntegerField(_("granted"), default=0)
    topped_up = models.BigIntegerField(_("topped up"), default=0)
    consumed = models.BigIntegerField(_("consumed"), default=0)
    expired = models.BigIntegerField(_("expired"), default=0)
    balance = models.BigIntegerField(_("balance"), default=0)
    base = models.BigIntegerField(default=0, help_text="the last grant or top-up")
    low_at = models.BigIntegerField(default=0, help_text="at or below it the balance is low")
    low = models.JSONField(default=list, help_text="thresholds that were told and not armed again")
    history = HistoricalRecords(
        excluded_fields=[
            "granted",
            "topped_up",
            "consumed",
            "expired",
            "balance",
            "base",
            "low_at",
            "low",
        ]
    )
    objects = AllowanceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(balance=F("granted") + F("topped_up") - F("consumed") - F("expired")),
                name="allowances_balance_is_sum",
            ),
        )

    @property
    def rollover(self) -> Rollover | None:
        """How what is left at the end of a lot is carried over; None when it is lost."""
        if self.rollover_months is None:
            return None
        return Rollover(self.rollover_months, self.rollover_cap)


class Entry(models.Model):
    """One movement; append-only, corrected by a reversing entry."""

    class Kind(models.TextChoices):
        GRANT = "grant", _("Granted")
        TOP_UP = "top_up", _("Top-up")
        DRAW = "draw", _("Consumed")
        REVERSAL = "reversal", _("Reversed")
        EXPIRY = "expiry", _("Expired")
        ROLLOVER = "rollover", _("Carried over")
        RESTORED = "restored", _("Restored")

    allowance = models.ForeignKey(
        Allowance, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    origin = models.CharField(_("origin"), max_length=80)
    revision = models.PositiveIntegerField(default=1)
    kind = models.CharField(_("movement"), max_length=10, choices=Kind.choices)
    quantity = models.BigIntegerField(_("quantity"), help_text="positive adds, negative consumes")
    overage = models.PositiveBigIntegerField(
        _("overage"), default=0, help_text="needed and not drawn, because the pool was empty"
    )
    amount = MoneyField(_("amount"), default=0)
    day = models.DateField(_("date"))
    expires_on = models.DateField(
        _("last day"), null=True, blank=True, help_text="last day it can be used"
    )
    note = models.CharField(_("note"), max_length=400, blank=True)
    balance_after = models.BigIntegerField(_("balance"))
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversal"
    )
    posted_at = models.DateTimeField(_("posted"))
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["origin", "revision", "kind"], name="allowances_entry_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("grant", "top_up", "rollover", "restored"), quantity__gt=0)
                | Q(kind__in=("draw", "expiry"), quantity__lte=0)
                | Q(kind="reversal", reverses__isnull=False),
                name="allowances_entry_sign",
            ),
        )
        indexes = (models.Index(fields=["allowance", "day"], name="allowances_entry_day"),)


class Lot(models.Model):
    """What one movement left: above zero to be consumed, below zero a debt to be paid.

    It follows from the entries and their uses, and changes with them.
    """

    allowance = models.ForeignKey(
        Allowance, on_delete=models.PROTECT, related_name="lots", db_index=False
    )
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="lot")
    day = models.DateField(help_text="of the purchase, or of the work that is owed")
    expires_on = models.DateField(null=True)
    remaining = models.BigIntegerField()
    lost = models.PositiveBigIntegerField(default=0, help_text="expired and not carried over")
    carried = models.PositiveBigIntegerField(default=0, help_text="expired and carried over")
    expiries = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(
                fields=["allowance"],
                condition=~Q(remaining=0) | Q(lost__gt=0),
                name="allowances_lot_open",
            ),
            models.Index(
                fields=["expires_on"],
                condition=Q(remaining__gt=0, expires_on__isnull=False),
                name="allowances_lot_expiring",
            ),
        )


class Use(models.Model):
    """How much an entry took from a lot; below zero it gave back. Append-only."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="uses")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses", db_index=False)
    quantity = models.BigIntegerField()


MESSAGE = "A movement of an allowance is corrected by a reversal"
ENTRY = {"kind": "grant", "day": "2026-01-01", "quantity": 60}
triggers.refuse(
    "allowances_entry", ("UPDATE",), message=MESSAGE, sample=ENTRY, trial="quantity = 90"
)
triggers.refuse("allowances_entry", ("DELETE",), message=MESSAGE, sample=ENTRY)
triggers.refuse("allowances_use", ("UPDATE",), message=MESSAGE, trial="quantity = 90")
triggers.refuse("allowances_use", ("DELETE",), message=MESSAGE)
