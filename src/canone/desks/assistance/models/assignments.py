"""Which tariff a group of the address book is priced by, since when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Assignment(models.Model):
    """A tariff in force for a group from `starts_on` until, and without, `ends_on`."""

    group = models.ForeignKey("parties.Group", on_delete=models.PROTECT, related_name="assignments")
    tariff = models.ForeignKey("catalog.Tariff", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    is_exclusive = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="assistance_assignment_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(ends_on__isnull=True),
                name="assistance_assignment_one_open",
            ),
            models.UniqueConstraint(
                fields=["tariff"],
                condition=Q(is_exclusive=True, ends_on__isnull=True),
                name="assistance_assignment_exclusive",
            ),
        )
