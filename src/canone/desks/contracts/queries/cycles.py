"""How often a line is billed, in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canone.desks.contracts.models import Line
from canone.desks.contracts.queries import contracts

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NAMES: list[tuple[str, StrOrPromise]] = [
    ("monthly", _("Monthly")),
    ("bimonthly", _("Every two months")),
    ("quarterly", _("Quarterly")),
    ("four_monthly", _("Every four months")),
    ("half_yearly", _("Half-yearly")),
    ("yearly", _("Yearly")),
    ("once", pgettext_lazy("billing cycle", "Once")),
]
EVERY: dict[str, StrOrPromise] = {
    Line.CycleUnit.DAY: _("Every %(n)s days"),
    Line.CycleUnit.WEEK: _("Every %(n)s weeks"),
    Line.CycleUnit.MONTH: _("Every %(n)s months"),
    Line.CycleUnit.YEAR: _("Every %(n)s years"),
}


def words(line: Line) -> str:
    """Return how often a line is billed: `Quarterly`, `Every 5 months`."""
    named = dict(NAMES).get(contracts.cycle_of(line))
    return str(named) if named else str(EVERY[line.unit_of_cycle]) % {"n": line.every}
