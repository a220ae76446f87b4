"""Runs of billing, and what they left out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from canone.base.fields import MoneyField


class BillingRun(models.Model):
    """One issue of everything due through a date; it goes on where it was cut short.

    `filters` are those of `services.billing.Order`. `after_customer` is how far it came; counts
    and sums grow in the transactions that issue the documents.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        DONE = "done", _("Done")

    through = models.DateField(_("through"))
    issue_date = models.DateField(_("date of the documents"))
    posting_date = models.DateField(_("posting date"))
    series = models.CharField(_("series"), max_length=6, blank=True)
    credit_series = models.CharField(_("series of credit notes"), max_length=6, blank=True)
    filters = models.JSONField(_("filters"), default=dict)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    after_customer = models.BigIntegerField(default=0)
    documents_made = models.PositiveIntegerField(_("documents"), default=0)
    charges_made = models.PositiveIntegerField(_("charges"), default=0)
    left_out_count = models.PositiveIntegerField(_("left out"), default=0)
    net = MoneyField(_("before VAT"), default=0)
    gross = MoneyField(_("total"), default=0)
    remarks = models.JSONField(default=list)
    job = models.ForeignKey(
        "tasks.Job", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("started"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("started by"),
    )
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("billing run")
        verbose_name_plural = _("billing runs")
        ordering = ("-id",)


class RunLeftOut(models.Model):
    """Something that a run did not bill, and why."""

    run = models.ForeignKey(
        BillingRun, on_delete=models.CASCADE, related_name="left_out", db_index=False
    )
    customer = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    bundle = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=80, blank=True)
    code = models.CharField(_("reason"), max_length=40)
    title = models.CharField(_("what"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    amount = MoneyField(_("amount"), null=True)

    class Meta:
        verbose_name = _("left out")
        verbose_name_plural = _("left out")
        constraints = (
            models.UniqueConstraint(
                fields=["run", "customer", "bundle", "origin", "code"],
                name="invoicing_leftout_once",
            ),
        )
