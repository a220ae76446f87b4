"""Where sessions come from, and every time they were asked for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.channels.connectors.rules import kinds

MACHINE_FIELDS = [
    "credentials", "cursor", "trouble", "trouble_values", "failures", "busy_until",
    "next_pull_at", "last_pull_at", "last_ok_at", "last_session_at", "sessions_new",
    "listener", "listening_until",
]  # fmt: skip


class Source(models.Model):
    """One server of a remote-support tool.

    `credentials` is sealed text that only `services.vault` can open. `cursor` belongs to the
    tool's connector. The clerk's changes are in the history; what pulls write is in the log.
    """

    class Kind(models.TextChoices):
        MESHCENTRAL = "meshcentral", "MeshCentral"
        TEAMVIEWER = "teamviewer", "TeamViewer"
        ANYDESK = "anydesk", "AnyDesk"
        RUSTDESK = "rustdesk", "RustDesk"
        GUACAMOLE = "guacamole", "Apache Guacamole"
        WEBHOOK = "webhook", "Webhook"

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ERROR = "error", _("Needs attention")

    kind = models.CharField(_("tool"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("name"), max_length=80, unique=True)
    url = models.CharField(_("address"), max_length=300, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    credentials = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    interval_minutes = models.PositiveSmallIntegerField(_("fetch every"), default=15)
    trouble = models.CharField(max_length=40, blank=True)
    trouble_values = models.JSONField(default=dict, blank=True)
    failures = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict, blank=True)
    busy_until = models.DateTimeField(null=True, blank=True)
    next_pull_at = models.DateTimeField(null=True, blank=True)
    last_pull_at = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_session_at = models.DateTimeField(null=True, blank=True)
    sessions_new = models.PositiveIntegerField(default=0)
    listener = models.CharField(max_length=40, blank=True)
    listening_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    history = HistoricalRecords(excluded_fields=MACHINE_FIELDS)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(interval_minutes__gte=1), name="connectors_interval_positive"
            ),
        )

    @property
    def key(self) -> str:
        """The name under which the assistance desk knows this source."""
        return f"{self.kind}:{self.pk}"

    @property
    def description(self) -> kinds.Description:
        """What the tool asks for and can do."""
        return kinds.of(self.kind, self.settings)


class WriteBack(models.Model):
    """Since when a tool is told what was billed, and why it is not where that fails.

    `refused` tells apart the credentials that may not write, so that they are not tried again.
    """

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="write_back")
    since = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=40, blank=True)
    trouble_values = models.JSONField(default=dict, blank=True)
    refused = models.CharField(max_length=64, blank=True)


class Told(models.Model):
    """What a tool was last told of one of its sessions; not `taken` where it would not hear it."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="told")
    external_id = models.CharField(max_length=160)
    billed = models.BooleanField()
    taken = models.BooleanField(default=True)
    told_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "external_id"], name="connectors_told_once"),
        )


class PullLog(models.Model):
    """One time a source was asked: what came, or why nothing did."""

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", _("By schedule")
        HAND = "hand", _("By hand")
        LIVE = "live", _("As it happened")

    class Outcome(models.TextChoices):
        RUNNING = "running", _("Running")
        OK = "ok", _("Done")
        FAILED = "failed", _("Failed")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="pulls")
    trigger = models.CharField(max_length=8, choices=Trigger.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.RUNNING)
    trouble = models.CharField(max_length=40, blank=True)
    values = models.JSONField(default=dict, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    seen = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    unassigned = models.PositiveIntegerField(default=0)
    orphaned = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = (models.Index(fields=["source", "-started_at"], name="connectors_pull_recent"),)


class Message(models.Model):
    """What a computer said about a connection to it, kept until long after its session was made.

    Written before the computer is told that it arrived; `key` makes a repeat fall on its first.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="messages")
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=5)
    device = models.CharField(max_length=60)
    uuid = models.CharField(max_length=120, blank=True)
    connection = models.CharField(max_length=30, blank=True)
    session = models.CharField(max_length=30, blank=True)
    helper = models.CharField(max_length=200, blank=True)
    helper_name = models.CharField(max_length=200, blank=True)
    number = models.PositiveSmallIntegerField(null=True)
    address = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "key"], name="connectors_message_once"),
        )
        indexes = (models.Index(fields=["source", "received_at"], name="connectors_message_at"),)


class Delivery(models.Model):
    """One time a program sent sessions: what came of it, or what was wrong with it."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("Taken")
        REFUSED = "refused", _("Refused")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="deliveries")
    name = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.CharField(max_length=40, blank=True)
    faults = models.JSONField(default=list, blank=True)
    address = models.CharField(max_length=60, blank=True)
    size = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    unassigned = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["source", "name"],
                condition=models.Q(outcome="taken"),
                name="connectors_delivery_once",
            ),
        )
        indexes = (models.Index(fields=["source", "-at"], name="connectors_delivery_at"),)
