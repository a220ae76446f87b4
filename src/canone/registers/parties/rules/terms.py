"""When an invoice falls due under given payment terms."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

MONTH = 30
"""Days that custom counts as a month when due dates fall at its end."""
MOST = 31
YEAR = 12
LONGEST = 3650
"""Days that payment terms count at most."""
MOST_INSTALMENTS = 60
MOST_EXTRA = 60
"""Days after the end of a month."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Instalments at `first_days`, then every `interval_days`, where asked moved to a month's end.

    Or the days are counted `from_month_end`: the last day of the month of the document.
    `extra_days` are counted after the end of month ("30 days end of month, the 10th"). A
    `fixed_day` of the month is waited for. Nothing falls due in months that are `skipped`: it moves
    to the `skip_day` of the next month that is not.
    """

    first_days: int = 0
    instalments: int = 1
    interval_days: int = 30
    month_end: bool = False
    from_month_end: bool = False
    extra_days: int = 0
    fixed_day: int = 0
    skipped: frozenset[int] = frozenset()
    skip_day: int = 10


def due_dates(terms: Terms, day: date) -> tuple[date, ...]:
    """Return when the instalments of an invoice of `day` are due, in order.

    With end of month, each thirty days are a calendar month: 31 January at 30 days is
    28 February, not 31 March. Counted from the end of the month they are real days: 15 January
    at 30 days is 2 March, because 31 January is the first of what is counted.
    """
    start = _in_month(day, MOST) if terms.from_month_end else day
    return tuple(
        sorted(
            _moved(terms, _reached(terms, start, terms.first_days + number * terms.interval_days))
            for number in range(terms.instalments)
        )
    )


def _reached(terms: Terms, day: date, days: int) -> date:
    if not terms.month_end:
        return day + timedelta(days=days)
    months, rest = divmod(days, MONTH)
    reached = _months_later(day, months) + timedelta(days=rest)
    return _in_month(reached, MOST) + timedelta(days=terms.extra_days)


def _moved(terms: Terms, day: date) -> date:
    """Return the fixed day from `day` on, and the day behind the months that are skipped."""
    if terms.fixed_day:
        here = _in_month(day, terms.fixed_day)
        day = here if here >= day else _in_month(_months_later(day, 1), terms.fixed_day)
    if day.month not in terms.skipped or len(terms.skipped) == YEAR:
        return day
    while day.month in terms.skipped:
        day = _months_later(day, 1)
    return _in_month(day, terms.skip_day)


def _in_month(day: date, number: int) -> date:
    """Return the day with that number of the month of `day`; its last where it is shorter."""
    last = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=min(number, last))


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
