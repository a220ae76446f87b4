"""What was learned once: whose a device or a group of the tool is, who a technician is.

`placed` counts the sessions that a rule placed as they came in or when it was applied to the past.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class DeviceRule(models.Model):
    """Sessions of this device in this source belong to this group."""

    source = models.CharField(max_length=80)
    device_key = models.CharField(max_length=160)
    name = models.CharField(_("computer"), max_length=160, blank=True, default="", db_default="")
    group = models.ForeignKey(
        "parties.Group", verbose_name=_("group"), on_delete=models.PROTECT, related_name="+"
    )
    placed = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords(excluded_fields=["placed"])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "device_key"], name="assistance_device_once"),
        )


class GroupRule(models.Model):
    """Sessions that the tool lists under this group name belong to this group."""

    source = models.CharField(max_length=80)
    hint = models.CharField(max_length=200)
    group = models.ForeignKey(
        "parties.Group", verbose_name=_("group"), on_delete=models.PROTECT, related_name="+"
    )
    placed = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords(excluded_fields=["placed"])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "hint"], name="assistance_hint_once"),
        )


class TechnicianRule(models.Model):
    """Whom this source knows by `key` (a mail address, an alias, a client) is this user.

    Keys are kept without capitals; `name` is how the tool wrote it.
    """

    source = models.CharField(max_length=80)
    key = models.CharField(max_length=160)
    name = models.CharField(max_length=160, blank=True, default="")
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("technician"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    placed = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords(excluded_fields=["placed"])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "key"], name="assistance_technician_once"),
        )
