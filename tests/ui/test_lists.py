import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests import people
from tests.ui.people_list import People

from canone.base.access.models import User
from canone.ui import zones

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]


@pytest.fixture
def ask(rf: RequestFactory) -> Ask:
    someone = people.people().owner

    def answer(query: str = "", **headers: str) -> Any:
        request: Any = rf.get(f"/people/{query}", headers=headers)
        request.user = User.objects.get(pk=someone.pk)
        zones.forget()
        with translation.override("en"):
            return People(request).response()

    return answer


def test_pages_follow_each_other_without_a_gap_from_either_end(ask: Ask) -> None:
    for number in range(120):
        User.objects.create(email=f"p{number}@example.com", name=f"Pia {number % 7}")
    wanted = list(User.objects.order_by("name", "pk").values_list("pk", flat=True))
    shown: list[int] = []
    for number in range(1, 6):
        with CaptureQueriesContext(connection) as asked:
            page = ask(f"?per=25&page={number}").content.decode()
        found = [int(pk) for pk in re.findall(r'<a[^>]*href="/(\d+)"', page)]
        shown += list(dict.fromkeys(found))
        passed = [int(n) for sql in asked for n in re.findall(r"OFFSET (\d+)", sql["sql"])]
        assert sum(passed) <= len(wanted) / 2
    assert shown == wanted


@pytest.mark.parametrize("size", ["²", "9" * 5000, "-25", "26"])
def test_a_size_that_is_not_offered_is_the_usual_one(ask: Ask, size: str) -> None:
    answer = ask(f"?per={size}")
    assert answer.status_code == 200
    assert answer.content.decode().count("data-row") == ask("").content.decode().count("data-row")


def test_a_list_shows_rows_state_and_foot(ask: Ask) -> None:
    page = ask().content.decode()
    assert page.count(" data-row>") == 5
    assert 'class="is-done"' in page
    assert "2:43" in page
    assert "5 rows found" in page


def test_results_alone_go_to_htmx(ask: Ask) -> None:
    alone = ask(**{"HX-Request": "true", "HX-Target": "results"})
    assert alone.content.decode().lstrip().startswith('<div id="results"')


def test_a_filter_speaks_and_can_be_removed(ask: Ask) -> None:
    page = ask("?text=carla&active=no").content.decode()
    assert "“carla”, stopped" in page
    assert "Remove “carla” (0)" in page
    assert "Remove stopped (1)" in page


def test_sorting_turns_around(ask: Ask) -> None:
    page = ask("?sort=-name").content.decode()
    assert page.index("Ugo Neri") < page.index("Carla Villa")
    assert 'aria-sort="descending"' in page


def test_a_date_that_is_none_is_told_and_left_out(ask: Ask) -> None:
    page = ask("?after=31/13/2026").content.decode()
    assert "From: “31/13/2026”. Not a date." in page
    assert page.count(" data-row>") == 5


def test_the_number_of_queries_does_not_grow(ask: Ask) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        ask()
    for number in range(40):
        User.objects.create_user(f"{number}@example.com", name=f"Person {number}")
    with CaptureQueriesContext(connection) as many:
        ask()
    assert len(many) == len(few)


def test_a_file_holds_the_filtered_rows(ask: Ask) -> None:
    lines = b"".join(ask("?text=carla&format=csv")).decode().splitlines()
    assert len(lines) == 2
    assert "Carla Villa" in lines[1]
    book = ask("?format=xlsx")
    assert book["Content-Type"].endswith("sheet")
    book.close()
