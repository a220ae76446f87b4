"""Invoices and pro-formas by hand, credit notes of a part, refused numbers."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.make import catalog, parties
from tests.make import invoicing as make

from canone.base.history import services as journal
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge, Document, DocumentLine, DueItem, VatSummary
from canone.ledgers.invoicing.services import crediting, drafts, versions
from canone.ledgers.invoicing.services.crediting import Credit, CreditError
from canone.ledgers.invoicing.services.drafts import Draft, DraftError

pytestmark = pytest.mark.django_db
BOOK = {"at": make.AT, "by": None}


def _issue(row: Document, day: date = make.DAY) -> Document:
    return drafts.issue(row.pk, day=day, **BOOK)


def _credit(row: Document, mode: str, **fields: object) -> Document:
    wanted = Credit(row.pk, mode, "Errore", **fields)  # type: ignore[arg-type]
    return crediting.credit(wanted, day=make.DAY, **BOOK)


def test_a_draft_is_edited_until_it_is_issued() -> None:
    who = make.customer()
    pending, other = make.charge(who), make.charge(who)
    draft = make.draft_document(who, make.line(), drafts.Line(charge_id=pending.pk))
    assert (draft.state, draft.number, str(draft.gross)) == ("draft", None, "175.68")
    pending.refresh_from_db()
    assert pending.document == draft.key
    drafts.update(
        draft.pk,
        Draft(who.pk, [make.line(quantity_micros=2_000_000), drafts.Line(charge_id=other.pk)]),
        **BOOK,
    )
    pending.refresh_from_db()
    assert pending.document == ""
    done = _issue(draft)
    assert (done.pk, done.label, str(done.net)) == (draft.pk, "FT/2026/1", "244.00")
    written = Charge.objects.get(kind="manual")
    assert (written.origin, written.document) == (f"document:{draft.pk}:1", done.key)
    assert (written.quantity_micros, str(written.amount)) == (2_000_000, "200.00")
    with pytest.raises(DraftError):
        drafts.update(draft.pk, Draft(who.pk, [make.line()]), **BOOK)
    with pytest.raises(DraftError):
        _issue(done)
    assert journal.verify() == []


def test_a_discarded_draft_gives_its_charges_back() -> None:
    who = make.customer()
    pending = make.charge(who)
    draft = make.draft_document(who, drafts.Line(charge_id=pending.pk))
    drafts.discard(draft.pk, **BOOK)
    pending.refresh_from_db()
    assert (pending.document, Document.objects.count()) == ("", 0)


def test_faults_of_a_draft_are_told_all_at_once() -> None:
    with pytest.raises(DraftError) as caught:
        make.draft_document(
            None,
            make.line(description=" "),
            make.line(discount_bp=10_001),
            make.line(last_day=date(2026, 10, 1)),
            kind="credit_note",
        )
    told = caught.value.message_dict
    assert len(told["lines"]) == 3
    assert "kind" in told


def test_what_is_missing_at_issue_is_told_and_nothing_is_lost() -> None:
    who = parties.party("Senza nulla")
    bare = catalog.vat("ZERO", 0)
    draft = make.draft_document(who, make.line(vat_id=bare.pk))
    with pytest.raises(DraftError) as caught:
        _issue(draft)
    assert len(caught.value.messages[0].splitlines()) == 2
    with pytest.raises(DraftError):
        _issue(make.draft_document(None, make.line(unit_price_micros=-1_000_000)))
    later = make.draft_document(None, issue_date=date(2026, 12, 1))
    with pytest.raises(DraftError):
        _issue(later)
    assert Document.objects.filter(state="draft").count() == 3
    assert DocumentLine.objects.count() == 3


def test_a_discount_is_rounded_once() -> None:
    done = make.invoice(
        None, make.line(quantity_micros=3_500_000, unit_price_micros=8_500, discount_bp=1_250)
    )
    assert str(done.net) == "0.03"


def test_a_pro_forma_claims_nothing_and_becomes_one_invoice() -> None:
    who = make.customer()
    pending = make.charge(who)
    announced = _issue(
        make.draft_document(who, make.line(), drafts.Line(charge_id=pending.pk), kind="pro_forma")
    )
    pending.refresh_from_db()
    assert (announced.label, pending.document) == ("PF/2026/1", "")
    assert DueItem.objects.count() == 0
    assert Charge.objects.count() == 1
    done = _issue(drafts.turn(announced.pk, **BOOK))
    pending.refresh_from_db()
    assert (done.label, done.source, pending.document) == ("FT/2026/1", announced, done.key)
    assert done.gross == announced.gross
    with pytest.raises(DraftError):
        drafts.turn(announced.pk, **BOOK)


def test_an_issued_document_is_closed() -> None:
    done = make.invoice()
    for change in (
        lambda: Document.objects.filter(pk=done.pk).update(notes="x"),
        lambda: Document.objects.filter(pk=done.pk).update(state="draft"),
        lambda: DocumentLine.objects.filter(document=done).update(amount=1),
        lambda: DocumentLine.objects.filter(document=done).delete(),
        lambda: VatSummary.objects.filter(document=done).update(tax=1),
        lambda: DueItem.objects.filter(document=done).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_parts_of_an_invoice_are_credited_up_to_what_it_was() -> None:
    done = make.invoice(None, make.line(), make.line(description="Trasferta"))
    first, second = done.lines.order_by("position")
    note = _credit(done, "settle", amounts={first.pk: Money.of("30")})
    assert [str(note.net), str(note.gross), note.label] == ["30.00", "36.60", "NC/2026/1"]
    assert (note.reason, note.original) == ("Errore", done)
    for mode, amounts in (
        ("settle", {first.pk: Money.of("70.01")}),
        ("settle", {first.pk: Money.of("-1")}),
        ("release", {second.pk: Money.of("99")}),
        ("release", {first.pk: None}),
        ("settle", {}),
        ("settle", {0: None}),
        ("", None),
    ):
        with pytest.raises(CreditError):
            _credit(done, mode, amounts=amounts)
    released = _credit(done, "release", amounts={second.pk: None})
    assert Charge.objects.get(document=released.key).is_reversal
    again = Charge.objects.get(revision=2)
    assert (again.document, again.origin) == ("", second.charge.origin)
    assert str(_credit(done, "settle").net) == "70.00"
    with pytest.raises(CreditError):
        _credit(done, "settle")
    with pytest.raises(CreditError):
        _credit(note, "settle")
    assert str(done.due_items.get().settled) == "244.00"
    assert journal.verify() == []


def test_a_credit_note_is_not_older_than_its_invoice() -> None:
    done = make.invoice()
    with pytest.raises(CreditError):
        _credit(done, "settle", issue_date=date(2026, 11, 29))


def test_a_refused_number_is_corrected_under_the_same_number_and_date() -> None:
    who = make.customer()
    pending = make.charge(who)
    done = _issue(make.draft_document(who, make.line(), drafts.Line(charge_id=pending.pk)))
    refused = versions.refuse(document_id=done.pk, reason="00305", **BOOK)
    assert (refused.state, DueItem.objects.get().is_void) == ("refused", True)
    draft = versions.correct(document_id=done.pk, **BOOK)
    with pytest.raises(DraftError):
        drafts.discard(draft.pk, **BOOK)
    make.invoice()
    again = _issue(draft, date(2026, 12, 4))
    assert (again.label, again.version, again.issue_date) == ("FT/2026/1", 2, make.DAY)
    assert again.gross == done.gross
    pending.refresh_from_db()
    assert pending.document == again.key
    assert Document.objects.filter(series="FT", number=1).count() == 2
    with pytest.raises(DraftError):
        versions.correct(document_id=done.pk, **BOOK)


def test_a_refused_document_goes_out_under_a_new_number_with_a_link() -> None:
    done = make.invoice()
    versions.refuse(document_id=done.pk, reason="Rifiutata", **BOOK)
    again = _issue(versions.replace(document_id=done.pk, **BOOK))
    assert (again.label, again.version, again.source) == ("FT/2026/2", 1, done)
    assert Charge.objects.filter(document=again.key).count() == 1


def test_nothing_that_was_accepted_is_refused() -> None:
    done = make.invoice()
    _credit(done, "settle")
    with pytest.raises(DraftError):
        versions.refuse(document_id=done.pk, reason="x", **BOOK)
    with pytest.raises(DraftError):
        versions.refuse(document_id=make.draft_document().pk, reason="x", **BOOK)
