"""Series of numbers: begun here or going on behind another program."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import people

from canone.base.numbering import services
from canone.base.numbering.models import Counter

pytestmark = pytest.mark.django_db
PAGE = "/settings/numbers/"


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(people.people().owner)
    return client


def test_a_series_goes_on_behind_another_program(owner: Client) -> None:
    today = timezone.now().date()
    first = today.replace(month=1, day=1)
    typed = {"series": "ft", "number": "41", "day": f"{first:%d/%m/%Y}"}
    assert owner.post(PAGE, typed)["Location"] == PAGE
    owner.post(PAGE, typed | {"number": "42"})  # mistyped: nothing was given since
    with transaction.atomic():
        assert services.next_number(series="FT", day=today).number == 43
    refused = owner.post(PAGE, typed)
    assert refused.status_code == 422
    assert Counter.objects.get().number == 43
    assert "FT" in owner.get(PAGE).content.decode()


def test_a_series_begins_with_one(owner: Client) -> None:
    owner.post(PAGE, {"series": "NC", "number": "0", "day": ""})
    with transaction.atomic():
        assert services.next_number(series="NC", day=timezone.now().date()).number == 1


@pytest.mark.parametrize("days", [None, -400, 2])
def test_the_date_is_needed_and_of_this_year(owner: Client, days: int | None) -> None:
    day = "" if days is None else f"{timezone.now() + timedelta(days=days):%d/%m/%Y}"
    answer = owner.post(PAGE, {"series": "FT", "number": "7", "day": day})
    assert set(answer.context["form"].errors) == {"day"}
    assert not Counter.objects.exists()


def test_only_owners_begin_them(client: Client) -> None:
    client.force_login(people.people().colleague)
    assert client.get(reverse("numbers")).status_code == 404
