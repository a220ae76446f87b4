"""Charges, documents and what settles them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

from tests.make import catalog, parties

from canone.base.files import services as files
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import (
    BillingRun,
    Charge,
    Document,
    DueItem,
    Packet,
    Series,
    Settlement,
)
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.rules.ports import Ask, BundleTerms, LeftOut, Proposal, Proposed
from canone.ledgers.invoicing.services import billing, drafts, settling, versions
from canone.ledgers.invoicing.services import charges as services
from canone.ledgers.invoicing.services import series as numbered
from canone.ledgers.invoicing.services.charges import ChargeDraft
from canone.registers.parties.models import Party

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
STEPS = (
    '[{"amount":"20.00","code":"initial","count":1,"minutes":15,"price":"20.00"},'
    '{"amount":"24.00","code":"step","count":6,"minutes":5,"price":"4.00"}]'
)
_number = count(1)


def draft(of: Party | None = None, **fields: Any) -> ChargeDraft:
    """Return a draft of 44.00 for a session of 42 minutes on 1 October 2026."""
    start = fields.get("service_start", date(2026, 10, 1))
    given: dict[str, Any] = {
        "origin": f"session:{next(_number)}",
        "revision": 1,
        "kind": "remote_session",
        "description": "Assistenza remota",
        "quantity_micros": 1_000_000,
        "unit": "",
        "unit_price_micros": 44_000_000,
        "amount_minor": 4400,
        "vat_id": None,
        "service_start": start,
        "service_end": start + timedelta(days=1),
        "explanation": STEPS,
    }
    customer_id = fields.pop("customer_id", None) or (of or parties.party()).pk
    return ChargeDraft(customer_id=customer_id, **given | fields)


def charge(of: Party | None = None, *, at: datetime = AT, **fields: Any) -> Charge:
    """Return a posted charge."""
    (number,) = services.post([draft(of, **fields)], at=at, by=None)
    return queries.with_state().get(pk=number)


def reversed_charge(of: Party | None = None, *, at: datetime = AT, **fields: Any) -> Charge:
    """Return a charge that is reversed."""
    row = charge(of, at=at, **fields)
    services.reverse(charge_ids=[row.pk], reason="Sbagliata", at=at, by=None)
    return queries.with_state().get(pk=row.pk)


DAY = date(2026, 11, 30)


def customer(name: str = "", **fields: Any) -> Party:
    """Return a customer that can be invoiced: a VAT number and an office in Como."""
    number = next(_number)
    given = {"vat_number": f"IT{number:011d}", "sdi_code": "ABCDEFG"} | fields
    made = parties.party(name, **given)
    parties.site(made, is_main=True)
    return made


def proposal(of: Party, **fields: Any) -> Proposal:
    """Return what should be charged: 100.00 for a month of line 1 of contract 1."""
    start = fields.get("service_start", date(2026, 11, 1))
    amount = fields.get("amount_minor", 10_000)
    given: dict[str, Any] = {
        "origin": f"line:1:{start.isoformat()}",
        "bundle": "contract:1",
        "customer_id": of.pk,
        "kind": "contract",
        "description": "Canone assistenza",
        "quantity_micros": 1_000_000,
        "unit": "",
        "unit_price_micros": amount * 10_000,
        "amount_minor": amount,
        "vat_id": catalog.vat().pk,
        "service_start": start,
        "service_end": start + timedelta(days=30),
        "invoice_on": start,
        "explanation": '[{"amount":"100.00","code":"fee"}]',
    }
    return Proposal(**given | fields)


class Desk:
    """A proposer that proposes what it was given; tests change it as a desk changes contracts."""

    origins = frozenset({"line"})

    def __init__(self, *proposals: Proposal) -> None:
        self.proposals = list(proposals)
        self.left_out: list[LeftOut] = []
        self.own: dict[str, BundleTerms] = {}
        self.since: date | None = None
        self.groups: dict[str, set[str]] = {}

    def customers(self, ask: Ask, *, after: int, limit: int) -> list[int]:
        known = {p.customer_id for p in self.proposals} | {one.customer_id for one in self.left_out}
        return [key for key in sorted(known) if key > after][:limit]

    def propose(self, ask: Ask, customers: Sequence[int]) -> Proposed:
        wanted = ask.bundles or self.groups.get(ask.group, set())
        seen = [
            p
            for p in self.proposals
            if p.customer_id in customers and (not wanted or p.bundle in wanted)
        ]
        if ask.zone_id is not None:
            near = Party.objects.filter(zone_id=ask.zone_id).values_list("pk", flat=True)
            seen = [p for p in seen if p.customer_id in near]
        return Proposed(
            proposals=[p for p in seen if p.invoice_on <= ask.through],
            left_out=[one for one in self.left_out if one.customer_id in customers],
            bundles={p.bundle: self.since for p in seen} | self.looked_at(customers, wanted),
        )

    def looked_at(
        self, customers: Sequence[int], wanted: Collection[str]
    ) -> dict[str, date | None]:
        """Bundles that have nothing to propose any more."""
        charged = Charge.objects.filter(customer_id__in=customers).exclude(bundle="")
        found = charged.values_list("bundle", flat=True).distinct()
        return {bundle: self.since for bundle in found if not wanted or bundle in wanted}

    def terms(self, bundles: Collection[str]) -> dict[str, BundleTerms]:
        return {key: self.own[key] for key in bundles if key in self.own}


def order(**fields: Any) -> Order:
    """Return an order for everything through 30 November 2026, dated that day."""
    return Order(**{"through": DAY, "issue_date": DAY} | fields)


def bill(*, at: datetime = AT, day: date = DAY, **fields: Any) -> BillingRun:
    """Return a run that has issued everything of the order."""
    run = billing.open_run(order(**fields), day=day, at=at, by=None)
    while not billing.advance(run.pk, at=at, by=None).is_last:
        pass
    run.refresh_from_db()
    return run


def series(**fields: Any) -> Series:
    """Return a series of pro-forma invoices."""
    return numbered.save(by=None, **{"code": "PRO", "for_pro_formas": True} | fields)


def line(**fields: Any) -> drafts.Line:
    """Return a line of 100.00 under 22 % for November."""
    given: dict[str, Any] = {
        "description": "Consulenza",
        "unit_price_micros": 100_000_000,
        "vat_id": catalog.vat().pk,
        "first_day": date(2026, 11, 1),
        "last_day": date(2026, 11, 30),
    }
    return drafts.Line(**given | fields)


def draft_document(of: Party | None = None, *lines: drafts.Line, **fields: Any) -> Document:
    """Return a draft of an invoice, of 100.00 under 22 % unless lines are given."""
    who = of or customer()
    written = drafts.Draft(who.pk, lines or (line(),), **fields)
    return drafts.create(written, at=AT, by=None)


def invoice(of: Party | None = None, *lines: drafts.Line, **fields: Any) -> Document:
    """Return an issued invoice, of 122.00 unless lines are given."""
    made = draft_document(of, *lines, **fields)
    return drafts.issue(made.pk, day=DAY, at=AT, by=None)


def due_item(of: Party | None = None, amount: str = "122.00", **fields: Any) -> DueItem:
    """Return the due item of an invoice of that total, under 22 %."""
    net = Money.of(amount).times(Fraction(100, 122))
    made = invoice(of, line(unit_price_micros=net.minor * 10_000), **fields)
    return made.due_items.get()


def payment(of: DueItem, amount: str = "122.00", *, day: date = DAY) -> Settlement:
    """Return a payment of the customer; what goes beyond their due items is credit."""
    made = settling.Payment(of.customer_id, day, Money.of(amount))
    return settling.pay(made, at=AT, by=None)


def refuse(of: Document) -> Document:
    """Return the document after the tax system refused it."""
    return versions.refuse(document_id=of.pk, reason="00305", at=AT, by=None)


def packet() -> Packet:
    """Return papers that are made: a file to print."""
    pdf = b"%PDF-1.4\n%%EOF\n"
    file = files.store(pdf, name="stampa.pdf", owner="packet:1", at=AT, by=None)
    return Packet.objects.create(
        kind="print", state="done", file=file, created_at=AT, finished_at=AT
    )
