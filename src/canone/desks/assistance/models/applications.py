"""A rule applied to the past: which sessions it placed, from where to where, what was undone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Application(models.Model):
    """A learned rule, as it was, applied to sessions that had come in before it."""

    class Kind(models.TextChoices):
        DEVICE = "device", _("Computer")
        GROUP = "group", _("Group of the tool")
        TECHNICIAN = "technician", _("Technician")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True)
    group = models.ForeignKey(
        "parties.Group", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    count = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="technician", technician__isnull=False, group__isnull=True)
                | Q(kind__in=["device", "group"], technician__isnull=True, group__isnull=False),
                name="assistance_application_one_target",
            ),
        )


class ApplicationChange(models.Model):
    """One session that an application moved; the group or technician it had before, or none."""

    class State(models.TextChoices):
        APPLIED = "applied", _("Applied")
        UNDONE = "undone", _("Undone")
        MOVED = "moved", _("Changed by somebody since")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="changes")
    session = models.ForeignKey(
        "assistance.RemoteSession", on_delete=models.PROTECT, related_name="+"
    )
    before_group = models.ForeignKey(
        "parties.Group", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    before_technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.APPLIED)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application", "session"], name="assistance_application_session_once"
            ),
        )
