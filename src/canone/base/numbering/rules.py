"""Which number comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


class BackInDateError(ValueError):
    """The series already holds a number of a later day."""

    def __init__(self, series: str, last: Number) -> None:
        super().__init__(f"{series}: {last.number} is of {last.day}")
        self.series = series
        self.last = last


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a series: `day` is the date of the document that bears it."""

    series: str
    year: int
    number: int
    day: date

    def __str__(self) -> str:
        return f"{self.year}/{self.number}"


def after(series: str, last: Number | None, day: date) -> Number:
    """Return the number that follows `last` in the year of `day`; raises BackInDateError."""
    if last is None or last.year != day.year:
        return Number(series, day.year, 1, day)
    if day < last.day:
        raise BackInDateError(series, last)
    return Number(series, day.year, last.number + 1, day)
