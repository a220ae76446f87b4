"""A customer is chosen by searching, on every page that asks for one."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import markup, people
from tests.make import assets, catalog, contracts, invoicing, parties

from canone.ledgers.invoicing.services import outlooks
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
NOBODY = "Mai Visto"


@pytest.fixture
def office(client: Client) -> Client:
    catalog.vat()
    who = people.people().colleague
    who.language = "en"
    who.save()
    client.force_login(who)
    for _number in range(3):
        parties.party(NOBODY)
    return client


def looked() -> None:
    """Let the cockpit have looked at what is to invoice."""
    found = outlooks.begin(day=invoicing.DAY, at=invoicing.AT)
    while outlooks.advance(found.pk):
        pass
    outlooks.finish(found.pk, at=invoicing.AT)


@pytest.fixture
def chosen() -> Party:
    """Return a customer with something on every list."""
    item = invoicing.due_item(invoicing.customer("Acme S.r.l."))
    invoicing.payment(item, "50.00")
    invoicing.charge(item.customer)
    machine = assets.asset(item.customer)
    assets.reading(assets.meter(machine), date(2026, 11, 1), 100)
    contracts.contract(item.customer)
    looked()
    return item.customer


LISTS = (
    "invoicing:unbilled",
    "invoicing:open",
    "invoicing:charges",
    "invoicing:documents",
    "invoicing:due",
    "invoicing:due_all",
    "invoicing:payments",
    "assets:list",
    "assets:readings",
    "contracts:list",
)
PICKS = ("parties:pick", "parties:pick_active")
FORMS = (
    ("invoicing:new", "customer", "parties:pick_active"),
    ("invoicing:draft_new", "customer", "parties:pick_active"),
    ("invoicing:run_new", "customer", "parties:pick"),
    ("invoicing:payment_new", "customer", "parties:pick"),
    ("assets:new", "customer", "parties:pick"),
    ("parties:group_new", "party", "parties:pick_active"),
)


def _shown(client: Client, url: str) -> markup.Page:
    """Return a page that neither shows nor reads all customers."""
    with CaptureQueriesContext(connection) as captured:
        page = markup.get(client, url)
    asked = [query["sql"] for query in captured.captured_queries if "is_customer" in query["sql"]]
    assert not [sql for sql in asked if "LIMIT" not in sql and '"id" = ' not in sql]
    assert NOBODY not in page.text
    return page


@pytest.mark.parametrize("name", LISTS)
def test_a_list_searches_its_customer_and_shows_who_is_chosen(
    office: Client, chosen: Party, name: str
) -> None:
    url = reverse(name)
    page = _shown(office, url)
    assert page.one("#id_customer")["role"] == "combobox"
    assert page.one("[data-pick]")["data-pick"] == reverse("parties:pick")
    page = markup.get(office, f"{url}?customer={chosen.pk}")
    assert page.one("#id_customer")["value"] == "Acme S.r.l."
    assert page.one("[name=customer]")["value"] == str(chosen.pk)
    assert "Acme S.r.l." in page.one(".cn-url").text
    assert page.all("#results tbody tr")
    # without scripts the text itself is sent
    page = markup.get(office, f"{url}?customer=&customer_typed=acme")
    assert "Acme S.r.l." in page.one(".cn-url").text
    assert page.all("#results tbody tr")


@pytest.mark.parametrize(("name", "field", "among"), FORMS)
def test_a_form_searches_its_customer(office: Client, name: str, field: str, among: str) -> None:
    page = _shown(office, reverse(name))
    assert page.one(f"#id_{field}")["role"] == "combobox"
    assert page.one("[data-pick]")["data-pick"] == reverse(among)


def test_the_agents_of_a_contract_are_searched_among_all_parties(office: Client) -> None:
    contract = contracts.contract(parties.party("Acme S.r.l."))
    agent = parties.party("Rete Nord", is_customer=False, is_supplier=True)
    url = reverse("contracts:accounting", args=[contract.pk])
    page = _shown(office, url)
    assert {box["data-pick"] for box in page.all("[data-pick]")} == {
        reverse("parties:pick_everybody")
    }
    found = office.get(reverse("parties:pick_everybody"), {"q": "rete"}).content.decode()
    assert f'data-value="{agent.pk}"' in found


def test_who_is_out_of_use_is_offered_for_looking_back_and_not_for_new_work(office: Client) -> None:
    old = parties.party("Chiusa S.r.l.", is_active=False)
    found = {name: office.get(reverse(name), {"q": "chiusa"}).content.decode() for name in PICKS}
    assert f'data-value="{old.pk}"' in found["parties:pick"]
    assert "data-value" not in found["parties:pick_active"]
    answer = office.post(reverse("invoicing:new"), {"customer": old.pk})
    assert answer.status_code == 422


def test_a_group_keeps_its_customer_though_it_is_out_of_use(office: Client) -> None:
    old = parties.party("Chiusa S.r.l.", is_active=False)
    group = parties.group(old, "Chiusa")
    page = _shown(office, reverse("parties:group_edit", args=[group.pk]))
    assert page.one("#id_party")["value"] == "Chiusa S.r.l."
