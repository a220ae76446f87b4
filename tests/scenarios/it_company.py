"""The firm of docs/algorithms/scenario.md: what was agreed, what happened, how it is billed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.make import access, catalog

from canone.base.access.functions import Role
from canone.desks.assistance.services import accounting, assignments, sessions, subscriptions
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.services import contracts, lines
from canone.kernel.money import Money, UnitPrice
from canone.ledgers.invoicing.models import BillingRun, Charge
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.services import billing, settings, settling
from canone.registers.assets.models import Asset, Meter
from canone.registers.assets.services import assets, readings
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.rules.terms import Kind, OnExhaust
from canone.registers.parties.models import Group, Party, Site
from canone.registers.parties.services import parties, people, places
from canone.registers.parties.services import settings as habits

ROME = ZoneInfo("Europe/Rome")
BEFORE = datetime(2025, 12, 15, 9, 0, tzinfo=UTC)
RUNS = (*(date(2026, month, 1) for month in range(1, 13)), date(2026, 12, 31))
CALENDAR: dict[str, Any] = {"anchor": "calendar"}
ARREARS: dict[str, Any] = {"timing": "in_arrears"}
TERMS: dict[str, dict[str, Any]] = {
    "30 FM": {"first_days": 30, "month_end": True},
    "30/60/90 FM": {"first_days": 30, "instalments": 3, "month_end": True},
    "30 FM+10": {"first_days": 30, "month_end": True, "extra_days": 10},
    "60": {"first_days": 60},
    "FM": {"month_end": True},
    "30": {"first_days": 30},
}
NUMBERS = {
    "Alfa": "01234560017", "Beta": "01234560025", "Gamma": "01234560033", "Delta": "01234560041",
    "Epsilon": "01234560058", "Zeta": "01234560066", "Eta": "01234560074", "Theta": "01234560082",
}  # fmt: skip


def day(month: int, number: int, year: int = 2026) -> date:
    """Return a day of the year."""
    return date(year, month, number)


def morning(of: date) -> datetime:
    """Return nine o'clock of the day."""
    return datetime(of.year, of.month, of.day, 9, tzinfo=ROME)


@dataclass
class Firm:
    """What the story has made so far; `codes` tells the line of the page behind an origin."""

    customers: dict[str, Party] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    meters: dict[str, Meter] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    prepaid: Tariff = field(init=False)
    happenings: list[tuple[date, Callable[[], object]]] = field(init=False)

    def __post_init__(self) -> None:
        """Agree on everything with everybody, before the year begins."""
        self.technician = access.user(Role.TECHNICIAN, name="Tito Galli")
        self.vat = catalog.vat()
        self._customers()
        self._contracts()
        self._prices_of_work()
        self.happenings = sorted(self._year(), key=lambda one: one[0])

    def live_until(self, last: date) -> None:
        """Let everything happen through the day."""
        while self.happenings and self.happenings[0][0] <= last:
            self.happenings.pop(0)[1]()

    def code(self, charge: Charge) -> str:
        """Return the line of the page that a charge is of."""
        kind, _, rest = charge.origin.partition(":")
        if kind == "line":
            return self.codes[rest.partition(":")[0]]
        return {"subscription": "E1", "top_up": "E2"}.get(kind) or self.codes[charge.origin]

    def _customers(self) -> None:
        self._terms = {
            name: habits.create_terms(at=BEFORE, by=None, code=name, names={"it": name}, **given)
            for name, given in TERMS.items()
        }
        self._customer("Alfa", "30 FM")
        self._customer("Beta", "30/60/90 FM", invoice_grouping="contract")
        self._customer("Gamma", "30 FM+10")
        self._customer("Delta", "60", invoice_grouping="site")
        self._customer("Epsilon", "")
        self._customer("Zeta", "FM")
        self._customer("Eta", "30", is_public_body=True)
        self._customer("Theta", "30")
        settings.tax(customer_id=self.customers["Eta"].pk, by=None, split_since=day(1, 1))
        settings.tax(customer_id=self.customers["Theta"].pk, by=None, withholding_bp=400)

    def _customer(self, name: str, terms: str, **more: Any) -> None:
        office = {"name": "Como", "street": "Via Milano 12", "postcode": "22100", "city": "Como"}
        self.customers[name] = parties.create(
            at=BEFORE,
            by=None,
            name=name,
            vat_number=NUMBERS[name],
            payment_terms=self._terms.get(terms),
            office={**office, "province": "CO"},
            **more,
        )

    def _contract(self, number: str, start: date, **more: Any) -> None:
        customer = self.customers[number.partition("-")[0].capitalize()]
        self.contracts[number] = contracts.create(
            at=BEFORE, by=None, number=number, customer=customer, start=start, **more
        )

    def _line(self, code: str, contract: str, price: str, every: int = 1, **more: Any) -> Line:
        given: dict[str, Any] = {
            "description": code,
            "unit_price": UnitPrice.of(price),
            "every": every,
            "vat": self.vat,
        }
        made = lines.add(
            contract_id=self.contracts[contract].pk, at=BEFORE, by=None, **given | more
        )
        self._know(code, made)
        return made

    def _know(self, code: str, line: Line) -> None:
        self.lines[code] = line
        self.codes[str(line.pk)] = code

    def _contracts(self) -> None:
        delta = self.customers["Delta"]
        como = Site.objects.get(party=delta)
        lecco = places.create(
            at=BEFORE, by=None, party=delta, name="Lecco", street="Via Roma 1", postcode="23900",
            city="Lecco", province="LC",
        )  # fmt: skip
        january, tenth = day(1, 1), day(2, 10)
        self._contract("ALFA-1", january)
        self._line("A1", "ALFA-1", "180.00")
        antivirus: dict[str, Any] = {
            "quantity_micros": 20_000_000,
            "discount_bp": 1_000,
            "start": day(3, 1),
            "counted_from": day(3, 1),
        }
        self._line("A2", "ALFA-1", "24.00", 12, **antivirus)
        self._line("A3", "ALFA-1", "90.00", 6, **ARREARS)
        self._line("A4", "ALFA-1", "250.00", unit_of_cycle="", start=day(1, 12))
        self._contract("ALFA-2", january, arrears_on="last_day")
        self._line("A5", "ALFA-2", "75.50", 2, **ARREARS, **CALENDAR)
        self._contract("BETA-1", tenth)
        self._line("B1", "BETA-1", "1000.00", 3, **ARREARS, **CALENDAR)
        self._contract("BETA-2", day(5, 16))
        self._line("B2", "BETA-2", "1200.00", 1, unit_of_cycle="year", **CALENDAR)
        self._line("B3", "BETA-2", "1.95", quantity_micros=35_000_000, **CALENDAR)
        self._printers(tenth)
        self._contract("DELTA-1", january, site=como)
        turned = catalog.vat("N6.7", 0, nature="N6.7", title="Inversione contabile")
        self._line("D1", "DELTA-1", "200.00", vat=turned)
        self._line("D2", "DELTA-1", "30.00")
        self._contract("DELTA-2", january, site=lecco)
        self._line("D3", "DELTA-2", "80.00")
        self._contract("DELTA-3", day(2, 1), site=lecco)
        self._line("D4", "DELTA-3", "50.00", 3)
        self._contract("ZETA-1", day(3, 1))
        self._line("Z1", "ZETA-1", "1460.00", 12)
        self._contract("ETA-1", january)
        self._line("T1", "ETA-1", "1000.00", 4, amount_per="year", sum_to_annual=True)
        self._contract("THETA-1", tenth)
        self._line("H1", "THETA-1", "300.00", 6, day_basis="months_and_days", **CALENDAR)

    def _printers(self, start: date) -> None:
        gamma = self.customers["Gamma"]
        self._contract("GAMMA-1", start, arrears_on="last_day")
        self._line("G1", "GAMMA-1", "60.00", 3, **CALENDAR)
        tiers = [{"up_to": 1_000, "unit": "0.085"}, {"up_to": None, "unit": "0.079"}]
        ground, first = (
            assets.create(at=BEFORE, by=None, customer=gamma, name=f"Multifunzione {floor}")
            for floor in ("piano terra", "primo piano")
        )
        metered: tuple[tuple[str, Asset, int, str, dict[str, Any]], ...] = (
            ("G2", ground, 10_000, "0.012", {"included": 3_000}),
            ("G3", ground, 2_000, "0.00", {"tiers": tiers}),
            ("G4", first, 0, "0.015", {"minimum": Money.of(25), "is_estimated": True}),
        )
        for code, machine, opening, price, more in metered:
            meter = assets.add_meter(at=BEFORE, by=None, asset=machine, name=code, opening=opening)
            self.meters[code] = meter
            self._line(code, "GAMMA-1", price, 3, kind="usage", meter=meter, **CALENDAR, **more)

    def _prices_of_work(self) -> None:
        self.prepaid = catalog.tariff(
            "Ten hours",
            at=BEFORE,
            kind=Kind.SUBSCRIPTION,
            amount=Money.of(500),
            total_minutes=600,
            step_minutes=15,
            on_exhaust=OnExhaust.OVERAGE,
            overage_price="60.00",
        )
        for code, tariff in (("E3", self.prepaid), ("E4", catalog.tariff("Steps", at=BEFORE))):
            epsilon = self.customers["Epsilon"]
            group = people.create_group(at=BEFORE, by=None, party=epsilon, name=code)
            self.groups[code] = group
            assignments.assign(
                tariff_id=tariff.pk, group_ids=[group.pk], starts_on=day(1, 1), by=None, at=BEFORE
            )

    def _year(self) -> Iterator[tuple[date, Callable[[], object]]]:
        """Yield what happens, each with its day, as the page tells it."""
        for code, month, number, hour, seconds in (
            ("E3", 1, 15, 9, 125 * 60),
            ("E4", 1, 20, 9, 42 * 60),
            ("E4", 1, 28, 9, 7 * 60),
            ("E4", 3, 3, 9, 15 * 60 + 1),
            ("E3", 3, 10, 9, 440 * 60),
            ("E3", 4, 3, 9, 40 * 60),
            ("E3", 9, 22, 9, 65 * 60),
        ):
            begins = datetime(2026, month, number, hour, tzinfo=ROME)
            yield self._session(code, begins, seconds)
        yield self._session("E4", datetime(2026, 10, 31, 23, 50, tzinfo=ROME), 1_800)
        for code, of, value, told in (
            ("G4", day(2, 9), 5_000, day(2, 9)),
            ("G2", day(3, 31), 12_400, day(3, 31)),
            ("G3", day(3, 31), 3_251, day(3, 31)),
            ("G4", day(3, 31), 6_000, day(3, 31)),
            ("G3", day(6, 30), 4_100, day(6, 30)),
            ("G2", day(6, 30), 17_000, day(7, 10)),
            ("G2", day(9, 30), 19_500, day(9, 30)),
            ("G3", day(9, 30), 5_100, day(9, 30)),
            ("G4", day(9, 30), 9_400, day(9, 30)),
            ("G2", day(12, 31), 23_006, day(12, 31)),
            ("G3", day(12, 31), 7_350, day(12, 31)),
            ("G4", day(12, 31), 11_900, day(12, 31)),
        ):
            yield told, self._reading(code, of, value, told)
        yield day(3, 31), self._pay
        yield day(4, 10), self._top_up
        yield day(5, 5), self._suspend
        yield day(6, 12), self._resume
        yield day(7, 10), self._raise
        yield day(9, 10), self._cancel

    def _session(
        self, code: str, begins: datetime, seconds: int
    ) -> tuple[date, Callable[[], object]]:
        on = begins.date() + timedelta(days=1)

        def account() -> None:
            session = sessions.add_manual(
                technician=self.technician,
                group_id=self.groups[code].pk,
                kind="remote",
                started_at=begins.astimezone(UTC),
                ended_at=begins.astimezone(UTC) + timedelta(seconds=seconds),
                at=morning(on),
            )
            self.codes[f"session:{session.pk}"] = code
            accounting.account_one(session_id=session.pk, day=on, at=morning(on), by=None)

        return on, account

    def _reading(self, code: str, of: date, value: int, told: date) -> Callable[[], object]:
        key = self.meters[code].pk
        return lambda: readings.record(meter_id=key, day=of, value=value, at=morning(told), by=None)

    def _pay(self) -> None:
        zeta = self.customers["Zeta"].pk
        payment = settling.Payment(zeta, day(3, 31), Money.of("1781.20"))
        settling.pay(payment, at=morning(day(3, 31)), by=None)

    def _top_up(self) -> None:
        subscriptions.top_up(
            tariff_id=self.prepaid.pk, minutes=300, amount=Money.of(240), day=day(4, 10),
            at=morning(day(4, 10)), by=None,
        )  # fmt: skip

    def _suspend(self) -> None:
        contracts.suspend(
            contract_id=self.contracts["DELTA-2"].pk, day=day(5, 11), reason="Trasloco",
            at=morning(day(5, 5)), by=None,
        )  # fmt: skip

    def _resume(self) -> None:
        key = self.contracts["DELTA-2"].pk
        lines.resume(contract_id=key, day=day(6, 16), at=morning(day(6, 12)), by=None)
        self._know("D3", self.contracts["DELTA-2"].lines.get(start=day(6, 16)))

    def _raise(self) -> None:
        at = morning(day(7, 10))
        price = UnitPrice.of(195)
        made = lines.revise(
            line_id=self.lines["A1"].pk, day=day(7, 16), at=at, by=None, unit_price=price
        )
        self._know("A1", made)

    def _cancel(self) -> None:
        contracts.cancel(
            contract_id=self.contracts["ZETA-1"].pk, last_day=day(9, 30), reason="Disdetta",
            on=day(9, 10), at=morning(day(9, 10)), by=None,
        )  # fmt: skip


def order(of: date) -> Order:
    """Return what the clerk asks for on the day of a run."""
    return Order(through=of, issue_date=of)


def bill(of: date) -> BillingRun:
    """Return the run that has issued everything through its day, dated that day."""
    run = billing.open_run(order(of), day=of, at=morning(of), by=None)
    while not billing.advance(run.pk, at=morning(of), by=None).is_last:
        pass
    run.refresh_from_db()
    return run
