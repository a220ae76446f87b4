"""A caller asks as often as its budget says, over all processes, and is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.make import access

from canone.base.access import services as users
from canone.base.access.functions import Role
from canone.ui import services
from canone.ui.api import limits
from canone.ui.api.limits import TooManyProblem, take
from canone.ui.models import RequestCount

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 8, 0, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    limits.forget()
    yield
    limits.forget()


def given(limit: int, *, processes: int = 1) -> int:
    """Return how many requests pass when every process asks until it is refused."""
    passed, refused = 0, 0
    while refused < processes:
        for _process in range(processes):
            try:
                take("token:1", limit, at=AT)
                passed += 1
            except TooManyProblem:
                refused += 1
            if processes > 1:
                limits.forget()  # the next one is another process and holds no share
    return passed


@pytest.mark.parametrize("limit", [1, 7, 20, 600])
def test_one_process_gives_exactly_the_budget(limit: int) -> None:
    assert given(limit) == limit


def test_many_processes_never_give_more_than_the_budget() -> None:
    assert given(100, processes=30) == limits.SHARES
    assert RequestCount.objects.get().taken == 100


def test_few_requests_write(django_assert_num_queries: Any) -> None:
    take("token:1", 600, at=AT)
    with django_assert_num_queries(0):
        for _ in range(600 // limits.SHARES - 1):
            take("token:1", 600, at=AT)


def test_the_next_minute_begins_anew_and_callers_do_not_share() -> None:
    assert take("token:1", 1, at=AT).left == 0
    with pytest.raises(TooManyProblem) as refused:
        take("token:1", 1, at=AT)
    assert refused.value.budget == limits.Budget(1, 0, 50)
    assert take("token:2", 1, at=AT).left == 0
    assert take("token:1", 1, at=AT + MINUTE).reset == 50


def test_who_has_not_asked_for_long_is_forgotten() -> None:
    take("token:1", 10, at=AT)
    window = int(AT.timestamp()) // limits.WINDOW
    assert services.forget_requests(before=window) == 0
    assert services.forget_requests(before=window + 1) == 1


def test_answers_tell_what_is_left_and_when_to_come_back(settings: Any) -> None:
    settings.API_RATE, settings.API_ADDRESS_RATE = 2, 1
    owner = access.user(Role.OWNER)
    text = users.create_token(user=owner, name="x", scopes=["*"], at=timezone.now())[1]
    client, bearer = Client(), {"Authorization": f"Bearer {text}"}
    first, second, third = (client.get("/api/v1/me", headers=bearer) for _ in range(3))
    assert (first.status_code, first["RateLimit-Remaining"], first["RateLimit-Limit"]) == (
        200,
        "1",
        "2",
    )
    assert second["RateLimit-Remaining"] == "0"
    assert third.status_code == 429
    assert third.json()["error"] == "too_many"
    assert 0 < int(third["Retry-After"]) <= 60
    false = {"Authorization": "Bearer canone_aaaaaaaa_b"}
    statuses = [client.get("/api/v1/me", headers=false).status_code for _ in range(2)]
    assert statuses == [401, 429]
    assert client.get("/api/v1/me").status_code == 429
