"""Which backups are kept: the newest of each day, week and month, so many of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days, weeks and months keep their newest backup."""

    days: int = 7
    weeks: int = 5
    months: int = 12


def spare(made: Iterable[datetime], keep: Keep, zone: ZoneInfo) -> list[datetime]:
    """Return the backups that may go, oldest first; the newest of all never does.

    Days, weeks (from Monday) and months are those of `zone` in which there is a backup: a firm
    that was closed for a month loses none for it.
    """
    newest_first = sorted(set(made), reverse=True)
    kept = set(newest_first[:1])
    for count, name in ((keep.days, _day), (keep.weeks, _week), (keep.months, _month)):
        kept |= _newest(newest_first, count, [name(one.astimezone(zone)) for one in newest_first])
    return sorted(set(newest_first) - kept)


def _newest(
    newest_first: Sequence[datetime], count: int, names: Sequence[tuple[int, ...]]
) -> set[datetime]:
    found: dict[tuple[int, ...], datetime] = {}
    for one, name in zip(newest_first, names, strict=True):
        if name not in found and len(found) < count:
            found[name] = one
    return set(found.values())


def _day(local: datetime) -> tuple[int, ...]:
    return local.year, local.month, local.day


def _week(local: datetime) -> tuple[int, ...]:
    return local.isocalendar()[:2]


def _month(local: datetime) -> tuple[int, ...]:
    return local.year, local.month
