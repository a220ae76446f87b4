"""The pages and the API of mapping rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.kit import assert_fixed_queries
from tests.make import assistance as make
from tests.make import parties
from tests.people import People, people

from canone.base.access import services as access
from canone.base.access.models import User
from canone.desks.assistance.models import (
    Application,
    DeviceRule,
    GroupRule,
    RemoteSession,
    TechnicianRule,
)
from canone.desks.assistance.queries.mapping import Kind
from canone.desks.assistance.services import accounting, mapping
from canone.registers.parties.models import Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def office(who: People) -> Client:
    client = Client()
    client.force_login(who.colleague)
    return client


@pytest.fixture
def group() -> Group:
    return make.priced_group()


def caller(user: User) -> Client:
    _token, text = access.create_token(user=user, name="Test", scopes=["*"], at=timezone.now())
    return Client(headers={"authorization": f"Bearer {text}"})


def device_rule(group: Group, key: str = "CAD-PC12") -> DeviceRule:
    rule = mapping.learn(
        kind=Kind.DEVICE, source="test", key=key, target_id=group.pk, by=None, at=timezone.now()
    )
    assert isinstance(rule, DeviceRule)
    return rule


def waiting(count: int = 2, **fields: object) -> list[RemoteSession]:
    start = timezone.now() - timedelta(hours=5)
    return [make.session(None, start=start, **fields) for _each in range(count)]  # type: ignore[arg-type]


def text_of(client: Client, url: str) -> str:
    return client.get(url, follow=True).content.decode()


def test_a_rule_is_written_applied_and_undone_on_the_pages(office: Client, group: Group) -> None:
    sessions = waiting()
    new = reverse("assistance:rule_new", args=["computers"])
    answer = office.post(new, {"source": "test", "key": "CAD-PC12", "target": group.pk})
    rule = DeviceRule.objects.get()
    past = reverse("assistance:rule_past", args=["computers", rule.pk])
    assert answer["Location"] == past
    page = text_of(office, past)
    assert "88,00" in page
    assert "Cambia 2 assistenze" in page
    done = office.post(past)
    application = Application.objects.get()
    assert done["Location"] == reverse("assistance:application", args=[application.pk])
    assert RemoteSession.objects.filter(group=group).count() == 2
    accounting.account_one(
        session_id=sessions[0].pk, day=timezone.now().date(), at=timezone.now(), by=None
    )
    assert "Contabilizzata nel frattempo" in text_of(office, done["Location"])
    undo = reverse("assistance:application_undo", args=[application.pk])
    page = office.post(undo, follow=True).content.decode()
    assert "1 assistenza è tornata dov’era." in page
    assert "1 resta, perché nel frattempo è stata contabilizzata" in page
    assert "Annullata in parte" in page
    page = office.post(undo, follow=True).content.decode()
    assert "Nulla può tornare indietro." in page
    assert "Computer" in text_of(office, reverse("assistance:applications"))


def test_a_second_rule_for_a_key_is_refused_at_its_field(office: Client, group: Group) -> None:
    device_rule(group)
    waiting(1)
    new = reverse("assistance:rule_new", args=["computers"])
    answer = office.post(new, {"source": "test", "key": "CAD-PC12", "target": group.pk})
    assert answer.status_code == 422
    assert "cambi quella" in answer.content.decode()


def test_a_rule_is_changed_and_forgotten(office: Client, group: Group) -> None:
    rule = device_rule(parties.group())
    edit = reverse("assistance:rule_edit", args=["computers", rule.pk])
    answer = office.post(edit, {"target": group.pk})
    assert answer["Location"] == reverse("assistance:rules_of", args=["computers"])
    rule.refresh_from_db()
    assert rule.group_id == group.pk
    office.post(reverse("assistance:rule_remove", args=["computers", rule.pk]))
    assert not DeviceRule.objects.exists()
    assert office.get(edit).status_code == 404


def test_the_lists_say_who_learned_and_how_much_it_placed(
    office: Client, group: Group, who: People
) -> None:
    rule = device_rule(group)
    DeviceRule.objects.filter(pk=rule.pk).update(placed=17, created_by=who.colleague)
    url = reverse("assistance:rules_of", args=["computers"])
    page = text_of(office, f"{url}?text=CAD&source=test&who={who.colleague.pk}")
    assert who.colleague.name in page
    assert ">17<" in page
    assert "data-row" not in text_of(office, f"{url}?text=niente")
    body = office.get(url, {"format": "csv"}).getvalue().decode("utf-8-sig")
    assert "CAD-PC12" in body
    assert_fixed_queries(office, url, lambda: [device_rule(group, f"PC{n}") for n in range(4)])


def test_a_technician_is_matched_with_one_click(office: Client, who: People) -> None:
    waiting(technician_name="BANCO", technician_key="9 881")
    url = reverse("assistance:rules_of", args=["technicians"])
    assert "9 881" in text_of(office, url)
    assert "1 tecnico" in text_of(office, reverse("assistance:inbox"))
    sent = {"source": "test", "key": "9 881", "name": "BANCO", "past": "1"}
    match = reverse("assistance:match")
    page = office.post(match, sent | {"technician": ""}, follow=True).content.decode()
    assert "Scelga prima il tecnico" in page
    office.post(match, sent | {"technician": who.technician.pk})
    assert TechnicianRule.objects.get().placed == 2
    assert RemoteSession.objects.filter(technician=who.technician).count() == 2
    client = Client()
    client.force_login(who.technician)
    assert client.get(reverse("assistance:rules"), follow=True).status_code == 404


def test_the_inbox_remembers_the_tools_group(office: Client, group: Group) -> None:
    waiting(group_hint="Rossi nuova")
    waiting(1, group_hint="Rossi nuova", device_key="ALTRO")
    waiting(1, device_key="SENZA")
    sent = {"source": "test", "device": "CAD-PC12", "hint": "Rossi nuova", "group": group.pk}
    office.post(reverse("assistance:inbox_assign"), sent | {"remember": "hint"})
    assert RemoteSession.objects.filter(group=group).count() == 3
    assert GroupRule.objects.get().placed == 3
    assert not DeviceRule.objects.exists()
    office.post(
        reverse("assistance:inbox_assign"),
        {"source": "test", "device": "SENZA", "hint": "", "group": group.pk, "remember": ""},
    )
    assert RemoteSession.objects.filter(group=group).count() == 4
    assert not DeviceRule.objects.exists()


@pytest.mark.parametrize("slug", ["stampanti", "computers/999999"])
def test_what_is_not_there_is_not_found(office: Client, slug: str) -> None:
    assert office.get(f"{reverse('assistance:rules')}{slug}/").status_code == 404


def test_the_api_does_what_the_pages_do(who: People, group: Group) -> None:
    sessions = waiting()
    office = caller(who.colleague)
    rules = "/api/v1/mapping-rules/device"
    body = {"source": "test", "key": "CAD-PC12", "group_id": group.pk}
    made = office.post(rules, body, content_type="application/json")
    assert made.status_code == 201
    assert office.post(rules, body, content_type="application/json").status_code == 409
    rule = f"{rules}/{made.json()['id']}"
    seen = office.get(f"{rule}/past").json()
    assert (seen["sessions"], seen["minutes"], seen["after"]["price"]) == (2, 84, "88.00")
    done = office.post(f"{rule}/apply", {}, content_type="application/json").json()
    assert done["sessions"] == 2
    assert office.post(f"{rule}/apply", {}, content_type="application/json").status_code == 409
    applied = f"/api/v1/mapping-applications/{done['id']}"
    changes = office.get(f"{applied}/changes").json()["items"]
    assert [one["session_id"] for one in changes] == [one.pk for one in sessions]
    undone = office.post(f"{applied}/undo").json()
    assert undone == {"back": [one.pk for one in sessions], "accounted": [], "moved": []}
    assert office.post(f"{applied}/undo").status_code == 409
    other = parties.group()
    changed = office.patch(rule, {"group_id": other.pk}, content_type="application/json")
    assert changed.json()["group_id"] == other.pk
    assert office.patch(rule, {}, content_type="application/json").status_code == 422
    assert [one["id"] for one in office.get(rules).json()["items"]] == [made.json()["id"]]
    assert office.delete(rule).status_code == 204
    assert office.get("/api/v1/mapping-applications").json()["items"][0]["undone"] == 2


def test_the_api_shows_unmatched_technicians_and_matches_them(who: People) -> None:
    waiting(technician_name="BANCO")
    office = caller(who.colleague)
    (unknown,) = office.get("/api/v1/unmatched-technicians").json()["items"]
    assert (unknown["learned"], unknown["sessions"]) == ("BANCO", 2)
    body = {"source": "test", "key": unknown["learned"], "technician_id": who.technician.pk}
    rules = "/api/v1/mapping-rules/technician"
    made = office.post(rules, body, content_type="application/json").json()
    assert made["technician_id"] == who.technician.pk
    office.post(f"{rules}/{made['id']}/apply", {}, content_type="application/json")
    assert office.get("/api/v1/unmatched-technicians").json()["items"] == []
    for path in (rules, "/api/v1/mapping-applications", "/api/v1/unmatched-technicians"):
        assert caller(who.technician).get(path).status_code == 403


def test_the_api_takes_apart_and_names_only_what_the_caller_may_see(who: People) -> None:
    group = make.priced_group(overlap="customer")
    start = timezone.now() - timedelta(hours=5)
    mine = make.session(group, start=start, technician=who.technician)
    other = make.session(group, start=start + timedelta(minutes=10))
    office, technician = caller(who.colleague), caller(who.technician)
    both = office.get("/api/v1/sessions?together=true").json()["items"]
    assert [one["price_carried_by"] for one in both] == [mine.pk, mine.pk]
    assert both[0]["together_with"] == [other.pk]
    assert technician.get(f"/api/v1/sessions/{mine.pk}").json()["together_with"] == []
    taken = f"/api/v1/sessions/{other.pk}/take-apart"
    assert technician.post(taken, {}, content_type="application/json").status_code == 403
    (apart,) = office.post(taken, {}, content_type="application/json").json()
    assert (apart["counts_alone"], apart["price"]) == (True, "44.00")
    assert office.get("/api/v1/sessions?together=true").json()["items"] == []
    back = office.post(f"/api/v1/sessions/{other.pk}/put-together").json()
    assert (back["counts_alone"], back["price_carried_by"]) == (False, mine.pk)
    alone = make.session(group, start=start - timedelta(hours=3))
    refused = office.post(
        f"/api/v1/sessions/{alone.pk}/take-apart", {"whole": True}, content_type="application/json"
    )
    assert refused.status_code == 409
