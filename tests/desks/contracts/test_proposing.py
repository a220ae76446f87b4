"""What contracts propose to the billing run, and what they leave out and why."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.make import catalog, parties
from tests.make import contracts as make
from tests.make.proposing import DESK, post, propose

from canone.desks.contracts.models import Line
from canone.desks.contracts.services import contracts, parts
from canone.ledgers.invoicing.rules.ports import Ask, Proposal, Proposed
from canone.registers.catalog.queries import words as steps_in_words
from canone.registers.parties.models import Party
from canone.ui import sentences

pytestmark = pytest.mark.django_db


def told(answer: Proposed) -> list[tuple[str, str, int]]:
    return [
        (p.service_start.isoformat(), p.invoice_on.isoformat(), p.amount_minor)
        for p in answer.proposals
    ]


def reasons(answer: Proposed) -> list[str]:
    return [one.code for one in answer.left_out]


def test_a_line_proposes_its_periods_up_to_the_day() -> None:
    line = make.line(unit_of_cycle="month", every=3, start=date(2026, 2, 10), anchor="calendar")
    answer = propose("2026-04-01")
    assert told(answer) == [("2026-02-10", "2026-02-10", 5556), ("2026-04-01", "2026-04-01", 10000)]
    first = answer.proposals[0]
    assert first.origin == f"line:{line.pk}:2026-02-10"
    assert (first.bundle, first.customer_id) == (line.contract.bundle, line.contract.customer_id)
    assert (first.quantity_micros, first.unit_price_micros) == (1_000_000, 55_560_000)
    assert (first.service_end, first.vat_id) == (date(2026, 4, 1), line.vat_id)
    assert json.loads(first.explanation) == [
        {"amount": "100.00", "code": "contract_fee", "per": "cycle"},
        {
            "amount": "55.56",
            "basis": "actual",
            "code": "contract_share",
            "part": "50",
            "whole": "90",
        },
    ]
    assert answer.bundles == {line.contract.bundle: date(2026, 2, 10)}


def test_quantity_price_and_discount_stand_where_they_give_the_amount() -> None:
    contract = make.contract()
    three = {"quantity_micros": 3_000_000, "discount_bp": 1_000}
    article = catalog.article(unit=catalog.unit("pz", "pezzi"))
    make.line(contract, "12.35", article=article, **three)
    make.line(contract, "1200", amount_per="year", **three)
    make.line(contract, "1000", amount_per="year", sum_to_annual=True, every=4)
    by_line = {p.sequence: p for p in reversed(propose("2026-09-30").proposals)}
    whole, yearly, instalment = (by_line[n] for n in (10, 20, 30))
    assert (whole.quantity_micros, whole.unit_price_micros, whole.discount_bp) == (
        3_000_000,
        12_350_000,
        1_000,
    )
    assert (whole.amount_minor, whole.unit, whole.article_id) == (3335, "pz", article.pk)
    assert (yearly.unit_price_micros, yearly.amount_minor) == (100_000_000, 27_000)
    assert (instalment.quantity_micros, instalment.unit_price_micros) == (1_000_000, 333_330_000)


def test_the_remainder_of_a_year_explains_itself() -> None:
    make.line(None, "1000", amount_per="year", sum_to_annual=True, every=4)
    *_others, last = propose("2026-09-30").proposals
    assert last.amount_minor == 33_334
    assert (last.quantity_micros, last.unit_price_micros) == (1_000_000, 333_340_000)
    steps = json.loads(last.explanation)
    assert [(s["code"], s["amount"]) for s in steps] == [
        ("contract_fee", "333.33"),
        ("contract_remainder", "0.01"),
    ]
    for step in steps:
        assert steps_in_words.step(step, "en") != step["code"]


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("it", "Canone assistenza", "Canone assistenza, 01/04/2026–30/06/2026, contratto {n}"),
        ("fr", "Redevance", "Redevance, 01/04/2026–30/06/2026, contrat {n}"),
        ("en", "Fee", "Fee, 01/04/2026–30/06/2026, contract {n}"),
        ("it", "Canone dal {from} al {to}", "Canone dal 01/04/2026 al 30/06/2026"),
        (
            "it",
            "Rata {instalment} di {instalments}, {period}",
            "Rata 2 di 4, 01/04/2026–30/06/2026",
        ),
        ("it", "Canone di {month} ({contract})", "Canone di aprile 2026 ({n})"),
        ("fr", "Redevance {month}", "Redevance avril 2026"),
    ],
)
def test_the_description_speaks_the_language_of_the_customer(
    language: str, text: str, wanted: str
) -> None:
    contract = make.contract(parties.party(language=language))
    make.line(contract, description=text, every=3)
    second = propose("2026-04-01").proposals[1]
    assert second.description == wanted.replace("{n}", contract.number)


def test_an_article_gives_its_title_in_the_language_of_the_customer() -> None:
    article = catalog.article(title="Canone", titles={"fr": "Redevance"})
    make.line(make.contract(parties.party(language="fr")), description="", article=article)
    assert propose("2026-01-01").proposals[0].description.startswith("Redevance, ")


def test_everything_left_out_has_its_reason() -> None:
    def of(name: str, *, line: dict[str, Any] | None = None, **fields: Any) -> Party:
        customer = parties.party(name)
        contract = make.contract(customer, **fields)
        if line is not None:
            make.line(contract, **line)
        return customer

    cases = {
        "not_begun": of("a", start=date(2027, 1, 1), line={}),
        "before_go_live": of("b", go_live=date(2027, 2, 1), line={}),
        "no_lines": of("c"),
        "on_request": of("d", line={"is_on_request": True}),
        "not_due": of("e", line={"timing": "in_arrears", "every": 12}),
    }
    for code, customer in cases.items():
        answer = propose("2026-06-30", customer)
        assert (reasons(answer), answer.proposals) == ([code], [])
        [left] = answer.left_out
        told = sentences.tell(left.reason)
        assert told
        assert "%" not in told
        assert (left.customer_id, left.origin) == (customer.pk, "")


def test_a_contract_that_is_over_and_billed_says_so() -> None:
    contract = make.contract(end=date(2026, 3, 16))
    make.line(contract)
    post(propose("2026-03-31"))
    answer = propose("2026-12-31")
    assert (reasons(answer), answer.proposals) == (["ended"], [])
    assert "15/03/2026" in sentences.tell(answer.left_out[0].reason)


def test_a_suspended_contract_bills_what_was_before() -> None:
    contract = make.contract()
    line = make.line(contract)
    contracts.suspend(
        contract_id=contract.pk, day=date(2026, 3, 1), reason="Cantiere", at=make.AT, by=None
    )
    answer = propose("2026-04-30")
    assert [day for day, _on, _amount in told(answer)] == ["2026-01-01", "2026-02-01"]
    assert [(one.code, one.origin, one.amount_minor) for one in answer.left_out] == [
        ("suspended", f"line:{line.pk}:2026-03-01", 10000),
        ("suspended", f"line:{line.pk}:2026-04-01", 10000),
    ]
    assert "Cantiere" in sentences.tell(answer.left_out[0].reason)


def test_nothing_is_billed_that_another_program_has_billed() -> None:
    contract = make.contract(start=date(2024, 1, 1), go_live=date(2026, 1, 1))
    make.line(contract, every=3)
    make.line(contract, every=3, billed_through=date(2026, 3, 31))
    make.line(contract, every=12, billed_through=date(2025, 12, 31), unit_of_cycle="month")
    assert told(propose("2026-04-30")) == [
        ("2026-01-01", "2026-01-01", 10000),
        ("2026-04-01", "2026-04-01", 10000),
        ("2026-04-01", "2026-04-01", 10000),
        ("2026-01-01", "2026-01-01", 10000),
    ]


def test_what_a_run_asks_for_narrows_the_contracts() -> None:
    north, kind = parties.zone(), make.contract_type()
    one = make.contract(parties.party(zone=north), type=kind)
    two = make.contract()
    for contract in (one, two):
        make.line(contract)
    ask = Ask(through=date(2026, 1, 1))

    def asked(**more: Any) -> list[int]:
        return DESK.customers(replace(ask, **more), after=0, limit=10)

    both = sorted((one.customer_id, two.customer_id))
    assert asked() == both
    assert DESK.customers(ask, after=both[0], limit=10) == both[1:]
    assert DESK.customers(ask, after=0, limit=1) == both[:1]
    for more in (
        {"zone_id": north.pk},
        {"group": f"type:{kind.pk}"},
        {"bundles": frozenset({one.bundle, "project:1"})},
        {"customers": (one.customer_id,)},
    ):
        assert asked(**more) == [one.customer_id]
        assert propose("2026-01-01", **more).bundles.keys() == {one.bundle}
    assert asked(group="stage:1") == []


def test_how_a_contract_is_billed() -> None:
    customer = parties.party()
    mandate = make.mandate(customer)
    contract = make.contract(
        customer, number="18/2026", title="Server", signed_on=date(2025, 12, 1), cig="Z1",
        order_number="O7", is_own_invoice=True, invoice_notes="Grazie", method="direct_debit",
        mandate=mandate, payment_terms=parties.payment_terms(), site=parties.site(customer),
    )  # fmt: skip
    agent = parties.party(is_supplier=True)
    parts.set_agents(contract_id=contract.pk, shares={agent.pk: 250}, at=make.AT, by=None)
    terms = DESK.terms([contract.bundle, "project:3"])
    assert terms.keys() == {contract.bundle}
    found = terms[contract.bundle]
    assert (found.terms_id, found.method) == (contract.payment_terms_id, "direct_debit")
    assert (found.mandate, found.is_own, found.site_id) == (
        mandate.reference,
        True,
        contract.site_id,
    )
    assert (found.notes, found.agents) == ("Grazie", ((f"party:{agent.pk}", 250),))
    assert found.reference == {
        "number": "18/2026",
        "date": "2025-12-01",
        "order": "O7",
        "cig": "Z1",
    }
    assert found.title == "Server"


def test_a_line_that_contradicts_itself_leaves_its_contract_out() -> None:
    line = make.line()
    Line.objects.filter(pk=line.pk).update(unit_of_cycle="era")
    answer = propose("2026-06-30")
    assert (reasons(answer), answer.proposals, answer.bundles) == (["unreadable"], [], {})


def test_ten_thousand_lines_in_one_contract_are_asked_in_few_queries(
    django_assert_max_num_queries: Any,
) -> None:
    contract = make.contract()
    first = make.line(contract)
    rows = [Line(**{**_columns(first), "sequence": n}) for n in range(9_999)]
    Line.objects.bulk_create(rows)
    with django_assert_max_num_queries(6):
        found: list[Proposal] = propose("2026-01-01").proposals
    assert len({p.origin for p in found}) == 10_000


def _columns(line: Line) -> dict[str, Any]:
    fields = [f for f in Line._meta.concrete_fields if f.name != "id"]
    return {f.attname: getattr(line, f.attname) for f in fields}
