import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import strip_tags
from tests import kit, people
from tests.make import catalog, parties
from tests.make import invoicing as make

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge, Document
from canone.ledgers.invoicing.services import crediting, settling, versions
from canone.ui import pages

pytestmark = pytest.mark.django_db
LIST = "/invoicing/documents/"


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    who.colleague.language = "en"
    who.colleague.save()
    client.force_login(who.colleague)
    return client


def credit(of: Document) -> Document:
    wanted = crediting.Credit(of.pk, Document.Mode.SETTLE, "Cortesia")
    return crediting.credit(wanted, day=make.DAY, at=make.AT, by=None)


def pay(of: Document) -> None:
    item = of.due_items.get()
    payment = settling.Payment(of.customer_id, make.DAY, item.amount)
    settling.pay(payment, at=make.AT, by=None)


def test_the_list_sums_by_kind_and_takes_credit_notes_off(office: Client) -> None:
    make.invoice(make.customer("Acme S.r.l."))
    half = make.line(unit_price_micros=50_000_000)
    credit(make.invoice(None, half))
    make.draft_document()
    page = office.get(LIST).content.decode()
    assert page.count("data-row") == 4
    assert "Acme S.r.l." in page
    foot = strip_tags(page[page.index("<tfoot>") :])
    assert "Invoices 2" in foot
    assert "€183.00" in foot
    assert "Credit notes 1" in foot
    assert "−€61.00" in foot
    whole = foot[foot.index("Issued, less credit notes") :]
    assert "€100.00" in whole
    assert "€122.00" in whole


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=draft", {"Bozza"}),
        ("?state=settled", {"Pagata"}),
        ("?kind=invoice&state=settled", {"Pagata"}),
        ("?state=refused", {"Rifiutata"}),
        ("?kind=credit_note", set()),
        ("?text=apert", {"Aperta"}),
        ("?start=01/12/2026", set()),
        ("?end=30/11/2026", {"Aperta", "Pagata", "Rifiutata"}),
    ],
)
def test_filters(office: Client, query: str, found: set[str]) -> None:
    make.invoice(make.customer("Aperta"))
    pay(make.invoice(make.customer("Pagata")))
    make.draft_document(make.customer("Bozza"))
    refused = make.invoice(make.customer("Rifiutata"))
    versions.refuse(document_id=refused.pk, reason="00305", at=make.AT, by=None)
    page = office.get(f"{LIST}{query}").content.decode()
    rows = page[page.index("<tbody>") : page.index("<tfoot>")] if "<tfoot>" in page else ""
    names = ("Aperta", "Pagata", "Bozza", "Rifiutata")
    assert {name for name in names if f">{name}</td>" in rows} == found


def test_what_is_late_is_overdue_today(office: Client) -> None:
    old = make.DAY.replace(year=2020)
    draft = make.draft_document(make.customer("Vecchia"), issue_date=old)
    make.drafts.issue(draft.pk, day=make.DAY, at=make.AT, by=None)
    assert "Vecchia" in office.get(f"{LIST}?state=overdue").content.decode()
    answer = office.get(f"{LIST}?state=open").content.decode()
    assert "Nothing with these filters" in answer


def test_the_file_has_number_dates_and_signed_amounts(office: Client) -> None:
    first = make.invoice()
    note = credit(first)
    answer = office.get(f"{LIST}?format=csv")
    text = b"".join(answer).decode()  # type: ignore[call-overload]
    rows = {row["Number"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows[first.label]["Total"] == "122.00"
    assert rows[note.label]["Total"] == "-122.00"
    assert rows[note.label]["Original"] == first.label


def test_the_list_asks_a_fixed_number_of_queries(office: Client) -> None:
    make.invoice()
    kit.assert_fixed_queries(office, LIST, lambda: credit(make.invoice()))


def test_the_page_explains_lines_and_tells_what_happened(office: Client) -> None:
    customer = make.customer("Acme S.r.l.")
    make.charge(customer, vat_id=catalog.vat().pk)
    make.bill()
    row = Document.objects.get()
    pay(row)
    page = office.get(f"{LIST}{row.pk}/").content.decode()
    charge = Charge.objects.get()
    assert f"/invoicing/charges/{charge.pk}/" in page
    assert "€24.00" in page  # six steps of the charge
    assert row.label in page
    assert "Settled" in page
    assert "Payment · €53.68" in page
    assert "Customer at issue" in page
    assert "Net at 22%" in page
    charge_page = office.get(f"/invoicing/charges/{charge.pk}/").content.decode()
    assert f'<a href="{LIST}{row.pk}/">{row.label}</a>' in charge_page


def test_the_page_of_a_credit_note_names_its_invoice(office: Client) -> None:
    row = make.invoice()
    note = credit(row)
    page = office.get(f"{LIST}{note.pk}/").content.decode()
    assert f'href="{LIST}{row.pk}/">{row.label}</a>' in page
    assert "settled for good" in page
    assert "Cortesia" in page
    assert note.label in office.get(f"{LIST}{row.pk}/").content.decode()


def test_a_refused_document_says_so_and_shows_its_versions(office: Client) -> None:
    row = make.invoice()
    versions.refuse(document_id=row.pk, reason="00305: partita IVA", at=make.AT, by=None)
    draft = versions.correct(document_id=row.pk, at=make.AT, by=None)
    page = office.get(f"{LIST}{row.pk}/").content.decode()
    assert "00305: partita IVA" in page
    assert "Version 2" in page
    assert f'href="{LIST}{draft.pk}/"' in page


def test_customers_see_what_was_issued_to_them(client: Client, who: people.People) -> None:
    mine = make.customer("Mia")
    parties.login(who.customer, mine)
    issued = make.invoice(mine)
    draft = make.draft_document(mine)
    other = make.invoice(make.customer("Altra"))
    client.force_login(who.customer)
    page = client.get(LIST).content.decode()
    assert page.count("data-row") == 1
    assert client.get(f"{LIST}{issued.pk}/").status_code == 200
    for hidden in (draft, other):
        assert client.get(f"{LIST}{hidden.pk}/").status_code == 404


def test_a_small_story_of_amounts() -> None:
    row = make.invoice()
    assert row.gross == Money.of("122.00")
    assert row.due_items.get().due_on == make.DAY + timedelta(days=30)


def test_thousands_of_lines_are_shown_some_at_a_time(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PART", 10)
    rows = [make.line(description=f"Riga {number:02}") for number in range(25)]
    made = make.invoice(make.customer(), *rows)
    first = office.get(f"{LIST}{made.pk}/").content.decode()
    assert "Riga 09" in first
    assert "Riga 10" not in first
    assert "€2,500.00" in first
    last = office.get(f"{LIST}{made.pk}/?page=3").content.decode()
    assert "Riga 24" in last
    assert "Riga 19" not in last
