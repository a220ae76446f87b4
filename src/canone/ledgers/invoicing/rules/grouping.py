"""Which charges go on one document."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar


class Grouping(StrEnum):
    """How a customer wants its invoices."""

    CUSTOMER = "customer"
    CONTRACT = "contract"
    SITE = "site"


class Key(NamedTuple):
    """What all charges of one document share; empty or zero where it does not divide."""

    customer_id: int
    bundle: str
    site_id: int
    terms_id: int
    method: str
    mandate: str

    def text(self, original: int) -> str:
        """Return what names a proposed document; its `original` where it is a credit note."""
        return "|".join(map(str, (*self, original)))


class Groupable(Protocol):
    """A charge as far as grouping sees it.

    `original` is the document that it reduces, or from which it takes a discount back; `category`
    is the VAT under which it stands.
    """

    @property
    def amount_minor(self) -> int: ...

    @property
    def original(self) -> int: ...

    @property
    def category(self) -> tuple[int, str]: ...


T = TypeVar("T", bound=Groupable)


class Part(NamedTuple):
    """A document to make: the places of its charges, and the original of a credit note."""

    places: tuple[int, ...]
    original: int


def parts(charges: list[T]) -> tuple[list[Part], list[int]]:
    """Return the documents that a group of charges becomes, and the places of what has to wait.

    It is one invoice, its reductions on it, as long as nothing is below zero under any VAT. Where
    reductions outweigh under one, each of these goes into a credit note for the document that it
    reduces, one per original. Reductions of no document wait for something to be taken off, and so
    does a group of nothing but zeros.
    """
    sums: dict[tuple[int, str], int] = {}
    for charge in charges:
        sums[charge.category] = sums.get(charge.category, 0) + charge.amount_minor
    if all(amount >= 0 for amount in sums.values()):
        return _invoice(charges, range(len(charges)))
    reducing: dict[tuple[int, tuple[int, str]], list[int]] = {}
    rest: list[int] = []
    for number, charge in enumerate(charges):
        if (charge.amount_minor < 0 or charge.original) and sums[charge.category] < 0:
            reducing.setdefault((charge.original, charge.category), []).append(number)
        else:
            rest.append(number)
    notes: dict[int, list[int]] = {}
    for (original, _category), places in reducing.items():
        if sum(charges[n].amount_minor for n in places) < 0:
            notes.setdefault(original, []).extend(places)
        else:
            rest += places
    without = notes.pop(0, [])
    made = [Part(tuple(sorted(places)), original) for original, places in sorted(notes.items())]
    invoices, waiting = _invoice(charges, sorted(rest))
    return [*invoices, *made], sorted([*waiting, *without])


def _invoice(charges: list[T], places: Iterable[int]) -> tuple[list[Part], list[int]]:
    chosen = tuple(places)
    if any(charges[n].amount_minor for n in chosen):
        return [Part(chosen, 0)], []
    return [], list(chosen)
