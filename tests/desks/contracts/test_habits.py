"""What new contracts and lines begin with."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from tests import markup, people
from tests.make import contracts as make
from tests.make import parties

from canone.desks.contracts.models import Contract, ContractHabits
from canone.desks.contracts.services import habits, lines

pytestmark = pytest.mark.django_db
PAGE = "/contracts/habits/"


def test_new_ones_begin_with_the_habits_and_old_ones_keep_theirs() -> None:
    old = make.contract()
    line = make.line(old)
    habits.revise(by=None, arrears_on="last_day", day_basis="thirty")
    new = make.contract()
    assert (new.arrears_on, make.line(new).day_basis) == ("last_day", "thirty")
    assert lines.blank(new).day_basis == "thirty"
    assert make.contract(arrears_on="day_after").arrears_on == "day_after"
    assert make.line(new, day_basis="actual").day_basis == "actual"
    old.refresh_from_db()
    line.refresh_from_db()
    assert (old.arrears_on, line.day_basis) == ("day_after", "actual")


def test_what_is_no_habit_is_refused() -> None:
    with pytest.raises(ValidationError):
        habits.revise(by=None, day_basis="moon")
    with pytest.raises(TypeError):
        habits.revise(by=None, colour="plum")
    assert not ContractHabits.objects.exists()


def test_the_page_keeps_them_and_a_contract_made_on_pages_begins_with_them(client: Client) -> None:
    client.force_login(people.people().colleague)
    page = markup.get(client, PAGE)
    assert page.one('select[name="arrears_on"] > option[selected]')["value"] == "day_after"
    given = {"arrears_on": "last_day", "day_basis": "months_and_days"}
    assert client.post(PAGE, given).status_code == 302
    assert ContractHabits.objects.get().arrears_on == "last_day"
    assert client.post(PAGE, given | {"day_basis": "moon"}).status_code == 422
    sent = {
        "customer": parties.party("Rossi").pk,
        "type": make.contract_type().pk,
        "start": "01/12/2026",
    }
    answer = client.post("/contracts/new/", sent)
    assert answer.status_code == 302, answer.content
    contract = Contract.objects.get()
    form = markup.get(client, f"/contracts/{contract.pk}/accounting/")
    assert form.one('select[name="arrears_on"] > option[selected]')["value"] == "last_day"


def test_a_technician_finds_nothing(client: Client) -> None:
    client.force_login(people.people().technician)
    assert client.get(PAGE).status_code == 404
