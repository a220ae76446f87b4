from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import kit, people
from tests.make import catalog as make

from canone.kernel.money import Money, UnitPrice
from canone.registers.catalog import queries
from canone.registers.catalog.models import Article, Price, PriceList, Tariff, VatRate
from canone.registers.catalog.queries import impact
from canone.registers.catalog.rules.terms import Kind, OnExhaust, Terms
from canone.registers.catalog.services import prices
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


ALONE = [
    "profiles",
    "profile_new",
    "articles",
    "article_new",
    "vat",
    "vat_new",
    "units",
    "unit_new",
    "price_lists",
    "price_list_new",
]


@pytest.mark.parametrize("name", ALONE)
def test_every_page_opens_empty_and_with_rows(office: Client, name: str) -> None:
    page(office, name)
    make.tariff()
    make.tariff(kind=Kind.SUBSCRIPTION, total_minutes=600, amount=Money.of("500"))
    make.article()
    make.price_list()
    page(office, name)


def test_pages_of_one_row_open(office: Client) -> None:
    tariff, article, usual = make.tariff(note_required=True), make.article(), make.price_list()
    prices.set_price(
        price_list=usual, article=article, price=UnitPrice.of("50"), valid_from=date(2026, 1, 1)
    )
    for name in ("profile", "profile_edit"):
        assert tariff.name in page(office, name, tariff.pk)
    for name in ("article", "article_edit"):
        page(office, name, article.pk)
    for name in ("price_list", "price_list_edit", "price_new"):
        page(office, name, usual.pk)
    page(office, "vat_edit", article.vat.pk)
    page(office, "unit_edit", article.unit.pk)
    assert "50,00" in page(office, "article", article.pk)


@pytest.mark.parametrize("name", ["profiles", "articles", "price_lists", "vat"])
def test_lists_ask_a_fixed_number_of_queries(office: Client, name: str) -> None:
    def rows() -> None:
        make.tariff()
        article = make.article()
        listed = make.price_list()
        make.vat(f"V{listed.pk}", 0)
        prices.set_price(
            price_list=listed, article=article, price=UnitPrice.of(1), valid_from=date(2026, 1, 1)
        )

    rows()
    kit.assert_fixed_queries(office, url(name), lambda: [rows() for _ in range(4)])


@pytest.mark.parametrize("name", ["profiles", "articles", "price_lists", "vat", "units"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lists_are_exported(office: Client, name: str, kind: str) -> None:
    make.tariff()
    make.article()
    make.price_list()
    answer = office.get(url(name), {"format": kind})
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert len(body) > 20


def test_a_technician_sees_articles_and_changes_nothing(client: Client, who: people.People) -> None:
    article, tariff, listed = make.article(), make.tariff(), make.price_list()
    client.force_login(who.technician)
    assert client.get(url("articles")).status_code == 200
    for name, args in [
        ("article_new", ()),
        ("article_edit", (article.pk,)),
        ("profiles", ()),
        ("profile", (tariff.pk,)),
        ("profile_edit", (tariff.pk,)),
        ("price_new", (listed.pk,)),
        ("vat_new", ()),
        ("units", ()),
    ]:
        assert client.get(url(name, *args)).status_code == 404, name
    assert client.post(url("profile_activate", tariff.pk)).status_code == 404
    client.force_login(who.customer)
    assert client.get(url("articles")).status_code == 404


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


def test_articles_rates_units_and_prices_are_entered(office: Client) -> None:
    vat, unit = make.vat(), make.unit()
    given = {
        "code": "ASS-01",
        "kind": "service",
        "unit": unit.pk,
        "vat": vat.pk,
        "title": "Assistenza remota",
        "title_fr": "Assistance à distance",
        "is_active": "on",
    }
    assert office.post(url("article_new"), given).status_code == 302
    article = Article.objects.get()
    assert article.titles == {"fr": "Assistance à distance"}
    assert office.post(url("article_new"), given).status_code == 422

    rate = {"code": "10", "title": "Ridotta", "rate": "10", "country": "it", "is_active": "on"}
    assert office.post(url("vat_new"), rate).status_code == 302
    assert VatRate.objects.get(code="10").basis_points == 1_000
    both = rate | {"code": "X", "nature": "N4"}
    assert office.post(url("vat_new"), both).status_code == 422
    assert office.post(url("vat_provide")).status_code == 302
    assert office.post(url("unit_new"), {"code": "km", "title": "km"}).status_code == 302

    listed = {"name": "2026", "valid_from": "01/01/2026", "last_day": "31/12/2026"}
    assert office.post(url("price_list_new"), listed | {"is_active": "on"}).status_code == 302
    price_list = PriceList.objects.get()
    assert (price_list.valid_until, price_list.is_default) == (date(2027, 1, 1), True)
    wrong = listed | {"name": "x", "last_day": "31/12/2025"}
    assert office.post(url("price_list_new"), wrong).status_code == 422
    set_ = {"article": article.pk, "price": "0,0085", "valid_from": "01/02/2026"}
    assert office.post(url("price_new", price_list.pk), set_).status_code == 302
    row = Price.objects.get()
    assert row.price == UnitPrice.of("0.0085")
    office.post(url("price_remove", price_list.pk), {"ids": [row.pk]})
    assert not Price.objects.exists()


def test_two_who_change_one_article_both_learn_of_it(office: Client) -> None:
    article = make.article()
    form = office.get(url("article_edit", article.pk)).context["form"]
    given = {
        "code": article.code,
        "kind": "service",
        "unit": article.unit.pk,
        "vat": article.vat.pk,
        "title": "Nuovo",
        "is_active": "on",
        "seen": form["seen"].value(),
    }
    assert office.post(url("article_edit", article.pk), given).status_code == 302
    late = office.post(url("article_edit", article.pk), given | {"title": "Altro"})
    assert late.status_code == 409


def test_the_search_finds_profiles_and_articles_of_who_may_see_them(
    client: Client, who: people.People
) -> None:
    make.tariff("Reperibilità 24 ore")
    make.article("ASS-24", title="Assistenza 24 ore")
    client.force_login(who.colleague)
    body = client.get("/search/?q=24 ore").content.decode()
    assert "Reperibilità 24 ore" in body
    assert "ASS-24" in body
    client.force_login(who.technician)
    body = client.get("/search/?q=24 ore").content.decode()
    assert "Reperibilità 24 ore" not in body
    assert "ASS-24" in body
