import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from canone.base import engine
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


@pytest.fixture
def newer() -> Iterator[None]:
    """The tables are of a version that this program does not know."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('firm', '9999_later', CURRENT_TIMESTAMP)"
        )
    yield
    engine._is_ahead.cache_clear()


@pytest.mark.usefixtures("newer")
def test_tables_that_are_ahead_are_said_and_not_written_to(client: Client) -> None:
    for address in ("/healthz", "/readyz"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert b"newer version" in answer.content
    typed = {"login": "olga@example.com", "password": "x"}
    page = client.post("/accounts/login/", typed, headers={"Accept-Language": "fr"})
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert "Un instant" in page.content.decode()
    said = client.post("/api/v1/parties", {"name": "x"}, content_type="application/json")
    assert (said.status_code, said["Retry-After"]) == (503, "10")
    assert said.json()["error"] == "unavailable"
    assert client.get("/accounts/login/").status_code != 503


def test_what_an_app_that_is_gone_left_behind_is_no_newer_version(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('gone', '0001_initial', CURRENT_TIMESTAMP)"
        )
    assert client.get("/readyz").status_code == 200


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


def test_one_machines_worker_is_not_anothers() -> None:
    now = timezone.now()
    WorkerSign.objects.create(worker="one:17:ab", started_at=now, seen_at=now)
    assert tasks.worker_alive(now, host="one")
    assert not tasks.worker_alive(now, host="on")
    with pytest.raises(CommandError, match="no worker of this machine"):
        call_command("worker", check=True)
    name = f"{socket.gethostname()}:18:cd"
    WorkerSign.objects.create(worker=name, started_at=now, seen_at=now)
    call_command("worker", check=True)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_machine_itself_may_always_ask(host: str) -> None:
    code = "from django.conf import settings; print(settings.ALLOWED_HOSTS)"
    env = os.environ | {"CANONE_HOSTS": "canone.example.com"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert host in done.stdout
    assert "canone.example.com" in done.stdout
