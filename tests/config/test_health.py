from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from canone.base.tasks import queries as tasks
from canone.base.tasks.models import WorkerSign
from canone.config import health

pytestmark = pytest.mark.django_db


def _sign_of_life(*, ago: timedelta) -> None:
    seen = timezone.now() - ago
    WorkerSign.objects.create(worker="w", started_at=seen, seen_at=seen)


def test_a_stranger_learns_that_all_is_up(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.content == b"ok\n"
    assert "no-store" in answer["Cache-Control"]


def test_a_worker_that_is_missing_is_said(client: Client, settings: Any) -> None:
    settings.EXPECT_WORKER = True
    assert client.get("/healthz").status_code == 503
    _sign_of_life(ago=tasks.ALIVE_FOR + timedelta(seconds=5))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"the worker is silent\n")
    WorkerSign.objects.all().delete()
    _sign_of_life(ago=timedelta(seconds=1))
    assert client.get("/healthz").status_code == 200


def test_tables_that_are_behind_are_said(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'firm'")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert b"migrations are not applied" in answer.content
    assert not caplog.records  # a monitor asks every second


def test_a_database_that_is_away_is_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> list[str]:
        raise OperationalError("secret address")

    monkeypatch.setattr(health, "_database", away)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (
        503,
        b"the database does not answer: OperationalError\n",
    )


def test_the_health_page_is_only_read(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


def test_a_balancer_does_not_ask_for_the_worker(client: Client, settings: Any) -> None:
    settings.EXPECT_WORKER = True
    assert client.get("/healthz").status_code == 503
    assert client.get("/readyz").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'firm'")
    assert client.get("/readyz").status_code == 503
