"""Contracts, their lines and parts as the services write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from tests.make import assets as machines
from tests.make import catalog, parties
from tests.make import contracts as make
from tests.make import invoicing as ledger

from canone.base.files.services import FileError
from canone.base.history import queries as history
from canone.desks.contracts.models import Agent, Contract, Cover, Line, Paper
from canone.desks.contracts.services import contracts, copying, lines, parts, types
from canone.kernel.money import Money, UnitPrice
from canone.registers.parties.services import mandates, records

pytestmark = pytest.mark.django_db
FIELDS: list[dict[str, Any]] = [
    {"key": "hours", "label": "Ore incluse", "kind": "number", "required": True},
    {"key": "level", "label": "Livello", "kind": "choice", "choices": ["base", "plus"]},
    {"key": "until", "label": "Garanzia fino al", "kind": "day"},
    {"key": "spare", "label": "Muletto", "kind": "yes"},
]


def faults(caught: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(caught.value.message_dict)


def test_a_contract_gets_a_number_and_the_conditions_of_its_type() -> None:
    kind = make.contract_type(conditions="Intervento entro 8 ore.")
    first, second = make.contract(type=kind), make.contract()
    assert (first.number, second.number) == (f"C{first.pk:05d}", f"C{second.pk:05d}")
    assert first.conditions == "Intervento entro 8 ore."
    assert make.contract(number="2026/7").number == "2026/7"
    with pytest.raises(ValidationError) as caught:
        make.contract(number="2026/7")
    assert faults(caught) == {"number"}


def test_all_faults_of_a_contract_are_told_at_once() -> None:
    supplier = parties.party(is_customer=False, is_supplier=True)
    foreign = parties.site(parties.party())
    mandate = make.mandate(parties.party())
    with pytest.raises(ValidationError) as caught:
        make.contract(supplier, site=foreign, end=make.START, mandate=mandate, cig="x" * 16)
    assert faults(caught) == {"customer", "site", "end", "mandate", "cig"}
    with pytest.raises(ValidationError) as caught:
        make.contract(method="direct_debit")
    assert faults(caught) == {"mandate"}
    assert not Contract.objects.exists()


def test_a_direct_debit_needs_a_mandate_in_force() -> None:
    customer = parties.party()
    mandate = make.mandate(customer)
    contract = make.contract(customer, method="direct_debit", mandate=mandate)
    assert contract.mandate == mandate
    mandate = mandates.revoke(mandate_id=mandate.pk, on=date(2026, 5, 1), at=make.AT, by=None)
    with pytest.raises(ValidationError) as caught:
        make.contract(customer, method="direct_debit", mandate=mandate)
    assert faults(caught) == {"mandate"}


def test_the_own_fields_of_a_type_are_checked_and_kept_plain() -> None:
    kind = make.contract_type(fields=FIELDS)
    own = {"hours": "24.50", "level": "plus", "until": "2027-01-31", "spare": True}
    assert make.contract(type=kind, custom=own).custom == own
    wrong = {"hours": "many", "level": "gold", "until": "soon", "spare": "yes", "colour": "red"}
    with pytest.raises(ValidationError) as caught:
        make.contract(type=kind, custom=wrong)
    assert faults(caught) == {f"custom.{key}" for key in wrong}
    with pytest.raises(ValidationError) as caught:
        make.contract(type=kind)
    assert faults(caught) == {"custom.hours"}
    with pytest.raises(ValidationError) as caught:
        make.contract(custom={"hours": 1})
    assert faults(caught) == {"custom.hours"}


@pytest.mark.parametrize(
    "fields",
    [
        "text",
        [5],
        [{"key": "Ore", "label": "x"}],
        [{"key": "ore", "label": " "}],
        [{"key": "ore", "label": "x", "kind": "money"}],
        [{"key": "ore", "label": "x", "kind": "choice"}],
        [{"key": "ore", "label": "x"}, {"key": "ore", "label": "y"}],
        [{"key": f"k{n}", "label": "x"} for n in range(41)],
    ],
)
def test_a_type_refuses_fields_that_cannot_be(fields: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        make.contract_type(fields=fields)
    assert faults(caught) == {"fields"}
    kind = make.contract_type()
    with pytest.raises(ValidationError):
        types.update(type_id=kind.pk, at=make.AT, by=None, fields=fields)


def test_every_change_is_in_the_history() -> None:
    contract = make.contract()
    contracts.update(contract_id=contract.pk, at=make.AT, by=None, title="Server", notes="n")
    contracts.update(contract_id=contract.pk, at=make.AT, by=None, title="Server")
    contract.refresh_from_db()
    changes = history.timeline(contract)
    wanted = {str(Contract._meta.get_field(name).verbose_name) for name in ("title", "notes")}
    assert {str(c.field) for c in changes if c.kind == "changed"} == wanted
    assert len(changes) == 3


def test_a_line_begins_with_its_contract_and_stands_behind_the_others() -> None:
    contract = make.contract()
    first, second = make.line(contract), make.line(contract, start=date(2026, 3, 1))
    assert (first.start, first.sequence, second.sequence) == (make.START, 10, 20)
    assert first.terms().amount == 100
    assert make.line(contract, discount_bp=1_250, quantity_micros=2_000_000).full_amount == 175


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"description": ""}, "description"),
        ({"description": "Canone {mese}"}, "description"),
        ({"every": 0}, "every"),
        ({"every": 1201}, "every"),
        ({"anchor_day": 32}, "anchor_day"),
        ({"anchor_day": 0}, "anchor_day"),
        ({"month_offset": 12}, "month_offset"),
        ({"months": [13]}, "months"),
        ({"months": ["1"]}, "months"),
        ({"months": 5}, "months"),
        ({"end": make.START}, "end"),
        ({"discount_bp": 10_001}, "discount_bp"),
        ({"quantity_micros": -1}, "quantity_micros"),
        ({"start": date(1800, 1, 1)}, "start"),
        ({"start": date(2027, 1, 1)}, "start"),
        ({"start": date(2025, 12, 31)}, "start"),
        ({"unit_price": UnitPrice.of("2000000000")}, "unit_price"),
        ({"unit_of_cycle": "", "amount_per": "year"}, "amount_per"),
        ({"unit_of_cycle": "decade"}, "unit_of_cycle"),
        ({"timing": "later"}, "timing"),
        ({"kind": "usage"}, "meter"),
        ({"kind": "usage", "tiers": [{"up_to": 1}]}, "tiers"),
        ({"kind": "usage", "minimum": Money(-1)}, "minimum"),
    ],
)
def test_a_line_that_cannot_be_names_the_field(wrong: dict[str, Any], field: str) -> None:
    contract = make.contract(end=date(2027, 1, 1))
    with pytest.raises(ValidationError) as caught:
        make.line(contract, **wrong)
    assert field in faults(caught)
    assert not Line.objects.exists()


def test_what_is_used_is_read_from_a_meter_of_the_customer() -> None:
    contract = make.contract()
    own = machines.meter(machines.asset(contract.customer))
    line = make.line(contract, "0.012", kind="usage", meter=own, included=1000)
    assert line.terms().timing.value == "in_arrears"
    for wrong in ({"meter": machines.meter()}, {"meter": own, "discount_bp": 100}):
        with pytest.raises(ValidationError):
            make.line(contract, "0.012", kind="usage", **wrong)
    with pytest.raises(ValidationError) as caught:
        make.line(contract, meter=own)
    assert faults(caught) == {"meter"}


def test_a_new_price_ends_the_line_and_another_goes_on_in_its_periods() -> None:
    line = make.line(unit_of_cycle="month", every=3, start=date(2026, 1, 31))
    new = lines.revise(
        line_id=line.pk, day=date(2026, 6, 1), at=make.AT, by=None, unit_price=UnitPrice.of("120")
    )
    line.refresh_from_db()
    assert (line.end, new.start, new.end, new.follows) == (new.start, date(2026, 6, 1), None, line)
    assert new.terms().counted_from == line.terms().counted_from == make.START
    with pytest.raises(ValidationError, match=str(lines.FOLLOWED)):
        lines.revise(line_id=line.pk, day=date(2026, 3, 1), at=make.AT, by=None)
    for day in (new.start, date(2025, 1, 1)):
        with pytest.raises(ValidationError) as caught:
            lines.revise(line_id=new.pk, day=day, at=make.AT, by=None)
        assert faults(caught) == {"day"}
    third = lines.revise(line_id=new.pk, day=date(2026, 8, 1), at=make.AT, by=None)
    assert third.terms().counted_from == make.START


def test_a_contract_is_cancelled_with_a_day_and_a_reason() -> None:
    contract = make.contract()
    with pytest.raises(ValidationError) as caught:
        contracts.cancel(
            contract_id=contract.pk, last_day=date(2025, 12, 31), reason="x", on=make.START,
            at=make.AT, by=None,
        )  # fmt: skip
    assert faults(caught) == {"last_day"}
    done = contracts.cancel(
        contract_id=contract.pk, last_day=date(2026, 6, 30), reason=" Disdetta ", on=make.START,
        at=make.AT, by=None,
    )  # fmt: skip
    assert (done.end, done.cancel_reason) == (date(2026, 7, 1), "Disdetta")


def test_a_pause_without_billing_cuts_the_lines_that_run_over_it() -> None:
    contract = make.contract()
    running = make.line(contract, unit_of_cycle="month", every=3)
    ended = make.line(contract, end=date(2026, 3, 1))
    within = make.line(contract, start=date(2026, 6, 15))
    later = make.line(contract, start=date(2026, 12, 1))
    short = make.line(contract, start=date(2026, 6, 2), end=date(2026, 6, 10))
    over = make.line(contract, start=date(2026, 2, 1), end=date(2026, 7, 1))
    with pytest.raises(ValidationError) as caught:
        lines.resume(contract_id=contract.pk, day=date(2026, 9, 1), at=make.AT, by=None)
    contracts.suspend(
        contract_id=contract.pk, day=date(2026, 6, 1), reason="Cantiere", at=make.AT, by=None
    )
    with pytest.raises(ValidationError) as caught:
        lines.resume(contract_id=contract.pk, day=date(2026, 5, 31), at=make.AT, by=None)
    assert faults(caught) == {"day"}
    done = lines.resume(contract_id=contract.pk, day=date(2026, 9, 1), at=make.AT, by=None)
    assert (done.suspended_from, done.suspend_reason) == (None, "")
    found = {
        line.pk: (line.start, line.end, line.counted_from)
        for line in contract.lines.filter(follows=None)
    }
    assert found[running.pk] == (make.START, date(2026, 6, 1), None)
    assert found[ended.pk] == (make.START, date(2026, 3, 1), None)
    assert found[within.pk] == (date(2026, 9, 1), None, None)
    assert found[later.pk] == (date(2026, 12, 1), None, None)
    assert found[short.pk] == (date(2026, 6, 2), date(2026, 6, 10), None)
    assert found[over.pk] == (date(2026, 2, 1), date(2026, 6, 1), None)
    [goes_on] = contract.lines.exclude(follows=None)
    assert (goes_on.follows, goes_on.start, goes_on.end) == (running, date(2026, 9, 1), None)
    assert goes_on.terms().counted_from == make.START


def test_a_pause_may_also_be_forgotten() -> None:
    contract = make.contract()
    make.line(contract)
    with pytest.raises(ValidationError):
        contracts.suspend(contract_id=contract.pk, day=make.START, reason="", at=make.AT, by=None)
    contracts.suspend(contract_id=contract.pk, day=make.START, reason="x", at=make.AT, by=None)
    assert contracts.unsuspend(contract_id=contract.pk, at=make.AT, by=None).suspended_from is None
    assert contract.lines.count() == 1
    with pytest.raises(ValidationError, match=str(contracts.NOT_SUSPENDED)):
        contracts.unsuspend(contract_id=contract.pk, at=make.AT, by=None)


def test_what_was_charged_from_stays() -> None:
    contract = make.contract()
    line, other = make.line(contract), make.line(contract)
    ledger.charge(contract.customer, origin=f"line:{line.pk}:2026-01-01")
    with pytest.raises(ValidationError, match=str(lines.CHARGED)):
        lines.remove(line_id=line.pk, reason="x", at=make.AT, by=None)
    lines.remove(line_id=other.pk, reason="twice", at=make.AT, by=None)
    assert not Line.objects.filter(pk=other.pk).exists()
    with pytest.raises(ValidationError) as caught:
        contracts.update(contract_id=contract.pk, at=make.AT, by=None, customer=parties.party())
    assert faults(caught) == {"customer"}
    with pytest.raises(records.InUseError, match=contract.number):
        contracts.remove_unused(contract_ids=[contract.pk], reason="x", at=make.AT, by=None)


def test_agents_have_parts_that_are_at_most_the_whole() -> None:
    contract = make.contract()
    one, two = (parties.party(is_supplier=True) for _ in range(2))

    def share(**shares: Any) -> list[tuple[int, int]]:
        parts.set_agents(contract_id=contract.pk, at=make.AT, by=None, **shares)
        return list(Agent.objects.values_list("party_id", "share_bp").order_by("party_id"))

    assert share(shares={one.pk: 6_000, two.pk: 4_000}) == [(one.pk, 6_000), (two.pk, 4_000)]
    for wrong in ({one.pk: 6_000, two.pk: 4_001}, {one.pk: 0}, {one.pk: -1}):
        with pytest.raises(ValidationError):
            share(shares=wrong)
    assert share(shares={two.pk: 10_000}) == [(two.pk, 10_000)]
    assert Agent.history.filter(party=one, history_type="-").exists()


def test_machines_of_the_customer_are_covered_once() -> None:
    contract = make.contract()
    mine = machines.asset(contract.customer)
    cover = parts.cover(contract_id=contract.pk, asset_id=mine.pk, at=make.AT, by=None)
    assert cover.start == contract.start
    for asset in (mine, machines.asset()):
        with pytest.raises(ValidationError):
            parts.cover(contract_id=contract.pk, asset_id=asset.pk, at=make.AT, by=None)
    with pytest.raises(ValidationError):
        parts.uncover(cover_id=cover.pk, last_day=date(2025, 1, 1), at=make.AT, by=None)
    parts.uncover(cover_id=cover.pk, last_day=date(2026, 3, 31), at=make.AT, by=None)
    again = date(2026, 5, 1)
    parts.cover(contract_id=contract.pk, asset_id=mine.pk, start=again, at=make.AT, by=None)
    assert Cover.objects.count() == 2


def test_the_signed_contract_is_kept_with_it() -> None:
    contract = make.contract()

    def add(source: bytes, name: str) -> Paper:
        return parts.add_paper(
            contract_id=contract.pk, source=source, name=name, is_signed=True, at=make.AT, by=None
        )

    with pytest.raises(FileError):
        add(b"", "contratto.pdf")
    paper = add(b"%PDF-1.7 signed", "contratto.pdf")
    assert (paper.title, paper.file.owner) == ("contratto.pdf", contract.bundle)
    parts.remove_paper(paper_id=paper.pk, reason="wrong one", at=make.AT, by=None)
    assert not Paper.objects.exists()


def test_a_copy_begins_anew_and_takes_what_runs() -> None:
    customer = parties.party()
    contract = make.contract(
        customer, method="direct_debit", mandate=make.mandate(customer), title="Server", cig="Z1",
        cup="J1", order_number="44", order_date=date(2025, 12, 1), invoice_notes="Sala 2",
    )  # fmt: skip
    make.line(contract, start=date(2026, 2, 1), billed_through=date(2026, 3, 31))
    make.line(contract, end=date(2026, 3, 1))
    agent = parties.party(is_supplier=True)
    parts.set_agents(contract_id=contract.pk, shares={agent.pk: 500}, at=make.AT, by=None)
    start = date(2027, 1, 1)
    same = copying.copy(
        contract_id=contract.pk, customer_id=customer.pk, start=start, at=make.AT, by=None
    )
    other = copying.copy(
        contract_id=contract.pk, customer_id=parties.party().pk, start=start, at=make.AT, by=None
    )
    assert (same.mandate, other.mandate, other.method) == (contract.mandate, None, "")
    own = ("cig", "cup", "order_number", "order_date", "invoice_notes")
    assert [getattr(same, name) for name in own] == [getattr(contract, name) for name in own]
    assert [getattr(other, name) for name in own] == ["", "", "", None, ""]
    for new in (same, other):
        assert (new.title, new.end) == ("Server", None)
        [line] = new.lines.all()
        assert (line.start, line.billed_through) == (start, None)
        assert [a.share_bp for a in new.agents.all()] == [500]


def test_taking_back_removes_all_that_hangs_on_a_contract() -> None:
    contract = make.contract()
    line = make.line(contract)
    lines.revise(line_id=line.pk, day=date(2026, 6, 1), at=make.AT, by=None)
    mine = machines.asset(contract.customer)
    parts.cover(contract_id=contract.pk, asset_id=mine.pk, at=make.AT, by=None)
    parts.set_agents(
        contract_id=contract.pk, shares={contract.customer_id: 100}, at=make.AT, by=None
    )
    parts.add_paper(contract_id=contract.pk, source=b"x", name="a.txt", at=make.AT, by=None)
    done = contracts.remove_unused(contract_ids=[contract.pk], reason="x", at=make.AT, by=None)
    assert done == 1
    assert not Contract.objects.exists()
    assert Contract.history.filter(history_type="-").count() == 1


def test_an_article_alone_is_text_enough() -> None:
    line = make.line(description="", article=catalog.article())
    assert line.article is not None
