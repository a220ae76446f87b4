"""Cells of a file that hold several things: agents, tiers, own fields, months, cycles.

How they are written is told in docs/decisions/0031-contracts-in-flat-rows.md.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from canone.base.exchange.rules import numbers
from canone.base.exchange.rules.faults import BadCellError
from canone.base.exchange.rules.headers import normal
from canone.kernel.money import Money, UnitPrice

CYCLES = {
    "month/1": ("monthly", "mensile", "mensuel", "mensuelle", "m", "1"),
    "month/2": ("bimonthly", "bimestrale", "bimestriel", "bimestrielle", "b", "2"),
    "month/3": ("quarterly", "trimestrale", "trimestriel", "trimestrielle", "t", "3"),
    "month/4": ("four-monthly", "quadrimestrale", "quadrimestriel", "q", "4"),
    "month/6": ("half-yearly", "semestrale", "semestriel", "semestrielle", "s", "6"),
    "month/12": ("yearly", "annuale", "annuel", "annuelle", "a", "12"),
    "month/24": ("two-yearly", "biennale", "biennal", "24"),
    "month/36": ("three-yearly", "triennale", "triennal", "36"),
    "week/1": ("weekly", "settimanale", "hebdomadaire"),
    "once": ("una tantum", "unique", "one-off"),
}
UNITS = {
    "day": ("days", "giorno", "giorni", "gg", "jour", "jours"),
    "week": ("weeks", "settimana", "settimane", "semaine", "semaines"),
    "month": ("months", "mese", "mesi", "mois"),
    "year": ("years", "anno", "anni", "an", "ans", "annee", "annees"),
}
MONTHS = (
    ("january", "gennaio", "janvier"),
    ("february", "febbraio", "fevrier"),
    ("march", "marzo", "mars"),
    ("april", "aprile", "avril"),
    ("may", "maggio", "mai"),
    ("june", "giugno", "juin"),
    ("july", "luglio", "juillet"),
    ("august", "agosto", "aout"),
    ("september", "settembre", "septembre"),
    ("october", "ottobre", "octobre"),
    ("november", "novembre", "novembre"),
    ("december", "dicembre", "decembre"),
)
SHORTEST = 3
NAMED = {normal(word): code for code, words in CYCLES.items() for word in (code, *words)}
UNIT_OF = {word: unit for unit, words in UNITS.items() for word in (unit, *words)}
EVERY = re.compile(
    r"(?:every |ogni |tous les |toutes les )?([0-9]{1,6}) ?([a-z]+)|([a-z]+) ([0-9]+)"
)
BELOW_ZERO = re.compile(r"[-\N{MINUS SIGN}]\s*[0-9]")
BREAKS = re.compile(r"[;|]")
BETWEEN = re.compile(r"[;,|/+\s]+")


class BadPartError(ValueError):
    """A part of a cell cannot be read; `part` is that part."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part.strip()


def cycle(text: str) -> tuple[str, int]:
    """Return unit and number of a cycle, such as `quarterly` or `every 10 days`; once has none.

    What is neither is a BadPartError.
    """
    bare = normal(text)
    named = NAMED.get(bare)
    if named is not None:
        unit, _slash, every = named.partition("/")
        return ("", 1) if unit == "once" else (unit, int(every))
    found = EVERY.fullmatch(bare)
    unit = UNIT_OF.get(found[2] or found[3], "") if found else ""
    if found is None or not unit or BELOW_ZERO.search(text):
        raise BadPartError(text)
    return unit, int(found[1] or found[4])


def months(text: str) -> list[int]:
    """Return months by number or name in three languages, in order; an unknown: BadPartError."""
    return sorted({_month(part) for part in BETWEEN.split(text) if part})


def _month(part: str) -> int:
    if part.isdecimal():
        return int(part)
    word = normal(part)
    found = {
        number
        for number, names in enumerate(MONTHS, start=1)
        if any(name.startswith(word) for name in names)
    }
    if len(word) < SHORTEST or len(found) != 1:
        raise BadPartError(part)
    return found.pop()


def parts(text: str) -> list[str]:
    """Return the parts of a cell: by its lines if it has several, otherwise by `;` or `|`."""
    found = text.splitlines() if "\n" in text.strip() else BREAKS.split(text)
    return [part.strip() for part in found if part.strip()]


def pairs(text: str) -> list[tuple[str, str]]:
    """Return what stands before and behind the colon of each part; one without: BadPartError."""
    found = []
    for part in parts(text):
        label, colon, value = part.partition(":")
        if not colon or not label.strip():
            raise BadPartError(part)
        found.append((label.strip(), value.strip()))
    return found


def shares(text: str, decimal: str) -> list[tuple[str, int]]:
    """Return who has which share, in hundredths of a percent: `A1: 50 %; A2: 2,5 %`.

    What is no share above 0 and up to 100, or is nobody's: BadPartError.
    """
    found = []
    for part in parts(text):
        whose, _colon, share = part.rpartition(":")
        try:
            exact = Fraction(numbers.number(share.replace("%", ""), decimal)) * 100
        except BadCellError as error:
            raise BadPartError(part) from error
        if not whose.strip() or exact.denominator != 1:
            raise BadPartError(part)
        found.append((whose.strip(), int(exact)))
    return found


def tiers(text: str, decimal: str) -> list[dict[str, Any]]:
    """Return tiers as a line keeps them: `1000: 0,01; 5000: 0,008 + 25; 0,006`.

    A tier is the last unit it holds for, the price of a unit, and maybe a flat amount; the last
    one has no last unit. What cannot be read is a BadPartError.
    """
    return [_tier(part, decimal) for part in parts(text)]


def _tier(part: str, decimal: str) -> dict[str, Any]:
    top, colon, price = part.rpartition(":")
    unit, plus, flat = price.partition("+")
    try:
        up_to = numbers.whole(top, decimal) if colon else None
        found: dict[str, Any] = {
            "up_to": up_to,
            "unit": str(UnitPrice(numbers.scaled(unit, decimal, 6))),
        }
        if plus:
            found["flat"] = str(Money(numbers.scaled(flat, decimal, 2)))
    except BadCellError as error:
        raise BadPartError(part) from error
    return found
