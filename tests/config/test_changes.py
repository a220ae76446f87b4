"""The page and the operation of all changes: who sees them, what they show."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.kit import assert_fixed_queries
from tests.make import access, parties
from tests.people import People, people

from canone.base.history import queries
from canone.config.web import changes
from canone.registers.parties.models import Party

pytestmark = pytest.mark.django_db
URL = "/settings/changes/"


@pytest.fixture
def who(client: Client) -> People:
    made = people()
    made.owner.language = "en"
    made.owner.save()
    client.force_login(made.owner)
    return made


def renamed(party: Party, name: str) -> None:
    party.name = name
    party.save()


@pytest.mark.usefixtures("who")
def test_a_change_stands_there_with_before_and_after(client: Client) -> None:
    party = parties.party("Alabastro")
    renamed(party, "Alabastro S.r.l.")
    page = client.get(URL, {"text": "Alabastro"}).content.decode()
    assert f'<a href="/customers/{party.pk}/">Alabastro S.r.l.</a>' in page
    assert "Alabastro</del>" in page
    assert "Alabastro S.r.l.</ins>" in page
    assert client.get(URL, {"text": "Zirconia"}).context["rows"] == []


@pytest.mark.usefixtures("who")
def test_fifty_a_page_and_the_next(client: Client) -> None:
    for number in range(60):
        parties.party(f"Alabastro {number}")
    first = client.get(URL, {"text": "Alabastro"})
    assert len(first.context["rows"]) == 50
    second = client.get(URL, {"text": "Alabastro", "after": first.context["older"]})
    assert len(second.context["rows"]) == 10
    assert second.context["older"] == ""
    assert client.get(URL, {"after": "nowhere"}).status_code == 404


@pytest.mark.usefixtures("who")
def test_a_day_that_is_none_is_told_and_left_out(client: Client) -> None:
    parties.party("Alabastro")
    page = client.get(URL, {"since": "yesterday-ish"})
    assert b"Not a date" in page.content
    assert page.context["rows"]


@pytest.mark.usefixtures("who")
def test_files_hold_a_line_per_field(client: Client) -> None:
    party = parties.party("Alabastro")
    renamed(party, "Alabastro S.r.l.")
    answer = client.get(URL, {"kind": "parties.party", "format": "csv"})
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert any("Alabastro,Alabastro S.r.l." in line for line in lines)
    book = client.get(URL, {"format": "xlsx"})
    assert b"".join(book.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    book.close()


def test_only_owners_see_what_everybody_did(client: Client, who: People) -> None:
    for user in (who.colleague, who.technician, who.customer):
        client.force_login(user)
        assert client.get(URL).status_code == 404


@pytest.mark.usefixtures("who")
def test_the_page_asks_a_fixed_number_of_times(client: Client) -> None:
    renamed(parties.party("Alabastro"), "A")

    def more() -> None:
        for number in range(5):
            renamed(parties.party(f"Alabastro {number}"), f"B {number}")

    assert_fixed_queries(client, URL, more)


def test_every_link_leads_somewhere() -> None:
    assert set(changes.LINKS) <= set(queries.kinds())
    assert all(reverse(name, args=[1]) for name in changes.LINKS.values())


def test_a_program_finds_them_page_by_page(who: People) -> None:
    parties.party("Alabastro")
    renamed(party := parties.party("Zirconia"), "Zirconia S.r.l.")
    client = Client(headers={"authorization": f"Bearer {access.token(who.owner)}"})
    url = "/api/v1/changes"
    first = client.get(url, {"kind": "parties.party", "limit": 2}).json()
    assert [one["act"] for one in first["items"]] == ["changed", "created"]
    assert first["items"][0]["id"] == str(party.pk)
    named = {one["field"]: one["after"] for one in first["items"][0]["fields"]}
    assert "Zirconia S.r.l." in named.values()
    second = client.get(url, {"kind": "parties.party", "limit": 2, "cursor": first["next"]}).json()
    assert [one["name"] for one in second["items"]] == ["Alabastro"]
    assert second["next"] is None
    assert client.get(url, {"kind": "x.y"}).status_code == 422
    assert client.get(url, {"cursor": "bogus"}).status_code == 422
    assert client.get(url, {"since": "2026-01-01T00:00:00Z", "text": "Zirconia"}).json()["items"]


def test_every_kind_of_record_is_called_something() -> None:
    assert set(changes.KINDS) == set(queries.kinds())
