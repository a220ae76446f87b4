"""Pieces of work on the list: one row with the sum, which opens its sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as now_
from django.utils.translation import ngettext

from canone.desks.assistance.queries.listing import Shown
from canone.desks.assistance.queries.pieces import Piece
from canone.desks.assistance.web import looks
from canone.kernel.money import Money
from canone.registers.catalog.queries import words
from canone.ui import explain, formats, zones

if TYPE_CHECKING:
    from canone.desks.assistance.web import cells

NAMED = 3


def arranged(page: Sequence[Any], pieces: Mapping[int, Piece], desk: cells.Desk) -> Sequence[Any]:
    """Return the records of a page; where a piece's first session stands, the piece and its parts.

    A session whose first is on another page, or outside the filter, keeps a row of its own.
    """
    folded = {row.session.pk for piece in pieces.values() for row in piece.rows}
    found: list[Any] = []
    for record in page:
        piece = pieces.get(record.pk)
        if piece is not None:
            found.append(_whole(record, piece))
            found += (_part(row, piece, desk) for row in piece.rows)
        elif record.pk not in folded:
            found.append(record)
    return found


def _whole(record: Any, piece: Piece) -> Any:
    """Return a row that stands for the piece, beside the session that leads it."""
    whole = copy(record)
    whole.piece = piece
    return whole


def _part(row: Shown, piece: Piece, desk: cells.Desk) -> Any:
    part = copy(row.session)
    part.shown, part.desk, part.within = row, desk, piece  # type: ignore[attr-defined]
    return part


def name(piece: Piece) -> str:
    """Return computers and technicians of a piece, each once."""
    devices = _named(row.session.device_name for row in piece.rows)
    people = _named(row.session.technician_name for row in piece.rows)
    return " · ".join(part for part in (devices, people) if part) or formats.MISSING


def _named(names: Any) -> str:
    listed = list(dict.fromkeys(filter(None, names)))
    more = ", …" if len(listed) > NAMED else ""
    return ", ".join(listed[:NAMED]) + more


def when(piece: Piece) -> str:
    """Return when the piece started and ended."""
    return formats.span(piece.started_at, piece.ended_at, zones.zone())


def count(piece: Piece) -> str:
    """Return how many sessions make the piece, those of others too."""
    many = len(piece.rows) + piece.hidden
    return ngettext("%(count)s session as one", "%(count)s sessions as one", many) % {
        "count": formats.number(many)
    }


def why(piece: Piece) -> list[str]:
    """Return why the sessions are priced as one, and what that makes of their minutes."""
    found = []
    if piece.reconnected:
        text = now_(
            "Reconnected within %(gap)s: connected time is added up, with one initial step."
        )
        found.append(text % {"gap": words.minutes(piece.merge_gap)})
    if piece.simultaneous:
        found.append(now_("Simultaneous connections: time that they share counts once."))
    if not piece.hidden:
        text = now_("Together %(counted)s; one by one they would be %(sum)s.")
        counted, alone = formats.duration(piece.counted), formats.duration(total(piece))
        if counted != alone:
            found.append(text % {"counted": counted, "sum": alone})
    if piece.hidden:
        others = ngettext(
            "%(count)s of them is another technician’s.",
            "%(count)s of them are other technicians’.",
            piece.hidden,
        )
        found.append(others % {"count": piece.hidden})
    return found


def connection(piece: Piece) -> int:
    """Return the connected minutes of all sessions of the piece."""
    return sum(row.connection_minutes for row in piece.rows)


def extra_minutes(piece: Piece) -> int:
    """Return the extra minutes of all sessions of the piece."""
    return sum(row.session.extra_minutes for row in piece.rows)


def total(piece: Piece) -> int:
    """Return the minutes of all sessions, as the foot adds them up."""
    return sum(row.total_minutes for row in piece.rows)


def explanation(piece: Piece) -> explain.Explanation | None:
    """Return how the price of the piece comes about."""
    found = looks.explanation(piece.lead)
    if found is None:
        return None
    lead = now_("%(sessions)s: %(counted)s min in all") % {
        "sessions": count(piece),
        "counted": formats.number(piece.counted),
    }
    return explain.Explanation(found.figure, found.steps, found.sum_word, lead, found.foot)


def price(piece: Piece) -> Money | None:
    """Return what the piece costs."""
    return piece.lead.price
