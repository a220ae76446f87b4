"""Sessions as a list shows them: state, durations, price and how it came about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Q

from canone.desks.assistance.models import Accounting, RemoteSession
from canone.desks.assistance.queries import previews, profiles
from canone.desks.assistance.rules import lengths
from canone.desks.assistance.rules.states import State
from canone.kernel.money import Money
from canone.registers.catalog.models import TariffVersion
from canone.registers.catalog.rules import rating
from canone.registers.parties.models import Group


class Agreed(NamedTuple):
    """The line of a contract by which a session is priced."""

    line_id: int
    contract_id: int
    number: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One row; price is None where none can be worked out, `is_preview` while it may change.

    `members` names every session of a piece of work made of several, the priced one first.
    """

    session: RemoteSession
    state: State
    connection_minutes: int
    total_minutes: int
    billed_minutes: int
    pool_minutes: int | None
    price: Money | None
    explanation: list[dict[str, Any]]
    version: TariffVersion | None
    is_preview: bool
    members: tuple[int, ...] = ()
    leads: bool = True
    agreed: Agreed | None = None

    @property
    def lead_id(self) -> int:
        """The session that carries the price of this one's piece of work: often itself."""
        return self.members[0] if self.members else self.session.pk


def shown(sessions: Sequence[RemoteSession], *, day: date, now: datetime) -> list[Shown]:
    """Return the rows of `sessions`, in their order, in a fixed number of queries."""
    pending = [one for one in sessions if one.accounting_id is None]
    at_work = _at_work(pending, day)
    seen = previews.of_rows([_row(one) for one in pending], at_work, now=now)
    locked = Accounting.objects.select_related("version__tariff", "line__contract").in_bulk(
        [one.accounting_id for one in sessions if one.accounting_id is not None]
    )
    members = _locked_members(locked.values()) if locked else {}
    return [
        _pending(one, seen[one.pk])
        if one.accounting_id is None
        else _accounted(one, locked[one.accounting_id], members)
        for one in sessions
    ]


def _at_work(pending: Sequence[RemoteSession], day: date) -> profiles.AtWork:
    """Return the profiles of the sessions' groups.

    Where simultaneous sessions of a customer count once, those of the customer's other groups
    count in: their profiles are needed too.
    """
    groups = {one.group_id for one in pending if one.group_id is not None}
    if not groups:
        return profiles.AtWork({})
    found = profiles.current(day, groups=groups)
    customers = {one.customer_id for one in found.every() if one.is_grouping}
    if not customers:
        return found
    others = Group.objects.filter(party_id__in=customers).exclude(pk__in=groups)
    return found | profiles.current(day, groups=others.values_list("id", flat=True))


def _row(session: RemoteSession) -> previews.Row:
    return previews.Row._make(getattr(session, name) for name in previews.FIELDS)


def _pending(session: RemoteSession, preview: previews.Preview) -> Shown:
    profile = preview.profile
    is_pool = bool(preview.pool)
    return Shown(
        session=session,
        state=preview.state,
        connection_minutes=preview.connection_minutes,
        total_minutes=preview.total_minutes,
        billed_minutes=preview.billed_minutes,
        pool_minutes=preview.billed_minutes if is_pool else None,
        price=preview.price,
        explanation=_steps(preview),
        version=None if profile is None else profile.version,
        agreed=_of_profile(profile),
        is_preview=True,
        members=preview.members if len(preview.members) > 1 else (),
        leads=preview.leads,
    )


def _steps(preview: previews.Preview) -> list[dict[str, Any]]:
    profile, rated = preview.profile, preview.rated
    if profile is None or rated is None or not preview.leads:
        return []
    return profile.told(rating.explain(rated.steps))


def _locked_members(records: Iterable[Accounting]) -> dict[int, tuple[int, ...]]:
    """Return the sessions of each accounted piece of several, by the record of its first."""
    heads = {record.head_id or record.pk for record in records}
    found: dict[int, list[int]] = {}
    rows = Accounting.objects.filter(Q(head_id__in=heads) | Q(pk__in=heads)).order_by("id")
    for key, head, session in rows.values_list("id", "head_id", "session_id"):
        found.setdefault(head or key, []).append(session)
    return {head: tuple(ids) for head, ids in found.items() if len(ids) > 1}


def _accounted(
    session: RemoteSession, record: Accounting, members: dict[int, tuple[int, ...]]
) -> Shown:
    return Shown(
        session=session,
        state=State.ACCOUNTED,
        connection_minutes=record.connection_minutes,
        total_minutes=record.total_minutes,
        billed_minutes=record.billed_minutes,
        pool_minutes=record.pool_minutes if record.version.tariff.kind == "subscription" else None,
        price=record.price,
        explanation=record.explanation,
        version=record.version,
        is_preview=False,
        members=members.get(record.head_id or record.pk, ()),
        leads=record.head_id is None,
        agreed=_agreed(record),
    )


def _of_profile(profile: profiles.Profile | None) -> Agreed | None:
    one = profile.agreed if profile is not None else None
    return None if one is None else Agreed(one.line_id, one.contract_id, one.number)


def _agreed(record: Accounting) -> Agreed | None:
    line = record.line
    return None if line is None else Agreed(line.pk, line.contract_id, line.contract.number)


def open_minutes(session: RemoteSession, *, now: datetime) -> int:
    """Return the minutes that a session without an end has been running."""
    return lengths.begun_minutes(int(max((now - session.started_at).total_seconds(), 0)))
