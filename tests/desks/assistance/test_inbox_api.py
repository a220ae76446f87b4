"""What belongs to nobody yet, by the API: computers given to a group, technicians matched."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.make import assistance as make
from tests.make import parties
from tests.people import People, people

from canone.desks.assistance.models import (
    DeviceRule,
    GroupRule,
    RemoteSession,
    TechnicianRule,
)
from canone.desks.assistance.services import applying
from canone.desks.assistance.services.moving import MovedError
from canone.registers.parties.models import Group

pytestmark = pytest.mark.django_db
INBOX, MATCH = "/api/v1/inbox", "/api/v1/unmatched-technicians/match"
DEVICE = {"source": "test", "device_key": "CAD-PC12"}


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def office(client: Client, who: People) -> Client:
    client.force_login(who.colleague)
    return client


@pytest.fixture
def group() -> Group:
    return make.priced_group()


def _assign(client: Client, **sent: Any) -> Any:
    return client.post(f"{INBOX}/assign", DEVICE | sent, "application/json")


def _match(client: Client, **sent: Any) -> Any:
    return client.post(MATCH, {"source": "test", "key": "banco"} | sent, "application/json")


def _placed(group: Group) -> int:
    return RemoteSession.objects.filter(group=group).count()


def test_computers_without_a_customer_are_listed_with_a_guess(office: Client) -> None:
    wanted = parties.group(name="Brambilla Officine")
    make.session(None, group_hint="Officine", seconds=600)
    make.session(None, group_hint="Officine", seconds=1200)
    make.session(None, device_key="ALTRO", device_name="", start=make.AFTER)
    first = office.get(INBOX, {"limit": 1}).json()
    assert [one["device_name"] for one in first["items"]] == ["ALTRO"]
    (one,) = office.get(INBOX, {"limit": 1, "cursor": first["next"]}).json()["items"]
    assert (one["device_key"], one["group_hint"]) == ("CAD-PC12", "Officine")
    assert (one["sessions"], one["minutes"], one["guess"]) == (2, 30, wanted.pk)


def test_the_computer_is_remembered(office: Client, group: Group) -> None:
    make.session(None)
    make.session(None, group_hint="Nuovi")
    make.session(None, device_key="ALTRO")
    said = _assign(office, group_id=group.pk, remember="device")
    assert (said.status_code, said.json()) == (200, {"sessions": 2})
    assert _placed(group) == DeviceRule.objects.get().placed == 2
    again = _assign(office, group_id=group.pk, remember="device")
    assert (again.status_code, again.json()["error"]) == (409, "nothing")


def test_the_group_of_the_tool_is_remembered(office: Client, group: Group) -> None:
    make.session(None, group_hint="Nuovi")
    make.session(None, group_hint="Nuovi", device_key="ALTRO")
    make.session(None)
    said = _assign(office, group_id=group.pk, group_hint="Nuovi", remember="hint")
    assert said.json() == {"sessions": 2}
    assert _placed(group) == GroupRule.objects.get().placed == 2
    assert not DeviceRule.objects.exists()


def test_nothing_is_remembered_that_was_not_asked_for(office: Client, group: Group) -> None:
    make.session(None)
    assert _assign(office, group_id=group.pk).json() == {"sessions": 1}
    assert not DeviceRule.objects.exists()


def test_what_cannot_be_assigned_is_told_and_teaches_nothing(office: Client, group: Group) -> None:
    make.session(None, device_key="")
    empty = {"group_id": group.pk, "device_key": ""}
    for sent, field in (
        ({"group_id": group.pk + 9}, "group_id"),
        ({"group_id": group.pk, "remember": "hint"}, "remember"),
        (empty | {"remember": "device"}, "remember"),
        ({"group_id": group.pk, "remember": "all"}, "remember"),
    ):
        said = _assign(office, **sent)
        assert (said.status_code, said.json()["fields"][0]["field"]) == (422, field)
    said = _assign(office, group_id=group.pk, group_hint="Niente", remember="hint")
    assert said.status_code == 409
    assert (_placed(group), GroupRule.objects.count()) == (0, 0)


def test_a_technician_is_matched_with_the_sessions_that_wait(office: Client, who: People) -> None:
    for _ in range(2):
        make.session(None, technician_name="BANCO")
    said = _match(office, technician_id=who.technician.pk, name="BANCO")
    rule = TechnicianRule.objects.get()
    assert (said.status_code, said.json()) == (200, {"rule_id": rule.pk, "sessions": 2})
    assert (rule.name, rule.placed) == ("BANCO", 2)
    assert RemoteSession.objects.filter(technician=who.technician).count() == 2
    again = _match(office, technician_id=who.colleague.pk)
    assert again.json() == {"rule_id": rule.pk, "sessions": 0}


def test_a_technician_is_matched_from_now_on(office: Client, who: People) -> None:
    make.session(None, technician_name="BANCO")
    said = _match(office, technician_id=who.technician.pk, past=False)
    assert said.json()["sessions"] == 0
    assert not RemoteSession.objects.filter(technician=who.technician).exists()


def test_a_customer_is_no_technician(office: Client, who: People) -> None:
    said = _match(office, technician_id=who.customer.pk)
    assert (said.status_code, said.json()["fields"][0]["field"]) == (422, "technician_id")
    assert not TechnicianRule.objects.exists()


def test_nothing_is_learned_when_one_is_accounted_at_this_moment(
    office: Client, who: People, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.session(None, technician_name="BANCO", group_hint="Nuovi")

    def late(**_: Any) -> None:
        raise MovedError

    monkeypatch.setattr(applying, "apply", late)
    row = {"source": "test", "device": "CAD-PC12", "hint": "Nuovi", "group": group.pk}
    banco = {"source": "test", "key": "banco", "technician": who.technician.pk, "past": "1"}
    said = (
        _match(office, technician_id=who.technician.pk),
        _assign(office, group_id=group.pk, group_hint="Nuovi", remember="hint"),
    )
    assert [(one.status_code, one.json()["error"]) for one in said] == [(409, "moved")] * 2
    office.post(reverse("assistance:inbox_assign"), row | {"remember": "hint"})
    office.post(reverse("assistance:match"), banco)
    assert (_placed(group), GroupRule.objects.count(), TechnicianRule.objects.count()) == (0, 0, 0)


def test_who_may_not_assign_sees_and_places_nothing(client: Client, who: People) -> None:
    make.session(None)
    client.force_login(who.technician)
    assert client.get(INBOX).status_code == 403
    assert _assign(client, group_id=1).status_code == 403
    assert _match(client, technician_id=who.technician.pk).status_code == 403
