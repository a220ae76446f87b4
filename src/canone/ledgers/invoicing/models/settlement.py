"""Due items, and what settles them."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import STAFF
from canone.base.access.models import User
from canone.base.fields import MoneyField
from canone.base.history import triggers
from canone.ledgers.invoicing import permissions


class DueItemQuerySet(models.QuerySet["DueItem"]):
    """Due items, cut to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Return what `user` may see: staff who hold the function all, a customer their own."""
        if not user.may(permissions.VIEW):
            return self.none()
        if user.roles & frozenset(STAFF):
            return self
        return self.filter(customer__logins__user=user)


class DueItem(models.Model):
    """A part of a document's amount and when it is due; negative for a credit note.

    `settled` is the sum of its allocations and moves with them. It is void once the tax system has
    refused its document.
    """

    document = models.ForeignKey(
        "invoicing.Document", on_delete=models.PROTECT, related_name="due_items", db_index=False
    )
    customer = models.ForeignKey(
        "parties.Party",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    number = models.PositiveSmallIntegerField(_("instalment"), default=1)
    due_on = models.DateField(_("due"))
    method = models.CharField(_("method"), max_length=16, blank=True)
    mandate = models.CharField(_("mandate"), max_length=40, blank=True)
    amount = MoneyField(_("amount"))
    settled = MoneyField(_("settled"), default=0)
    is_void = models.BooleanField(_("void"), default=False)

    objects = DueItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("due item")
        verbose_name_plural = _("due items")
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(fields=["document", "number"], name="invoicing_dueitem_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, settled__gte=0, settled__lte=F("amount"))
                | Q(amount__lt=0, settled__lte=0, settled__gte=F("amount")),
                name="invoicing_dueitem_settled",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_on"],
                condition=Q(is_void=False) & ~Q(amount=F("settled")),
                name="invoicing_dueitem_open",
            ),
            models.Index(fields=["customer", "due_on"], name="invoicing_dueitem_customer"),
        )


class Settlement(models.Model):
    """Money received or given back, a write-off, or a credit set against a debt; append-only.

    What of `amount` is not allocated is the customer's credit. A refund that gives such credit
    back names the payment whose it is in `returns`. A reversal has the opposite amount and
    allocations, names what it `reverses`, and says why.
    """

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("Payment")
        REFUND = "refund", _("Refund")
        WRITE_OFF = "write_off", _("Write-off")
        OFFSET = "offset", _("Credit set off")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    customer = models.ForeignKey(
        "parties.Party",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    day = models.DateField(_("date"))
    amount = MoneyField(_("amount"))
    method = models.CharField(_("method"), max_length=16, blank=True)
    reference = models.CharField(_("reference"), max_length=140, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    key = models.CharField(max_length=80, blank=True, help_text="the same key is booked once")
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversal"
    )
    returns = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="given_back"
    )
    at = models.DateTimeField(_("booked"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("booked by"),
    )

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ("-day", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key=""), name="invoicing_settlement_once"
            ),
            models.CheckConstraint(
                condition=(Q(reverses__isnull=True) & ~Q(kind="write_off")) | ~Q(reason=""),
                name="invoicing_settlement_reason",
            ),
        )
        indexes = (models.Index(fields=["customer", "day"], name="invoicing_settlement_customer"),)


class Allocation(models.Model):
    """What of a settlement went to a due item; append-only.

    Credit that is allocated later has its own instant.
    """

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="allocations")
    due_item = models.ForeignKey(DueItem, on_delete=models.PROTECT, related_name="allocations")
    amount = MoneyField(_("amount"))
    at = models.DateTimeField(_("booked"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")


BOOKED = "What is booked is corrected by a reversal"
DUE_FIXED = ("id", "document_id", "customer_id", "number", "due_on", "method", "mandate", "amount")
triggers.refuse(
    "invoicing_dueitem",
    ("UPDATE",),
    when=" OR ".join(
        (
            *(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in DUE_FIXED),
            "(OLD.is_void AND NOT NEW.is_void)",
        )
    ),
    message=BOOKED,
    trial="amount = 2",
)
triggers.refuse("invoicing_dueitem", ("DELETE",), message=BOOKED)
triggers.refuse("invoicing_settlement", ("UPDATE", "DELETE"), message=BOOKED)
triggers.refuse("invoicing_allocation", ("UPDATE", "DELETE"), message=BOOKED)
