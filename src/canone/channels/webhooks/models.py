"""Who is told, what was told, to whom, and how every attempt went."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

MACHINE_FIELDS = ["secret", "previous_secret", "failing_since", "off_at", "previous_until"]


class Hook(models.Model):
    """An address that is told facts; its secrets are sealed text."""

    class Off(models.TextChoices):
        HAND = "hand", _("Switched off")
        GONE = "gone", _("The receiver says that it is gone")
        FAILING = "failing", _("Nothing was taken for days")

    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    facts = models.JSONField(_("facts"), default=list)
    is_inside_allowed = models.BooleanField(
        _("It may lie in the firm’s own network"), default=False
    )
    is_active = models.BooleanField(_("switched on"), default=True)
    off_reason = models.CharField(_("why it is off"), max_length=8, choices=Off.choices, blank=True)
    off_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords(excluded_fields=MACHINE_FIELDS)


class Message(models.Model):
    """One fact as it is told; `nonce` keeps its id apart from one before a restored backup."""

    fact = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    data = models.JSONField()
    nonce = models.CharField(max_length=8)
    told_at = models.DateTimeField(db_default=Now(), db_index=True)

    @property
    def webhook_id(self) -> str:
        """What receivers know it by; later ones sort behind."""
        return f"msg_{self.pk:012d}{self.nonce}"


class Delivery(models.Model):
    """One message for one hook; in turn, unless asked for by hand or failed too often."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Delivered")
        DEAD = "dead", _("Given up")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    is_out_of_turn = models.BooleanField(default=False)
    failures = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    trouble = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["hook", "message"], name="webhooks_delivery_once"),
        )
        indexes = (
            models.Index(
                fields=["hook", "is_out_of_turn", "id"],
                condition=models.Q(state="waiting"),
                name="webhooks_delivery_due",
            ),
            models.Index(fields=["hook", "-id"], name="webhooks_delivery_newest"),
        )


class Attempt(models.Model):
    """One request and what came of it: a status, or the trouble that kept an answer away."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    url = models.CharField(max_length=500)
    status = models.PositiveSmallIntegerField(null=True)
    trouble = models.CharField(max_length=12, blank=True)
    milliseconds = models.PositiveIntegerField(null=True)
    answer = models.TextField(blank=True)
