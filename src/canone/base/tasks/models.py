"""Jobs, the schedule, and the workers' signs of life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from canone.base.tasks import registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Job(models.Model):
    """A piece of background work that people can see, stop and start again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Stopped")

    ACTIVE = (State.WAITING, State.RUNNING)

    kind = models.CharField(max_length=80)
    label = models.CharField(max_length=200, blank=True, help_text="what it works on")
    key = models.CharField(max_length=120, blank=True, help_text="one active job per key")
    params = models.JSONField(default=dict)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    message = models.CharField(max_length=400, blank=True)
    report = models.JSONField(default=dict)
    attempts = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=registry.MAX_ATTEMPTS)
    error = models.TextField(blank=True, help_text="for people")
    reference = models.CharField(max_length=12, blank=True, help_text="finds the error in the log")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="not before")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    queue_id = models.UUIDField(null=True, help_text="its row in the queue of django-tasks")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(state__in=["waiting", "running"]) & ~models.Q(key=""),
                name="tasks_job_one_active_per_key",
            ),
        )
        indexes = (
            models.Index(fields=["user", "-created_at"], name="tasks_job_user"),
            models.Index(fields=["-created_at"], name="tasks_job_created"),
            models.Index(
                fields=["state"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="tasks_job_active",
            ),
        )

    @property
    def title(self) -> StrOrPromise:
        """What the job does, in the reader's language."""
        return registry.title_of(self.kind)

    @property
    def counts_bytes(self) -> bool:
        """Whether `done` and `total` are bytes."""
        return registry.counts_bytes(self.kind)

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in self.ACTIVE

    @property
    def percent(self) -> int:
        """How much is done, 0 to 100."""
        return min(100, self.done * 100 // self.total) if self.total else 0


class Schedule(models.Model):
    """When work that comes back is due next."""

    name = models.CharField(max_length=80, unique=True)
    next_due = models.DateTimeField()


class WorkerSign(models.Model):
    """A worker's last sign of life."""

    worker = models.CharField(max_length=80, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
