"""The VAT of a document: sums per rate and nature, each rounded once (EN 16931, BR-CO-17)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

WHOLE = 10_000


class Tax(NamedTuple):
    """One row of the summary, in minor units; `basis_points` 2200 is 22 %."""

    basis_points: int
    nature: str
    base: int
    tax: int


def share(amount: int, basis_points: int) -> int:
    """Return so many hundredths of a percent of `amount`, rounded half away from zero."""
    product = amount * basis_points
    rounded = (2 * abs(product) + WHOLE) // (2 * WHOLE)
    return rounded if product >= 0 else -rounded


def summary(lines: Iterable[tuple[int, int, str]]) -> tuple[Tax, ...]:
    """Return the summary of lines (net amount, basis points, nature), the highest rate first.

    The base is the sum of the net amounts, and VAT is worked out on it once: the sum of the VAT
    of the lines may differ by cents and is nobody's.
    """
    bases: dict[tuple[int, str], int] = {}
    for amount, basis_points, nature in lines:
        key = (basis_points, nature)
        bases[key] = bases.get(key, 0) + amount
    ordered = sorted(bases.items(), key=lambda item: (-item[0][0], item[0][1]))
    return tuple(Tax(bp, nature, base, share(base, bp)) for (bp, nature), base in ordered)


REVERSE_CHARGE = ("N6", "AE")
"""Natures of Italy and categories of EN 16931 under which the customer owes the VAT."""


def is_reverse_charge(nature: str) -> bool:
    """Return whether the customer owes the VAT of what bears this nature."""
    return nature.startswith(REVERSE_CHARGE)


def is_whole(basis_points: int, nature: str) -> bool:
    """Return whether rate and nature can stand on a document: no rate asks for a nature."""
    return bool(basis_points) != bool(nature)
