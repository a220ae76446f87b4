import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags
from tests import kit, people
from tests.make import invoicing as make
from tests.make import parties

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import DueItem, Settlement
from canone.ledgers.invoicing.queries import settlement
from canone.ledgers.invoicing.services import crediting, settling, versions

pytestmark = pytest.mark.django_db
LIST, ALL = "/invoicing/due/", "/invoicing/due/all/"
AGEING = "/invoicing/ageing/"
TODAY = date(2027, 2, 10)
MODULES = (
    "account",
    "ageing",
    "document",
    "document_dues",
    "documents",
    "due_forms",
    "due_lists",
    "due_tools",
    "payment",
    "payments",
    "write_offs",
)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in MODULES:
        monkeypatch.setattr(f"canone.ledgers.invoicing.web.{module}.today", lambda: TODAY)


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    who.colleague.language = "en"
    who.colleague.save()
    client.force_login(who.colleague)
    return client


def late(name: str = "", amount: str = "122.00", *, due: date = date(2026, 12, 30)) -> DueItem:
    """A due item of an invoice that was issued thirty days before it was due."""
    who = make.customer(name)
    net = Money.of(amount).minor * 100 // 122
    draft = make.draft_document(
        who,
        make.line(unit_price_micros=net * 10_000),
        issue_date=due - timedelta(days=30),
    )
    return make.drafts.issue(draft.pk, day=TODAY, at=make.AT, by=None).due_items.get()


def pay(item: DueItem, amount: str) -> Settlement:
    payment = settling.Payment(
        item.customer_id, TODAY, Money.of(amount), shares={item.pk: Money.of(amount)}
    )
    return settling.pay(payment, at=make.AT, by=None)


def credit(of: DueItem) -> DueItem:
    wanted = crediting.Credit(of.document_id, "settle", "Cortesia")
    return crediting.credit(wanted, day=TODAY, at=make.AT, by=None).due_items.get()


def five() -> dict[str, DueItem]:
    """One of every state: issued in the order of their dates."""
    found = {
        "Vecchia": late("Vecchia", due=date(2026, 12, 30)),
        "Rifiutata": late("Rifiutata", due=date(2027, 2, 1)),
        "Pagata": late("Pagata", due=date(2027, 2, 28)),
        "Parziale": late("Parziale", due=date(2027, 3, 2)),
        "Aperta": late("Aperta", due=date(2027, 3, 3)),
    }
    pay(found["Pagata"], "122")
    pay(found["Parziale"], "22")
    versions.refuse(document_id=found["Rifiutata"].document_id, reason="00305", at=make.AT, by=None)
    found["Rimborso"] = late("Rimborso", due=date(2027, 3, 4))
    pay(found["Rimborso"], "122")
    credit(found["Rimborso"])
    return found


def rows_of(page: str) -> str:
    return page[page.index("<tbody>") : page.index("<tfoot>")] if "<tfoot>" in page else ""


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (LIST, {"Vecchia", "Parziale", "Aperta", "Rimborso"}),
        (ALL, {"Vecchia", "Rifiutata", "Pagata", "Parziale", "Aperta", "Rimborso"}),
        (f"{LIST}?state=overdue", {"Vecchia"}),
        (f"{LIST}?state=open", {"Aperta"}),
        (f"{LIST}?state=partly", {"Parziale"}),
        (f"{LIST}?state=credit", {"Rimborso"}),
        (f"{ALL}?state=settled", {"Pagata", "Rimborso"}),
        (f"{ALL}?state=void", {"Rifiutata"}),
        (f"{LIST}?late=60", {"Vecchia"}),
        (f"{LIST}?late=30", set()),
        (f"{LIST}?late=not_due", {"Parziale", "Aperta", "Rimborso"}),
        (f"{LIST}?start=03/03/2027&state=open", {"Aperta"}),
        (f"{LIST}?end=31/12/2026", {"Vecchia"}),
        (f"{LIST}?method=riba", set()),
        (f"{LIST}?text=parz", {"Parziale"}),
    ],
)
def test_filters(office: Client, url: str, found: set[str]) -> None:
    names = set(five())
    rows = rows_of(office.get(url).content.decode())
    assert {name for name in names if f">{name}</td>" in rows} == found


def test_the_list_says_how_late_and_sums_every_state(office: Client) -> None:
    five()
    page = office.get(LIST).content.decode()
    assert ">42</td>" in rows_of(page)  # from 30 December to 10 February
    foot = strip_tags(page[page.index("<tfoot>") :])
    for words in ("Overdue 1", "Partly paid 1", "To collect 1"):
        assert words in foot
    whole = foot[foot.index("Total of the filter") :]
    assert "€222.00" in whole  # 122 + 100 + 122 - 122
    everything = office.get(ALL).content.decode()
    last = everything[everything.index("Total of the filter") :]
    assert "€488.00" in last  # five invoices less a credit note; the refused one is void
    assert "€222.00" in last


def test_the_file_has_every_figure_in_a_column(office: Client) -> None:
    five()
    answer = office.get(f"{LIST}?state=partly&format=csv")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer).decode()))  # type: ignore[call-overload]
    assert (row["Amount"], row["Paid"], row["Open"]) == ("122.00", "22.00", "100.00")
    assert (row["Due"], row["Days late"], row["Customer"]) == ("2027-03-02", "", "Parziale")


def test_lists_ask_a_fixed_number_of_queries(office: Client) -> None:
    late("Prima")
    for url in (LIST, ALL, AGEING, "/invoicing/payments/"):
        kit.assert_fixed_queries(office, url, lambda: pay(late(), "22"))


def test_ageing_shows_each_customer_once_and_leads_to_the_items(office: Client) -> None:
    item = late("Vecchia", due=date(2026, 12, 30))
    second = make.draft_document(item.customer, make.line(), issue_date=date(2027, 1, 20))
    make.drafts.issue(second.pk, day=TODAY, at=make.AT, by=None)
    late("Aperta", due=date(2027, 3, 3))
    page = office.get(AGEING).content.decode()
    rows = rows_of(page)
    assert rows.count("data-row") == 2
    assert f'href="{LIST}?late=60&amp;customer={item.customer_id}">€122.00</a>' in rows
    assert "oldest due 30/12/2026" in rows
    assert rows.index("Vecchia") < rows.index("Aperta")
    foot = page[page.index("<tfoot>") :]
    assert foot.count("€244.00") == 1  # not due
    assert "€366.00" in foot
    assert "31 to 60 days late €122.00" in page  # the picture in words
    only = rows_of(office.get(f"{AGEING}?late=60").content.decode())
    assert ("Vecchia" in only, "Aperta" in only) == (True, False)
    drill = office.get(f"{LIST}?late=60&customer={item.customer_id}").content.decode()
    assert rows_of(drill).count("data-row") == 1


def test_ageing_agrees_with_the_due_items(office: Client) -> None:
    five()
    aged = settlement.ageing(day=TODAY)
    answer = office.get(f"{AGEING}?format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))  # type: ignore[call-overload]
    for title, total in zip(
        ("Not due", "1–30 days", "31–60 days", "61–90 days", "Over 90 days"),
        aged.values(),
        strict=True,
    ):
        assert sum(Money.of(row[title]).minor for row in rows) == total.amount.minor
    assert sum(Money.of(row["Open"]).minor for row in rows) == 22_200
    assert sum(Money.of(row["Overdue"]).minor for row in rows) == 12_200


def test_the_page_of_a_customer_shows_the_account(office: Client) -> None:
    item = late("Vecchia")
    pay(item, "22")
    credit_note = credit(late("Altra"))
    url = f"/invoicing/customers/{item.customer_id}/account/"
    page = office.get(url).content.decode()
    assert "€100.00" in page
    assert "for 42 days" in page
    assert f"/invoicing/documents/{item.document_id}/" in page
    assert f"/invoicing/payments/new/?customer={item.customer_id}" in page
    assert credit_note.document.label not in page
    shown = office.get(f"/customers/{item.customer_id}/").content.decode()
    assert url in shown


def test_the_page_of_a_document_shows_payments_and_buttons(office: Client) -> None:
    item = late("Vecchia")
    paid = pay(item, "22")
    page = office.get(f"/invoicing/documents/{item.document_id}/").content.decode()
    assert f'href="/invoicing/payments/{paid.pk}/">Payment</a>' in page
    assert "42 days late" in page
    new = f"/invoicing/payments/new/?customer={item.customer_id}&amp;items={item.pk}"
    assert new in page
    assert f"/invoicing/due/write-off/?items={item.pk}" in page
    pay(item, "100")
    page = office.get(f"/invoicing/documents/{item.document_id}/").content.decode()
    assert new not in page


def test_customers_see_their_own_and_no_reason(client: Client, who: people.People) -> None:
    mine, other = late("Mia"), late("Altrui")
    parties.login(who.customer, mine.customer)
    settling.write_off(
        shares={mine.pk: Money.of("2")}, reason="Fallita", day=TODAY, at=make.AT, by=None
    )
    client.force_login(who.customer)
    page = client.get(LIST).content.decode()
    assert ("Mia" in page, "Altrui" in page) == (True, False)
    assert "Altrui" not in client.get(AGEING).content.decode()
    assert client.get(f"/invoicing/customers/{other.customer_id}/account/").status_code == 404
    own: Any = client.get(f"/invoicing/documents/{mine.document_id}/").content.decode()
    assert "Fallita" not in own
    assert "/invoicing/payments/" not in own
    assert client.get("/invoicing/payments/").status_code == 404
    assert "120,00" in client.get("/").content.decode()
