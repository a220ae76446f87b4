"""Contracts and their types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.base.access.functions import STAFF
from canone.desks.contracts import permissions
from canone.desks.contracts.rules.terms import ArrearsOn
from canone.registers.parties.models import PaymentTerms

if TYPE_CHECKING:
    from canone.base.access.models import User


class ContractType(models.Model):
    """A kind of contract: its name, its own fields, its conditions.

    `fields` is a list of `{"key", "label", "kind", "choices", "required"}`; see `rules.custom`.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    fields = models.JSONField(_("own fields"), default=list, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("contract type")
        verbose_name_plural = _("contract types")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class ContractQuerySet(models.QuerySet["Contract"]):
    """Contracts, cut to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Return what `user` may see: staff who hold the function all, nobody else anything."""
        if user.is_active and user.may(permissions.VIEW) and user.roles & frozenset(STAFF):
            return self
        return self.none()


class Contract(models.Model):
    """What was agreed with a customer.

    `end` and `suspended_until` are, like every end, the first day not covered. From
    `suspended_from` on nothing is billed until the contract goes on.
    """

    class Method(models.TextChoices):
        TRANSFER = PaymentTerms.Method.TRANSFER.value, PaymentTerms.Method.TRANSFER.label
        DIRECT_DEBIT = (
            PaymentTerms.Method.DIRECT_DEBIT.value,
            PaymentTerms.Method.DIRECT_DEBIT.label,
        )
        RIBA = PaymentTerms.Method.RIBA.value, PaymentTerms.Method.RIBA.label
        CASH = PaymentTerms.Method.CASH.value, PaymentTerms.Method.CASH.label
        CARD = PaymentTerms.Method.CARD.value, PaymentTerms.Method.CARD.label
        CHEQUE = PaymentTerms.Method.CHEQUE.value, PaymentTerms.Method.CHEQUE.label
        OTHER = PaymentTerms.Method.OTHER.value, PaymentTerms.Method.OTHER.label

    class Arrears(models.TextChoices):
        DAY_AFTER = ArrearsOn.DAY_AFTER.value, _("the day after the period")
        LAST_DAY = ArrearsOn.LAST_DAY.value, _("the last day of the period")

    number = models.CharField(_("number"), max_length=40, unique=True)
    type = models.ForeignKey(
        ContractType,
        verbose_name=_("type"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contracts",
    )
    customer = models.ForeignKey(
        "parties.Party",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="contracts",
    )
    site = models.ForeignKey(
        "parties.Site",
        verbose_name=_("site"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contracts",
    )
    title = models.CharField(_("description"), max_length=200, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    start = models.DateField(_("activation"))
    end = models.DateField(_("expiry"), null=True, blank=True, help_text="first day after")
    go_live = models.DateField(_("billed here from"), null=True, blank=True)
    arrears_on = models.CharField(
        _("invoice date in arrears"),
        max_length=9,
        choices=Arrears.choices,
        default=Arrears.DAY_AFTER,
    )
    is_own_invoice = models.BooleanField(_("an invoice of its own"), default=False)
    payment_terms = models.ForeignKey(
        PaymentTerms,
        verbose_name=_("payment terms"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    method = models.CharField(
        _("payment method"), max_length=16, choices=Method.choices, blank=True
    )
    mandate = models.ForeignKey(
        "parties.Mandate",
        verbose_name=_("mandate"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contracts",
    )
    order_number = models.CharField(_("order number"), max_length=40, blank=True)
    order_date = models.DateField(_("date of the order"), null=True, blank=True)
    cig = models.CharField("CIG", max_length=15, blank=True)
    cup = models.CharField("CUP", max_length=15, blank=True)
    notes = models.TextField(_("internal notes"), blank=True)
    invoice_notes = models.TextField(_("notes on the invoice"), blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=200, blank=True)
    suspended_from = models.DateField(_("suspended from"), null=True, blank=True)
    suspend_reason = models.CharField(_("why it is suspended"), max_length=200, blank=True)
    import_batch = models.BigIntegerField(null=True, blank=True, editable=False)
    history = HistoricalRecords(excluded_fields=["import_batch"])
    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ("number", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gt=F("start")),
                name="contracts_contract_ends",
            ),
            models.CheckConstraint(
                condition=Q(suspended_from__isnull=True) | ~Q(suspend_reason=""),
                name="contracts_contract_suspended_why",
            ),
        )
        indexes = (
            models.Index(fields=["start"], name="contracts_contract_start"),
            models.Index(fields=["end"], name="contracts_contract_end"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def bundle(self) -> str:
        """The key under which its charges are known to the ledger."""
        return f"contract:{self.pk}"
