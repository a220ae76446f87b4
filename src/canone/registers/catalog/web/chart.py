"""The price over time as a drawing: where the steps lie, what stands at the axes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from canone.kernel.money import Money
from canone.registers.catalog.queries import words
from canone.registers.catalog.rules.rating import Terms, Work, rate
from canone.ui import formats

LEFT, RIGHT, TOP, BOTTOM = 44.0, 350.0, 14.0, 188.0
HORIZONS = (60, 120, 240, 480, 960, 1_920, 3_840, 10_080)
MOST_POINTS = 240
Place = Callable[[int, int], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark at an axis: where and what."""

    at: str
    text: str
    below: str = ""
    last: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template draws; coordinates are text with a point, whatever the language."""

    words: str
    line: str
    area: str
    money: list[Tick]
    time: list[Tick]
    mark_x: str
    mark_y: str
    label_x: str
    label_y: str
    label: str
    label_end: bool
    first_x: str
    first_y: str


def chart(terms: Terms, marked: int) -> Chart | None:
    """Return the drawing with a mark at `marked` minutes; None where there is no price to draw."""
    if terms.is_subscription:
        return None
    horizon = _horizon(terms, marked)
    points = _points(terms, horizon)
    top = _nice(max(cents for _, cents in points))
    scale_x = (RIGHT - LEFT) / horizon
    scale_y = (BOTTOM - TOP) / top

    def place(minute: int, cents: int) -> tuple[float, float]:
        return LEFT + minute * scale_x, BOTTOM - cents * scale_y

    line = _path(points, horizon, place)
    at_mark = _cents(terms, marked)
    x, y = place(marked, at_mark)
    first = terms.initial_minutes * scale_x
    price = formats.money(Money(at_mark))
    return Chart(
        words=words.sentence(terms),
        line=line,
        area=f"{line}V{BOTTOM:.1f}H{LEFT:.1f}Z",
        money=_money_ticks(top, scale_y),
        time=_time_ticks(horizon, scale_x),
        mark_x=f"{x:.1f}",
        mark_y=f"{y:.1f}",
        label_x=f"{x - 8 if x > 150 else x + 8:.1f}",
        label_y=f"{max(y - 10, 12):.1f}",
        label=f"{words.minutes(marked)}: {price}",
        label_end=x > 150,
        first_x=f"{LEFT + first / 2:.1f}" if first > 70 else "",
        first_y=f"{min(place(0, _cents(terms, 1))[1] + 18, BOTTOM - 6):.1f}",
    )


def _cents(terms: Terms, minutes: int) -> int:
    price = rate(terms, Work(0, minutes, manual=True)).price
    return price.minor if price else 0


def _horizon(terms: Terms, marked: int) -> int:
    least = max(60, terms.initial_minutes + 4 * terms.step_minutes, marked)
    return next((horizon for horizon in HORIZONS if horizon >= least), least)


def _points(terms: Terms, horizon: int) -> list[tuple[int, int]]:
    """Return from which minute which price holds; very short steps are thinned out."""
    points = [(0, _cents(terms, 1))]
    if terms.step_minutes and terms.step_price:
        pace = terms.step_minutes
        count = max((horizon - terms.initial_minutes) // pace, 1)
        pace *= max(count // MOST_POINTS, 1)
        starts = range(terms.initial_minutes, horizon, pace)
        points += [(start, _cents(terms, start + 1)) for start in starts if start]
    return points


def _path(points: list[tuple[int, int]], horizon: int, place: Place) -> str:
    x, y = place(*points[0])
    path = f"M{x:.1f} {y:.1f}"
    for minute, cents in points[1:]:
        x, y = place(minute, cents)
        path += f"H{x:.1f}V{y:.1f}"
    x, _ = place(horizon, 0)
    return f"{path}H{x:.1f}"


def _nice(cents: int) -> int:
    """Return the least of 1, 1.5, 2, 3, 5, 6 × 10^n euro that is not below `cents`."""
    size = 100
    while True:
        for step in (10, 15, 20, 30, 50, 60):
            if cents <= step * size // 10:
                return step * size // 10
        size *= 10


def _money_ticks(top: int, scale: float) -> list[Tick]:
    count = 3 if top % 300 == 0 or str(top)[0] in "36" else 2
    shown = [top * number // count for number in range(count + 1)]
    return [
        Tick(f"{BOTTOM - cents * scale:.1f}", _euro(cents), f"{BOTTOM - cents * scale + 4:.1f}")
        for cents in shown
    ]


def _euro(cents: int) -> str:
    text = formats.money(Money(cents))
    for idle in (",00", ".00"):
        text = text.replace(idle, "")
    return text


def _time_ticks(horizon: int, scale: float) -> list[Tick]:
    quarter = horizon // 4
    ticks = [Tick(f"{LEFT + n * quarter * scale:.1f}", str(n * quarter)) for n in range(4)]
    return [*ticks, Tick(f"{RIGHT:.1f}", f"{horizon} min", last=True)]
