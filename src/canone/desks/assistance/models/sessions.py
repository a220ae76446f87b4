"""The session: who worked on which computer, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.base.fields import MoneyField
from canone.desks.assistance import permissions

if TYPE_CHECKING:
    from canone.base.access.models import User


class SessionQuerySet(models.QuerySet["RemoteSession"]):
    """Sessions by who may see them."""

    def visible_to(self, user: User) -> SessionQuerySet:
        """Return the sessions `user` may see: all, the technician's own, or none."""
        if user.may(permissions.VIEW_ALL):
            return self
        if user.may(permissions.VIEW):
            return self.filter(technician=user)
        return self.none()


class RemoteSession(models.Model):
    """One connection to a customer's computer, or work written down by hand.

    `price` and `total_minutes` are copied from the accounting in force, so that lists and totals
    read one table; triggers keep an accounted row as it is. `technician_key` is what the tool
    knows the technician by: a mail address, an alias, the number of a client.
    """

    class Kind(models.TextChoices):
        REMOTE = "remote", _("Remote connection")
        PHONE = "phone", _("Telephone")
        ON_SITE = "on_site", _("On site")

    source = models.CharField(max_length=80)
    external_id = models.CharField(max_length=160)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.REMOTE)
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    technician_name = models.CharField(_("technician"), max_length=150, blank=True)
    technician_key = models.CharField(max_length=160, blank=True, default="", db_default="")
    device_key = models.CharField(max_length=160, blank=True)
    device_name = models.CharField(_("computer"), max_length=160, blank=True)
    group_hint = models.CharField(max_length=200, blank=True)
    group = models.ForeignKey(
        "parties.Group",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    started_at = models.DateTimeField(_("start"))
    ended_at = models.DateTimeField(_("end"), null=True, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    extra_minutes = models.IntegerField(_("extra minutes"), default=0)
    note = models.TextField(_("note"), blank=True)
    is_manual = models.BooleanField(default=False)
    is_included = models.BooleanField(default=False)
    is_apart = models.BooleanField(_("counts alone"), default=False, db_default=False)
    import_batch = models.BigIntegerField(null=True, blank=True)
    accounting = models.ForeignKey(
        "assistance.Accounting",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    total_minutes = models.PositiveIntegerField(null=True, blank=True)
    price = MoneyField(null=True, blank=True)
    updated_at = models.DateTimeField()
    history = HistoricalRecords(excluded_fields=["accounting", "price", "total_minutes"])

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["source", "external_id"], name="assistance_session_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="assistance_session_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, seconds__isnull=True)
                | Q(ended_at__isnull=False, seconds__isnull=False),
                name="assistance_session_end_has_length",
            ),
            models.CheckConstraint(
                condition=Q(accounting__isnull=True)
                | Q(ended_at__isnull=False, group__isnull=False, total_minutes__isnull=False),
                name="assistance_session_accounted_is_whole",
            ),
        )
        indexes = (
            models.Index(fields=["group", "started_at"], name="assistance_session_group"),
            models.Index(fields=["started_at", "id"], name="assistance_session_start"),
            models.Index(fields=["technician", "started_at"], name="assistance_session_tech"),
            models.Index(
                fields=["started_at", "id"],
                condition=Q(accounting__isnull=True),
                name="assistance_session_pending",
            ),
            models.Index(
                fields=["group", "started_at"],
                condition=Q(accounting__isnull=True),
                name="assistance_session_open",
            ),
            models.Index(
                fields=["device_key"],
                condition=Q(group__isnull=True),
                name="assistance_session_inbox",
            ),
            models.Index(
                fields=["import_batch"],
                condition=Q(import_batch__isnull=False),
                name="assistance_session_batch",
            ),
        )
