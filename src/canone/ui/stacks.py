"""A whole cut into parts: one bar, with words and figures for each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its word, its size, the size as text, a kind of state for its colour, its list.

    A part below zero takes no room in the bar; `pale` tells two parts of one kind apart.
    """

    word: StrOrPromise
    size: int
    figure: str
    kind: str
    url: str = ""
    pale: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A part as it is drawn, in hundredths of the bar."""

    x: str
    width: str
    kind: str
    css: str


@dataclass(frozen=True, slots=True)
class Stack:
    """Parts beside each other; `label` says in a sentence what is seen, `table` lists the parts."""

    label: StrOrPromise
    parts: Sequence[Part]
    table: bool = True

    @property
    def pieces(self) -> list[Piece]:
        """The parts that take room, from the left."""
        whole = sum(max(0, part.size) for part in self.parts)
        found, x = [], Fraction(0)
        for part in self.parts:
            if part.size <= 0:
                continue
            width = Fraction(100 * part.size, whole)
            css = "pending" if part.pale else "used"
            found.append(Piece(f"{float(x):.2f}", f"{float(width):.2f}", part.kind, css))
            x += width
        return found

    @property
    def told(self) -> str:
        """The label with every part in words, for who does not see the bar."""
        parts = ", ".join(f"{part.word} {part.figure}" for part in self.parts if part.size)
        return f"{self.label}: {parts}" if parts else str(self.label)
