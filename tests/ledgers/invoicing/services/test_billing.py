"""The run: propose, compare, emit the difference."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation
from tests.make import catalog, parties
from tests.make import invoicing as make

from canone.base.history import queries as history
from canone.base.history import services as journal
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import BillingRun, Charge, Document
from canone.ledgers.invoicing.queries import planning, ports, preview, reasons, words
from canone.ledgers.invoicing.rules.differences import Due
from canone.ledgers.invoicing.rules.ports import LeftOut
from canone.ledgers.invoicing.services import crediting

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def test_a_run_issues_what_is_proposed_and_a_second_one_nothing() -> None:
    who = make.customer("Alfa S.r.l.")
    desk = make.Desk(
        make.proposal(who),
        make.proposal(who, origin="line:2:2026-11-01", amount_minor=5_050, sequence=2),
    )
    with ports.bound(proposers=[desk]):
        run = make.bill()
        again = make.bill()
    document = Document.objects.get()
    assert (run.state, run.documents_made, run.charges_made) == ("done", 1, 2)
    assert (again.documents_made, again.charges_made) == (0, 0)
    assert (document.label, document.kind, document.state) == ("FT/2026/1", "invoice", "issued")
    assert [str(document.net), str(document.vat), str(document.gross)] == [
        "150.50",
        "33.11",
        "183.61",
    ]
    assert document.customer_data["name"] == "Alfa S.r.l."
    assert document.customer_data["address"]["city"] == "Como"
    assert (document.period_start, document.period_end) == (NOVEMBER, date(2026, 12, 1))
    lines = list(document.lines.order_by("position"))
    assert [str(line.amount) for line in lines] == ["100.00", "50.50"]
    assert next(line.charge.explanation for line in lines if line.charge) == [
        {"amount": "100.00", "code": "fee"}
    ]
    assert {charge.document for charge in Charge.objects.all()} == {document.key}
    assert [(t.basis_points, str(t.base), str(t.tax)) for t in document.taxes.all()] == [
        (2_200, "150.50", "33.11")
    ]
    assert [(d.due_on, str(d.amount)) for d in document.due_items.all()] == [
        (date(2026, 12, 30), "183.61")
    ]
    fact = history.facts_of(document.key).get()
    assert fact.kind == "document.issued"
    assert '"gross":18361' in fact.payload
    assert journal.verify() == []


def test_pending_charges_of_any_origin_join_the_invoice() -> None:
    who = make.customer()
    session = make.charge(who)
    later = make.charge(who, service_start=date(2026, 12, 3))
    with ports.bound(proposers=[make.Desk(make.proposal(who))]):
        make.bill()
    document = Document.objects.get()
    assert [line.charge_id for line in document.lines.all()][1] == session.pk
    session.refresh_from_db()
    later.refresh_from_db()
    assert (session.document, later.document) == (document.key, "")
    assert str(document.net) == "144.00"


def test_a_change_after_billing_bills_the_difference() -> None:
    who = make.customer()
    desk = make.Desk(make.proposal(who))
    with ports.bound(proposers=[desk]):
        make.bill()
        desk.proposals = [make.proposal(who, amount_minor=11_000)]
        make.bill()
        make.bill()
    first, second = Document.objects.order_by("id")
    charge = Charge.objects.get(revision=2)
    assert (str(second.net), str(charge.amount)) == ("10.00", "10.00")
    assert charge.origin == Charge.objects.get(revision=1).origin
    assert "100,00" in charge.description
    assert charge.explanation[-1] == {
        "amount": "10.00",
        "before": "100.00",
        "code": "difference",
        "now": "110.00",
    }
    assert first.pk < second.pk


def test_a_reduction_that_stands_alone_is_told_as_credited() -> None:
    who = make.customer()
    due = Due(make.proposal(who), 3, -1_000)  # ten were given back, ninety are due
    told = reasons.difference(due, "it")
    assert told.description == (
        "Differenza: Canone assistenza (accreditato 10,00\xa0€, dovuto 90,00\xa0€)"
    )
    charge = make.charge(who, explanation=told.explanation)
    with translation.override("en"):
        assert words.explanation(charge).steps[-1].words == "€10.00 were credited before"


def test_a_lower_price_reduces_the_next_invoice_or_becomes_a_credit_note() -> None:
    who = make.customer()
    desk = make.Desk(make.proposal(who))
    with ports.bound(proposers=[desk]):
        make.bill()
        desk.proposals = [make.proposal(who, amount_minor=9_000)]
        make.charge(who, amount_minor=1_500, unit_price_micros=15_000_000)
        make.bill()
        desk.proposals = [make.proposal(who, amount_minor=8_000)]
        make.bill()
    first, second, note = Document.objects.order_by("id")
    assert (second.kind, str(second.net)) == ("invoice", "5.00")
    assert (note.kind, note.label, note.mode) == ("credit_note", "NC/2026/1", "difference")
    assert (note.original_id, str(note.net), str(note.gross)) == (first.pk, "10.00", "12.20")
    line = note.lines.get()
    assert (line.quantity_micros, str(line.unit_price), str(line.amount)) == (
        1_000_000,
        "10.00",
        "10.00",
    )
    assert str(note.due_items.get().amount) == "-12.20"
    item = first.due_items.get()
    assert str(item.settled) == "12.20"
    assert note.due_items.get().settled == Money(-1_220)


def test_what_is_not_proposed_any_more_is_taken_back() -> None:
    who = make.customer()
    desk = make.Desk(
        make.proposal(who), make.proposal(who, origin="line:1:2026-10-01", service_start=OCTOBER)
    )
    with ports.bound(proposers=[desk]):
        make.bill()
        desk.proposals = desk.proposals[1:]
        make.bill()
        make.bill()
    note = Document.objects.get(kind="credit_note")
    assert str(note.net) == "100.00"
    assert note.lines.get().period_start == NOVEMBER
    assert Charge.objects.filter(amount__lt=0).count() == 1


def test_what_stood_before_the_day_of_the_bundle_stands_for_ever() -> None:
    who = make.customer()
    desk = make.Desk(make.proposal(who, origin="line:1:2026-10-01", service_start=OCTOBER))
    with ports.bound(proposers=[desk]):
        make.bill()
        desk.proposals, desk.since = [make.proposal(who)], NOVEMBER
        make.bill()
    assert [str(d.net) for d in Document.objects.order_by("id")] == ["100.00", "100.00"]


def test_another_vat_takes_the_old_amount_back() -> None:
    who = make.customer()
    desk = make.Desk(make.proposal(who))
    exempt = catalog.vat("RC", 0, nature="N6.7")
    with ports.bound(proposers=[desk]):
        make.bill()
        desk.proposals = [make.proposal(who, vat_id=exempt.pk)]
        make.bill()
        make.bill()
    second = Document.objects.get(label="FT/2026/2")
    note = Document.objects.get(kind="credit_note")
    assert [str(second.net), str(second.vat), str(note.net), str(note.vat)] == [
        "100.00",
        "0.00",
        "100.00",
        "22.00",
    ]
    sums: dict[int | None, int] = {}
    for charge in Charge.objects.all():
        sums[charge.vat_id] = sums.get(charge.vat_id, 0) + charge.amount.minor
    assert sums == {catalog.vat().pk: 0, exempt.pk: 10_000}


def test_everything_left_out_has_its_reason_and_nothing_is_lost() -> None:
    no_address = parties.party("Senza indirizzo", vat_number="IT00000000001")
    blocked = make.customer(is_blocked=True)
    nameless = make.customer(vat_number="", tax_code="")
    abroad = make.customer(country="DE", vat_number="DE123456789")
    whole = make.customer()
    bare = catalog.vat("ZERO", 0)
    desk = make.Desk(
        make.proposal(no_address, origin="line:1:a"),
        make.proposal(blocked, origin="line:2:a"),
        make.proposal(nameless, origin="line:3:a"),
        make.proposal(abroad, origin="line:4:a", vat_id=None),
        make.proposal(whole, origin="line:5:a", vat_id=bare.pk),
        make.proposal(whole, origin="line:6:a", amount_minor=0),
    )
    desk.left_out = [
        LeftOut(whole.pk, "reading", "Manca la lettura", "contract:9", "line:9:a", "Copie")
    ]
    with ports.bound(proposers=[desk]):
        run = make.bill()
        assert run.documents_made == 0
        told = dict(run.left_out.values_list("origin", "code"))
        assert told == {
            "line:1:a": "no_address",
            "line:2:a": "blocked",
            "line:3:a": "no_identity",
            "line:4:a": "vat_abroad",
            "line:5:a": "no_nature",
            "line:6:a": "nothing",
            "line:9:a": "reading",
        }
        assert run.left_out_count == 7
        assert Charge.objects.count() == 0
        parties.site(no_address, is_main=True)
        assert make.bill().documents_made == 1


def test_the_preview_writes_nothing_and_its_figures_are_those_of_the_run() -> None:
    desk = make.Desk()
    for number in range(30):
        who = make.customer(is_blocked=number % 7 == 0)
        make.charge(who)
        for line in range(3):
            desk.proposals.append(
                make.proposal(
                    who,
                    origin=f"line:{number}{line}:a",
                    bundle=f"contract:{number}",
                    amount_minor=1_111 * (line + 1),
                )
            )
    with ports.bound(proposers=[desk]):
        seen = preview.sums(make.order())
        assert (Charge.objects.count(), Document.objects.count(), BillingRun.objects.count()) == (
            30,
            0,
            0,
        )
        run = make.bill()
    assert (run.documents_made, run.charges_made) == (seen.documents, seen.charges)
    assert (run.net.minor, run.gross.minor) == (seen.net, seen.gross)
    assert run.left_out_count == sum(count for count, _cents in seen.left_out.values())
    assert seen.documents == 25
    numbers = list(Document.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 26))


def test_filters_narrow_the_run_down() -> None:
    zone = parties.zone()
    near, far = make.customer(zone=zone), make.customer()
    make.charge(near)
    desk = make.Desk(
        make.proposal(near, origin="line:1:a", bundle="contract:1"),
        make.proposal(far, origin="line:2:a", bundle="contract:2"),
    )
    desk.groups = {"type:3": {"contract:2"}}
    with ports.bound(proposers=[desk]):
        for fields, count, charges in (
            ({"zone_id": zone.pk}, 1, 2),
            ({"kinds": frozenset({"remote_session"})}, 1, 1),
            ({"bundles": frozenset({"contract:1"})}, 1, 1),
            ({"group": "type:3"}, 1, 1),
            ({"customers": (far.pk,)}, 1, 1),
            ({"through": OCTOBER}, 1, 1),
            ({}, 2, 3),
        ):
            sums = preview.sums(make.order(**fields))
            assert (fields, sums.documents, sums.charges) == (fields, count, charges)
        make.bill(kinds=frozenset({"remote_session"}))
        assert Document.objects.get().lines.get().charge.kind == "remote_session"


def test_a_check_keeps_documents_from_their_number() -> None:
    class Gate:
        def refusals(self, candidates):
            return {
                n: ("no_cig", "Manca il CIG") for n, c in enumerate(candidates) if c.net > 5_000
            }

    who, other = make.customer(), make.customer()
    desk = make.Desk(
        make.proposal(who, origin="line:1:a"),
        make.proposal(other, origin="line:2:a", amount_minor=4_000),
    )
    with ports.bound(proposers=[desk], checks=[Gate()]):
        run = make.bill()
    assert run.documents_made == 1
    assert run.left_out.get().reason == "Manca il CIG"
    assert Charge.objects.get().customer == other


def test_a_released_invoice_is_billed_again_and_a_settled_one_is_not() -> None:
    who = make.customer()
    make.charge(who)
    desk = make.Desk(make.proposal(who))
    with ports.bound(proposers=[desk]):
        make.bill()
        first = Document.objects.get()
        note = crediting.credit(
            crediting.Credit(first.pk, "release", "Intestazione sbagliata"),
            day=make.DAY,
            at=make.AT,
            by=None,
        )
        make.bill()
        second = Document.objects.get(label="FT/2026/2")
        crediting.credit(
            crediting.Credit(second.pk, "settle", "Buona volontà"),
            day=make.DAY,
            at=make.AT,
            by=None,
        )
        run = make.bill()
    assert (str(first.gross), str(note.gross), str(second.gross)) == ("175.68",) * 3
    assert first.due_items.get().settled == first.gross
    assert run.documents_made == 0
    assert sorted(Charge.objects.values_list("revision", "is_reversal")) == [
        (1, False), (1, False), (1, True), (1, True), (2, False), (2, False),
    ]  # fmt: skip


def test_the_plan_reads_each_batch_with_few_queries(django_assert_max_num_queries) -> None:
    desk = make.Desk(
        *(
            make.proposal(make.customer(), origin=f"line:{n}:a", bundle=f"contract:{n}")
            for n in range(40)
        )
    )
    with ports.bound(proposers=[desk]), django_assert_max_num_queries(14):
        assert len(next(planning.batches(make.order())).documents) == 40
