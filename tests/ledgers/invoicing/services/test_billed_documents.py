"""What the documents of a run look like, and their numbers."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from tests import people
from tests.make import catalog, contracts, parties
from tests.make import invoicing as make

from canone.base.numbering.models import Counter
from canone.ledgers.invoicing.models import Document, DueItem, TaxProfile
from canone.ledgers.invoicing.queries import ports
from canone.ledgers.invoicing.rules.ports import BundleTerms
from canone.ledgers.invoicing.services import billing

pytestmark = pytest.mark.django_db


def _labels() -> list[str]:
    return list(Document.objects.order_by("id").values_list("label", flat=True))


def test_each_customer_gets_its_own_grouping() -> None:
    together = make.customer()
    apart = make.customer(invoice_grouping="contract")
    by_site = make.customer(invoice_grouping="site")
    site = parties.site(by_site, name="Magazzino")
    desk = make.Desk()
    for number, who in enumerate((together, apart, by_site)):
        for line in (1, 2):
            desk.proposals.append(
                make.proposal(
                    who,
                    origin=f"line:{number}{line}:x",
                    bundle=f"contract:{number}{line}",
                    site_id=site.pk if who is by_site and line == 2 else None,
                )
            )
    with ports.bound(proposers=[desk]):
        make.bill()
    count = {
        who.pk: Document.objects.filter(customer=who).count() for who in (together, apart, by_site)
    }
    assert count == {together.pk: 1, apart.pk: 2, by_site.pk: 2}
    assert set(Document.objects.filter(customer=apart).values_list("bundle", flat=True)) == {
        "contract:11",
        "contract:12",
    }
    assert Document.objects.filter(customer=by_site, site=site).count() == 1


def test_terms_of_a_bundle_divide_and_own_invoices_stand_alone() -> None:
    who = make.customer(payment_terms=parties.payment_terms(first_days=10))
    debit = parties.payment_terms(method="direct_debit", instalments=2, first_days=0)
    contracts.mandate(who, reference="MND-1")
    desk = make.Desk(
        make.proposal(who, origin="line:1:a", bundle="contract:1"),
        make.proposal(who, origin="line:2:a", bundle="contract:2", amount_minor=3_333),
        make.proposal(who, origin="line:3:a", bundle="contract:3"),
        make.proposal(who, origin="line:4:a", bundle="contract:4"),
    )
    desk.own = {
        "contract:2": BundleTerms(terms_id=debit.pk, mandate="MND-1", notes="Grazie"),
        "contract:3": BundleTerms(
            is_own=True, agents=(("user:4", 500),), reference={"number": "3"}
        ),
    }
    with ports.bound(proposers=[desk]):
        make.bill()
    assert Document.objects.count() == 3
    debited = Document.objects.get(mandate="MND-1")
    assert (debited.method, debited.notes, debited.terms) == ("direct_debit", "Grazie", debit)
    assert [str(item.amount) for item in debited.due_items.order_by("number")] == ["20.33", "20.33"]
    alone = Document.objects.get(bundle="contract:3")
    assert (alone.agents, alone.mentions) == ([["user:4", 500, 500]], [{"number": "3"}])
    rest = Document.objects.exclude(pk__in=[debited.pk, alone.pk]).get()
    assert rest.lines.count() == 2
    assert rest.due_items.get().due_on == date(2026, 12, 10)


def test_a_counter_edited_by_hand_gives_no_number_twice_and_leaves_no_hole() -> None:
    desk = make.Desk()
    with ports.bound(proposers=[desk]):
        for number, said in enumerate((None, 0, 9), 1):
            desk.proposals.append(
                make.proposal(
                    make.customer(), origin=f"line:{number}:a", bundle=f"contract:{number}"
                )
            )
            if said is not None:
                Counter.objects.update(number=said)
            run = make.bill()
            assert bool(run.remarks) is (said is not None)
    assert sorted(_labels()) == ["FT/2026/1", "FT/2026/2", "FT/2026/3"]
    assert "9" in run.remarks[0]


def test_dates_follow_the_numbers() -> None:
    desk = make.Desk(make.proposal(make.customer()))
    with ports.bound(proposers=[desk]):
        make.bill()
        with pytest.raises(ValidationError) as caught:
            billing.open_run(
                make.order(issue_date=date(2026, 11, 29)), day=make.DAY, at=make.AT, by=None
            )
        assert "30/11/2026" in str(caught.value.message_dict["issue_date"])
        with pytest.raises(ValidationError):
            billing.open_run(
                make.order(issue_date=date(2026, 12, 1)), day=make.DAY, at=make.AT, by=None
            )


def test_ten_thousand_lines_are_one_document() -> None:
    who = make.customer()
    desk = make.Desk(
        *(
            make.proposal(who, origin=f"line:{n}:a", amount_minor=1, sequence=n)
            for n in range(10_000)
        )
    )
    with ports.bound(proposers=[desk]):
        run = make.bill()
    document = Document.objects.get()
    assert (run.charges_made, str(document.net), str(document.vat)) == (10_000, "100.00", "22.00")
    assert document.lines.order_by("-position").values_list("position", flat=True)[0] == 10_000


def test_split_payment_withholding_and_stamp() -> None:
    office, condominium, exempt = make.customer(), make.customer(), make.customer()
    TaxProfile.objects.create(customer=office, split_since=date(2026, 1, 1))
    TaxProfile.objects.create(customer=condominium, withholding_bp=400)
    nature = catalog.vat("ES10", 0, nature="N4")
    desk = make.Desk(
        make.proposal(office, origin="line:1:a", amount_minor=100_000),
        make.proposal(condominium, origin="line:2:a", amount_minor=100_000),
        make.proposal(exempt, origin="line:3:a", amount_minor=7_748, vat_id=nature.pk),
    )
    with ports.bound(proposers=[desk]):
        make.bill()
    figures = {
        d.customer_id: [str(v) for v in (d.gross, d.payable, d.withholding, d.stamp)]
        for d in Document.objects.all()
    }
    assert figures == {
        office.pk: ["1220.00", "1000.00", "0.00", "0.00"],
        condominium.pk: ["1220.00", "1180.00", "40.00", "0.00"],
        exempt.pk: ["79.48", "79.48", "0.00", "2.00"],
    }
    stamped = Document.objects.get(customer=exempt)
    assert stamped.lines.get(is_stamp=True).nature == "N1"
    assert {d.document_id: str(d.amount) for d in DueItem.objects.all()}[stamped.pk] == "79.48"


def test_a_document_over_contracts_of_different_agents_has_all_of_them(client: Client) -> None:
    who, agent = make.customer(), parties.party("Rossi Agenzie")
    desk = make.Desk(
        make.proposal(who, origin="line:1:a", bundle="contract:1"),
        make.proposal(who, origin="line:2:a", bundle="contract:2", amount_minor=20_000),
    )
    key = f"party:{agent.pk}"
    desk.own = {
        "contract:1": BundleTerms(agents=((key, 5_000),)),
        "contract:2": BundleTerms(agents=((key, 2_000), ("party:0", 3_000))),
    }
    make.charge(who, vat_id=catalog.vat().pk)
    with ports.bound(proposers=[desk]):
        make.bill()
    row = Document.objects.get()
    assert row.lines.count() == 3
    assert row.agents == [[key, 3_000, 9_000], ["party:0", 2_000, 6_000]]
    folk = people.people()
    for user, sees in ((folk.owner, True), (folk.customer, False)):
        if not sees:
            parties.login(user, who)
        client.force_login(user)
        page = client.get(f"/invoicing/documents/{row.pk}/")
        told = client.get(f"/api/v1/documents/{row.pk}")
        assert page.status_code == told.status_code == 200
        assert ("Rossi Agenzie" in page.content.decode()) == sees
        shown = [(one["agent"], one["amount"]) for one in told.json()["agents"]]
        assert shown == ([(key, "90.00"), ("party:0", "60.00")] if sees else [])
