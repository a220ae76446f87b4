"""Contracts of all kinds with machines and readings; past runs bill them, some wait today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from canone.config.demo.catalog import Shelf
from canone.config.demo.land import Agreed, Deal, Fee, Land
from canone.desks.assistance.models import Assignment
from canone.desks.contracts.models import Contract, ContractType
from canone.desks.contracts.services import contracts, lines, parts, types
from canone.kernel.money import UnitPrice
from canone.kernel.periods import add_months
from canone.registers.assets.models import Asset, Meter
from canone.registers.assets.services import assets, readings
from canone.registers.catalog.queries import articles
from canone.registers.parties.models import Mandate, Party
from canone.registers.parties.services import mandates

ONE_DAY = timedelta(days=1)
MICRO = 1_000_000
SEED = 1_207
SILENT = 2
QUARTER = 3
"""So many meters were not read last month."""
EXPIRING, CANCELLED, SUSPENDED = 4, 3, 2


@dataclass(slots=True)
class Agreements:
    """What was agreed, for what happens to it later."""

    all: list[Contract] = field(default_factory=list)
    meters: list[tuple[Meter, int]] = field(default_factory=list)
    """With the copies of a usual month."""


@dataclass(slots=True)
class Clerk:
    """Who writes contracts, with what, and up to which day."""

    land: Land
    shelf: Shelf
    day: date
    at: datetime
    by: int
    rng: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 (the same every time)
    types: dict[str, ContractType] = field(default_factory=dict)
    made: Agreements = field(default_factory=Agreements)

    @property
    def agreed(self) -> Agreed:
        """What the firm agrees on."""
        return self.land.agreed


def load(land: Land, shelf: Shelf, customers: Sequence[Party], *, at: datetime, by: int) -> Clerk:
    """Return who wrote the contracts, before the first of them is billed."""
    clerk = Clerk(land, shelf, at.astimezone(land.zone).date(), at, by)
    for code, name, conditions in clerk.agreed.types:
        clerk.types[code] = types.create(at=at, by=by, code=code, name=name, conditions=conditions)
    payers = [party for party in customers if party.is_active]
    for deal in clerk.agreed.deals:
        for party in clerk.rng.sample(payers, deal.count):
            _agree(clerk, deal, party)
    return clerk


def end(clerk: Clerk) -> None:
    """Let some contracts expire soon, be cancelled or suspended, and a mandate be revoked."""
    rng, day = clerk.rng, clerk.day
    free = [one for one in clerk.made.all if one.end is None]
    chosen = rng.sample(free, EXPIRING + CANCELLED + SUSPENDED)
    told: dict[str, Any] = {"at": clerk.at, "by": clerk.by}
    for number, one in enumerate(chosen[:EXPIRING]):
        contracts.update(contract_id=one.pk, end=day + timedelta(days=10 + 12 * number), **told)
    for number, one in enumerate(chosen[EXPIRING : EXPIRING + CANCELLED]):
        last = add_months(day.replace(day=1), number) - ONE_DAY
        contracts.cancel(
            contract_id=one.pk,
            last_day=max(last, one.start),
            reason=clerk.agreed.cancelled,
            on=day - timedelta(days=40),
            **told,
        )
    for one in chosen[EXPIRING + CANCELLED :]:
        since = add_months(day.replace(day=1), -1)
        reason = clerk.agreed.suspended
        contracts.suspend(contract_id=one.pk, day=since, reason=reason, **told)
    debited = [one.mandate_id for one in clerk.made.all if one.mandate_id and one not in chosen]
    mandates.revoke(mandate_id=debited[-1], on=day - timedelta(days=10), **told)
    _work(clerk)


def _work(clerk: Clerk) -> None:
    """Agree with a customer, from this month on, on another tariff than its group has."""
    kind, title, article, fee, text = clerk.agreed.work
    by_hour = Assignment.objects.filter(tariff=clerk.shelf.tariffs["hourly"], ends_on=None)
    group = by_hour.select_related("group__party").order_by("pk")[0].group
    start = clerk.day.replace(day=1)
    told: dict[str, Any] = {"at": clerk.at, "by": clerk.by}
    contract = contracts.create(
        type=clerk.types[kind], customer=group.party, title=title, start=start, **told
    )
    own: dict[str, Any] = {"contract_id": contract.pk, **told}
    lines.add(
        article=clerk.shelf.articles[article], description=fee, unit_price=UnitPrice.of(45), **own
    )
    lines.add(
        kind="tariff",
        tariff=clerk.shelf.tariffs["free"],
        description=text,
        unit_price=UnitPrice(0),
        unit_of_cycle="",
        **own,
    )


def _agree(clerk: Clerk, deal: Deal, party: Party) -> None:
    start = _start(clerk, deal)
    signed = start - timedelta(days=clerk.rng.randint(5, 30))
    mandate = Mandate.objects.filter(party=party).first()
    contract = contracts.create(
        type=clerk.types[deal.type],
        customer=party,
        title=deal.title,
        start=start,
        end=add_months(start, 12 * deal.years) if deal.years else None,
        signed_on=signed,
        method=Contract.Method.DIRECT_DEBIT if mandate else "",
        mandate=mandate,
        is_own_invoice=deal.is_own_invoice,
        at=clerk.at,
        by=clerk.by,
    )
    clerk.made.all.append(contract)
    for fee in deal.fees:
        _line(clerk, contract, fee)
    for name, maker, model in clerk.rng.sample(clerk.agreed.machines, deal.with_machines):
        _cover(clerk, contract, name, maker, model)
    if deal.copies[0]:
        _copies(clerk, contract, deal)


def _start(clerk: Clerk, deal: Deal) -> date:
    """Return a day in the last three years; contracts that end begin so that most still run."""
    months = clerk.rng.randint(2, 12 * min(deal.years or 3, 3) - 1)
    month = add_months(clerk.day.replace(day=1), -months)
    return month + timedelta(days=clerk.rng.choice((0, 0, 0, 0, 9, 14)))


def _line(clerk: Clerk, contract: Contract, fee: Fee) -> None:
    article = clerk.shelf.articles[fee.article]
    quantity = clerk.rng.randint(*fee.quantity)
    if any(fee.price):  # agreed with this customer
        price = UnitPrice.of(clerk.rng.randint(*fee.price) // 10 * 10)
    else:
        found = articles.prices_of([article.pk], day=clerk.day, price_list=clerk.shelf.usual)
        price = found[article.pk]
    lines.add(
        contract_id=contract.pk,
        article=article,
        description=fee.text,
        quantity_micros=quantity * MICRO,
        unit_price=price,
        unit_of_cycle=fee.unit,
        every=fee.every or 1,
        at=clerk.at,
        by=clerk.by,
        **fee.options,
    )


def _cover(clerk: Clerk, contract: Contract, name: str, maker: str, model: str) -> int:
    asset = assets.create(
        customer=contract.customer,
        name=name,
        maker=maker,
        model=model,
        serial=f"{maker[:2].upper()}-{clerk.rng.randrange(10**7, 10**8)}",
        at=clerk.at,
        by=clerk.by,
    )
    parts.cover(contract_id=contract.pk, asset_id=asset.pk, at=clerk.at, by=clerk.by)
    return asset.pk


def _copies(clerk: Clerk, contract: Contract, deal: Deal) -> None:
    """Give it a printer whose copies are read month by month, and a line that bills them."""
    key = _cover(clerk, contract, *clerk.rng.choice(clerk.agreed.printers))
    name, unit = clerk.agreed.meter
    opening = clerk.rng.randint(1_000, 90_000)
    meter = assets.add_meter(
        asset=Asset.objects.get(pk=key),
        name=name,
        unit=unit,
        opening=opening,
        at=clerk.at,
        by=clerk.by,
    )
    included, price = deal.copies
    lines.add(
        contract_id=contract.pk,
        kind="usage",
        article=clerk.shelf.articles[list(clerk.shelf.articles)[-1]],
        description=clerk.agreed.copies,
        meter=meter,
        included=included,
        unit_price=UnitPrice.of(price),
        unit_of_cycle="month",
        every=3,
        anchor="calendar",
        at=clerk.at,
        by=clerk.by,
    )
    is_silent = len(clerk.made.meters) < SILENT
    clerk.made.meters.append((meter, opening))
    for day, value in _readings(clerk, contract.start, opening, is_silent=is_silent):
        readings.record(meter_id=meter.pk, day=day, value=value, at=clerk.at, by=clerk.by)


def _readings(
    clerk: Clerk, start: date, opening: int, *, is_silent: bool
) -> Iterator[tuple[date, int]]:
    """Yield what the meter showed at the end of each month.

    One that is silent stops before the last whole quarter, which can so not be billed.
    """
    usual, value = clerk.rng.randint(600, 2_400), opening
    this = clerk.day.replace(day=1)
    last = add_months(this, -((this.month - 1) % QUARTER) - QUARTER) if is_silent else this
    month = add_months(start.replace(day=1), 1)
    while month <= last:
        value += usual * clerk.rng.randint(60, 140) // 100
        yield month - ONE_DAY, value
        month = add_months(month, 1)
