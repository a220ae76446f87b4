from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import people
from tests.make import catalog as make

from canone.kernel.money import Money
from canone.registers.catalog import queries
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.queries import impact
from canone.registers.catalog.rules.terms import OnExhaust, Terms
from canone.registers.catalog.web import profile_form

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Standard a scatti",
    "kind": "pay_per_use",
    "initial_minutes": "15",
    "initial_price": "20,00",
    "step_minutes": "5",
    "step_price": "4,00",
    "minimum_minutes": "3",
    "rounding": "up",
    "overlap": "none",
    "tariff_by": "accounting",
    "on_exhaust": "negative",
}


@pytest.fixture
def who() -> people.People:
    return people.people()


@pytest.fixture
def office(client: Client, who: people.People) -> Client:
    client.force_login(who.colleague)
    client.cookies["django_language"] = "it"
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"catalog:{name}", args=args)


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(url(name, *args))
    assert answer.status_code == 200
    return answer.content.decode()


def latest(tariff: Tariff) -> Terms:
    return queries.current_versions(make.START + timedelta(days=9_999))[tariff.pk].terms()


def previewed(client: Client, given: dict[str, str]) -> str:
    answer = client.post(url("profile_preview_new"), given, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_profile_is_made_from_the_form(office: Client) -> None:
    answer = office.post(url("profile_new"), FORM)
    tariff = Tariff.objects.get()
    assert answer.headers["Location"] == url("profile", tariff.pk)
    assert latest(tariff) == make.terms(minimum_minutes=3)
    shown = page(office, "profile", tariff.pk)
    assert "<b>15 minut" in shown


def test_every_option_survives_form_and_database(office: Client) -> None:
    given = {
        "merge": "on",
        "merge_gap_minutes": "5",
        "capped": "on",
        "maximum_price": "60,00",
        "after_hours": "on",
        "holidays": "it",
        "band1_name": "sera",
        "band1_days": ["0", "1", "7"],
        "band1_from": "18:00",
        "band1_to": "24",
        "band1_percent": "150",
        "note_required": "on",
        "rounding": "up",
        "tolerance_seconds": "10",
        "overlap": "technician",
        "tariff_by": "start",
    }
    office.post(url("profile_new"), FORM | given)
    tariff = Tariff.objects.get()
    terms = latest(tariff)
    assert terms.merge_gap_minutes == 5
    assert terms.maximum_price == Money.of("60")
    assert terms.bands[0]._asdict() == {
        "name": "sera",
        "days": (0, 1),
        "start": 1080,
        "end": 1440,
        "percent": 150,
        "on_holidays": True,
    }
    again = {key: value for key, value in profile_form.initial(terms).items() if value}
    form = profile_form.ProfileForm(_posted(again) | {"name": "Copia", "seen": ""}, initial=again)
    assert form.is_valid(), form.errors
    assert form.terms == terms
    answer = office.post(url("profile_edit", tariff.pk), FORM | given | {"seen": "1"})
    assert answer.status_code == 302
    assert tariff.versions.count() == 1


def _posted(values: dict[str, Any]) -> dict[str, Any]:
    form = profile_form.ProfileForm(initial=values)
    return {
        name: (value if isinstance(value, list | bool) else form.fields[name].prepare_value(value))
        for name, value in values.items()
        if name in form.fields
    }


def test_a_subscription_keeps_its_hours_and_what_happens_after(office: Client) -> None:
    given = {
        "kind": "subscription",
        "total_minutes": "10:00",
        "amount": "500,00",
        "step_minutes": "15",
        "on_exhaust": "overage",
        "overage_price": "60",
        "warns": "on",
        "warn_at_percent": "20, 5",
        "expires": "on",
        "expiry_months": "12",
    }
    answer = office.post(url("profile_new"), FORM | given)
    assert answer.status_code == 302
    terms = latest(Tariff.objects.get())
    assert (terms.total_minutes, terms.amount, terms.initial_minutes) == (600, Money.of(500), 0)
    assert terms.on_exhaust is OnExhaust.OVERAGE
    assert (terms.warn_at_percent, terms.expiry_months) == ((20, 5), 12)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"step_minutes": ""}, "step_minutes"),
        ({"step_minutes": "0"}, "step_minutes"),
        ({"step_minutes": "-5"}, "step_minutes"),
        ({"step_minutes": "2,5"}, "step_minutes"),
        ({"step_price": "-4"}, "step_price"),
        ({"step_price": "quattro"}, "step_price"),
        ({"initial_price": "2000000000"}, "initial_price"),
        ({"minimum_minutes": "9999999"}, "minimum_minutes"),
        ({"capped": "on", "maximum_price": "10"}, "maximum_price"),
        ({"after_hours": "on"}, "after_hours"),
        ({"after_hours": "on", "band1_from": "18:00"}, "band1_from"),
        ({"after_hours": "on", "band1_from": "25:00"}, "band1_from"),
        ({"warns": "on", "warn_at_percent": "poco", "kind": "subscription"}, "warn_at_percent"),
        ({"kind": "weekly"}, "kind"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_is_written(
    office: Client, changed: dict[str, str], field: str
) -> None:
    answer = office.post(url("profile_new"), FORM | changed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Tariff.objects.exists()


def test_a_taken_name_is_said_at_the_name(office: Client) -> None:
    make.tariff("Standard a scatti")
    answer = office.post(url("profile_new"), FORM)
    assert answer.status_code == 422
    assert "name" in answer.context["form"].errors


def test_a_change_is_the_next_version_and_a_stale_one_is_not(office: Client) -> None:
    tariff = make.tariff("Standard a scatti", minimum_minutes=3)
    edited = FORM | {"seen": "1", "step_price": "5,00", "name": "Scatti"}
    assert office.post(url("profile_edit", tariff.pk), edited).status_code == 302
    tariff.refresh_from_db()
    assert (tariff.name, tariff.versions.count()) == ("Scatti", 2)
    late = office.post(url("profile_edit", tariff.pk), edited | {"step_price": "6,00"})
    assert late.status_code == 422
    assert "Carla Villa" in late.content.decode()
    assert tariff.versions.count() == 2


def test_the_preview_prices_what_is_being_typed(office: Client) -> None:
    body = previewed(office, FORM | {"try": "42"})
    for price in ("20,00", "40,00", "104,00", "44,00"):
        assert price in body
    assert "<svg" in body
    prepaid = FORM | {"kind": "subscription", "total_minutes": "10", "step_minutes": "15"}
    assert "0:45" in previewed(office, prepaid)
    wrong = previewed(office, FORM | {"step_minutes": "x"})
    assert "<svg" not in wrong
    nameless = previewed(office, FORM | {"name": ""})
    assert "40,00" in nameless


@pytest.mark.parametrize(
    ("tried", "shown"),
    [("", "44,00"), ("15", "20,00"), ("x", "–"), ("-5", "–"), ("1e9", "–"), ("9" * 30, "–")],
)
def test_a_duration_that_cannot_be_tried_does_no_harm(
    office: Client, tried: str, shown: str
) -> None:
    body = previewed(office, FORM | {"try": tried})
    assert shown in body[body.index("id_try") :]


def test_the_form_says_what_a_change_touches(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tariff = make.tariff()
    asked: list[Terms] = []

    def answer(*, tariff_id: int, terms: Terms, at: object) -> impact.Impact:
        asked.append(terms)
        return impact.Impact(14, 37, Money.of("1412"), Money.of("1458"), "/c", "/s")

    def groups(*, tariffs: list[int], at: object) -> dict[int, int]:
        return dict.fromkeys(tariffs, 14)

    monkeypatch.setattr(impact, "_bound", {"impact": answer})
    monkeypatch.setattr(impact, "_groups", {"groups": groups})
    body = office.post(url("profile_preview", tariff.pk), FORM | {"seen": "1"}).content.decode()
    assert "1.458,00" in body
    assert asked[0].minimum_minutes == 3
    assert ">14<" in page(office, "profiles")


@pytest.mark.parametrize("key", profile_form.EXAMPLES)
def test_every_example_can_be_saved(office: Client, key: str) -> None:
    answer = office.post(url("profile_new"), {"example": key, "name": "Da esempio"})
    form = answer.context["form"]
    values = {name: value for name, value in form.initial.items() if value}
    saved = profile_form.ProfileForm(_posted(values), initial=values)
    assert saved.is_valid(), saved.errors
    assert saved.terms == profile_form.EXAMPLES[key][1]


def test_retiring_and_duplicating(office: Client) -> None:
    tariff = make.tariff("Orario")
    office.post(url("profile_activate", tariff.pk))
    tariff.refresh_from_db()
    assert not tariff.is_active
    answer = office.post(url("profile_copy", tariff.pk))
    copy = Tariff.objects.get(name="Orario 2")
    assert answer.headers["Location"] == url("profile_edit", copy.pk)


@pytest.mark.parametrize(
    "hidden",
    [
        {"band1_from": "boh", "holidays": "it"},
        {"maximum_price": "boh"},
        {"merge_gap_minutes": "boh"},
        {"total_minutes": "boh", "amount": "boh"},
        {"expires": "on", "warns": "on", "warn_at_percent": ""},
        {"kind": "subscription", "initial_minutes": "boh", "step_price": "boh"},
    ],
)
def test_what_nobody_sees_stands_in_nobodys_way(office: Client, hidden: dict[str, str]) -> None:
    assert office.post(url("profile_new"), FORM | hidden).status_code == 302
    terms = latest(Tariff.objects.get())
    assert (terms.bands, terms.holidays, terms.maximum_price, terms.merge_gap_minutes) == (
        (),
        "",
        None,
        0,
    )


@pytest.mark.parametrize(("switch", "field"), profile_form.OPENED.items())
def test_a_switch_that_is_on_asks_for_its_field(office: Client, switch: str, field: str) -> None:
    kind = "subscription" if field in profile_form.PREPAID_ONLY else "pay_per_use"
    answer = office.post(url("profile_new"), FORM | {"kind": kind, switch: "on", field: ""})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
