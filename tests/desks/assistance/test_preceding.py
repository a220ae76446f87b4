"""Assignments behind a contract whose line prices the work: marked in the list, told by the API."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from tests import markup, people
from tests.kit import assert_fixed_queries
from tests.make import assistance as make
from tests.make import catalog, contracts, parties
from tests.make.contracts import AT

from canone.desks.assistance.models import Assignment
from canone.desks.assistance.queries import preceding
from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.services import lines
from canone.registers.parties.models import Group

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def office(client: Client) -> Client:
    who = people.people().colleague
    who.language = "en"
    who.save()
    client.force_login(who)
    return client


def covered(of: Group, **fields: object) -> Contract:
    contract = contracts.contract(of.party, start=date(2026, 1, 1))
    given = {"kind": Line.Kind.TARIFF, "tariff": catalog.tariff(), "unit_of_cycle": ""} | fields
    lines.add(contract_id=contract.pk, at=AT, by=None, **given)
    return contract


def assigned(name: str, start: date = date(2026, 1, 1)) -> Assignment:
    return make.assignment(parties.group(name=name), catalog.tariff(), starts_on=start)


def test_the_list_marks_who_has_a_contract_and_leads_to_it(office: Client) -> None:
    behind, later, _free = assigned("Dietro"), assigned("Poi"), assigned("Libero")
    ends = assigned("Finisce")
    contract = covered(behind.group)
    covered(later.group, start=date(2026, 12, 1))
    covered(ends.group, end=date(2027, 1, 1))
    page = markup.get(office, reverse("assistance:assignments"))
    told = {row.all("td a")[0].text: row.text for row in page.all("tbody tr")}
    assert contract.number in told["Dietro"]
    assert page.one(f'tbody a[href="/contracts/{contract.pk}/"]').text == contract.number
    assert "its line prices the sessions" in told["Dietro"]
    assert "from 01/12/2026" in told["Poi"]
    assert "until 31/12/2026" in told["Finisce"]
    assert "C0" not in told["Libero"]
    sheet = office.get(f"{reverse('assistance:assignments')}?format=csv")
    assert contract.number in b"".join(sheet).decode()  # type: ignore[arg-type]


def test_what_never_meets_does_not_go_before() -> None:
    past, other, soon = assigned("Passato"), assigned("Altro"), assigned("Presto")
    covered(past.group, end=date(2026, 11, 2))
    covered(other.group, group=parties.group(other.group.party))
    covered(soon.group, start=date(2026, 12, 1))
    Assignment.objects.filter(pk=soon.pk).update(ends_on=date(2026, 12, 1))
    assert preceding.of_assignments([past, other, Assignment.objects.get(pk=soon.pk)], DAY) == {}
    late = assigned("Tardi", date(2026, 12, 1))
    covered(late.group, end=date(2026, 12, 1))
    ended = assigned("Finita")
    covered(ended.group)
    Assignment.objects.filter(pk=ended.pk).update(ends_on=DAY)
    assert preceding.of_assignments([late, Assignment.objects.get(pk=ended.pk)], DAY) == {}
    assert ended.pk in preceding.of_assignments([ended], DAY)


def test_the_list_asks_a_fixed_number_of_queries(office: Client) -> None:
    covered(assigned("Uno").group)

    def more() -> None:
        for number in range(3):
            covered(assigned(f"Altri {number}").group)

    assert_fixed_queries(office, reverse("assistance:assignments"), more)


def test_the_api_tells_it_too(office: Client) -> None:
    behind, free = assigned("Dietro"), assigned("Libero")
    contract = covered(behind.group)
    rows = office.get("/api/v1/assignments").json()["items"]
    assert {row["id"]: row["contract_id"] for row in rows} == {
        behind.pk: contract.pk,
        free.pk: None,
    }
    ended = office.post(
        f"/api/v1/assignments/{behind.pk}/end",
        {"ends_on": "2026-12-01"},
        content_type="application/json",
    )
    assert ended.json()["contract_id"] == contract.pk
