"""Durations in the many ways in which tools write them."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from canone.base.exchange.rules import numbers
from canone.base.exchange.rules.faults import BadCellError, Fault
from canone.kernel.money import half_up


class DurationUnit(StrEnum):
    """What a bare number means; MINUTES_SECONDS also reads `12:30` as minutes and seconds."""

    MINUTES = "minutes"
    SECONDS = "seconds"
    HOURS = "hours"
    MINUTES_SECONDS = "mm:ss"


_BARE = {
    DurationUnit.MINUTES: 60,
    DurationUnit.SECONDS: 1,
    DurationUnit.HOURS: 3600,
    DurationUnit.MINUTES_SECONDS: 60,
}
_COLONS = re.compile(
    r"(?:(\d{1,4})(?:\.|d| days?,| giorni,?| jours?,?) ?)?"
    r"(\d{1,5})(?::| ?h ?)([0-5]?\d)(?::([0-5]?\d)(?:[.,]\d+)?)?",
    re.ASCII,
)
_UNITS = re.compile(
    r"(\d+(?:[.,]\d+)?) ?("
    r"days?|d|giorn[oi]|gg?|jours?|j|tage?|dias?|"
    r"hours?|hrs?|h|or[ae]|heures?|stunden?|std|horas?|"
    r"minut[oie]s?|minutes?|minuten?|mins?|min|m|"
    r"second[oi]?s?|secondes?|sekunden?|segundos?|secs?|sec|s)"
    r"(?![a-zà-ÿ])\.?,? ?(?:(?:e|et|and|und|y) )?",
    re.IGNORECASE | re.ASCII,
)
_ISO = re.compile(
    r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?", re.IGNORECASE | re.ASCII
)
DIGITS = frozenset("0123456789")
_OFF = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ")
_DAYS = ("d", "g", "j", "t")


def seconds(cell: str | float, unit: DurationUnit) -> int:
    """Return the whole seconds in `cell`, half a second up; below zero is refused.

    Understands 2:43, 0:42:10, 2,5 h, 1h 20m, 90 min, PT1H20M, 1.02:03:04 and bare numbers in
    `unit`. A bare number may have its decimals after a point or a comma.
    """
    if not isinstance(cell, str):
        return _bounded(Fraction(numbers.number(cell, ".")) * _BARE[unit])
    text = cell.translate(_OFF).strip()
    found = _COLONS.fullmatch(text)
    if found:
        return _colons(found, unit)
    if text[:1] in {"P", "p"}:
        return _iso(text)
    if text[-1:] in DIGITS and text:
        return _bounded(_bare(text) * _BARE[unit])
    return _bounded(_with_units(text))


def _colons(found: re.Match[str], unit: DurationUnit) -> int:
    days, first, second, third = found.groups()
    if third is None and days is None and unit == DurationUnit.MINUTES_SECONDS:
        return int(first) * 60 + int(second)
    return int(days or 0) * 86_400 + int(first) * 3600 + int(second) * 60 + int(third or 0)


def _iso(text: str) -> int:
    found = _ISO.fullmatch(text)
    if not found or not any(found.groups()):
        raise BadCellError(Fault.DURATION)
    days, hours, minutes, rest = (int(part or 0) for part in found.groups())
    return days * 86_400 + hours * 3600 + minutes * 60 + rest


def _bare(text: str) -> Fraction:
    try:
        return Fraction(numbers.number(text, "," if "," in text else "."))
    except BadCellError as error:
        raise BadCellError(Fault.DURATION) from error


def _with_units(text: str) -> Fraction:
    total, place = Fraction(0), 0
    while place < len(text):
        found = _UNITS.match(text, place)
        if not found:
            raise BadCellError(Fault.DURATION)
        amount = Fraction(Decimal(found[1].replace(",", ".")))
        total += amount * _worth(found[2].lower())
        place = found.end()
    if not text:
        raise BadCellError(Fault.DURATION)
    return total


def _worth(word: str) -> int:
    if word[0] == "s" and word[:2] != "st":
        return 1
    if word[0] == "m":
        return 60
    return 86_400 if word[0] in _DAYS else 3600


def _bounded(value: Fraction) -> int:
    if value < 0:
        raise BadCellError(Fault.DURATION)
    if value > 10**9:
        raise BadCellError(Fault.TOO_BIG)
    return half_up(value)
