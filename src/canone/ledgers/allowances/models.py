"""Prepaid quantities and every movement on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from canone.base.fields import MoneyField


class Allowance(models.Model):
    """A pool of minutes, tickets or visits; its owner is known by an opaque key."""

    class Unit(models.TextChoices):
        MINUTE = "minute", _("minutes")
        TICKET = "ticket", _("tickets")
        VISIT = "visit", _("visits")
        COPY = "copy", _("copies")

    owner = models.CharField(max_length=80, unique=True)
    customer = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    unit = models.CharField(max_length=8, choices=Unit.choices, default=Unit.MINUTE)
    thresholds = models.JSONField(default=list, help_text="percent of the last grant or top-up")
    is_active = models.BooleanField(default=True)


class Entry(models.Model):
    """One movement; append-only, corrected by a reversing entry."""

    class Kind(models.TextChoices):
        GRANT = "grant", _("Granted")
        TOP_UP = "top_up", _("Top-up")
        DRAW = "draw", _("Consumed")
        REVERSAL = "reversal", _("Reversed")
        EXPIRY = "expiry", _("Expired")
        ROLLOVER = "rollover", _("Carried over")

    allowance = models.ForeignKey(Allowance, on_delete=models.PROTECT, related_name="entries")
    origin = models.CharField(max_length=80)
    revision = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    quantity = models.BigIntegerField(help_text="positive adds, negative consumes")
    amount = MoneyField(default=0)
    day = models.DateField()
    expires_on = models.DateField(null=True, blank=True, help_text="last day it can be used")
    note = models.CharField(_("note"), max_length=400, blank=True)
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["origin", "revision", "kind"], name="allowances_entry_once"
            ),
        )
        indexes = (models.Index(fields=["allowance", "day"], name="allowances_entry_day"),)
