"""Imports: how files are read, what became of them, which records they made."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MappingProfile(models.Model):
    """How the files of one source are read; its name is what the user calls the source."""

    importer = models.CharField(max_length=60)
    name = models.CharField(_("source"), max_length=70)
    titles = models.JSONField(default=dict)
    layout = models.JSONField(default=dict)
    notation = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["importer", "name"], name="exchange_profile_once"),
        )


class ImportBatch(models.Model):
    """One file on its way in.

    `position` is the number of staged chunks that are written; it moves in the transaction that
    writes them. `problems` holds the first of them, the report all.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        WRITING = "writing", _("Being imported")
        STOPPED = "stopped", _("Stopped")
        DONE = "done", _("Imported")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Failed")

    importer = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey(
        MappingProfile, null=True, on_delete=models.PROTECT, related_name="batches"
    )
    layout = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)
    notation = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    good_only = models.BooleanField(default=False)
    problems = models.JSONField(default=list)
    report = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    message = models.TextField(blank=True)
    job = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undo_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = (models.Index(fields=["-created_at"], name="exchange_batch_newest"),)


class ImportedRow(models.Model):
    """A record that an import made, for importers whose rows do not carry the batch."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    row = models.BigIntegerField()
