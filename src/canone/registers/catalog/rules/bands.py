"""After-hours bands: what a minute weighs, by the clock on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from canone.registers.catalog.rules.holidays import public_holidays

DAY = 1_440
NORMAL = 100
MOST_BANDS = 6


class Band(NamedTuple):
    """Some hours of some days; times are minutes of the day, `end` excluded, 1440 is midnight.

    Where `end` lies before `start` the band covers both ends of each named day.
    """

    name: str
    days: tuple[int, ...]
    start: int
    end: int
    percent: int
    on_holidays: bool = False

    def covers(self, weekday: int, minute: int, *, holiday: bool) -> bool:
        """Whether the band holds at `minute` of a day; Monday is 0."""
        if weekday not in self.days and not (holiday and self.on_holidays):
            return False
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


class Weight(NamedTuple):
    """A percentage and the band it comes from ("" for normal hours)."""

    percent: int
    band: str


USUAL = Weight(NORMAL, "")


def weight_at(
    bands: tuple[Band, ...], country: str, moment: datetime, zone: ZoneInfo | None
) -> Weight:
    """Return what counts at `moment`: the first band that holds there, else 100 %."""
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    holiday = bool(country) and local.date() in public_holidays(country, local.year)
    for band in bands:
        if band.covers(local.weekday(), minute, holiday=holiday):
            return Weight(band.percent, band.name)
    return USUAL


def weights(
    bands: tuple[Band, ...],
    country: str,
    start: datetime,
    offsets: range,
    zone: ZoneInfo,
) -> list[tuple[int, Weight]]:
    """Return how many of the `offsets` (minutes after `start`) carry which weight, in order.

    Neighbours of equal weight are counted together. Instants move in UTC, so that the hour that a
    clock change repeats or skips is neither lost nor counted twice.
    """
    instant = start.astimezone(UTC)
    runs: list[tuple[int, Weight]] = []
    for offset in offsets:
        weight = weight_at(bands, country, instant + timedelta(minutes=offset), zone)
        if runs and runs[-1][1] == weight:
            runs[-1] = (runs[-1][0] + 1, weight)
        else:
            runs.append((1, weight))
    return runs
