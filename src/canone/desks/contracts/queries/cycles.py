"""How often a line is billed, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canone.desks.contracts.models import Line
from canone.desks.contracts.queries import contracts
from canone.ui import formats

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

ALL = range(1, 13)
END_OF_MONTH = 31
"""As the day on which periods begin: the last of every month."""


def words(line: Line) -> str:
    """Return how often a line is billed: `Quarterly`, `Every 5 months`."""
    named = dict(NAMES).get(contracts.cycle_of(line))
    return str(named) if named else str(EVERY[line.unit_of_cycle]) % {"n": line.every}


def month_name(number: int) -> str:
    """Return what a month of the year is called: `January`."""
    return formats.month(date(2000, number, 1)).rsplit(" ", 1)[0]


def month_names(numbers: Iterable[int]) -> str:
    """Return months in the order of the year: `January, September`."""
    return ", ".join(month_name(number) for number in sorted(set(numbers)))


def when(line: Line) -> str:
    """Return how its periods lie in the year: from the ends of months, only in some months.

    Nothing where they begin on a plain day of all months.
    """
    is_monthly = line.unit_of_cycle in {"month", "year"}
    at_end = line.anchor_day == END_OF_MONTH and is_monthly
    told = (now_("from the end of the month") if at_end else "", _billed_in(line))
    return ", ".join(filter(None, told))


def _billed_in(line: Line) -> str:
    """Return in which months a line is billed; nothing where that is all the year."""
    months = set(line.months)
    others = set(ALL) - months
    if not months or not others:
        return ""
    if len(others) < len(months):
        return now_("not in %(months)s") % {"months": month_names(others)}
    return now_("only in %(months)s") % {"months": month_names(months)}
