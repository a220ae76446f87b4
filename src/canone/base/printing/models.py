"""The templates that the firm put in the place of ours."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class PrintTemplate(models.Model):
    """The firm's own source for one template, such as `assistance/statement`."""

    key = models.CharField(max_length=80, unique=True)
    source = models.TextField(_("template"))
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords()


class Letterhead(models.Model):
    """What stands on every page beside the firm's data; one row."""

    logo = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    footer = models.TextField(_("footer"), blank=True)
    history = HistoricalRecords()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="printing_one_head"),)
