"""What pages tell of a contract that prices sessions: beside the list, on customer and profile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.make import assistance as make
from tests.make import catalog, contracts, parties
from tests.people import people

from canone.desks.assistance.models import RemoteSession
from canone.desks.contracts.models import Contract
from canone.desks.contracts.services import granting, lines
from canone.kernel.money import UnitPrice
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.rules.terms import Kind
from canone.registers.parties.models import Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(people().colleague)
    client.cookies["django_language"] = "it"
    return client


def covered(tariff: Tariff) -> tuple[Group, Contract]:
    group = parties.group()
    make.assignment(group, catalog.tariff(step_price=UnitPrice.of(8)))
    contract = contracts.contract(group.party, start=timezone.now().date() - timedelta(days=200))
    lines.add(
        contract_id=contract.pk,
        at=contracts.AT,
        by=None,
        kind="tariff",
        tariff=tariff,
        unit_of_cycle="",
    )
    return group, contract


def session(group: Group) -> RemoteSession:
    return make.session(group, start=timezone.now() - timedelta(hours=5))


def test_the_panel_beside_the_list_names_the_contract(office: Client) -> None:
    group, contract = covered(catalog.tariff("Consumo base"))
    session(group)
    text = office.get(reverse("assistance:list"), {"group": group.pk}).content.decode()
    assert f"Profilo Consumo base, versione 1, dal contratto {contract.number}" in text
    assert reverse("contracts:detail", args=[contract.pk]) in text
    assert "44,00" in text
    assert "68,00" not in text


def test_hours_of_a_contract_have_a_gauge_and_no_top_up(office: Client) -> None:
    tariff = catalog.tariff(kind=Kind.SUBSCRIPTION, step_minutes=15)
    group, contract = covered(tariff)
    session(group)
    fee = contracts.line(contract, "500.00", grants="minute", granted=600)
    now = timezone.now()
    granting.follow(fee, day=now.date(), at=now, by=None)
    page = office.get(reverse("assistance:list"), {"group": group.pk})
    aside = page.context["aside"]
    assert aside.gauge is not None
    assert aside.top_up_url == ""
    assert "0:45" in page.content.decode()


def test_a_session_explains_that_the_contract_says_its_price(office: Client) -> None:
    group, contract = covered(catalog.tariff())
    one = session(group)
    text = office.get(reverse("assistance:session", args=[one.pk])).content.decode()
    assert f"Tariffa del contratto {contract.number}" in text


def test_customer_and_profile_tell_it(office: Client) -> None:
    tariff = catalog.tariff("Consumo base")
    group, contract = covered(tariff)
    session(group)
    url = reverse("assistance:of_customer", args=[group.party_id])
    text = office.get(url).content.decode()
    assert f"Consumo base, dal contratto {contract.number}" in text
    assert "44,00" in text
    text = office.get(reverse("assistance:of_profile", args=[tariff.pk])).content.decode()
    assert group.name in text
    assert f"dal contratto {contract.number}" in text


def test_exports_carry_the_price_of_the_contract(office: Client) -> None:
    group, _contract = covered(catalog.tariff())
    session(group)
    url = reverse("assistance:list")
    answer = office.get(url, {"group": group.pk, "format": "csv"})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert b"44,00" in body
    assert b"68,00" not in body
