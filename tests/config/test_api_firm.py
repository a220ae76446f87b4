"""The firm's data and its counters of numbers through the API: what their pages can do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from tests import people
from tests.make import access

from canone.base.firm import queries, services
from canone.base.numbering import services as numbers
from canone.base.numbering.models import Counter

pytestmark = pytest.mark.django_db
FIRM, COUNTERS = "/api/v1/firm", "/api/v1/counters"
ITALIAN, FRENCH = "00743110157", "83404833048"
IBAN = "IT60X0542811101000000123456"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def program(client: Client) -> Client:
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(people.people().owner)}"
    return client


def send(program: Client, method: str, url: str, **said: Any) -> Any:
    return program.generic(method, url, json.dumps(said), content_type="application/json")


def test_the_firm_is_not_changed_over_what_somebody_else_changed(program: Client) -> None:
    seen = program.get(FIRM)["ETag"]
    services.revise(city="Torino")
    program.defaults["HTTP_IF_MATCH"] = seen
    said = send(program, "PATCH", FIRM, city="Milano")
    assert (said.status_code, said.json()["error"]) == (412, "changed")
    program.defaults["HTTP_IF_MATCH"] = program.get(FIRM)["ETag"]
    assert send(program, "PATCH", FIRM, city="Milano").json()["city"] == "Milano"


def faults(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return sorted(fault["field"] for fault in answer.json()["fields"])


def test_what_is_sent_changes_and_the_rest_stays(program: Client) -> None:
    services.revise(name="Lariotech", city="Como")
    told = send(program, "PATCH", FIRM, vat_number=f"IT {ITALIAN}", iban=f" {IBAN[:4]} {IBAN[4:]}")
    assert told.status_code == 200
    assert told.json() == program.get(FIRM).json()
    assert (told.json()["name"], told.json()["city"]) == ("Lariotech", "Como")
    assert (told.json()["vat_number"], told.json()["iban"]) == (ITALIAN, IBAN)
    assert queries.firm().history.count() == 2  # type: ignore[attr-defined]


def test_everything_that_is_wrong_is_told_at_once_and_nothing_kept(program: Client) -> None:
    services.revise(name="Lariotech", city="Como")
    wrong = send(
        program, "PATCH", FIRM, city="Erba", vat_number="00743110158", iban="IT00X", bic="ABC",
        time_zone="Europe/Atlantis", pays_vat_on_debits=True,
    )  # fmt: skip
    assert faults(wrong) == ["bic", "iban", "pays_vat_on_debits", "time_zone", "vat_number"]
    assert faults(send(program, "PATCH", FIRM, email="nobody")) == ["email"]
    assert faults(send(program, "PATCH", FIRM, time_zone="Etc/GMT+3")) == ["time_zone"]
    assert faults(send(program, "PATCH", FIRM, name="")) == ["name"]
    assert faults(send(program, "PATCH", FIRM, language="de")) == ["language"]
    assert queries.firm().city == "Como"


def test_another_country_needs_its_own_vat_number(program: Client) -> None:
    services.revise(name="Lariotech", vat_number=ITALIAN)
    assert faults(send(program, "PATCH", FIRM, country="fr")) == ["vat_number"]
    moved = {"country": "fr", "vat_number": FRENCH, "pays_vat_on_debits": True}
    told = send(program, "PATCH", FIRM, **moved).json()
    assert (told["vat_number"], told["pays_vat_on_debits"]) == (FRENCH, True)


@time_machine.travel(NOW, tick=False)
def test_a_series_goes_on_behind_another_program(program: Client) -> None:
    begun = send(program, "POST", COUNTERS, series="ft", number=41, day="2026-02-28")
    assert begun.status_code == 201
    assert begun.json() == {"series": "FT", "year": 2026, "number": 41, "day": "2026-02-28"}
    with transaction.atomic():
        assert numbers.next_number(series="FT", day=NOW.date()).number == 42
    again = send(program, "POST", COUNTERS, series="FT", number=50, day="2026-02-28")
    assert faults(again) == ["series"]
    assert send(program, "POST", COUNTERS, series="NC").json()["number"] == 0
    listed = program.get(COUNTERS).json()["items"]
    assert [(row["series"], row["number"]) for row in listed] == [("FT", 42), ("NC", 0)]


@time_machine.travel(NOW, tick=False)
def test_a_name_and_a_day_that_cannot_be_are_told_together(program: Client) -> None:
    for day in (None, "2025-12-31", "2026-03-03"):
        wrong = send(program, "POST", COUNTERS, series="F-T", number=7, day=day)
        assert faults(wrong) == ["day", "series"], day
    assert faults(send(program, "POST", COUNTERS, series="FT\n")) == ["series"]
    assert faults(send(program, "POST", COUNTERS, series="FT", number=-1)) == ["number"]
    assert not Counter.objects.exists()


def test_both_belong_to_the_owner(client: Client) -> None:
    colleague = people.people().colleague
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.token(colleague)}"
    assert client.get(FIRM).status_code == client.get(COUNTERS).status_code == 403
    assert send(client, "PATCH", FIRM, city="Erba").status_code == 403
    assert send(client, "POST", COUNTERS, series="FT").status_code == 403
