"""Dates and times of a file: which notation, and which instant a wall clock meant.

Instants are whole microseconds since 1970 in UTC: they travel through staging as plain integers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import product
from zoneinfo import ZoneInfo

from canone.base.exchange.rules.faults import BadCellError, Fault

SECOND = 1_000_000
DAY_LENGTH = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1970, 2199
TOLERANCE = 90 * SECOND
_CACHED = 100_000

Moment = int | tuple[int, int]


class DateOrder(StrEnum):
    """How dates stand in the file; year first is understood in every file."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"
    EXCEL = "excel"
    UNIX = "unix"
    UNIX_MS = "unix_ms"


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan gen janv ene",
            "feb fev févr fév febr",
            "mar mars mär",
            "apr avr abr",
            "may mag mai",
            "jun giu juin",
            "jul lug juil",
            "aug ago août aou aoû",
            "sep set sept",
            "oct ott okt",
            "nov",
            "dec dic déc dez",
        ),
        start=1,
    )
    for name in names.split()
}
_YMD = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2})")
_TRIPLE = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})")
_NAMED = re.compile(
    r"([0-9]{1,2})[-/. ]+([^\W\d_]{3,})\.?[-/. ,]+([0-9]{4})|"
    r"([^\W\d_]{3,})\.? ([0-9]{1,2}),? ([0-9]{4})"
)
_HOURS_MINUTES = {
    f"{hour:02d}:{minute:02d}": (hour * 60 + minute) * 60 * SECOND
    for hour in range(24)
    for minute in range(60)
}
_SECONDS = {"": 0, **{f":{second:02d}": second * SECOND for second in range(60)}}
_SPLIT = re.compile(r"(?<=[0-9])(?:[T,]\s*|\s+)(?=[0-9]{1,2}[:.h][0-9]{2})")
_TIME = re.compile(
    r"([0-9]{1,2})[:.h]([0-9]{2})(?:[:.]([0-9]{2})(?:[.,]([0-9]{1,9}))?)?\s*([AaPp])?\.?(?(5)\s?[Mm]\.?)"
    r"\s*(Z|z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?"
)


def at(moment: int) -> datetime:
    """Return the aware datetime of an instant in microseconds."""
    return EPOCH + timedelta(microseconds=moment)


def micros(moment: datetime) -> int:
    """Return the microseconds of an aware datetime."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def day(cell: str | float, order: DateOrder) -> date:
    """Return the date in `cell`; a time after it is passed over."""
    if order in {DateOrder.EXCEL, DateOrder.UNIX, DateOrder.UNIX_MS}:
        counted = _counted(cell, order)
        if counted is not None:
            return at(counted).date()
    if not isinstance(cell, str):
        raise BadCellError(Fault.DAY)
    text = cell.strip()
    return _date(_SPLIT.split(text, maxsplit=1)[0], order)


class Clock:
    """Reads wall times of one notation in one zone, remembering days and times already met."""

    def __init__(self, order: DateOrder, zone: ZoneInfo) -> None:
        self.order = order
        self.zone = zone
        self._numbers = order in {DateOrder.EXCEL, DateOrder.UNIX, DateOrder.UNIX_MS}
        self._days: dict[str, tuple[int, int, bool]] = {}
        self._times: dict[str, tuple[int, bool]] = {}

    def read(self, cell: str | float) -> Moment:
        """Return the instant, or both of them where the clock showed this time twice."""
        if not isinstance(cell, str):
            return self._number(cell)
        head, space, tail = cell.partition(" ")
        if not space:
            head, space, tail = cell.partition("T")
        known = self._days.get(head)
        if known is None or not space:
            return self._slow(cell)
        start, wall, steady = known
        whole, rest = _HOURS_MINUTES.get(tail[:5]), _SECONDS.get(tail[5:])
        if whole is not None and rest is not None:
            return start + whole + rest if steady else self._place(wall, whole + rest)
        passed, absolute = self._times.get(tail, (-1, False))
        if passed < 0:
            return self._slow(cell)
        if absolute:
            return wall + passed - DAY_LENGTH
        return start + passed if steady else self._place(wall, passed)

    def _slow(self, cell: str) -> Moment:
        text = cell.strip()
        if self._numbers:
            counted = _counted(text, self.order)
            if counted is not None:
                return self._zoned(counted)
        parts = _SPLIT.split(text, maxsplit=1)
        found = _date(parts[0], self.order)
        passed, offset = _time(parts[1]) if len(parts) > 1 else (0, None)
        start, wall, steady = self._day(found)
        if text == cell and len(parts) > 1:
            self._remember(parts, (start, wall, steady), passed, offset)
        if offset is not None:
            return wall + passed - offset
        return start + passed if steady else self._place(wall, passed)

    def _remember(
        self, parts: list[str], known: tuple[int, int, bool], passed: int, offset: int | None
    ) -> None:
        if len(self._days) + len(self._times) > _CACHED:
            self._days.clear()
            self._times.clear()
        if " " in parts[0] or "T" in parts[0]:
            return
        self._days[parts[0]] = known
        # A day is added so that an early time with an offset stays above zero.
        self._times[parts[1]] = (
            (passed, False) if offset is None else (passed - offset + DAY_LENGTH, True)
        )

    def _number(self, cell: float) -> Moment:
        counted = _counted(cell, self.order)
        if counted is None:
            raise BadCellError(Fault.INSTANT)
        return self._zoned(counted)

    def _zoned(self, counted: int) -> Moment:
        if self.order != DateOrder.EXCEL:
            return counted
        return self._place(counted - counted % DAY_LENGTH, counted % DAY_LENGTH)

    def _day(self, found: date) -> tuple[int, int, bool]:
        """Return the day's start in UTC, its wall start, and whether the offset holds all day."""
        midnight = datetime(found.year, found.month, found.day, tzinfo=self.zone)
        first = midnight.utcoffset() or timedelta()
        last = (midnight + timedelta(days=1)).utcoffset()
        wall = _wall(found)
        return wall - first // timedelta(microseconds=1), wall, first == last

    def _place(self, start: int, passed: int) -> Moment:
        wall = at(start + passed).replace(tzinfo=self.zone)
        early, late = (wall.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
        one = start + passed - early // timedelta(microseconds=1)
        if early == late:
            return one
        if early < late:
            raise BadCellError(Fault.MISSING_HOUR)
        return one, start + passed - late // timedelta(microseconds=1)


def settle(start: Moment, end: Moment, length: int | None) -> tuple[int, int] | None:
    """Return start and end, chosen so that they lie `length` microseconds apart; None if unclear.

    Without a length only an order that leaves a single possibility decides. Where several fit
    and last equally long, the earlier one is meant.
    """
    starts = start if isinstance(start, tuple) else (start,)
    ends = end if isinstance(end, tuple) else (end,)
    if len(starts) == len(ends) == 1:
        return starts[0], ends[0]
    fitting = [(a, b) for a, b in product(starts, ends) if b >= a]
    if length is not None:
        fitting = [(a, b) for a, b in fitting if abs(b - a - length) <= TOLERANCE]
    if not fitting or len({b - a for a, b in fitting}) > 1:
        return None
    if length is None and len(fitting) > 1:
        return None
    return min(fitting)


def detect(samples: Iterable[str | float], default: DateOrder) -> tuple[DateOrder, bool]:
    """Return the notation of `samples`, and whether they leave no other."""
    votes: Counter[DateOrder] = Counter()
    open_votes = 0
    for sample in samples:
        found = _orders(sample)
        if len(found) == 1:
            votes[found[0]] += 1
        elif found:
            open_votes += 1
    if votes:
        (order, count), *others = votes.most_common()
        mixed = any(other != DateOrder.YEAR_FIRST for other, _ in others)
        return order, count > 0 and not mixed
    return (default, False) if open_votes else (default, True)


def _orders(sample: str | float) -> list[DateOrder]:
    if not isinstance(sample, str) or re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", sample.strip()):
        return _number_orders(sample)
    text = _SPLIT.split(sample.strip(), maxsplit=1)[0]
    if _YMD.fullmatch(text):
        return [DateOrder.YEAR_FIRST]
    found = _TRIPLE.fullmatch(text)
    if not found:
        return []
    first, second = int(found[1]), int(found[2])
    orders = []
    if first <= 31 and second <= 12:
        orders.append(DateOrder.DAY_FIRST)
    if first <= 12 and second <= 31:
        orders.append(DateOrder.MONTH_FIRST)
    return orders


def _number_orders(sample: str | float) -> list[DateOrder]:
    value = float(str(sample).replace(",", "."))
    if isinstance(sample, str) and _YMD.fullmatch(sample.strip()):
        return [DateOrder.YEAR_FIRST]
    if 20_000 < value < 110_000:
        return [DateOrder.EXCEL]
    if 1e8 < value < 1e10:
        return [DateOrder.UNIX]
    return [DateOrder.UNIX_MS] if 1e11 < value < 1e13 else []


def _counted(cell: str | float, order: DateOrder) -> int | None:
    """Return the microseconds that a serial number or a Unix time counts; None for other text."""
    if isinstance(cell, str):
        if not re.fullmatch(r"[0-9]{1,16}(?:[.,][0-9]{1,15})?", cell.strip()):
            return None
        cell = float(cell.replace(",", "."))
    if order == DateOrder.UNIX_MS:
        value = round(cell * 1000)
    elif order == DateOrder.UNIX:
        value = round(cell * SECOND)
    else:
        value = (round(cell * 86_400) - 25_569 * 86_400) * SECOND
    if not 0 <= value < _wall(date(LAST_YEAR, 12, 31)):
        raise BadCellError(Fault.YEAR)
    return value


def _date(text: str, order: DateOrder) -> date:
    found = _YMD.fullmatch(text)
    if found:
        parts = [int(part) for part in found.groups() if part is not None]
        return _checked(parts[0], parts[1], parts[2])
    triple = _TRIPLE.fullmatch(text)
    if triple:
        first, second = int(triple[1]), int(triple[2])
        if order == DateOrder.MONTH_FIRST:
            first, second = second, first
        return _checked(_year(triple[3]), second, first)
    named = _NAMED.fullmatch(text)
    if named:
        numeral, name, year = (
            (named[1], named[2], named[3])
            if named[1]
            else (
                named[5],
                named[4],
                named[6],
            )
        )
        return _checked(int(year), _month(name), int(numeral))
    raise BadCellError(Fault.DAY)


def _month(name: str) -> int:
    lowered = name.lower()
    for length in (5, 4, 3):
        number = _MONTHS.get(lowered[:length])
        if number:
            return number
    raise BadCellError(Fault.DAY)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _checked(year: int, month: int, numeral: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadCellError(Fault.YEAR)
    try:
        return date(year, month, numeral)
    except ValueError as error:
        raise BadCellError(Fault.DAY) from error


def _wall(found: date) -> int:
    return (found.toordinal() - 719_163) * DAY_LENGTH


def _time(text: str) -> tuple[int, int | None]:
    """Return the microseconds since midnight and the offset from UTC, where one is written."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise BadCellError(Fault.INSTANT)
    hours, minutes, rest = int(found[1]), int(found[2]), int(found[3] or 0)
    half = (found[5] or "").lower()
    if half:
        if not 1 <= hours <= 12:
            raise BadCellError(Fault.INSTANT)
        hours = hours % 12 + (12 if half == "p" else 0)
    if hours > 23 or minutes > 59 or rest > 59:
        raise BadCellError(Fault.INSTANT)
    fraction = int((found[4] or "0").ljust(6, "0")[:6])
    passed = ((hours * 60 + minutes) * 60 + rest) * SECOND + fraction
    return passed, _offset(found[6]) if found[6] else None


def _offset(text: str) -> int:
    if text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    size = (int(digits[:2]) * 60 + int(digits[2:])) * 60 * SECOND
    return -size if text[0] == "-" else size
