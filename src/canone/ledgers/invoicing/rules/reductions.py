"""Which lines of documents a reduction takes back, and how much of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from canone.ledgers.invoicing.rules.differences import Due, worth


@dataclass(slots=True)
class Piece:
    """A line on which a charge stands, with what is left of it: below zero for a discount."""

    line_id: int
    document_id: int
    vat_id: int | None
    left: int


class Reduced(NamedTuple):
    """What to post, and the document and line that it takes back; 0 for none."""

    due: Due
    document_id: int = 0
    line_id: int = 0


Room = dict[tuple[int, int | None], int]
"""What is left of a document under a VAT."""


def spread(dues: Iterable[Due], pieces: Mapping[str, Sequence[Piece]], room: Room) -> list[Reduced]:
    """Return the same, each reduction shared out over the lines on which its charge stands.

    `pieces` are those of each origin that stands on documents, the latest first; `room` and what
    is left of them are used up. Nothing is given back below what the line is worth now: what was
    settled for good counts as given back. Revisions follow each other.
    """
    dues = list(dues)
    found: list[Reduced] = []
    # a discount that is taken back makes room on its document for what it was a discount on
    for due in sorted(
        dues, key=lambda due: not (due.is_reduction and due.content.amount_minor > 0)
    ):
        found += _shared(due, pieces.get(due.content.origin), room)
    return _numbered(found, dues)


def _shared(due: Due, pieces: Sequence[Piece] | None, room: Room) -> list[Reduced]:
    if not due.is_reduction or pieces is None:
        return [Reduced(due)]
    content, before = due.content, due.before or 0
    sign = 1 if content.amount_minor > 0 else -1
    worth_now = max(0, abs(before) - abs(content.amount_minor))
    beyond = max(0, abs(content.amount_minor) - abs(before))
    pieces = [one for one in pieces if one.vat_id == content.vat_id and one.left * sign < 0]
    borne = sum(abs(one.left) for one in pieces)
    rest = min(abs(before) - worth_now, max(0, borne - worth_now))
    found = []
    for piece in pieces:
        taken = min(rest, abs(piece.left))
        place = (piece.document_id, piece.vat_id)
        if sign < 0:
            taken = min(taken, max(0, room[place]))
        if not taken:
            continue
        piece.left += sign * taken
        room[place] += sign * taken
        rest -= taken
        part = _part(due, sign * taken, before)
        found.append(Reduced(part, piece.document_id, piece.line_id))
        before += sign * taken
    if beyond:
        found.append(Reduced(_part(due, sign * beyond, None)))
    return found


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
