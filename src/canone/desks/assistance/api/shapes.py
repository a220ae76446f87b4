"""What goes in and out; durations in minutes, prices as decimal text, instants with offset."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from canone.desks.assistance.queries.listing import Shown
from canone.desks.assistance.queries.totals import Line, Totals
from canone.desks.assistance.rules.states import State
from canone.ui import api

Text = Annotated[str, Field(max_length=160)]
Note = Annotated[str, Field(max_length=2000)]
Minutes = Annotated[int, Field(ge=-50_000, le=50_000)]


class SessionOut(api.Schema):
    """A session as it stands: `price` is a preview while `state` is `pending`."""

    id: int
    state: str
    kind: str
    group_id: int | None
    technician: str
    device: str
    started_at: datetime
    ended_at: datetime | None
    seconds: int | None
    connection_minutes: int
    extra_minutes: int
    total_minutes: int
    billed_minutes: int
    pool_minutes: int | None
    price: str | None
    is_preview: bool
    explanation: list[dict[str, Any]]
    profile_id: int | None
    profile_version: int | None
    contract_id: int | None
    contract_line_id: int | None
    note: str
    source: str
    external_id: str
    together_with: list[int]
    price_carried_by: int
    counts_alone: bool


def session(row: Shown, *, prices: bool, seen: Container[int]) -> dict[str, Any]:
    """Return the data of `SessionOut`; who may not see prices gets none.

    `seen` are the sessions that the reader may know of.
    """
    one = row.session
    version, agreed = (row.version, row.agreed) if prices else (None, None)
    return {
        "id": one.pk,
        "state": row.state.value,
        "kind": one.kind,
        "group_id": one.group_id,
        "technician": one.technician_name,
        "device": one.device_name,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "seconds": one.seconds,
        "connection_minutes": row.connection_minutes,
        "extra_minutes": one.extra_minutes,
        "total_minutes": row.total_minutes,
        "billed_minutes": row.billed_minutes,
        "pool_minutes": row.pool_minutes if prices else None,
        "price": str(row.price) if prices and row.price is not None else None,
        "is_preview": row.is_preview,
        "explanation": row.explanation if prices else [],
        "profile_id": version.tariff_id if version else None,
        "profile_version": version.number if version else None,
        "contract_id": agreed.contract_id if agreed else None,
        "contract_line_id": agreed.line_id if agreed else None,
        "note": one.note,
        "source": one.source,
        "external_id": one.external_id,
        "together_with": [key for key in row.members if key != one.pk and key in seen],
        "price_carried_by": row.lead_id if row.lead_id in seen else one.pk,
        "counts_alone": one.is_apart,
    }


class Filter(api.Schema):
    """Which sessions; `start` is included, `end` is not.

    `together` leaves those that are priced together with others, or those that are not.
    """

    group_id: api.Id | None = None
    customer_id: api.Id | None = None
    technician_id: api.Id | None = None
    device: Text = ""
    start: api.Instant | None = None
    end: api.Instant | None = None
    state: State | None = None
    text: Text = ""
    source: Text = ""
    together: bool | None = None


class ManualIn(api.Schema):
    """A session written by hand."""

    group_id: api.Id
    technician_id: api.Id
    kind: Annotated[str, Field(pattern="^(remote|phone|on_site)$")] = "phone"
    device: Text = ""
    started_at: api.Instant
    ended_at: api.Instant
    extra_minutes: Minutes = 0
    note: Note = ""


class SessionPatch(api.Schema):
    """What may be written on a session; what is left out stays."""

    extra_minutes: Minutes | None = None
    note: Note | None = None
    included: bool | None = None
    group_id: api.Id | None = None
    remember_device: bool = False
    ended_at: api.Instant | None = None


class ApartIn(api.Schema):
    """Whether the session alone is taken out of its piece of work, or all of it is taken apart."""

    whole: bool = False


class Reason(api.Schema):
    """Why something is undone."""

    reason: Annotated[str, Field(min_length=1, max_length=400)]


class LineOut(api.Schema):
    """Sums of one state."""

    count: int
    minutes: int
    price: str | None


class TotalsOut(api.Schema):
    """Sums by state, their whole, and what is pending on each prepaid pool, in minutes."""

    states: dict[str, LineOut]
    whole: LineOut
    pools: dict[str, int]


def totals(sums: Totals, *, prices: bool) -> dict[str, Any]:
    """Return the data of `TotalsOut`."""
    return {
        "states": {state.value: _line(line, prices=prices) for state, line in sums.lines.items()},
        "whole": _line(sums.whole, prices=prices),
        "pools": dict(sums.pools) if prices else {},
    }


def _line(line: Line, *, prices: bool) -> dict[str, Any]:
    price = str(line.price) if prices and line.price is not None else None
    return {"count": line.count, "minutes": line.minutes, "price": price}


class Outcome(api.Schema):
    """What an accounting did."""

    accounted: list[int]
    amount: str
    minutes: int


class RunOut(api.Schema):
    """A run in the background; `/jobs` tells how far it is."""

    job_id: int
    sessions: int


class AssignmentOut(api.Schema):
    """A profile in force for a group from `starts_on` until, and without, `ends_on`."""

    id: int
    group_id: int
    tariff_id: int
    starts_on: date
    ends_on: date | None
    contract_id: int | None = None
    """The contract whose line prices the group's sessions before it, today or from later on."""


class AssignIn(api.Schema):
    """A profile for groups."""

    tariff_id: api.Id
    group_ids: Annotated[list[api.Id], Field(min_length=1, max_length=1000)]
    starts_on: api.Day


class EndIn(api.Schema):
    """The first day without the profile."""

    ends_on: api.Day


class TopUpIn(api.Schema):
    """Hours and what they cost; `amount` is decimal text. `key` is taken once, for ever."""

    minutes: Annotated[int, Field(ge=1, le=6_000_000)]
    amount: Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,2})?$")]
    day: api.Day
    note: Annotated[str, Field(max_length=400)] = ""
    expires_on: api.Day | None = None
    key: Annotated[str, Field(max_length=40)] = ""


class TakeBackIn(api.Schema):
    """Why a grant or top-up is taken back."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


class TopUpOut(api.Schema):
    """A movement of prepaid hours."""

    entry_id: int
    balance: int
