"""What is collected by direct debit needs a mandate; without one it is left out, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import people
from tests.ledgers.invoicing.test_documents_api import send
from tests.make import catalog, contracts, parties
from tests.make import invoicing as make

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import BillingRun, Document, DueItem
from canone.ledgers.invoicing.queries import planning, ports, unbilled
from canone.ledgers.invoicing.rules.ports import BundleTerms
from canone.ledgers.invoicing.services import crediting, drafts, settling
from canone.registers.parties.models import Mandate, Party
from canone.registers.parties.services import mandates

pytestmark = pytest.mark.django_db
LAST = date(2026, 12, 30)
"""When an invoice of the day is due."""


@pytest.fixture
def payer() -> Party:
    """A customer whose payment terms are direct debit at thirty days."""
    return make.customer("Alfa srl", payment_terms=parties.payment_terms(method="direct_debit"))


@pytest.fixture
def desk(payer: Party) -> Iterator[make.Desk]:
    found = make.Desk(make.proposal(payer))
    with ports.bound(proposers=[found]):
        yield found


def revoke(mandate: Mandate, on: date) -> None:
    mandates.revoke(mandate_id=mandate.pk, on=on, at=make.AT, by=None)


def outcome(run: BillingRun) -> str:
    """Return the mandate of the only document, or why there is none."""
    found = [row.mandate for row in Document.objects.filter(run=run)]
    return (found or list(run.left_out.values_list("code", flat=True)))[0]


def test_without_a_mandate_nothing_is_issued_and_the_reason_is_told(
    desk: make.Desk, payer: Party
) -> None:
    assert outcome(make.bill()) == "no_mandate"
    assert not Document.objects.exists()
    (owed,) = unbilled.owed(make.order())
    assert (owed.customer_id, owed.code, owed.amount_minor) == (payer.pk, "no_mandate", 10_000)
    assert "mandat" in owed.reason
    made = contracts.mandate(payer)
    assert outcome(make.bill()) == made.reference
    item = DueItem.objects.get()
    assert (item.method, item.mandate, item.due_on) == ("direct_debit", made.reference, LAST)


def test_how_the_mandate_stands_on_the_due_dates_decides(desk: make.Desk, payer: Party) -> None:
    named = contracts.mandate(payer, signed_on=date(2026, 12, 31))
    desk.own = {"contract:1": BundleTerms(mandate=named.reference)}
    assert outcome(make.bill()) == "mandate_unsigned"
    desk.own = {}
    assert outcome(make.bill()) == "no_mandate"
    mandates.update(mandate_id=named.pk, signed_on=LAST, at=make.AT, by=None)
    revoke(named, LAST)
    desk.own = {"contract:1": BundleTerms(mandate=named.reference)}
    assert outcome(make.bill()) == "mandate_revoked"
    other = contracts.mandate(make.customer())
    desk.own = {"contract:1": BundleTerms(mandate=other.reference)}
    assert outcome(make.bill()) == "mandate_unknown", "it is somebody else's"


def test_a_mandate_revoked_after_the_last_instalment_still_serves(
    desk: make.Desk, payer: Party
) -> None:
    made = contracts.mandate(payer)
    revoke(made, date(2026, 12, 31))
    assert outcome(make.bill()) == made.reference


def test_of_several_mandates_the_contract_names_one(desk: make.Desk, payer: Party) -> None:
    first, second = contracts.mandate(payer), contracts.mandate(payer)
    assert outcome(make.bill()) == "several_mandates"
    desk.own = {"contract:1": BundleTerms(mandate=second.reference)}
    assert outcome(make.bill()) == second.reference
    revoke(second, date(2026, 11, 1))
    desk.own = {}
    desk.proposals = [make.proposal(payer, origin="line:2:a")]
    assert outcome(make.bill()) == first.reference


@pytest.mark.parametrize(
    ("of_contract", "of_terms", "of_customer", "is_held"),
    [
        ("", "", "direct_debit", True),
        ("transfer", "", "direct_debit", False),
        ("direct_debit", "", "transfer", True),
        ("", "direct_debit", "transfer", True),
        ("", "transfer", "direct_debit", False),
        ("riba", "direct_debit", "direct_debit", False),
    ],
)
def test_the_method_that_holds_decides(
    of_contract: str, of_terms: str, of_customer: str, *, is_held: bool
) -> None:
    who = make.customer(payment_terms=parties.payment_terms(method=of_customer))
    own = parties.payment_terms(method=of_terms).pk if of_terms else None
    desk = make.Desk(make.proposal(who))
    desk.own = {"contract:1": BundleTerms(method=of_contract, terms_id=own)}
    with ports.bound(proposers=[desk]):
        run = make.bill()
    assert (run.documents_made == 0) == is_held
    assert list(run.left_out.values_list("code", flat=True)) == ["no_mandate"] * is_held


def test_a_charge_of_no_contract_is_held_as_well(payer: Party) -> None:
    make.charge(payer, vat_id=catalog.vat().pk)
    assert outcome(make.bill()) == "no_mandate"
    made = contracts.mandate(payer)
    assert outcome(make.bill()) == made.reference


def test_the_only_mandate_joins_what_names_it_and_what_does_not(
    desk: make.Desk, payer: Party
) -> None:
    made = contracts.mandate(payer)
    desk.proposals.append(make.proposal(payer, origin="line:2:a", bundle="contract:2"))
    desk.own = {"contract:2": BundleTerms(mandate=made.reference)}
    run = make.bill()
    assert run.documents_made == 1
    assert Document.objects.get().lines.count() == 2


def test_a_mandate_for_one_debit_serves_one_document(desk: make.Desk, payer: Party) -> None:
    once = contracts.mandate(payer, use="once")
    assert outcome(make.bill()) == "no_mandate", "nobody said that this is its debit"
    desk.proposals.append(make.proposal(payer, origin="line:2:a", bundle="contract:2"))
    named = BundleTerms(mandate=once.reference, is_own=True)
    desk.own = {"contract:1": named, "contract:2": named}
    run = make.bill()
    assert run.documents_made == 1
    assert list(run.left_out.values_list("code", flat=True)) == ["mandate_spent"]
    assert make.bill().documents_made == 0


def test_a_mandate_for_one_debit_is_not_spent_by_what_was_credited_whole(
    desk: make.Desk, payer: Party
) -> None:
    once = contracts.mandate(payer, use="once")
    desk.own = {"contract:1": BundleTerms(mandate=once.reference, is_own=True)}
    make.bill()
    credit(Document.objects.get(), "20.00")
    desk.proposals.append(make.proposal(payer, origin="line:1:b"))
    assert outcome(make.bill()) == "mandate_spent", "the rest of it is still to be drawn"
    credit(Document.objects.get(kind="invoice"))
    assert outcome(make.bill()) == once.reference
    desk.proposals.append(make.proposal(payer, origin="line:1:c"))
    assert outcome(make.bill()) == "mandate_spent"


def test_what_was_presented_and_came_back_spent_it(desk: make.Desk, payer: Party) -> None:
    once = contracts.mandate(payer, use="once")
    desk.own = {"contract:1": BundleTerms(mandate=once.reference, is_own=True)}
    make.bill()
    paid = make.payment(DueItem.objects.get())
    settling.reverse(settlement_id=paid.pk, reason="Insoluto", day=make.DAY, at=make.AT, by=None)
    credit(Document.objects.get())
    assert DueItem.objects.get(amount__gt=0).settled == paid.amount
    desk.proposals.append(make.proposal(payer, origin="line:1:b"))
    assert outcome(make.bill()) == "mandate_spent"


def credit(invoice: Document, amount: str | None = None) -> None:
    """Credit an invoice, whole or in part, for good."""
    part = Money.of(amount) if amount else None
    amounts = {line.pk: part for line in invoice.lines.all()}
    wanted = crediting.Credit(invoice.pk, "settle", "Reso", amounts=amounts)
    crediting.credit(wanted, day=make.DAY, at=make.AT, by=None)


def test_a_mandate_nobody_drew_on_for_36_months_has_lapsed(desk: make.Desk, payer: Party) -> None:
    old = contracts.mandate(payer, signed_on=date(2016, 1, 1))
    draft = make.draft_document(payer, issue_date=date(2023, 11, 29))
    drafts.issue(draft.pk, day=make.DAY, at=make.AT, by=None)  # due on 29/12/2023
    assert DueItem.objects.get().mandate == old.reference
    desk.own = {"contract:1": BundleTerms(mandate=old.reference)}
    assert outcome(make.bill()) == "mandate_lapsed"
    draft = make.draft_document(payer, issue_date=date(2023, 11, 30))
    desk.own = {}
    assert outcome(make.bill()) == "no_mandate"


def test_a_credit_note_draws_nothing_and_needs_no_mandate(desk: make.Desk, payer: Party) -> None:
    made = contracts.mandate(payer)
    make.bill()
    revoke(made, date(2026, 11, 1))
    desk.proposals = [make.proposal(payer, amount_minor=6_000)]
    run = make.bill()
    (note,) = Document.objects.filter(run=run)
    assert (note.kind, str(note.net)) == ("credit_note", "40.00")


def test_a_draft_is_held_and_a_pro_forma_is_not(payer: Party) -> None:
    draft = make.draft_document(payer)
    with pytest.raises(drafts.DraftError, match="mandat"):
        drafts.issue(draft.pk, day=make.DAY, at=make.AT, by=None)
    series = make.series()
    pro_forma = make.draft_document(payer, kind="pro_forma", series=series.code)
    issued = drafts.issue(pro_forma.pk, day=make.DAY, at=make.AT, by=None)
    turned = drafts.turn(issued.pk, at=make.AT, by=None)
    with pytest.raises(drafts.DraftError, match="mandat"):
        drafts.issue(turned.pk, day=make.DAY, at=make.AT, by=None)
    made = contracts.mandate(payer)
    done = drafts.issue(turned.pk, day=make.DAY, at=make.AT, by=None)
    assert (done.mandate, done.due_items.get().mandate) == (made.reference, made.reference)
    other = make.draft_document(payer, mandate="NOBODY-1")
    with pytest.raises(drafts.DraftError, match="mandato indicato"):
        drafts.issue(other.pk, day=make.DAY, at=make.AT, by=None)
    plain = make.draft_document(payer, method="transfer", mandate="")
    assert drafts.issue(plain.pk, day=make.DAY, at=make.AT, by=None).method == "transfer"


def test_mandates_of_a_batch_are_read_at_once(payer: Party, desk: make.Desk) -> None:
    def asked(count: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            found = planning.plan(make.order(), [p.customer_id for p in desk.proposals])
        assert len(found.documents) == count
        return len(seen)

    contracts.mandate(payer)
    few = asked(1)
    for number in range(4):
        who = make.customer(payment_terms=payer.payment_terms)
        contracts.mandate(who)
        own = {"origin": f"line:9{number}:a", "bundle": f"contract:9{number}"}
        desk.proposals.append(make.proposal(who, **own))
    assert asked(5) == few


@pytest.fixture
def office(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    for path in ("api.shared", "web.runs", "web.run_forms"):
        monkeypatch.setattr(f"canone.ledgers.invoicing.{path}.today", lambda: make.DAY)
    who = people.people().colleague
    who.language = "en"
    who.save()
    client.force_login(who)
    return client


def test_the_preview_leads_to_the_mandates(office: Client, desk: make.Desk, payer: Party) -> None:
    asked = {"through": "30/11/2026", "issue_date": "30/11/2026"}
    page = office.get("/invoicing/runs/preview/", asked).content.decode()
    assert "the customer has no mandate in force" in page
    assert f'href="/customers/{payer.pk}/mandates/"' in page
    contracts.mandate(payer)
    page = office.get("/invoicing/runs/preview/", asked).content.decode()
    assert "mandate" not in page.lower().partition("<main")[2]


def test_a_program_is_told_as_well(office: Client, desk: make.Desk, payer: Party) -> None:
    seen = send(office, "POST", "/api/v1/billing-preview", {}).json()
    (left,) = seen["left_out_shown"]
    assert (seen["documents"], left["code"], left["amount"]) == (0, "no_mandate", "100.00")
    line = {"description": "Consulenza", "unit_price": "40", "vat_id": catalog.vat().pk}
    body = {"customer_id": payer.pk, "lines": [line]}
    made = send(office, "POST", "/api/v1/documents", body).json()
    answer = send(office, "POST", f"/api/v1/documents/{made['id']}/issue")
    assert answer.status_code in {409, 422}
    assert "no mandate in force" in answer.content.decode()
