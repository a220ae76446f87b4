"""The journal and its head."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from canone.base.history import triggers
from canone.base.history.rules import GENESIS, KIND_LENGTH, SUBJECT_LENGTH


class JournalEntry(models.Model):
    """A closed fact; written once through `services.append`."""

    seq = models.BigAutoField(primary_key=True, help_text="from 1, without gaps")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    kind = models.CharField(max_length=KIND_LENGTH)
    subject = models.CharField(max_length=SUBJECT_LENGTH)
    payload = models.TextField(help_text="canonical JSON text")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = (
            models.Index(fields=["subject"], name="history_journal_subject"),
            models.Index(fields=["at"], name="history_journal_at"),
        )


class JournalHead(models.Model):
    """The one row that writers of the journal lock; it only goes forward."""

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="history_head_only_one"),
        )


triggers.refuse(
    "history_journalentry",
    ("UPDATE", "DELETE"),
    message="The journal is append-only",
)
triggers.refuse(
    "history_journalhead",
    ("UPDATE",),
    when="NEW.seq < OLD.seq",
    trial="seq = 0",
    message="The head of the journal only goes forward",
)
triggers.refuse(
    "history_journalhead",
    ("DELETE",),
    message="The head of the journal only goes forward",
)
