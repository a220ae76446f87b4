"""On which lines of documents charges stand, and what is left of these lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from canone.ledgers.invoicing.models import Document, DocumentLine
from canone.ledgers.invoicing.rules.documents import Kind
from canone.ledgers.invoicing.rules.reductions import Piece, Room

CHUNK = 1_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Referring:
    """A line that refers to another, or to one that does: its charge, and cents as charged."""

    line_id: int
    charge_id: int | None
    cents: int


def referring(line_ids: Iterable[int]) -> dict[int, list[Referring]]:
    """Return by line everything that refers to it: credit notes, and reductions on invoices.

    A document that was refused does not count.
    """
    root = {key: key for key in line_ids}
    found: dict[int, list[Referring]] = {key: [] for key in root}
    asked = list(root)
    while asked:
        following = []
        for part in _chunks(asked):
            rows = (
                DocumentLine.objects.filter(original__in=part)
                .exclude(document__state=Document.State.REFUSED)
                .order_by("pk")
                .values_list("pk", "original", "charge", "amount", "document__kind")
            )
            for key, original, charge, amount, kind in rows:
                sign = -1 if kind == Kind.CREDIT_NOTE else 1
                root[key] = root[original or 0]
                found[root[key]].append(Referring(key, charge, sign * amount.minor))
                following.append(key)
        asked = following
    return found


def left_of(lines: Iterable[DocumentLine]) -> dict[int, int]:
    """Return by line of an invoice what is left to credit, in cents before VAT."""
    return _left({line.pk: line.amount.minor for line in lines})


def _left(amounts: Mapping[int, int]) -> dict[int, int]:
    known = referring(amounts)
    return {key: cents + sum(one.cents for one in known[key]) for key, cents in amounts.items()}


@dataclass(slots=True)
class Standing:
    """On which lines charges stand, by origin and the latest first, and room on the documents."""

    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    room: Room = field(default_factory=dict)


def of_origins(origins: Collection[str]) -> Standing:
    """Return it for these origins; those that stand on no document are not named.

    What stands on a document that was refused and not replaced yet has no line to refer to.
    """
    found = Standing()
    lines = sorted(_lines(origins), key=lambda row: (-row[3], -row[0]))
    issued = {row[1] for row in lines if row[2] == Document.State.ISSUED}
    amounts: dict[int, int] = {}
    places: dict[int, tuple[int, int | None]] = {}
    for part in _chunks(sorted(issued)):
        rows = DocumentLine.objects.filter(document__in=part)
        names = ("pk", "document", "charge", "charge__vat", "vat", "amount")
        for key, document, charge, charged, vat, amount in rows.values_list(*names):
            amounts[key] = amount.minor
            places[key] = (document, charged if charge else vat)
    left = _left(amounts)
    for key, place in places.items():
        found.room[place] = found.room.get(place, 0) + left[key]
    for key, document, _state, _revision, origin in lines:
        pieces = found.pieces.setdefault(origin, [])
        if document in issued:
            pieces.append(Piece(key, *places[key], left[key]))
    return found


def _lines(origins: Collection[str]) -> Iterator[tuple[int, int, str, int, str]]:
    """Yield line, document, its state, revision and origin of what was first charged there."""
    names = ("pk", "document", "document__state", "charge__revision", "charge__origin")
    for part in _chunks(sorted(origins)):
        rows = DocumentLine.objects.filter(charge__origin__in=part, charge__is_reversal=False)
        yield from rows.filter(original=None, document__kind=Kind.INVOICE).values_list(*names)


def _chunks(values: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
