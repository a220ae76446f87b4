"""The plan, and every backup that was made or tried."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.base.backups.rules.rotation import Keep


class Plan(models.Model):
    """When backups are made by themselves, where, and how many stay; one row."""

    enabled = models.BooleanField(_("make a backup every day"), default=True)
    hour = models.PositiveSmallIntegerField(
        _("at"), default=2, validators=[MaxValueValidator(23)], help_text=_("Hour, 0 to 23.")
    )
    folder = models.CharField(_("folder"), max_length=300, blank=True)
    passphrase = models.TextField(blank=True, help_text="sealed with the firm's secret")
    days = models.PositiveSmallIntegerField(
        _("days"), default=7, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    weeks = models.PositiveSmallIntegerField(
        _("weeks"), default=5, validators=[MaxValueValidator(520)]
    )
    months = models.PositiveSmallIntegerField(
        _("months"), default=12, validators=[MaxValueValidator(240)]
    )
    history = HistoricalRecords(excluded_fields=["passphrase"])

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="backups_one_plan"),)

    def keep(self) -> Keep:
        """Return how many stay, for the rules."""
        return Keep(days=self.days, weeks=self.weeks, months=self.months)


class Backup(models.Model):
    """One backup, made or tried; `removed_at` once the rotation took its file away."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("Being made")
        OK = "ok", _("Made")
        FAILED = "failed", _("Not made")

    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.RUNNING)
    path = models.CharField(max_length=400, blank=True)
    sealed = models.BooleanField(default=False)
    size = models.PositiveBigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True, help_text="for people")
    made_at = models.DateTimeField(help_text="the instant it is a copy of")
    finished_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = (models.Index(fields=["-made_at"], name="backups_newest"),)
