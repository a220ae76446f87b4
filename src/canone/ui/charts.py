"""Charts drawn on the server: the geometry is reckoned here, the template draws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 560, 236, 48, 30, 206


@dataclass(frozen=True, slots=True)
class Point:
    """One bar: its word below, its parts from the bottom up, and the same parts as text."""

    word: StrOrPromise
    parts: Sequence[int]
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Rect:
    """A part of a bar, in units of the drawing (as text, so that no language changes them)."""

    x: str
    y: str
    width: str
    height: str
    css: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word somewhere in the drawing."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars with direct labels; `label` says in a sentence what is seen, `last` is on the last bar.

    `scale` writes a value of the axis; the same numbers stand in a table below.
    """

    label: StrOrPromise
    series: Sequence[StrOrPromise]
    points: Sequence[Point]
    axis: Sequence[tuple[int, str]]
    last: str = ""

    @property
    def top(self) -> int:
        """The largest value drawn."""
        most = max((sum(point.parts) for point in self.points), default=0)
        return max(most, max((value for value, _ in self.axis), default=0), 1)

    @property
    def lines(self) -> list[Mark]:
        """The grid's lines with their words."""
        return [Mark(str(LEFT), _f(self._y(value)), text) for value, text in self.axis]

    @property
    def rects(self) -> list[Rect]:
        """All parts of all bars."""
        found = []
        step = Fraction(WIDTH - LEFT - 4, max(1, len(self.points)))
        for number, point in enumerate(self.points):
            below = 0
            for series, value in enumerate(point.parts):
                y, floor = self._y(below + value), self._y(below)
                x = LEFT + 4 + number * step
                found.append(
                    Rect(_f(x), _f(y), _f(step * 2 / 3), _f(floor - y), f"cn-c{series + 1}")
                )
                below += value
        return found

    @property
    def words(self) -> list[Mark]:
        """The words below the bars."""
        step = Fraction(WIDTH - LEFT - 4, max(1, len(self.points)))
        return [
            Mark(_f(LEFT + 4 + number * step + step / 3), str(BOTTOM + 20), str(point.word))
            for number, point in enumerate(self.points)
        ]

    @property
    def direct(self) -> Mark | None:
        """The label on the last bar."""
        if not self.last or not self.points:
            return None
        y = self._y(sum(self.points[-1].parts)) - 7
        return Mark(str(WIDTH - 1), _f(max(Fraction(12), y)), self.last)

    def _y(self, value: int) -> Fraction:
        return BOTTOM - Fraction(value * (BOTTOM - TOP), self.top)


def axis(most: int, write: Callable[[int], str]) -> list[tuple[int, str]]:
    """Return round values from zero up to `most`, four steps at most, each written by `write`."""
    steps = (nice * 10**power for power in range(16) for nice in (1, 2, 5))
    step = next(step for step in steps if step * 4 >= most)
    return [(value, write(value)) for value in range(0, most + 1, step)]


def _f(value: Fraction | int) -> str:
    return f"{float(value):.1f}"
