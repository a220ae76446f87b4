import csv
import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests import kit, people
from tests.make import catalog, parties
from tests.make import invoicing as make

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.services import claims

pytestmark = pytest.mark.django_db
LIST = "/invoicing/charges/"


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    who.colleague.language = "en"
    who.colleague.save()
    client.force_login(who.colleague)
    return client


def test_the_list_shows_states_amounts_and_their_sums(office: Client) -> None:
    acme = parties.party("Acme S.r.l.")
    make.charge(acme, amount_minor=123_456, kind="remote_session")
    make.reversed_charge(acme, amount_minor=500)
    page = office.get(LIST).content.decode()
    assert page.count("data-row") == 3
    assert "Acme S.r.l." in page
    assert "Remote assistance" in page
    assert "€1,234.56" in page
    foot = page[page.index("<tfoot>") :]
    assert foot.index("To invoice") < foot.index("Reversed") < foot.index("Total of the filter")
    assert foot.count("€1,234.56") == 2
    assert "−€5.00" in foot


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=to_invoice", {"one", "two"}),
        ("?state=reversed", {"three"}),
        ("?text=two", {"two"}),
        ("?kind=top_up", {"two"}),
        ("?start=02/10/2026", {"two"}),
        ("?end=01/10/2026", {"one", "three"}),
    ],
)
def test_filters(office: Client, query: str, found: set[str]) -> None:
    make.charge(description="one")
    make.charge(description="two", kind="top_up", service_start=date(2026, 10, 2))
    make.reversed_charge(description="three")
    page = office.get(f"{LIST}{query}").content.decode()
    rows = page[page.index("<tbody>") : page.index("<tfoot>")]
    shown = {word for word in ("one", "two", "three") if f'class="sub">{word}<' in rows}
    assert shown == found


def test_the_list_of_what_is_to_invoice_has_that_alone(office: Client) -> None:
    make.charge(description="old", service_start=date(2020, 1, 1))
    taken = make.charge(description="taken")
    claims.claim(charge_ids=[taken.pk], document="2026/1", at=make.AT, by=None)
    make.reversed_charge(description="gone")
    page = office.get("/invoicing/to-invoice/").content.decode()
    assert page.count("data-row") == 1
    assert "more than 90 days" in page
    assert "old" in office.get("/invoicing/to-invoice/?age=older").content.decode()
    assert (
        "Nothing with these filters" in office.get("/invoicing/to-invoice/?age=30").content.decode()
    )


def test_the_file_has_a_column_for_every_value(office: Client, who: people.People) -> None:
    make.charge(quantity_micros=2_500_000, unit="h", description="=1+1")
    who.colleague.language = "it"
    who.colleague.save()
    answer = office.get(f"{LIST}?format=csv")
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[call-overload]
    head, row = csv.reader(io.StringIO(text), delimiter=";")
    values = dict(zip(head, row, strict=True))
    assert values["Importo"] == "44,00"
    assert values["Quantità"] == "2,5"
    assert values["Descrizione"] == "'=1+1"
    assert values["Ultimo giorno"] == "01/10/2026"


def test_the_list_asks_a_fixed_number_of_queries(office: Client) -> None:
    make.charge()
    kit.assert_fixed_queries(office, LIST, lambda: [make.charge() for _ in range(5)])


def test_a_charge_explains_itself_and_tells_its_story(office: Client) -> None:
    row = make.reversed_charge()
    page = office.get(reverse("invoicing:charge", args=[row.pk])).content.decode()
    assert "Initial step, 15 minutes" in page
    assert "6 steps of 5 minutes × €4.00" in page
    assert "Reversed" in page
    assert "Sbagliata" in page
    reversal = Charge.objects.get(is_reversal=True)
    assert reverse("invoicing:charge", args=[reversal.pk]) in page
    assert "Posted" in office.get(reverse("invoicing:charge", args=[reversal.pk])).content.decode()


def _form(**changed: object) -> dict[str, object]:
    return {
        "key": "k1",
        "customer": "",
        "description": "Consulenza",
        "quantity": "2.5",
        "unit": "h",
        "unit_price": "40.00",
        "first_day": "01/10/2026",
        "last_day": "",
    } | changed


def test_a_charge_is_written_by_hand_once(office: Client) -> None:
    acme = parties.party()
    vat = catalog.vat()
    sent = _form(customer=acme.pk, vat=vat.pk)
    for _ in range(2):
        answer = office.post("/invoicing/charges/new/", sent)
        assert answer.status_code == 302
    other = office.post("/invoicing/charges/new/", sent | {"unit_price": "41.00"})
    assert other.status_code == 422
    assert "open it anew" in other.content.decode()
    charge = Charge.objects.get()
    assert charge.amount == Money(10_000)
    assert (charge.quantity_micros, charge.unit, charge.vat) == (2_500_000, "h", vat)
    assert charge.service_end - charge.service_start == timedelta(days=1)
    assert charge.kind == "manual"


@pytest.mark.parametrize(
    "wrong",
    [
        {"description": " "},
        {"quantity": "0"},
        {"quantity": "-1"},
        {"quantity": "2000000"},
        {"unit_price": "x"},
        {"last_day": "30/09/2026"},
        {"customer": "999999"},
        {"quantity": "1000000", "unit_price": "999999999"},
    ],
)
def test_what_cannot_be_is_told_at_its_field(office: Client, wrong: dict[str, object]) -> None:
    acme = parties.party()
    answer = office.post("/invoicing/charges/new/", _form(customer=acme.pk) | wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'name="{list(wrong)[-1]}"' in page
    assert "is-invalid" in page
    assert not Charge.objects.exists()


def test_the_preview_says_what_it_comes_to(office: Client) -> None:
    sent = _form(quantity="3", unit_price="0.333333")
    page = office.post("/invoicing/charges/new/preview/", sent, headers={"HX-Request": "true"})
    assert "€1.00" in page.content.decode()
    sent = _form(quantity="")
    page = office.post("/invoicing/charges/new/preview/", sent, headers={"HX-Request": "true"})
    assert "Appears once" in page.content.decode()


def test_chosen_charges_are_reversed_with_a_reason(office: Client) -> None:
    rows = [make.charge(origin=f"manual:{n}", kind="manual") for n in range(3)]
    ask = office.post(
        "/invoicing/charges/reverse/",
        {"ids": [rows[0].pk, rows[1].pk], "filter": "state=to_invoice", "back": LIST},
    )
    assert "2 charges · €88.00" in ask.content.decode()
    sent = {"ids": f"{rows[0].pk},{rows[1].pk}", "back": LIST, "reason": ""}
    assert office.post("/invoicing/charges/reverse/", sent).status_code == 422
    answer = office.post("/invoicing/charges/reverse/", sent | {"reason": "Doppie"})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert queries.open_total().count == 1
    again = office.post("/invoicing/charges/reverse/", sent | {"reason": "Doppie"})
    assert again.status_code == 422
    assert "reversed already" in again.content.decode()


def test_all_of_a_filter_are_the_rows_of_that_list(office: Client) -> None:
    make.charge(origin="manual:1", service_start=date(2020, 1, 1))
    make.charge(origin="manual:2", amount_minor=900)
    make.reversed_charge(origin="manual:3")
    sent = {"all": "1", "filter": "age=older", "back": "/invoicing/to-invoice/"}
    page = office.post("/invoicing/charges/reverse/", sent).content.decode()
    assert "1 charge · €44.00" in page
    sent = {"all": "1", "filter": "", "back": "/invoicing/to-invoice/"}
    page = office.post("/invoicing/charges/reverse/", sent).content.decode()
    assert "2 charges · €53.00" in page


def test_a_session_is_undone_at_the_desk_not_here(office: Client) -> None:
    row = make.charge(origin="session:812")
    page = office.get(reverse("invoicing:charge", args=[row.pk])).content.decode()
    assert "undo its accounting there" in page
    sent = {"ids": str(row.pk), "reason": "x"}
    answer = office.post("/invoicing/charges/reverse/", sent)
    assert answer.status_code == 422
    assert "undo its accounting there" in answer.content.decode()
    assert queries.open_total().count == 1


def test_the_way_back_stays_here(office: Client) -> None:
    row = make.charge(origin="manual:1")
    sent = {"ids": str(row.pk), "reason": "x", "back": "https://example.com/"}
    assert office.post("/invoicing/charges/reverse/", sent)["Location"] == LIST


def test_the_customers_page_shows_what_is_to_invoice(office: Client) -> None:
    acme = parties.party()
    make.charge(acme, amount_minor=4400)
    make.charge(amount_minor=9900)
    url = reverse("invoicing:of_customer", args=[acme.pk])
    page = office.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "€44.00" in page
    assert "€99.00" not in page


def test_a_customer_sees_their_own_and_changes_nothing(client: Client, who: people.People) -> None:
    own, other = parties.party(), parties.party()
    parties.login(who.customer, own)
    mine, theirs = make.charge(own, description="mine"), make.charge(other, description="theirs")
    client.force_login(who.customer)
    page = client.get(LIST).content.decode()
    assert "mine" in page
    assert "theirs" not in page
    assert client.get(reverse("invoicing:charge", args=[mine.pk])).status_code == 200
    assert client.get(reverse("invoicing:charge", args=[theirs.pk])).status_code == 404
    for address in ("/invoicing/charges/new/", "/invoicing/charges/reverse/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"ids": str(mine.pk), "reason": "x"}).status_code == 404
    assert "theirs" not in b"".join(
        client.get(f"{LIST}?format=csv")  # type: ignore[call-overload]
    ).decode("utf-8-sig")


@pytest.mark.parametrize("name", ["technician", "stranger"])
def test_others_find_nothing(client: Client, who: people.People, name: str) -> None:
    row = make.charge()
    client.force_login(getattr(who, name))
    for address in (LIST, "/invoicing/to-invoice/", f"{LIST}{row.pk}/"):
        assert client.get(address).status_code == 404
