import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.make import invoicing as make
from tests.make import parties

from canone.base.history import queries as history
from canone.base.history import services as history_services
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.services import charges, claims

pytestmark = pytest.mark.django_db
AT = make.AT


def test_posting_writes_what_the_draft_says() -> None:
    customer = parties.party()
    draft = make.draft(
        customer,
        origin="session:812",
        revision=3,
        quantity_micros=2_500_000,
        unit="h",
        unit_price_micros=17_600_000,
        description='Città d’arte; "prova"\n=1+1',
        explanation='[{"step":"initial","price":"20.00"}]',
    )
    (number,) = charges.post([draft], at=AT, by=None)
    charge = Charge.objects.get(pk=number)
    assert (charge.origin, charge.revision, charge.is_reversal) == ("session:812", 3, False)
    assert charge.amount == Money(4400)
    assert charge.unit_price.micros == 17_600_000
    assert charge.explanation == [{"step": "initial", "price": "20.00"}]
    assert (charge.service_start, charge.service_end) == (date(2026, 10, 1), date(2026, 10, 2))
    assert charge.posted_at == AT
    assert charge.customer == customer


def test_a_posted_charge_is_a_canonical_fact_of_the_journal() -> None:
    charge = make.charge(description='Uno "due"\ttre à €')
    (fact,) = history.facts_of(f"charge:{charge.pk}")
    content = json.loads(fact.payload)
    assert fact.kind == "charge.posted"
    assert content["amount"] == 4400
    assert content["description"] == charge.description
    assert content["explanation"] == charge.explanation
    assert fact.payload == history_services.canonical(content)
    assert history_services.verify() == []


def test_without_journal_no_fact_is_written() -> None:
    charges.post([make.draft()], at=AT, by=None, journal=False)
    assert history.head().seq == 0


def test_nothing_is_posted_twice_and_the_first_that_was_is_named() -> None:
    old = make.charge()
    drafts = [make.draft(), make.draft(origin=old.origin), make.draft()]
    with pytest.raises(charges.AlreadyPostedError) as caught:
        charges.post(drafts, at=AT, by=None)
    assert (caught.value.origin, caught.value.revision) == (old.origin, 1)
    assert Charge.objects.count() == 1
    assert history.head().seq == 1


def test_a_draft_that_stands_twice_is_named() -> None:
    twin = make.draft()
    with pytest.raises(charges.AlreadyPostedError) as caught:
        charges.post([make.draft(), twin, twin], at=AT, by=None)
    assert caught.value.origin == twin.origin
    assert not Charge.objects.exists()


def test_another_breach_is_not_called_already_posted() -> None:
    with pytest.raises(IntegrityError):
        charges.post([make.draft(service_end=date(2026, 9, 1))], at=AT, by=None)


def test_a_repeated_run_posts_only_what_is_missing() -> None:
    drafts = [make.draft() for _ in range(3)]
    charges.post(drafts[:1], at=AT, by=None)
    new = charges.post_missing([*drafts, drafts[2]], at=AT, by=None)
    assert set(new) == {(draft.origin, 1) for draft in drafts[1:]}
    assert charges.post_missing(drafts, at=AT, by=None) == {}
    assert Charge.objects.count() == 3


def test_a_reversal_is_the_opposite_row_with_its_reason() -> None:
    charge = make.charge(quantity_micros=3_000_000)
    ids = charges.reverse(charge_ids=[charge.pk], reason=" Doppia ", at=AT, by=None)
    reversal = queries.with_state().get(pk=ids[charge.pk])
    assert (reversal.origin, reversal.revision) == (charge.origin, charge.revision)
    assert reversal.amount == -charge.amount
    assert reversal.quantity_micros == -3_000_000
    assert reversal.explanation == charge.explanation
    assert reversal.reason == "Doppia"
    assert reversal.state == "reversal"
    assert queries.with_state().get(pk=charge.pk).state == "reversed"
    kinds = [fact.kind for fact in history.facts_of(f"charge:{charge.pk}")]
    assert kinds == ["charge.posted", "charge.reversed"]


def test_nothing_is_reversed_when_one_cannot_be() -> None:
    free, gone = make.charge(), make.reversed_charge()
    with pytest.raises(charges.AlreadyReversedError):
        charges.reverse(charge_ids=[free.pk, gone.pk], reason="x", at=AT, by=None)
    assert queries.with_state().get(pk=free.pk).state == "to_invoice"


def test_a_reversal_is_not_reversed() -> None:
    make.reversed_charge()
    reversal = Charge.objects.get(is_reversal=True)
    with pytest.raises(charges.AlreadyReversedError):
        charges.reverse(charge_ids=[reversal.pk], reason="x", at=AT, by=None)


def test_a_charge_on_a_document_is_corrected_by_a_credit_note() -> None:
    charge = make.charge()
    claims.claim(charge_ids=[charge.pk], document="2026/12", at=AT, by=None)
    with pytest.raises(charges.OnDocumentError, match="2026/12"):
        charges.reverse(charge_ids=[charge.pk], reason="x", at=AT, by=None)
    claims.release(document="2026/12", at=AT, by=None)
    charges.reverse(charge_ids=[charge.pk], reason="x", at=AT, by=None)


def test_a_reversal_needs_a_reason_and_a_charge() -> None:
    with pytest.raises(charges.ReasonMissingError):
        charges.reverse(charge_ids=[make.charge().pk], reason="  ", at=AT, by=None)
    with pytest.raises(charges.UnknownChargeError):
        charges.reverse(charge_ids=[987_654], reason="x", at=AT, by=None)


def test_what_is_reversed_or_on_another_document_is_not_claimed() -> None:
    free, gone, taken = make.charge(), make.reversed_charge(), make.charge()
    claims.claim(charge_ids=[taken.pk], document="2026/1", at=AT, by=None)
    for refused, error in ((gone, charges.AlreadyReversedError), (taken, charges.OnDocumentError)):
        with pytest.raises(error):
            claims.claim(charge_ids=[free.pk, refused.pk], document="2026/2", at=AT, by=None)
    assert Charge.objects.get(pk=free.pk).document == ""
    with pytest.raises(claims.DocumentMissingError):
        claims.claim(charge_ids=[free.pk], document="", at=AT, by=None)


def test_after_a_reversal_the_next_revision_is_free() -> None:
    charge = make.reversed_charge(revision=2)
    assert queries.next_revisions([charge.origin, "session:new"]) == {
        charge.origin: 3,
        "session:new": 1,
    }


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE invoicing_charge SET amount = amount + 1",
        "UPDATE invoicing_charge SET explanation = '[]'",
        "UPDATE invoicing_charge SET vat_id = NULL, description = 'x'",
        "UPDATE invoicing_charge SET document = 'A', amount = 0",
        "DELETE FROM invoicing_charge",
    ],
)
def test_the_database_refuses_to_alter_a_charge(change: str) -> None:
    make.charge()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_database_refuses_to_move_a_charge_between_documents() -> None:
    charge = make.charge()
    Charge.objects.update(document="2026/1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.update(document="2026/2")
    Charge.objects.update(document="")
    assert Charge.objects.get(pk=charge.pk).document == ""


class Sums(TestCase):
    @given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.booleans()), max_size=8))
    def test_charges_and_reversals_sum_to_what_is_open(
        self, entries: list[tuple[int, bool]]
    ) -> None:
        customer = parties.party()
        drafts = [make.draft(customer, amount_minor=amount) for amount, _ in entries]
        ids = charges.post(drafts, at=AT, by=None)
        undone = [number for number, (_, undo) in zip(ids, entries, strict=True) if undo]
        charges.reverse(charge_ids=undone, reason="x", at=AT, by=None)
        everything = sum(charge.amount.minor for charge in Charge.objects.all())
        assert queries.open_total().amount.minor == everything
        assert queries.open_total().count == len(ids) - len(undone)
