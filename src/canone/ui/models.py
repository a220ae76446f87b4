"""What people keep of the pages: their saved views; and how often programs ask."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A filter of one list under a name of one person."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="views"
    )
    page = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=80)
    query = models.TextField(blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=["user", "page", "name"], name="ui_view_once"),
        )


class RequestCount(models.Model):
    """How much of a minute's budget is given out to a caller, in the latest minute it asked."""

    key = models.CharField(max_length=80, unique=True)
    window = models.BigIntegerField(db_index=True, help_text="minutes since 1970")
    taken = models.PositiveIntegerField()
