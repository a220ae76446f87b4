"""Which lines and documents a reduction takes back, and how much of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from canone.ledgers.invoicing.rules.differences import Due, worth


@dataclass(slots=True)
class Piece:
    """A line on which a charge stands, with what is left of it: below zero for a discount.

    `vat_id` is that of the charge, `rate_id` the one that the line bears on paper.
    """

    line_id: int
    document_id: int
    vat_id: int | None
    rate_id: int | None
    left: int


@dataclass(slots=True)
class Standing:
    """On which lines charges stand, by origin and the latest first.

    `room` is what a document comes to under a VAT, less its credit notes; `near` are the documents
    on which something of a document was reduced, and those of which something is reduced on it.
    """

    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    room: dict[tuple[int, int | None], int] = field(default_factory=dict)
    near: dict[int, list[int]] = field(default_factory=dict)


class Reduced(NamedTuple):
    """What to post, and the document and line that it takes back; 0 for none."""

    due: Due
    document_id: int = 0
    line_id: int = 0


def spread(dues: Iterable[Due], where: Standing) -> list[Reduced]:
    """Return the same, each reduction shared out over the lines on which its charge stands.

    It uses up what is left of them and the room on their documents. What no document has room for
    reduces none: it goes on the next invoice. Revisions follow each other.
    """
    dues = list(dues)
    if not any(due.is_reduction for due in dues):
        return [Reduced(due) for due in dues]
    found: list[Reduced] = []
    # a discount that is taken back makes room on its document for what it was a discount on
    for due in sorted(
        dues, key=lambda due: not (due.is_reduction and due.content.amount_minor > 0)
    ):
        found += _shared(due, where)
    return _numbered(found, dues)


def _shared(due: Due, where: Standing) -> Iterator[Reduced]:
    content, before = due.content, due.before or 0
    sign = 1 if content.amount_minor > 0 else -1
    pieces = [
        piece
        for piece in where.pieces.get(content.origin, ())
        if piece.vat_id == content.vat_id and piece.left * sign < 0
    ]
    if not due.is_reduction or not pieces:
        yield Reduced(due)
        return
    rest = min(abs(content.amount_minor), abs(before))
    beyond = abs(content.amount_minor) - rest
    for places in (_rooms, _nowhere):
        for piece in pieces:
            for document_id, part in places(piece, min(rest, abs(piece.left)), sign, where):
                piece.left += sign * part
                rest -= part
                yield Reduced(_part(due, sign * part, before), document_id, piece.line_id)
                before += sign * part
    if rest:
        yield Reduced(_part(due, sign * rest, before))
    if beyond:
        yield Reduced(_part(due, sign * beyond, None))


def _rooms(piece: Piece, wanted: int, sign: int, where: Standing) -> Iterator[tuple[int, int]]:
    """Yield on which documents so much of a line is taken back, its own first."""
    for document_id in (piece.document_id, *where.near.get(piece.document_id, ())):
        place = (document_id, piece.rate_id)
        there = where.room.get(place, 0)
        part = wanted if sign > 0 else min(wanted, max(0, there))
        if part:
            where.room[place] = there + sign * part
            wanted -= part
            yield document_id, part


def _nowhere(_piece: Piece, wanted: int, _sign: int, _where: Standing) -> Iterator[tuple[int, int]]:
    """Yield what no document has room for."""
    if wanted:
        yield 0, wanted


def _part(due: Due, amount: int, before: int | None) -> Due:
    if amount == due.content.amount_minor:
        return due
    return due._replace(content=worth(due.content, due.content.vat_id, amount), before=before)


def _numbered(found: Iterable[Reduced], dues: Iterable[Due]) -> list[Reduced]:
    """Return them with revisions that follow each other, from the first of each origin on."""
    following: dict[str, int] = {}
    for due in dues:
        origin = due.content.origin
        following[origin] = min(following.get(origin, due.revision), due.revision)
    numbered = []
    for one in sorted(found, key=lambda one: one.due.revision):
        origin = one.due.content.origin
        numbered.append(one._replace(due=one.due._replace(revision=following[origin])))
        following[origin] += 1
    return numbered
