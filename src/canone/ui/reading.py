"""What people type, as exact values: the other direction of `formats`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction

from canone.kernel.money import half_up
from canone.ui.formats import language_or

SPACES = re.compile("[\u0020\u00a0\u202f\u2009']")
LIKE_GROUPS = re.compile(r"[1-9][0-9]{0,2}([.,\u0020])[0-9]{3}(\1[0-9]{3})*")
GROUPING = {"it": ".", "fr": "\u0020", "en": ","}


DIGITS_OF_KEY = 18
"""Every number of so many digits fits the column of a key."""


class NotReadableError(ValueError):
    """The text is not a value of this kind."""


def keys(texts: str | Iterable[str]) -> list[int]:
    """Return the rows' keys that a request names, one by one or between commas.

    What cannot be a key is passed over: only a changed request sends it, and no row has it.
    """
    parts = texts.split(",") if isinstance(texts, str) else texts
    return [int(part) for part in parts if is_key(part)]


def is_key(text: str) -> bool:
    """Return whether a row can have this key."""
    return text.isascii() and text.isdigit() and len(text) <= DIGITS_OF_KEY


def number(text: str, language: str | None = None) -> Decimal:
    """Return the number in `text`: `1.234,56`, `1 234,56`, `20.0`, `1,234.56`, `−3`.

    A single separator before exactly three digits groups only where the language groups so.
    """
    sign, body = _signed(SPACES.sub(" ", text.strip()).replace("€", "").strip())
    if not body or not re.fullmatch(r"[0-9., ]+", body) or len(body) > 30:
        raise NotReadableError(text)
    whole, part = _parted(body, GROUPING[language_or(language)])
    if whole and not whole.isdigit():
        if not LIKE_GROUPS.fullmatch(whole):
            raise NotReadableError(text)
        whole = re.sub(r"\D", "", whole)
    if not (whole or part) or (part and not part.isdigit()):
        raise NotReadableError(text)
    return sign * Decimal(f"{whole or 0}.{part or 0}")


def _signed(body: str) -> tuple[int, str]:
    if body[:1] in "-\u2212" and body:
        return -1, body[1:].strip()
    return 1, body.removeprefix("+").strip()


def _parted(body: str, grouping: str) -> tuple[str, str]:
    marks = [mark for mark in body if mark in ".,"]
    if not marks:
        return body, ""
    last = marks[-1]
    whole, _, part = body.rpartition(last)
    if len(set(marks)) == 2:
        if marks.count(last) > 1:
            raise NotReadableError(body)
        return whole, part
    groups = LIKE_GROUPS.fullmatch(body) is not None
    if len(marks) > 1 or (groups and last == grouping):
        return body, ""
    return whole, part


def duration(text: str, language: str | None = None) -> int:
    """Return whole minutes of `2:43`, `2,5` or `2.5` hours, `2h30`, `45 min`."""
    clean = text.strip().lower()
    sign, body = _signed(clean)
    clock = re.fullmatch(r"([0-9]{1,5})\s*[:h]\s*([0-5][0-9])?", body)
    if clock:
        return sign * (int(clock[1]) * 60 + int(clock[2] or 0))
    minutes = re.fullmatch(r"([0-9]{1,7})\s*(m|min|minuti|minutes?)", body)
    if minutes:
        return sign * int(minutes[1])
    hours = number(re.sub(r"\s*(h|ore|heures?|hours?)$", "", body), language)
    if abs(hours) > 100_000:
        raise NotReadableError(text)
    return sign * half_up(Fraction(hours) * 60)


def day(text: str) -> date:
    """Return the day of `01/12/2026`, `1.12.26`, `01-12-2026` or `2026-12-01`."""
    parts = re.fullmatch(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{2}|[0-9]{4})", text.strip())
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text.strip())
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if parts:
            year = int(parts[3])
            return date(year + 2000 if len(parts[3]) == 2 else year, int(parts[2]), int(parts[1]))
    except ValueError as error:
        raise NotReadableError(text) from error
    raise NotReadableError(text)


def wall_time(text: str) -> datetime:
    """Return the naive wall time of `01/12/2026 9:05`; seconds may follow."""
    found = re.fullmatch(r"(\S+)[\s,T]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?", text.strip())
    if not found or int(found[2]) > 23 or int(found[3]) > 59 or int(found[4] or 0) > 59:
        raise NotReadableError(text)
    on = day(found[1])
    return datetime(on.year, on.month, on.day, int(found[2]), int(found[3]), int(found[4] or 0))  # noqa: DTZ001 (the zone comes next)


def instant(text: str, zone: tzinfo, *, later: bool = False) -> datetime:
    """Return the instant of a wall time in `zone`; `later` picks the second of a repeated hour."""
    return wall_time(text).replace(tzinfo=zone, fold=int(later))
