"""When an invoice falls due under given payment terms."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

MONTH = 30
"""Days that custom counts as a month when due dates fall at its end."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Instalments at `first_days`, then every `interval_days`, where asked moved to a month's end.

    `extra_days` are counted after the end of month ("30 days end of month, the 10th").
    """

    first_days: int = 0
    instalments: int = 1
    interval_days: int = 30
    month_end: bool = False
    extra_days: int = 0


def due_dates(terms: Terms, day: date) -> tuple[date, ...]:
    """Return when the instalments of an invoice of `day` are due, in order.

    With end of month, each thirty days are a calendar month: 31 January at 30 days is
    28 February, not 31 March.
    """
    return tuple(
        _due(terms, day, terms.first_days + number * terms.interval_days)
        for number in range(terms.instalments)
    )


def _due(terms: Terms, day: date, days: int) -> date:
    if not terms.month_end:
        return day + timedelta(days=days)
    months, rest = divmod(days, MONTH)
    reached = _months_later(day, months) + timedelta(days=rest)
    last = calendar.monthrange(reached.year, reached.month)[1]
    return reached.replace(day=last) + timedelta(days=terms.extra_days)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
