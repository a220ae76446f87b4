"""The columns of the list; a row is a session, or a piece of work that opens its sessions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from canone.desks.assistance.queries.listing import Shown
from canone.desks.assistance.queries.pieces import Piece
from canone.desks.assistance.web import cells, folding, looks, piece_cells
from canone.kernel.money import Money
from canone.ui import explain, formats, lists


def shown(record: Any) -> Shown:
    """Return the state and worth of a row's session."""
    found: Shown = record.shown
    return found


def piece(record: Any) -> Piece | None:
    """Return the piece of work that the row stands for, if it does."""
    return getattr(record, "piece", None)


def _within(record: Any) -> bool:
    return hasattr(record, "within")


def _name(record: Any) -> Any:
    whole = piece(record)
    if whole is not None:
        return piece_cells.name(record.desk, whole)
    return cells.name(record.desk, shown(record), within=_within(record))


def _when(record: Any) -> str:
    whole = piece(record)
    return looks.when(shown(record)) if whole is None else folding.when(whole)


def _connection(record: Any) -> str:
    whole = piece(record)
    if whole is None:
        return looks.connection(shown(record))
    return formats.duration(folding.connection(whole))


def _extra(record: Any) -> Any:
    whole = piece(record)
    if whole is not None:
        return formats.number(folding.extra_minutes(whole))
    return cells.extra_minutes(record.desk, shown(record))


def _total(record: Any) -> int | None:
    whole = piece(record)
    if whole is not None:
        return folding.total(whole)
    return shown(record).total_minutes if record.ended_at else None


def _explanation(record: Any) -> explain.Explanation | None:
    whole = piece(record)
    if whole is not None:
        return folding.explanation(whole)
    return None if _within(record) else looks.explanation(shown(record))


def _price(record: Any) -> Money | None:
    """Return the price; a session inside an open piece has none of its own."""
    return None if _within(record) else shown(record).price


def _action(record: Any) -> Any:
    whole = piece(record)
    if whole is not None:
        return piece_cells.action(record.desk, whole)
    draw = cells.part_action if _within(record) else cells.action
    return draw(record.desk, shown(record))


def _profile(record: Any) -> str:
    version = shown(record).version
    return version.tariff.name if version else ""


class WorkTable(lists.Table):
    """What a technician sees: work, not worth."""

    state = lists.StateColumn(_("State"), lambda r: looks.state(shown(r)))
    name = lists.Column(
        _("Computer, technician, note"), _name, sort=("device_name",), span="w6", export=False
    )
    start = lists.Column(
        _("Start"), _when, sort="started_at", span="w4", classes="cn-nw", export=False
    )
    connection = lists.Column(
        _("Conn."), _connection, sort="seconds", classes="cn-num", export=False
    )
    minutes_connected = lists.Duration(
        _("Connection"),
        lambda r: shown(r).connection_minutes if r.ended_at else None,
        visible=False,
    )
    extra = lists.Column(
        _("Extra min"), _extra, sort="extra_minutes", classes="cn-num", export=False
    )
    minutes = lists.Duration(_("Total"), _total)
    customer = lists.Text(
        _("Group (customer)"), lambda r: r.group.name if r.group else "", visible=False
    )
    technician = lists.Text(_("Technician"), "technician_name", visible=False)
    device = lists.Text(_("Computer"), "device_name", visible=False)
    started = lists.Instant(_("Start"), "started_at", visible=False)
    ended = lists.Instant(_("End"), "ended_at", visible=False)
    extra_minutes = lists.Number(_("Extra minutes"), "extra_minutes", visible=False)
    note = lists.Text(_("Note"), "note", visible=False)
    number = lists.Number(_("Number"), lambda r: r.pk, visible=False)
    priced_with = lists.Number(
        _("Priced with number"),
        lambda r: shown(r).lead_id if shown(r).members else None,
        visible=False,
    )


class PriceTable(WorkTable):
    """What the office sees besides: price and padlock."""

    price = lists.Explained(_("Price"), _explanation, raw=_price)
    billed = lists.Duration(
        _("Billed"), lambda r: shown(r).billed_minutes if shown(r).version else None, visible=False
    )
    pool = lists.Duration(
        _("From the prepaid hours"), lambda r: shown(r).pool_minutes, visible=False
    )
    profile = lists.Text(_("Profile"), _profile, visible=False)
    action = lists.Actions(_action)
