"""What cannot be billed as it stands: told in one's language, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from tests.make import catalog, parties
from tests.make import contracts as make
from tests.make import invoicing as ledger

from canone.base.history import services as journal
from canone.base.numbering.models import Counter
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import proposing
from canone.desks.contracts.services import contracts, lines, parts
from canone.ledgers.invoicing.models import BillingRun, Charge, Document
from canone.ledgers.invoicing.queries import planning, ports
from canone.ledgers.invoicing.services import billing, drafts
from canone.ledgers.invoicing.services.series import SeriesError
from canone.registers.catalog.models import VatRate
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
LANGUAGES = ("it", "fr", "en")
BEFORE = date(2025, 12, 31)
STAMP: dict[str, Any] = {"at": make.AT, "by": None}


def agreed(of: Party | None = None, **fields: Any) -> Contract:
    return make.contract(of or ledger.customer(), **fields)


def bill(**fields: Any) -> BillingRun:
    with ports.bound(proposers=[proposing.proposer()]):
        return ledger.bill(**fields)


def _ended() -> object:
    return make.contract(end=BEFORE)


def _cancelled() -> object:
    last = date(2025, 12, 30)
    return contracts.cancel(
        contract_id=make.contract().pk, last_day=last, reason="x", on=BEFORE, **STAMP
    )


def _line(**fields: Any) -> Callable[[], object]:
    return lambda: make.line(make.contract(end=date(2027, 1, 1)), **fields)


def _line_ended_before() -> object:
    return lines.end(line_id=make.line().pk, last_day=BEFORE, **STAMP)


def _revised_before() -> object:
    return lines.revise(line_id=make.line().pk, day=BEFORE, **STAMP)


def _resumed_before() -> object:
    contract = make.contract()
    contracts.suspend(contract_id=contract.pk, day=date(2026, 5, 1), reason="x", **STAMP)
    return lines.resume(contract_id=contract.pk, day=date(2026, 4, 1), **STAMP)


def _uncovered_before() -> object:
    return parts.uncover(cover_id=make.cover().pk, last_day=BEFORE, **STAMP)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(_ended, id="end before the start"),
        pytest.param(_cancelled, id="cancelled before the start"),
        pytest.param(_line(end=BEFORE), id="a line that ends before it starts"),
        pytest.param(_line(start=date(2027, 1, 1)), id="a line outside its contract"),
        pytest.param(_line(every=0), id="a cycle of zero"),
        pytest.param(_line(every=-1), id="a cycle below zero"),
        pytest.param(_line_ended_before, id="ended before it starts"),
        pytest.param(_revised_before, id="changed before it starts"),
        pytest.param(_resumed_before, id="taken up before it was suspended"),
        pytest.param(_uncovered_before, id="a machine until before it is covered"),
    ],
)
def test_what_contradicts_itself_is_refused_in_every_language(act: Callable[[], object]) -> None:
    told = []
    for language in LANGUAGES:
        with translation.override(language):
            with pytest.raises(ValidationError) as caught:
                act()
            told.append(" ".join(caught.value.messages))
    assert len(set(told)) == len(LANGUAGES), told
    assert not Line.objects.filter(every__lt=1).exists()


def test_a_year_from_the_29th_of_february_keeps_its_day() -> None:
    contract = agreed(start=date(2024, 2, 29))
    make.line(contract, "1200.00", unit_of_cycle="year")
    run = bill(through=date(2028, 2, 29))
    assert run.left_out_count == 0
    told = Charge.objects.order_by("service_start").values_list("service_start", "amount")
    assert [(day, str(amount)) for day, amount in told] == [
        (date(2024, 2, 29), "1200.00"),
        (date(2025, 2, 28), "1200.00"),
        (date(2026, 2, 28), "1200.00"),
        (date(2027, 2, 28), "1200.00"),
        (date(2028, 2, 29), "1200.00"),
    ]
    assert bill(through=date(2029, 2, 27)).charges_made == 0
    assert bill(through=date(2029, 2, 28)).charges_made == 1


def _without_address() -> Party:
    return parties.party("Senza indirizzo", vat_number="IT00000000001")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_told_and_billed_once_it_is_there(language: str) -> None:
    homeless, bare = _without_address(), catalog.vat("ZERO", 0)
    make.line(agreed(homeless), description="Canone A")
    make.line(agreed(), description="Canone B", vat=bare)
    with translation.override(language):
        run = bill(through=date(2026, 1, 31))
        told = dict(run.left_out.values_list("code", "reason"))
    assert (set(told), run.documents_made) == ({"no_address", "no_nature"}, 0)
    with translation.override("en" if language != "en" else "it"):
        again = bill(through=date(2026, 1, 31))
        assert set(told.values()).isdisjoint(again.left_out.values_list("reason", flat=True))
    parties.site(homeless, is_main=True)
    VatRate.objects.filter(pk=bare.pk).update(nature="N4")
    assert bill(through=date(2026, 1, 31)).documents_made == 2
    assert bill(through=date(2026, 1, 31)).documents_made == 0
    assert Charge.objects.count() == 2


def _owed(count: int) -> None:
    for number in range(count):
        ledger.charge(ledger.customer(f"Cliente {number}"), vat_id=catalog.vat().pk)


def _advance(run: BillingRun, **at: Any) -> billing.Step:
    return billing.advance(run.pk, by=None, **at)


def _in_order() -> None:
    rows = list(Document.objects.order_by("number").values_list("number", "issue_date"))
    assert [number for number, _day in rows] == list(range(1, len(rows) + 1))
    assert [day for _number, day in rows] == sorted(day for _number, day in rows)
    assert journal.verify() == []


@pytest.mark.parametrize(
    "hours", [(-30,), (-24 * 400,), (24 * 40,), (-1, 24 * 40, -24 * 60)], ids=str
)
def test_a_clock_that_is_moved_during_a_run_moves_no_date(
    hours: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "CUSTOMERS", 2)
    _owed(8)
    run = billing.open_run(
        ledger.order(posting_date=date(2026, 11, 15)), day=ledger.DAY, at=ledger.AT, by=None
    )
    at, moves = ledger.AT, list(hours)
    while not _advance(run, at=at).is_last:
        at += ledger.timedelta(hours=moves.pop(0) if moves else 0)
    assert Document.objects.count() == 8
    dates = Document.objects.values_list("issue_date", "posting_date", "year").distinct()
    assert list(dates) == [(ledger.DAY, date(2026, 11, 15), 2026)]
    _in_order()


def test_a_run_that_was_overtaken_says_so_and_another_bills_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(planning, "CUSTOMERS", 2)
    _owed(4)
    before = date(2026, 11, 29)
    run = billing.open_run(ledger.order(issue_date=before), day=ledger.DAY, at=ledger.AT, by=None)
    _advance(run, at=ledger.AT)
    ledger.invoice()
    for language in LANGUAGES:
        with translation.override(language), pytest.raises(SeriesError) as caught:
            _advance(run, at=ledger.AT)
        assert "30/11/2026" in str(caught.value.messages)
    assert Document.objects.count() == 3
    assert ledger.bill().documents_made == 2
    _in_order()


@pytest.mark.parametrize(
    "said",
    [
        {"number": 0},
        {"number": 1},
        {"number": 900},
        {"day": date(2026, 12, 31)},
        {"day": date(2026, 1, 1)},
        {"number": 900, "day": date(2026, 12, 31)},
        {"number": 0, "day": None},
    ],
    ids=str,
)
def test_a_series_edited_by_hand_goes_on_behind_its_last_document(said: dict[str, Any]) -> None:
    _owed(2)
    ledger.bill()
    Counter.objects.update(**said)
    _owed(2)
    run = ledger.bill()
    assert run.documents_made == 2
    assert bool(run.remarks) is ("number" in said)
    Counter.objects.update(**said)
    drafts.issue(ledger.draft_document().pk, day=ledger.DAY, at=ledger.AT, by=None)
    _in_order()


def test_a_series_whose_counter_is_gone_goes_on() -> None:
    _owed(2)
    ledger.bill()
    Counter.objects.all().delete()
    _owed(1)
    ledger.bill()
    _in_order()
