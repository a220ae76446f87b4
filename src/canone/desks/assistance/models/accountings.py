"""The record of an accounting and of its undoing; append-only, guarded by triggers."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from canone.base.fields import MoneyField


class Accounting(models.Model):
    """What a session was worth when it was locked: tariff, durations, price, explanation."""

    session = models.ForeignKey(
        "assistance.RemoteSession",
        on_delete=models.PROTECT,
        related_name="accountings",
        db_index=False,
    )
    revision = models.PositiveIntegerField()
    customer = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.ForeignKey(
        "catalog.TariffVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(
        "contracts.Line", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    head = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="members", db_index=False
    )
    seconds = models.PositiveIntegerField()
    connection_minutes = models.PositiveIntegerField()
    extra_minutes = models.IntegerField()
    total_minutes = models.PositiveIntegerField()
    billed_minutes = models.PositiveIntegerField()
    pool_minutes = models.PositiveIntegerField(default=0)
    price = MoneyField(null=True)
    explanation = models.JSONField(default=list)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["session", "revision"], name="assistance_accounting_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["head"],
                condition=models.Q(head__isnull=False),
                name="assistance_accounting_head",
            ),
            models.Index(
                fields=["line"],
                condition=models.Q(line__isnull=False),
                name="assistance_accounting_line",
            ),
        )


class AccountingReversal(models.Model):
    """Why, when and by whom an accounting was undone."""

    accounting = models.OneToOneField(Accounting, on_delete=models.PROTECT, related_name="reversal")
    reason = models.CharField(max_length=400)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
