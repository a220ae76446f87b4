"""What pending sessions would be worth, were they accounted today.

A piece of work is usually one session. Under a profile that merges reconnections or counts
simultaneous sessions once it is several: the first carries the price, the others a link to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from canone.base import bulk
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import profiles
from canone.desks.assistance.queries.profiles import AtWork, Profile
from canone.desks.assistance.rules import lengths
from canone.desks.assistance.rules.states import Standing, State, state_of
from canone.kernel.money import Money
from canone.registers.catalog.rules import grouping
from canone.registers.catalog.rules.rating import Rated, TariffBy, Work

if TYPE_CHECKING:
    from canone.desks.assistance.models.sessions import SessionQuerySet

REACH = timedelta(days=2)
CHUNK = 1_000


class Row(NamedTuple):
    """The columns of a session that its price depends on."""

    id: int
    group_id: int | None
    started_at: datetime
    ended_at: datetime | None
    seconds: int | None
    extra_minutes: int
    is_manual: bool
    is_included: bool
    technician_name: str
    device_key: str
    device_name: str
    kind: str
    note: str
    updated_at: Any
    """As the engine stores it: whether the row was written on since is all that it tells."""
    is_apart: bool = False


FIELDS = Row._fields


class Preview(NamedTuple):
    """A pending session's state and worth; `rated` and `text` are those of its piece of work.

    `members` holds every session of the piece of work, the one that carries the price first.
    """

    state: State
    connection_minutes: int
    total_minutes: int
    profile: Profile | None = None
    rated: Rated | None = None
    text: str = "[]"
    members: tuple[int, ...] = ()
    leads: bool = True

    @property
    def price(self) -> Money | None:
        """The price that this row shows: nothing for one that another row carries."""
        if self.rated is None or self.rated.price is None:
            return None
        return self.rated.price if self.leads else Money(0)

    @property
    def billed_minutes(self) -> int:
        """The minutes that this row takes from a pool or bills."""
        return self.rated.billed_minutes if self.rated is not None and self.leads else 0

    @property
    def pool(self) -> str:
        """The ledger's key of the prepaid hours, or nothing."""
        return self.profile.pool if self.profile and self.profile.is_subscription else ""


def rows(found: SessionQuerySet, *, many: bool = False) -> Iterator[Row]:
    """Return the sessions as plain rows; where they are `many`, read in portions."""
    return map(Row._make, bulk.read(found, FIELDS, as_stored=("updated_at",), many=many))


def stream(found: SessionQuerySet, *, day: date, now: datetime) -> Iterator[Preview]:
    """Return the preview of every session in `found`, without keeping them all."""
    at_work = profiles.current(day)
    batch: list[Row] = []
    for row in rows(found.order_by("started_at", "id"), many=True):
        batch.append(row)
        if len(batch) >= CHUNK:
            yield from of_rows(batch, at_work, now=now).values()
            batch = []
    if batch:
        yield from of_rows(batch, at_work, now=now).values()


def of_rows(chosen: Sequence[Row], at_work: AtWork, *, now: datetime) -> dict[int, Preview]:
    """Return the preview of each row, by session; none of them is accounted.

    A row counts as it is given, even where it stands otherwise in the table.
    """
    result: dict[int, Preview] = {}
    together: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in chosen:
        profile = at_work.of(row.group_id, row.started_at)
        state = standing(row, profile, now=now)
        if state is State.PENDING and profile is not None:
            if profile.is_grouping:
                together[profile.kin].append(row)
            else:
                result[row.id] = _single(row, profile)
        else:
            minutes = lengths.begun_minutes(row.seconds or 0)
            total = minutes + row.extra_minutes if row.ended_at else 0
            result[row.id] = Preview(state, minutes, total, profile)
    given = {row.id for row in chosen} if together else set()
    for members in together.values():
        result.update(_grouped(members, at_work, given, now=now))
    return {row.id: result[row.id] for row in chosen}


def standing(row: Row, profile: Profile | None, *, now: datetime) -> State:
    """Return the state of a session that is not accounted."""
    return state_of(
        Standing(
            accounted=False,
            started_at=row.started_at,
            ended=row.ended_at is not None,
            seconds=row.seconds or 0,
            exempt=row.is_manual or row.is_included,
            grouped=row.group_id is not None,
            minimum_minutes=None if profile is None else profile.rater.terms.minimum_minutes,
        ),
        now,
    )


def _single(row: Row, profile: Profile) -> Preview:
    work = Work(row.seconds or 0, row.extra_minutes, row.started_at, row.is_manual, row.is_included)
    rated, text = _rater(profile, row.started_at).priced(work)
    return Preview(
        State.PENDING,
        rated.connection_minutes,
        rated.total_minutes,
        profile,
        rated,
        profile.text(text),
        (row.id,),
    )


def _rater(profile: Profile, started_at: datetime) -> Any:
    if profile.rater.terms.tariff_by is TariffBy.START:
        return profile.rater_at(started_at)
    return profile.rater


def _grouped(
    chosen: Sequence[Row], at_work: AtWork, given: set[int], *, now: datetime
) -> dict[int, Preview]:
    profile = _profile(chosen[0], at_work)
    around = _around(chosen, at_work, now=now)
    by_id = {row.id: row for row in around if row.id not in given}
    by_id.update((row.id, row) for row in chosen)
    wanted = {row.id for row in chosen}
    result: dict[int, Preview] = {}
    for piece in grouping.group_sessions(
        profile.rater.terms, (_seen(row, at_work) for row in by_id.values())
    ):
        if wanted.isdisjoint(piece.keys):
            continue
        lead = by_id[piece.lead]
        rated, text = _rater(profile, lead.started_at).priced(piece.work)
        for key in piece.keys:
            row = by_id[key]
            minutes = lengths.begun_minutes(row.seconds or 0)
            result[key] = Preview(
                State.PENDING,
                minutes,
                minutes + row.extra_minutes,
                _profile(row, at_work),
                rated,
                profile.text(text),
                piece.keys,
                leads=key == piece.lead,
            )
    return {key: result[key] for key in wanted}


def _profile(row: Row, at_work: AtWork) -> Profile:
    """Return the profile of a row that has one."""
    found = at_work.of(row.group_id, row.started_at)
    if found is None:
        raise LookupError(row.id)
    return found


def _around(chosen: Sequence[Row], at_work: AtWork, *, now: datetime) -> Iterable[Row]:
    """Return the pending sessions near `chosen` that may belong to the same pieces of work."""
    customers = {_profile(row, at_work).customer_id for row in chosen}
    kin = _profile(chosen[0], at_work).kin
    near = {
        profile.group_id
        for profile in at_work.every()
        if profile.customer_id in customers and profile.kin == kin
    }
    found = RemoteSession.objects.filter(
        group_id__in=near,
        accounting__isnull=True,
        ended_at__isnull=False,
        started_at__gte=min(row.started_at for row in chosen) - REACH,
        started_at__lte=max(row.ended_at or row.started_at for row in chosen) + REACH,
    )
    return [
        row
        for row in rows(found)
        if (profile := at_work.of(row.group_id, row.started_at)) is not None
        and profile.kin == kin
        and standing(row, profile, now=now) is State.PENDING
    ]


def _seen(row: Row, at_work: AtWork) -> grouping.Session:
    return grouping.Session(
        key=row.id,
        customer=_profile(row, at_work).customer_id,
        technician=row.technician_name.casefold(),
        device=row.device_key.casefold(),
        start=row.started_at,
        end=row.ended_at,
        seconds=row.seconds or 0,
        extra_minutes=row.extra_minutes,
        manual=row.is_manual,
        included=row.is_included,
        apart=row.is_apart,
    )
