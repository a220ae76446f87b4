"""How far back contracts propose: what was billed as it should be is not looked at again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.make import catalog
from tests.make import contracts as make
from tests.make import invoicing as ledger
from tests.make.proposing import post, propose

from canone.desks.contracts.services import contracts, lines
from canone.kernel.money import UnitPrice
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.rules.ports import Proposed
from canone.ledgers.invoicing.services import charges as ledger_services
from canone.registers.catalog.services import articles
from canone.ui import sentences

pytestmark = pytest.mark.django_db


def told(answer: Proposed) -> list[tuple[str, str, int]]:
    return [
        (p.service_start.isoformat(), p.invoice_on.isoformat(), p.amount_minor)
        for p in answer.proposals
    ]


def reasons(answer: Proposed) -> list[str]:
    return [one.code for one in answer.left_out]


def test_a_run_proposes_what_follows_what_was_billed() -> None:
    contract = make.contract()
    monthly = make.line(contract)
    quarterly = make.line(contract, every=3)
    post(propose("2026-05-31"))
    answer = propose("2026-08-01")
    assert answer.bundles == {contract.bundle: date(2026, 6, 1)}
    assert [p.origin for p in answer.proposals] == [
        *(f"line:{monthly.pk}:2026-0{month}-01" for month in (6, 7, 8)),
        f"line:{quarterly.pk}:2026-07-01",
    ]
    post(answer)
    again = propose("2026-08-01")
    assert (again.proposals, reasons(again)) == ([], ["not_due"])
    assert sentences.tell(again.left_out[0].reason).count("01/09/2026") == 1
    assert again.bundles == {contract.bundle: date(2026, 9, 1)}


def test_a_run_looks_back_to_what_was_changed() -> None:
    contract = make.contract()
    line = make.line(contract)
    post(propose("2026-05-31"))
    lines.revise(
        line_id=line.pk, day=date(2026, 4, 16), at=make.AT, by=None, unit_price=UnitPrice.of(130)
    )
    answer = propose("2026-05-31")
    assert answer.bundles == {contract.bundle: None}, "more was billed than the line comes to"
    assert told(answer)[3:] == [
        ("2026-04-01", "2026-04-01", 5000),
        ("2026-04-16", "2026-04-16", 6500),
        ("2026-05-01", "2026-05-01", 13000),
    ]


def test_a_contract_that_ended_within_what_was_billed_is_proposed_anew() -> None:
    contract = make.contract()
    make.line(contract)
    make.line(contract, every=3)
    post(propose("2026-11-30"))
    contracts.cancel(
        contract_id=contract.pk, last_day=date(2026, 10, 15), reason="Disdetta",
        on=date(2026, 9, 1), at=make.AT, by=None,
    )  # fmt: skip
    answer = propose("2026-11-30")
    assert answer.bundles == {contract.bundle: None}
    assert [row for row in told(answer) if row[0] == "2026-10-01"] == [
        ("2026-10-01", "2026-10-01", 4839),
        ("2026-10-01", "2026-10-01", 1630),
    ]


@pytest.mark.parametrize("spoil", ["gap", "reversal", "second revision"])
def test_what_was_not_billed_plainly_is_proposed_from_its_beginning(spoil: str) -> None:
    contract = make.contract()
    line = make.line(contract)
    answer = propose("2026-05-31")
    if spoil == "gap":
        del answer.proposals[2]
    post(answer)
    [charge] = Charge.objects.filter(origin=f"line:{line.pk}:2026-02-01")
    if spoil != "gap":
        ledger_services.reverse(charge_ids=[charge.pk], reason="x", at=make.AT, by=None)
    if spoil == "second revision":
        ledger.charge(contract.customer, origin=charge.origin, revision=2)
    again = propose("2026-05-31")
    assert again.bundles == {contract.bundle: None}
    assert len(again.proposals) == 5


@pytest.mark.parametrize(
    "changed", [{"unit_price": UnitPrice.of(110)}, {"discount_bp": 5}, {"end": date(2026, 4, 16)}]
)
def test_a_corrected_line_is_proposed_from_its_beginning(changed: dict[str, Any]) -> None:
    contract = make.contract()
    line = make.line(contract)
    post(propose("2026-05-31"))
    assert propose("2026-05-31").bundles == {contract.bundle: date(2026, 6, 1)}
    lines.update(line_id=line.pk, at=make.AT, by=None, **changed)
    again = propose("2026-05-31")
    assert again.bundles == {contract.bundle: None}
    assert len(again.proposals) == (4 if "end" in changed else 5)


def test_a_line_that_is_billed_on_request_from_now_on_is_taken_back_once() -> None:
    contract = make.contract()
    line = make.line(contract)
    make.line(contract)
    post(propose("2026-05-31"))
    lines.update(line_id=line.pk, at=make.AT, by=None, is_on_request=True)
    assert propose("2026-05-31").bundles == {contract.bundle: None}
    billed = Charge.objects.filter(origin__startswith=f"line:{line.pk}:").values_list("pk")
    keys = [key for (key,) in billed]
    ledger_services.reverse(charge_ids=keys, reason="x", at=make.AT, by=None)
    assert propose("2026-05-31").bundles == {contract.bundle: date(2026, 6, 1)}


def test_a_run_looks_back_to_another_vat_of_the_line_and_not_to_one_of_its_article() -> None:
    contract = make.contract()
    article = catalog.article()
    own = make.line(contract)
    by_article = make.line(contract, article=article, vat=None)
    post(propose("2026-05-31"))
    ten = catalog.vat("10", 1_000)
    articles.save_article(article=article, vat=ten)
    answer = propose("2026-06-30")
    assert answer.bundles == {contract.bundle: date(2026, 6, 1)}
    lines.update(line_id=own.pk, at=make.AT, by=None, vat=ten)
    found = propose("2026-06-30")
    assert found.bundles == {contract.bundle: None}
    chosen = [(p.origin.split(":")[1], p.vat_id) for p in found.proposals]
    assert chosen == [(str(own.pk), ten.pk)] * 6 + [(str(by_article.pk), None)] * 6
