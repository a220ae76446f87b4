"""The only writer of the counters."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from canone.base.numbering import rules
from canone.base.numbering.models import Counter
from canone.base.numbering.rules import BackInDateError, Number

__all__ = [
    "NAME",
    "BackInDateError",
    "Number",
    "align",
    "begin",
    "hold",
    "next_number",
    "next_numbers",
    "take_up",
]
NAME = RegexValidator(r"\A[A-Za-z0-9]+\Z", _("Letters and digits, nothing else."))
"""What a series may be called."""


def next_number(*, series: str, day: date) -> Number:
    """Return the next number of the series, held until the caller's transaction ends.

    Whoever asks at the same time waits, so that no number is skipped or given twice. Outside a
    transaction it is a RuntimeError; a day before the last number's is a BackInDateError.
    """
    (given,) = next_numbers(series=series, day=day, count=1)
    return given


def next_numbers(*, series: str, day: date, count: int) -> list[Number]:
    """Return the next `count` numbers of the series, as `next_number` gives one."""
    counter = _locked(series, day.year)
    last = Number(series, counter.year, counter.number, counter.day) if counter.day else None
    given: list[Number] = []
    for _place in range(count):
        last = rules.after(series, last, day)
        given.append(last)
    if last is not None and given:
        counter.number, counter.day = last.number, last.day
        counter.save(update_fields=["number", "day"])
    return given


def align(*, series: str, year: int, last: int, day: date | None) -> int | None:
    """Return what the counter wrongly said before it was set right; None when it was right.

    `last` and `day` are of the last document on record, 0 and None without one. A counter that
    was edited by hand would give a number twice, or leave a hole: the documents are right. A
    number that the series began after, given elsewhere, is kept. A day that alone was wrong is set
    right too: it would let no document be issued, or one before the last.
    """
    counter = _locked(series, year)
    right = max(last, counter.begun_after or 0)
    its_day = day if last == right else counter.day
    wrong = counter.number
    if (wrong, counter.day) == (right, its_day):
        return None
    counter.number, counter.day = right, its_day
    counter.save(update_fields=["number", "day"])
    return None if wrong == right else wrong


def _locked(series: str, year: int) -> Counter:
    if not connection.in_atomic_block:
        raise RuntimeError("a number is given inside the transaction that issues the document")
    Counter.objects.bulk_create([Counter(series=series, year=year)], ignore_conflicts=True)
    return Counter.objects.select_for_update().get(series=series, year=year)


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


def take_up(*, series: str, number: int, day: date | None, today: date) -> Counter:
    """Return the counter of a series that the firm begins here, as `begin` does, in capitals.

    `day` is that of the document with the last number given elsewhere: of this year, and not to
    come. Everything that is wrong is in one ValidationError.
    """
    faults: dict[str, ValidationError] = {}
    try:
        NAME(series)
    except ValidationError as error:
        faults["series"] = error
    if not number:
        day = today
    elif day is None:
        text = _("Enter the date of the document with that number.")
        faults["day"] = ValidationError(text, code="required")
    elif day > today or day.year != today.year:
        faults["day"] = ValidationError(_("Enter a day of this year, today at the latest."))
    if faults or day is None:
        raise ValidationError(faults)
    return begin(series=series.upper(), number=number, day=day)


def hold(*, series: str, year: int) -> None:
    """Return nothing; whoever asks for a number of the series waits until the transaction ends."""
    _locked(series, year)
