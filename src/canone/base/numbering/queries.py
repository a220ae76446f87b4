"""Reads of the counters."""

from __future__ import annotations

from canone.base.numbering.models import Counter
from canone.base.numbering.rules import Number


def last(series: str, year: int) -> Number | None:
    """Return the last number given in the series and year; None before the first."""
    counter = Counter.objects.filter(series=series, year=year, day__isnull=False).first()
    if counter is None or counter.day is None:
        return None
    return Number(series, year, counter.number, counter.day)


def series() -> list[Counter]:
    """Return every series and year that is known, by name, the newest year first."""
    return list(Counter.objects.order_by("series", "-year"))
