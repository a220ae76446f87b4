"""The outbox, and the texts that the firm put in the place of ours."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class OutgoingMail(models.Model):
    """One mail to one recipient; `key` makes sure that one occasion is mailed once."""

    class State(models.TextChoices):
        QUEUED = "queued", _("To be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")
        CANCELLED = "cancelled", _("Withdrawn")

    key = models.CharField(max_length=120, blank=True)
    message_id = models.CharField(max_length=80, unique=True)
    to = models.EmailField(_("recipient"))
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    language = models.CharField(max_length=5)
    template = models.CharField(max_length=80, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    attachments = models.ManyToManyField("files.StoredFile", related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key=""), name="mail_outgoing_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["queued", "sending"]),
                name="mail_outgoing_due",
            ),
            models.Index(fields=["-created_at"], name="mail_outgoing_newest"),
            models.Index(fields=["owner"], name="mail_outgoing_owner"),
        )


class MailTemplate(models.Model):
    """The firm's own text for one template and language."""

    key = models.CharField(max_length=80)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["key", "language"], name="mail_template_once"),
        )


class MailServer(models.Model):
    """The server that takes our mail, when the environment names none; one row."""

    class Security(models.TextChoices):
        STARTTLS = "starttls", _("STARTTLS, usually port 587")
        TLS = "tls", _("TLS from the start, usually port 465")
        NONE = "none", _("None, only inside the house")

    host = models.CharField(_("server"), max_length=200)
    port = models.PositiveIntegerField(_("port"), default=587)
    security = models.CharField(
        _("encryption"), max_length=8, choices=Security.choices, default=Security.STARTTLS
    )
    username = models.CharField(_("user name"), max_length=200, blank=True)
    password = models.TextField(blank=True, help_text="sealed")
    sender = models.EmailField(_("sender"), blank=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords(excluded_fields=["password"])

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="mail_one_server"),)
