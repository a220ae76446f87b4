"""The outbox, and what was delivered to whom."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """Something that happened, as it was told."""

    kind = models.CharField(max_length=120)
    payload = models.JSONField()
    published_at = models.DateTimeField(db_default=Now(), db_index=True)


class Delivery(models.Model):
    """One event for one handler."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Delivered")
        DEAD = "dead", _("Set aside")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event", "handler"], name="events_delivery_once"),
        )
        indexes = (
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(state="waiting"),
                name="events_delivery_due",
            ),
            models.Index(
                fields=["id"], condition=models.Q(state="dead"), name="events_delivery_dead"
            ),
        )
