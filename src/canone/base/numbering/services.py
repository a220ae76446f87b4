"""The only writer of the counters."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from canone.base.numbering import rules
from canone.base.numbering.models import Counter
from canone.base.numbering.rules import BackInDateError, Number

__all__ = ["BackInDateError", "Number", "begin", "next_number"]


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


@transaction.atomic
def begin(*, series: str, number: int, day: date) -> Counter:
    """Return the counter of a series that goes on behind `number`, given elsewhere on `day`.

    With 0 the series begins here, with 1. A series that has given a number of the year already is
    a ValidationError under `series`: its numbers follow each other by themselves.
    """
    Counter.objects.bulk_create([Counter(series=series, year=day.year)], ignore_conflicts=True)
    counter = Counter.objects.select_for_update().get(series=series, year=day.year)
    if counter.day is not None and counter.number != counter.begun_after:
        taken = _("This series goes on by itself: its last number in %(year)s is %(number)s.")
        values = {"year": counter.year, "number": counter.number}
        raise ValidationError({"series": ValidationError(taken, params=values)})
    counter.number, counter.day = number, day if number else None
    counter.begun_after = number or None
    counter.save(update_fields=["number", "day", "begun_after"])
    return counter
