"""Three years of remote sessions: assigned, accounted month by month, the last month still open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from canone.config.demo import billing, letters
from canone.config.demo.land import Land, Words
from canone.config.demo.people import Staff
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.services import (
    accounting,
    assignments,
    ingest,
    sessions,
    subscriptions,
    undoing,
)
from canone.kernel.money import Money, UnitPrice
from canone.ledgers.allowances import queries as allowances
from canone.ledgers.invoicing.models import Charge
from canone.registers.catalog.models import Tariff, TariffVersion
from canone.registers.catalog.rules.terms import Kind, OnExhaust, Terms
from canone.registers.catalog.services import tariffs
from canone.registers.parties.models import Group

SOURCE = "supremo"
MONTHS = 36
SUBSCRIBED = 15
WITHOUT_PROFILE = 4
HOURS = (600, 1200, 1800, 3000)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Client:
    """A group with the computers that are helped, and how often."""

    group: Group
    devices: tuple[str, ...]
    visits_a_month: float
    is_noted: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """Where, by whom and up to when the work was done; `at` is the present of the demo."""

    land: Land
    rng: Random
    staff: Staff
    at: datetime

    @property
    def words(self) -> Words:
        """What people write there."""
        return self.land.words

    @property
    def today(self) -> date:
        """The present day."""
        return self.day(self.at)

    def day(self, moment: datetime) -> date:
        """Return the day of an instant, as the firm counts it."""
        return moment.astimezone(self.land.zone).date()

    def instant(self, day: date, clock: time) -> datetime:
        """Return the instant of a time on the firm's clock."""
        return datetime.combine(day, clock, self.land.zone).astimezone(UTC)

    def noon(self, day: date) -> datetime:
        """Return the middle of the day."""
        return self.instant(day, time(12))

    def midnight(self, day: date) -> datetime:
        """Return the beginning of the day."""
        return self.instant(day, time())


def load(past: Past, groups: Sequence[Group], profiles: Sequence[Tariff]) -> None:
    """Write assignments, sessions, accountings, top-ups."""
    at, this_month = past.at, past.today.replace(day=1)
    first = _months_back(this_month, MONTHS)
    clients = [_client(past, group) for group in groups]
    pools = _assign(past, groups, profiles, first)
    today = billing.begin(at=past.noon(first), by=past.staff.office.pk)
    clients = [replace(client, is_noted=_asks_for_notes(client)) for client in clients]
    for number in range(MONTHS + 1):
        month = _months_back(this_month, MONTHS - number)
        _month(past, clients, month)
        if number < MONTHS:
            moment = min(past.noon(_next(month) + ONE_DAY), at)
            _account(past, month, moment)
            letters.send(at=moment)
            _top_up(past, pools, month)
            _invoice(past, month)
    by = past.staff.office.pk
    billing.end(past.rng, today, past.land.words, day=past.today, at=at, by=by)
    _present(past, clients)
    letters.send(at=at)


def _months_back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _next(month: date) -> date:
    return _months_back(month, -1)


def _asks_for_notes(client: Client) -> bool:
    found = TariffVersion.objects.filter(
        tariff__in=client.group.assignments.values("tariff"), options__note_required=True
    )
    return found.exists()


def _client(past: Past, group: Group) -> Client:
    rng = past.rng
    devices = tuple(rng.sample(past.words.devices, rng.randint(3, 8)))
    return Client(group, devices, rng.choice((0.6, 1.2, 2, 3, 4.5, 7, 12)))


def _assign(
    past: Past, groups: Sequence[Group], profiles: Sequence[Tariff], first: date
) -> list[Tariff]:
    """Assign profiles to all groups but a few; return the subscriptions."""
    shuffled = list(groups)
    past.rng.shuffle(shuffled)
    prepaid, rest = shuffled[:SUBSCRIBED], shuffled[SUBSCRIBED : len(groups) - WITHOUT_PROFILE]
    pools = [_subscribe(past, group, first) for group in prepaid]
    for tariff, chunk in zip(profiles, _parts(rest, len(profiles)), strict=True):
        assignments.assign(
            tariff_id=tariff.pk,
            group_ids=[group.pk for group in chunk],
            starts_on=first,
            by=past.staff.office.pk,
            at=past.noon(first),
        )
    return pools


def _parts(groups: Sequence[Group], count: int) -> Iterator[Sequence[Group]]:
    """Yield the groups in `count` parts, the first the largest."""
    half = len(groups) // 2
    yield groups[:half]
    size = max(1, (len(groups) - half) // max(count - 1, 1))
    for number in range(count - 1):
        start = half + number * size
        yield groups[start : start + size if number < count - 2 else len(groups)]


def _subscribe(past: Past, group: Group, first: date) -> Tariff:
    rng, shop = past.rng, past.land.shop
    minutes = rng.choice(HOURS)
    hourly = rng.choice(shop.hourly)
    terms = Terms(
        kind=Kind.SUBSCRIPTION,
        minimum_minutes=rng.choice((0, 2, 3)),
        step_minutes=rng.choice((1, 5, 15)),
        total_minutes=minutes,
        amount=Money.of(minutes // 60 * hourly),
        warn_at_percent=(20,),
        on_exhaust=rng.choice((OnExhaust.NEGATIVE, OnExhaust.NEGATIVE, OnExhaust.OVERAGE)),
        overage_price=UnitPrice.of(shop.overage),
    )
    name = shop.subscription.format(hours=minutes // 60, group=group.name)[:120]
    tariff = tariffs.create(name=name, terms=terms, at=past.noon(first), by=past.staff.office.pk)
    assignments.assign(
        tariff_id=tariff.pk,
        group_ids=[group.pk],
        starts_on=first,
        by=past.staff.office.pk,
        at=past.noon(first),
    )
    return tariff


def _month(past: Past, clients: Sequence[Client], month: date) -> None:
    rows = [
        row
        for client in clients
        for row in _visits(past, client, month)
        if row.ended_at is not None and row.ended_at < past.at
    ]
    rows.sort(key=lambda row: row.started_at)
    moment = min(past.noon(_next(month)), past.at)
    ingest.write(rows, source=SOURCE, at=moment)


def _visits(past: Past, client: Client, month: date) -> Iterator[ingest.IngestRow]:
    rng = past.rng
    days = (_next(month) - month).days
    for _visit in range(_poisson(rng, client.visits_a_month)):
        day = month + timedelta(days=rng.randrange(days))
        if day.weekday() == 6 or (day.weekday() == 5 and rng.random() < 0.8):
            continue
        yield _visit_of(past, client, day)


def _poisson(rng: Random, mean: float) -> int:
    count, left = 0, rng.expovariate(1)
    while left < mean:
        count += 1
        left += rng.expovariate(1)
    return count


def _visit_of(past: Past, client: Client, day: date) -> ingest.IngestRow:
    rng, words = past.rng, past.words
    clock = time(rng.choice((8, 9, 9, 10, 10, 11, 14, 14, 15, 16, 17)), rng.randrange(60))
    start = past.instant(day, clock) + timedelta(seconds=rng.randrange(60))
    seconds = max(25, min(int(rng.lognormvariate(6.9, 0.85)), 4 * 3600))
    technician = rng.choice(past.staff.technicians)
    noted = client.is_noted and rng.random() < 0.99
    extra, note = 0, rng.choice(words.notes) if noted or rng.random() < 0.8 else ""
    if rng.random() < 0.08:
        extra = rng.choice((5, 10, 10, 15, 30))
    elif seconds > 1200 and rng.random() < 0.03:
        extra, note = -rng.choice((5, 10)), words.courtesy
    device = rng.choice(client.devices)
    return ingest.IngestRow(
        external_id=f"{rng.getrandbits(48):012x}",
        technician=technician.name,
        started_at=start,
        ended_at=start + timedelta(seconds=seconds),
        device_key=f"{client.group.pk}-{device}",
        device_name=device,
        group_hint=client.group.name,
        extra_minutes=extra,
        note=note,
    )


def _account(past: Past, month: date, moment: datetime) -> None:
    chosen = Scope(start=past.midnight(month), end=past.midnight(_next(month)))
    day = past.day(moment)
    after: accounting.Place | None = None
    while True:
        outcome = accounting.account_next(
            chosen, user=past.staff.office, day=day, at=moment, after=after
        )
        after = outcome.after
        if outcome.is_last:
            return


def _top_up(past: Past, pools: Sequence[Tariff], month: date) -> None:
    rng, price = past.rng, past.land.shop.hourly[1]
    balances = allowances.balances([f"tariff:{tariff.pk}" for tariff in pools])
    for tariff in pools:
        left = balances[f"tariff:{tariff.pk}"].balance
        if left > 60 or rng.random() < 0.25:
            continue
        hours = rng.choice((5, 10, 10, 20))
        day = _next(month) + timedelta(days=rng.randrange(3, 20))
        subscriptions.top_up(
            tariff_id=tariff.pk,
            minutes=60 * hours,
            amount=Money.of(price * hours),
            day=day,
            note=past.words.by_phone,
            key=f"{tariff.pk}-{day.isoformat()}",
            at=past.noon(day),
            by=past.staff.office.pk,
        )


def _invoice(past: Past, month: date) -> None:
    """Issue the invoices of a month on the third of the next one, as a clerk would.

    Fees in advance of that month come along.
    """
    following = _next(month)
    if _next(following) > past.today:
        return
    moment = min(past.noon(following + 2 * ONE_DAY), past.at)
    by = past.staff.office.pk
    day = past.day(moment)
    billing.issue(through=day, day=day, at=moment, by=by)


def _present(past: Past, clients: Sequence[Client]) -> None:
    """Write what makes a day: running, without an end, unknown computers, telephone, an undo."""
    busy = max(clients, key=lambda client: client.visits_a_month)
    at, first = past.at, past.staff.technicians[0]
    open_ = [
        ("running", busy, at - timedelta(minutes=24)),
        ("orphan-1", busy, at - timedelta(days=3, hours=2)),
        ("orphan-2", clients[3], at - timedelta(days=6, hours=1)),
    ]
    rows = [
        ingest.IngestRow(
            external_id=f"open-{key}",
            technician=first.name,
            started_at=start,
            ended_at=None,
            device_key=f"{client.group.pk}-{client.devices[0]}",
            device_name=client.devices[0],
            group_hint=client.group.name,
        )
        for key, client, start in open_
    ]
    rows += [_unknown(past, number) for number in range(7)]
    ingest.write(rows, source=SOURCE, at=at)
    start = at - timedelta(days=1, hours=3)
    sessions.add_manual(
        technician=first,
        group_id=busy.group.pk,
        kind="phone",
        started_at=start,
        ended_at=start + timedelta(minutes=12),
        device_name=busy.devices[0],
        note=past.words.phone_call,
        key="demo-phone",
        at=at,
    )
    _undo_one(past)


def _unknown(past: Past, number: int) -> ingest.IngestRow:
    rng, words = past.rng, past.words
    device, hint = words.unknown[number % len(words.unknown)]
    start = past.at - timedelta(days=1 + number, hours=rng.randrange(1, 5))
    return ingest.IngestRow(
        external_id=f"unknown-{number}",
        technician=rng.choice(past.staff.technicians).name,
        started_at=start,
        ended_at=start + timedelta(minutes=rng.randint(4, 50)),
        device_key=device,
        device_name=device,
        group_hint=hint,
        note=rng.choice(words.notes),
    )


def _undo_one(past: Past) -> None:
    """Undo one accounting of last month, as happens when the wrong group was chosen."""
    free = Charge.objects.filter(origin__startswith="session:", document="", is_reversal=False)
    origin = free.order_by("-id").values_list("origin", flat=True).first()
    if origin is None:
        return
    session = RemoteSession.objects.get(pk=int(origin.split(":")[1]))
    undoing.undo(
        session_id=session.pk,
        reason=past.words.undone,
        at=past.at,
        by=past.staff.office,
    )
