"""On which lines of documents charges stand, and what is left of these lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Sum

from canone.ledgers.invoicing.models import Document, DocumentLine
from canone.ledgers.invoicing.rules.documents import Kind
from canone.ledgers.invoicing.rules.reductions import Piece, Standing

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


def of_origins(origins: Collection[str]) -> Standing:
    """Return it for these origins; those that stand on no document are not named.

    What stands on a document that was refused and not replaced yet has no line to refer to.
    """
    found = Standing()
    rows = [row for row in _lines(origins) if row[2] == Document.State.ISSUED]
    rows.sort(key=lambda row: (-row[3], -row[0]))
    left = _left({row[0]: row[7].minor for row in rows})
    for key, document, _state, _revision, origin, vat, rate, _amount in rows:
        piece = Piece(key, document, vat, rate, left[key])
        found.pieces.setdefault(origin, []).append(piece)
    documents = {row[1] for row in rows}
    found.near = _near(documents)
    found.room = room(documents.union(*found.near.values()))
    return found


def room(documents: Collection[int]) -> dict[tuple[int, int | None], int]:
    """Return what issued invoices come to by document and VAT, less their credit notes."""
    found: dict[tuple[int, int | None], int] = {}
    for part in _chunks(sorted(documents)):
        own = DocumentLine.objects.filter(document__in=part, document__kind=Kind.INVOICE)
        own = own.filter(document__state=Document.State.ISSUED).order_by()
        for document, rate, sum_ in own.values_list("document", "vat").annotate(Sum("amount")):
            found[document, rate] = sum_.minor
        notes = DocumentLine.objects.filter(document__original__in=part).order_by()
        notes = notes.exclude(document__state=Document.State.REFUSED)
        sums = notes.values_list("document__original", "vat").annotate(Sum("amount"))
        for document, rate, sum_ in sums:
            if (document, rate) in found:
                found[document, rate] -= sum_.minor
    return found


def _near(documents: Collection[int]) -> dict[int, list[int]]:
    """Return by document those whose lines refer to its own, or to which its own refer."""
    found: dict[int, set[int]] = {}
    invoices = DocumentLine.objects.filter(document__kind=Kind.INVOICE).order_by()
    for part in _chunks(sorted(documents)):
        there = invoices.filter(document__in=part, original__isnull=False)
        back = invoices.filter(original__document__in=part)
        pairs = there.values_list("document", "original__document").distinct()
        turned = back.values_list("original__document", "document").distinct()
        for document, other in (*pairs, *turned):
            found.setdefault(document, set()).add(other)
    return {key: sorted(others - {key}) for key, others in found.items()}


def _lines(origins: Collection[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the lines of invoices on which these were charged, not those that reduce others."""
    names = (
        "pk", "document", "document__state", "charge__revision", "charge__origin", "charge__vat",
        "vat", "amount",
    )  # fmt: skip
    for part in _chunks(sorted(origins)):
        rows = DocumentLine.objects.filter(charge__origin__in=part, charge__is_reversal=False)
        yield from rows.filter(original=None, document__kind=Kind.INVOICE).values_list(*names)


def _chunks(values: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
