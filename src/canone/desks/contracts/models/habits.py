"""The firm's habits with contracts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.desks.contracts.models.contracts import Contract
from canone.desks.contracts.models.lines import Line


class ContractHabits(models.Model):
    """What new contracts and lines begin with; one row per database."""

    arrears_on = models.CharField(
        _("invoice date in arrears"),
        max_length=9,
        choices=Contract.Arrears.choices,
        default=Contract.Arrears.DAY_AFTER,
    )
    day_basis = models.CharField(
        _("parts measured in"), max_length=15, choices=Line.Basis.choices, default=Line.Basis.ACTUAL
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("habits with contracts")
        verbose_name_plural = _("habits with contracts")
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="contracts_habits_one"),)
