"""The papers of many documents: one ZIP, one file to print, or a mail for each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Packet(models.Model):
    """The papers of a run, or of documents that somebody chose (`ids`).

    What is made on the way lies in a folder of its own until the packet is done, so that work which
    was cut short goes on where it was.
    """

    class Kind(models.TextChoices):
        ZIP = "zip", _("All PDFs in one ZIP")
        PRINT = "print", _("One file to print")
        MAIL = "mail", _("Mail to each customer")

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        DONE = "done", _("Done")

    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=4, choices=State.choices, default=State.OPEN)
    run = models.ForeignKey(
        "invoicing.BillingRun",
        verbose_name=_("run"),
        null=True,
        on_delete=models.CASCADE,
        related_name="packets",
        db_index=False,
    )
    ids = models.JSONField(default=list)
    count = models.PositiveIntegerField(_("documents"), default=0)
    file = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    job = models.ForeignKey(
        "tasks.Job", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("started"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("packet of papers")
        verbose_name_plural = _("packets of papers")
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=["run", "kind"], condition=Q(run__isnull=False), name="invoicing_packet_run"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
