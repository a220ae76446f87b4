"""The desk's pages: list, inline edits, padlock, run, inbox, assignments, statement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.kit import assert_fixed_queries
from tests.make import assistance as make
from tests.make import catalog, parties
from tests.people import People, people

from canone.base.access.models import User
from canone.desks.assistance.models import Assignment, DeviceRule, RemoteSession
from canone.desks.assistance.queries import impact, statements
from canone.ledgers.invoicing.models import Charge
from canone.registers.parties.models import Group
from canone.ui import menu

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "results"}


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def office(who: People) -> Client:
    client = Client()
    client.force_login(who.colleague)
    return client


@pytest.fixture
def technician(who: People) -> Client:
    client = Client()
    client.force_login(who.technician)
    return client


def recent(group: Group | None, **fields: object) -> RemoteSession:
    start = timezone.now() - timedelta(hours=5)
    return make.session(group, start=start, **fields)  # type: ignore[arg-type]


def test_the_list_shows_price_foot_and_what_accounting_all_will_do(office: Client) -> None:
    group = make.priced_group()
    recent(group)
    recent(group, seconds=7 * 60)
    page = office.get(reverse("assistance:list"), {"group": group.pk}).content.decode()
    assert "44,00" in page
    assert "64,00" in page
    assert reverse("assistance:account_all") in page
    assert "20,00" in page


def test_the_menu_is_put_together_for_the_page_and_not_for_its_cells(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = make.priced_group()
    for _number in range(3):
        recent(group)
    seen: list[str] = []
    shown = menu.shown

    def counted(user: User, path: str, name: str = "menu") -> list[menu.ShownArea]:
        seen.append(name)
        return shown(user, path, name)

    monkeypatch.setattr(menu, "shown", counted)
    assert office.get(reverse("assistance:list"), {"group": group.pk}).status_code == 200
    assert sorted(seen) == ["menu", "own"]


def test_extra_minutes_change_the_price_at_once(office: Client) -> None:
    session = recent(make.priced_group())
    page = office.post(
        reverse("assistance:edit", args=[session.pk]), {"extra": "10", "filter": ""}, **HX
    ).content.decode()
    assert "52,00" in page
    session.refresh_from_db()
    assert session.extra_minutes == 10


@pytest.mark.parametrize("typed", ["-43", "dieci", "1,5", "999999999999"])
def test_what_cannot_be_stays_in_its_field_with_the_reason(office: Client, typed: str) -> None:
    session = recent(make.priced_group())
    page = office.post(
        reverse("assistance:edit", args=[session.pk]), {"extra": typed, "filter": ""}, **HX
    ).content.decode()
    assert f'value="{typed}"' in page
    assert 'aria-invalid="true"' in page
    session.refresh_from_db()
    assert session.extra_minutes == 0


def test_two_people_on_one_session_do_not_overwrite_each_other(office: Client) -> None:
    session = recent(make.priced_group())
    seen = session.updated_at.isoformat()
    url = reverse("assistance:edit", args=[session.pk])
    office.post(url, {"extra": "5", "seen": seen, "filter": ""}, **HX)
    page = office.post(url, {"extra": "7", "seen": seen, "filter": ""}, **HX).content.decode()
    assert 'value="7"' in page
    session.refresh_from_db()
    assert session.extra_minutes == 5


def test_the_padlock_accounts_one(office: Client) -> None:
    session = recent(make.priced_group())
    page = office.post(
        reverse("assistance:account", args=[session.pk]), {"filter": ""}, **HX
    ).content.decode()
    assert "44,00" in page
    assert Charge.objects.count() == 1
    assert f"extra-{session.pk}" not in page


def test_a_technician_sees_own_work_without_worth(technician: Client, who: People) -> None:
    group = make.priced_group()
    mine = recent(group, technician=who.technician)
    other = recent(group, device_name="ALTRO-PC")
    page = technician.get(reverse("assistance:list"), {"group": group.pk}).content.decode()
    assert "CAD-PC12" in page
    assert "ALTRO-PC" not in page
    assert "44,00" not in page
    for name in ("session", "edit", "close"):
        assert technician.get(reverse(f"assistance:{name}", args=[other.pk])).status_code in (
            404,
            405,
        )
    assert technician.get(reverse("assistance:session", args=[mine.pk])).status_code == 200
    assert technician.post(reverse("assistance:account", args=[mine.pk])).status_code == 404
    body = technician.get(reverse("assistance:list") + "?format=csv").getvalue().decode()
    assert "ALTRO-PC" not in body
    assert "44,00" not in body


def test_the_csv_follows_the_filter_and_speaks_italian(office: Client) -> None:
    group = make.priced_group()
    recent(group, note="=1+1")
    recent(make.priced_group(), device_name="FUORI")
    answer = office.get(reverse("assistance:list"), {"group": group.pk, "format": "csv"})
    text = answer.getvalue().decode("utf-8-sig")
    assert "FUORI" not in text
    assert "44,00" in text
    assert ";" in text.splitlines()[0]
    assert "'=1+1" in text


def test_the_list_asks_a_fixed_number_of_questions(office: Client) -> None:
    group = make.priced_group()
    recent(group)
    url = reverse("assistance:list") + f"?group={group.pk}"
    assert_fixed_queries(office, url, lambda: [recent(group) for _ in range(5)])


def test_one_click_assigns_a_device_and_remembers_it(office: Client) -> None:
    group = make.priced_group()
    recent(None)
    recent(None)
    page = office.get(reverse("assistance:inbox")).content.decode()
    assert "CAD-PC12" in page
    office.post(
        reverse("assistance:inbox_assign"),
        {
            "source": "test",
            "device": "CAD-PC12",
            "hint": "",
            "group": group.pk,
            "remember": "device",
        },
    )
    assert RemoteSession.objects.filter(group=group).count() == 2
    assert DeviceRule.objects.get().group_id == group.pk


def test_a_second_group_for_a_subscription_is_refused_and_duplication_offered(
    office: Client,
) -> None:
    tariff = make.subscription()
    first, second = parties.group(), parties.group()
    url = reverse("assistance:assign")
    given = {"tariff": tariff.pk, "starts_on": "01/01/2026"}
    assert office.post(url, given | {"groups": [first.pk]}).status_code == 302
    page = office.post(url, given | {"groups": [second.pk]})
    assert page.status_code in (200, 422)
    assert reverse("catalog:profile", args=[tariff.pk]) in page.content.decode()
    assert Assignment.objects.count() == 1
    assert Charge.objects.count() == 1


def test_top_up_adds_hours_and_charges_them(office: Client) -> None:
    tariff = make.subscription()
    group = parties.group()
    office.post(
        reverse("assistance:assign"),
        {"tariff": tariff.pk, "starts_on": "01/01/2026", "groups": [group.pk]},
    )
    url = reverse("assistance:top_up", args=[tariff.pk])
    given = {"minutes": "10:00", "amount": "1.250,50", "day": "05/03/2026", "key": "k1"}
    for _again in range(2):
        assert office.post(url, given).status_code == 302
    charge = Charge.objects.get(kind="top_up")
    assert charge.amount.minor == 125_050
    beyond = given | {"amount": "1000000000000", "key": "k2"}
    assert office.post(url, beyond).status_code == 422


def test_the_statement_is_a_pdf(office: Client) -> None:
    group = make.priced_group()
    recent(group, note="Stampante <b>& altro</b>")
    answer = office.get(reverse("assistance:statement"), {"group": group.pk})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert office.get(reverse("assistance:statement")).status_code == 404


def test_a_program_reads_the_statement_of_a_group(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = make.priced_group()
    recent(group)
    url = "/api/v1/sessions/statement"
    answer = office.get(url, {"group_id": group.pk})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    for asked in ({}, {"group_id": group.pk + 1}):
        assert office.get(url, asked).json()["fields"][0]["field"] == "group_id"
    monkeypatch.setattr(statements, "MOST", 0)
    refused = office.get(url, {"group_id": group.pk})
    assert (refused.status_code, refused.json()["error"]) == (409, "too_long")


def test_a_search_of_thousands_of_words_is_answered(office: Client) -> None:
    recent(make.priced_group(), note="Stampante")
    url = reverse("assistance:list")
    found = office.get(url, {"text": "stampante " * 3_000}, **HX).content.decode()
    assert "Stampante" in found
    many = " ".join(str(number) for number in range(3_000))
    assert "Stampante" not in office.get(url, {"text": many}, **HX).content.decode()


def test_undo_asks_for_a_reason_and_keeps_the_record(who: People) -> None:
    client = Client()
    client.force_login(who.owner)
    session = recent(make.priced_group())
    client.post(reverse("assistance:account", args=[session.pk]), {"filter": ""})
    url = reverse("assistance:undo", args=[session.pk])
    assert client.post(url, {"reason": ""}).status_code in (200, 422)
    assert client.post(url, {"reason": "Doppia"}).status_code == 302
    page = client.get(reverse("assistance:session", args=[session.pk])).content.decode()
    assert "Doppia" in page


def test_a_manual_session_is_written_once(office: Client, who: People) -> None:
    group = make.priced_group(minimum_minutes=10)
    given = {
        "group": group.pk,
        "technician": who.technician.pk,
        "kind": "phone",
        "started_at": "19/11/2026 10:00",
        "ended_at": "19/11/2026 10:05",
        "extra_minutes": "",
        "key": "abc",
    }
    for _again in range(2):
        assert office.post(reverse("assistance:manual"), given).status_code == 302
    session = RemoteSession.objects.get()
    assert session.is_manual
    other = office.post(reverse("assistance:manual"), given | {"note": "Stampante"})
    assert other.status_code == 422
    assert "lo apra di nuovo" in other.content.decode()
    bad = given | {"key": "x", "ended_at": "19/11/2026 09:00"}
    assert "19/11/2026 09:00" in office.post(reverse("assistance:manual"), bad).content.decode()
    assert RemoteSession.objects.count() == 1


def test_a_new_version_says_whom_it_touches(office: Client) -> None:
    group = make.priced_group()
    recent(group)
    tariff = Assignment.objects.get().tariff
    found = impact.of_tariff(
        tariff_id=tariff.pk, terms=catalog.terms(step_price="5.00"), at=timezone.now()
    )
    assert (found.customers, found.pending) == (1, 1)
    assert (str(found.before), str(found.after)) == ("44.00", "50.00")


def test_customer_and_profile_show_what_hangs_on_them(office: Client) -> None:
    group = make.priced_group()
    recent(group)
    tariff = Assignment.objects.get().tariff
    page = office.get(reverse("assistance:of_customer", args=[group.party_id]), **HX)
    assert "44,00" in page.content.decode()
    page = office.get(reverse("assistance:of_profile", args=[tariff.pk]), **HX)
    assert group.name in page.content.decode()
