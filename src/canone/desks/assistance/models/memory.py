"""What was assigned once: a device, or a group of the tool, belongs to a group of ours."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class DeviceRule(models.Model):
    """Sessions of this device in this source belong to this group."""

    source = models.CharField(max_length=80)
    device_key = models.CharField(max_length=160)
    group = models.ForeignKey("parties.Group", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "device_key"], name="assistance_device_once"),
        )


class GroupRule(models.Model):
    """Sessions that the tool lists under this group name belong to this group."""

    source = models.CharField(max_length=80)
    hint = models.CharField(max_length=200)
    group = models.ForeignKey("parties.Group", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "hint"], name="assistance_hint_once"),
        )
