"""What hangs on a contract: who brought it, what it covers, what was signed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.desks.contracts.models.contracts import Contract
from canone.desks.contracts.rules.agreed import POINTS


class Agent(models.Model):
    """Who has a part in what a contract brings in; all parts together are at most the whole."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="agents")
    party = models.ForeignKey(
        "parties.Party", verbose_name=_("agent"), on_delete=models.PROTECT, related_name="+"
    )
    share_bp = models.PositiveIntegerField(_("share"), help_text="2500 is 25 %")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["contract", "party"], name="contracts_agent_once"),
            models.CheckConstraint(
                condition=Q(share_bp__gte=1, share_bp__lte=POINTS), name="contracts_agent_share"
            ),
        )


class Cover(models.Model):
    """A machine that a contract covers, from a day on and until another."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="covers")
    asset = models.ForeignKey(
        "assets.Asset", verbose_name=_("machine"), on_delete=models.PROTECT, related_name="covers"
    )
    start = models.DateField(_("from"))
    end = models.DateField(_("until"), null=True, blank=True, help_text="first day after")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("machine covered")
        verbose_name_plural = _("machines covered")
        ordering = ("start", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["contract", "asset", "start"], name="contracts_cover_once"
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gt=F("start")), name="contracts_cover_ends"
            ),
        )


class Paper(models.Model):
    """A file of a contract, such as the signed one."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="papers")
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=150)
    is_signed = models.BooleanField(_("the signed contract"), default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title
