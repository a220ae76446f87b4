from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import kit, people
from tests.make import assets as make
from tests.make import contracts, parties

from canone.registers.assets.models import Asset, Meter, Reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    client.force_login(who.colleague)
    client.cookies["django_language"] = "it"
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"assets:{name}", args=args)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_machine_gets_a_meter_and_is_read(office: Client) -> None:
    customer = parties.party("Alabastro S.r.l.")
    given = {"customer": customer.pk, "name": "Multifunzione", "serial": "SN-1", "is_active": "on"}
    answer = office.post(url("new"), given)
    asset = Asset.objects.get()
    assert answer.headers["Location"] == url("detail", asset.pk)
    meter_given = {"name": "Copie b/n", "unit": "copie", "opening": "1.000", "is_active": "on"}
    assert office.post(url("meter_new", asset.pk), meter_given).status_code == 302
    meter = Meter.objects.get()
    assert meter.opening == 1_000
    read = {"day": "31/10/2026", "source": "customer", f"value_{meter.pk}": "1.900"}
    assert office.post(url("read", asset.pk), read).status_code == 302
    row = Reading.objects.get()
    assert (row.day, row.value, row.source) == (date(2026, 10, 31), 1_900, "customer")
    text = text_of(office, url("detail", asset.pk))
    assert "1.900 copie" in text
    assert "31/10/2026" in text
    assert "Alabastro" in text_of(office, url("list"))
    assert "SN-1" in text_of(office, url("readings"))
    assert "Multifunzione" in text_of(office, url("of_customer", customer.pk))


def test_all_readings_of_a_machine_or_none_are_written(office: Client) -> None:
    asset = make.asset()
    black, colour = make.meter(asset), make.meter(asset)
    make.reading(colour, date(2026, 9, 30), 500)
    page = url("read", asset.pk)
    given = {"day": "31/10/2026", "source": "typed", f"value_{black.pk}": "100"}
    wrong = office.post(page, given | {f"value_{colour.pk}": "499"})
    assert wrong.status_code == 422
    assert "500" in wrong.content.decode()
    assert Reading.objects.count() == 1
    assert office.post(page, {"day": "31/10/2026", "source": "typed"}).status_code == 422
    early = office.post(page, given | {"day": "31/12/2099"})
    assert early.status_code == 422
    assert "31/12/2099 deve ancora venire" in early.content.decode()
    assert office.post(page, given).status_code == 302
    assert Reading.objects.count() == 2


def test_a_reading_is_removed_with_a_reason(office: Client) -> None:
    row = make.reading(make.meter(), date(2026, 9, 30), 500)
    page = url("reading_remove", row.pk)
    assert office.post(page, {"reason": ""}).status_code == 422
    assert office.post(page, {"reason": "letta male"}).status_code == 302
    assert not Reading.objects.exists()
    gone = Reading.history.first()
    assert gone is not None
    assert gone.history_change_reason == "letta male"


def test_two_people_cannot_overwrite_a_machine(office: Client) -> None:
    asset = make.asset(name="Prima")
    seen = office.get(url("edit", asset.pk)).context["form"]["seen"].value()
    Asset.objects.filter(pk=asset.pk).update(name="Di un altro")
    given = {"customer": asset.customer_id, "name": "Mio", "is_active": "on", "seen": seen}
    assert office.post(url("edit", asset.pk), given).status_code == 409


def test_a_site_of_another_customer_is_refused(office: Client) -> None:
    asset = make.asset()
    strange = parties.site(parties.party())
    seen = office.get(url("edit", asset.pk)).context["form"]["seen"].value()
    given = {"customer": asset.customer_id, "site": strange.pk, "name": "Caldaia", "seen": seen}
    assert office.post(url("edit", asset.pk), given).status_code == 422


def test_the_list_narrows(office: Client) -> None:
    asset = make.asset(name="Caldaia", serial="XZ-9")
    make.asset(name="Stampante")
    make.meter(asset)
    for query in ({"text": "xz-9"}, {"meters": "unread"}, {"customer": asset.customer_id}):
        found = office.get(url("list"), query).content.decode()
        assert "Caldaia" in found
        assert "Stampante" not in found
    without = office.get(url("list"), {"meters": "none"}).content.decode()
    assert "Stampante" in without
    assert "Caldaia" not in without


def test_the_lists_ask_a_fixed_number_of_queries(office: Client) -> None:
    def more() -> None:
        make.reading(make.meter(), date(2026, 9, 30), 5)

    more()
    kit.assert_fixed_queries(office, url("list"), more)
    kit.assert_fixed_queries(office, url("readings"), more)


def test_the_contracts_of_a_machine_stand_on_its_page(office: Client) -> None:
    contract = contracts.contract(title="Costo copia")
    asset = make.asset(contract.customer)
    contracts.line(contract, kind="usage", meter=make.meter(asset))
    other = contracts.contract(contract.customer, title="Altro")
    text = text_of(office, reverse("contracts:of_asset", args=[asset.pk]))
    assert "Costo copia" in text
    assert other.number not in text


def test_technicians_read_and_do_not_change(client: Client, who: people.People) -> None:
    asset = make.asset()
    meter = make.meter(asset)
    client.force_login(who.technician)
    assert url("edit", asset.pk) not in text_of(client, url("detail", asset.pk))
    assert client.get(url("edit", asset.pk)).status_code == 404
    given = {"day": "31/10/2026", "source": "typed", f"value_{meter.pk}": "7"}
    assert client.post(url("read", asset.pk), given).status_code == 302
    for user in (who.customer, who.stranger):
        client.force_login(user)
        assert client.get(url("list")).status_code == 404
        assert client.get(url("detail", asset.pk)).status_code == 404
