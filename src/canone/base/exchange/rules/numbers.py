"""Numbers as people write them in Italy, France and elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from canone.base.exchange.rules.faults import BadCellError, Fault

SPACES = dict.fromkeys(map(ord, " \t\u00a0\u2007\u2009\u202f'’"))
MINUS = dict.fromkeys(map(ord, "\u2212\u2012\u2013"), "-")
_CLEAN = {**SPACES, **MINUS}
_MONEY_SIGNS = re.compile(r"(?i)€|\$|£|eur(?:os?)?")
_GROUPED = {
    ",": re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?|[0-9]+(?:,[0-9]*)?|,[0-9]+"),
    ".": re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+"),
}
_OTHER = {",": ".", ".": ","}
LARGEST = Decimal(10) ** 15


def number(cell: str | float, decimal: str) -> Decimal:
    """Return the number in `cell`; `decimal` is the decimal sign, the other one groups thousands.

    A point where a comma is the decimal sign must group by three: `1.5` is refused, not read as 15.
    """
    if not isinstance(cell, str):
        return _bounded(Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell))
    text = _MONEY_SIGNS.sub("", cell).translate(_CLEAN)
    negative, text = _sign(text)
    if not _GROUPED[decimal].fullmatch(text):
        raise BadCellError(Fault.NUMBER)
    plain = text.replace(_OTHER[decimal], "").replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise BadCellError(Fault.NUMBER) from error
    return _bounded(-value if negative else value)


def whole(cell: str | float, decimal: str) -> int:
    """Return the whole number in `cell`; fractions are refused."""
    value = number(cell, decimal)
    if value != value.to_integral_value():
        raise BadCellError(Fault.WHOLE)
    return int(value)


def scaled(cell: str | float, decimal: str, places: int) -> int:
    """Return the number in `cell` as an integer of its `places`th decimal, refusing more."""
    value = number(cell, decimal)
    if isinstance(cell, float):
        value = round(value, places)
    exact = Fraction(value) * Fraction(10) ** places
    if exact.denominator != 1:
        raise BadCellError(Fault.CENTS, str(places))
    return int(exact)


def decimal_sign(samples: Iterable[str], default: str) -> str:
    """Return the sign that most samples can only be read with; `default` when none tells."""
    votes: Counter[str] = Counter()
    for sample in samples:
        text = _MONEY_SIGNS.sub("", sample).translate(_CLEAN).strip("-+()%")
        if not text or set(text) - set("0123456789.,"):
            continue
        readable = [sign for sign in ",." if _GROUPED[sign].fullmatch(text)]
        if len(readable) == 1:
            votes[readable[0]] += 1
    return votes.most_common(1)[0][0] if votes else default


def _sign(text: str) -> tuple[bool, str]:
    if text.startswith("(") and text.endswith(")"):
        return True, text[1:-1]
    if text.endswith("-"):
        return True, text[:-1]
    if text[:1] in {"+", "-"}:
        return text[0] == "-", text[1:]
    return False, text


def _bounded(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise BadCellError(Fault.NUMBER)
    if abs(value) > LARGEST:
        raise BadCellError(Fault.TOO_BIG)
    return value
