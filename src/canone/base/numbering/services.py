"""The only writer of the counters."""

from __future__ import annotations

from datetime import date

from django.db import connection

from canone.base.numbering import rules
from canone.base.numbering.models import Counter
from canone.base.numbering.rules import BackInDateError, Number

__all__ = ["BackInDateError", "Number", "next_number"]


def next_number(*, series: str, day: date) -> Number:
    """Return the next number of the series, held until the caller's transaction ends.

    Whoever asks at the same time waits, so that no number is skipped or given twice. Outside a
    transaction it is a RuntimeError; a day before the last number's is a BackInDateError.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a number is given inside the transaction that issues the document")
    Counter.objects.bulk_create([Counter(series=series, year=day.year)], ignore_conflicts=True)
    counter = Counter.objects.select_for_update().get(series=series, year=day.year)
    last = Number(series, counter.year, counter.number, counter.day) if counter.day else None
    given = rules.after(series, last, day)
    counter.number, counter.day = given.number, given.day
    counter.save(update_fields=["number", "day"])
    return given
