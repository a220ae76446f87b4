"""What a Prometheus is told, whom, and that it is nothing about anybody."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from tests.people import people

from canone.base.backups.models import Backup
from canone.base.events.models import Delivery, Event
from canone.base.mail.models import OutgoingMail
from canone.base.tasks.models import Job, WorkerSign
from canone.config import metrics

pytestmark = pytest.mark.django_db
TOKEN = "a-token-for-prometheus-alone"
Labels = dict[str, str]


@pytest.fixture
def on(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def ask(client: Client, sent: str = f"Bearer {TOKEN}") -> Any:
    return client.get("/metrics", headers={"Authorization": sent})


def read(client: Client) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return every sample as Prometheus' own reader understands it."""
    answer = ask(client)
    assert answer.status_code == 200
    return samples(answer.content.decode())


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def of(found: dict[Any, float], name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0.0)


def test_without_the_setting_there_is_nothing(client: Client) -> None:
    assert ask(client).status_code == 404
    assert ask(client, "Bearer ").status_code == 404
    with pytest.raises(metrics.MiddlewareNotUsed):
        metrics.MeasuringMiddleware(lambda _request: pytest.fail("asked"))


@pytest.mark.usefixtures("on")
@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer tökén"]
)
def test_who_does_not_hold_the_token_finds_nothing(client: Client, sent: str) -> None:
    client.force_login(people().owner)
    assert ask(client, sent).status_code == 404


@pytest.mark.usefixtures("on")
def test_it_is_only_read_and_never_kept(client: Client) -> None:
    answer = ask(client)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/plain")
    assert client.post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405


@pytest.mark.usefixtures("on")
def test_requests_are_counted_by_what_the_program_calls_them(client: Client) -> None:
    before = read(client)
    client.force_login(people().owner)
    client.get("/me/?q=olga@example.com")
    client.get("/me/")
    client.get("/nowhere/olga@example.com/")
    client.generic("SPY", "/nowhere/")
    client.get("/api/v1/parties")
    after = read(client)

    def grown(name: str, **labels: str) -> float:
        return of(after, name, **labels) - of(before, name, **labels)

    assert grown("canone_requests_total", route="own", method="GET", status="200") == 2
    assert grown("canone_requests_total", route="other", method="GET", status="404") == 1
    assert grown("canone_requests_total", route="other", method="other", status="404") == 1
    assert grown("canone_request_seconds_count", route="own") == 2
    assert grown("canone_request_seconds_bucket", route="own", le="+Inf") == 2
    assert grown("canone_request_seconds_sum", route="own") > 0
    text = ask(client).content.decode()
    assert "olga" not in text
    assert "nowhere" not in text
    routes = set(re.findall(r'route="([^"]*)"', text))
    assert "api_list_parties" in routes
    assert not [route for route in routes if "/" in route]


@pytest.mark.usefixtures("on")
def test_the_database_tells_what_waits_and_what_is_kept(client: Client) -> None:
    now = timezone.now()
    found = read(client)
    assert of(found, "canone_jobs", state="waiting") == 0
    assert of(found, "canone_worker_alive") == 0
    assert of(found, "canone_backup_green") == 0
    assert ("canone_backup_age_seconds", frozenset()) not in found
    for state in ("waiting", "waiting", "running", "failed", "done"):
        Job.objects.create(kind="x", state=state, created_at=now, due_at=now)
    for state in ("queued", "sending", "failed", "sent"):
        OutgoingMail.objects.create(
            state=state, to="olga@example.com", message_id=state, due_at=now, created_at=now
        )
    event = Event.objects.create(kind="x", payload={})
    for number, state in enumerate(("waiting", "dead", "done")):
        Delivery.objects.create(event=event, handler=f"h{number}", state=state)
    WorkerSign.objects.create(worker="w", started_at=now, seen_at=now)
    made = now - timedelta(hours=2)
    Backup.objects.create(made_at=made, outcome=Backup.Outcome.OK, path="/nowhere", size=1)
    found = read(client)
    jobs = {state: of(found, "canone_jobs", state=state) for state in ("waiting", "running")}
    assert jobs == {"waiting": 2, "running": 1}
    assert of(found, "canone_jobs", state="failed") == 1
    assert of(found, "canone_outbox", kind="mails", state="waiting") == 2
    assert of(found, "canone_outbox", kind="mails", state="failed") == 1
    assert of(found, "canone_outbox", kind="events", state="waiting") == 1
    assert of(found, "canone_outbox", kind="events", state="failed") == 1
    assert ("canone_outbox", frozenset({("kind", "webhooks"), ("state", "waiting")})) in found
    assert of(found, "canone_worker_alive") == 1
    assert of(found, "canone_backup_green") == 1
    assert 7200 <= of(found, "canone_backup_age_seconds") < 7300
    assert of(found, "canone_database_bytes") > 100_000
    assert of(found, "canone_database_up") == 1


@pytest.mark.usefixtures("on")
def test_a_database_that_is_away_is_a_figure(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> int:
        raise OperationalError("secret address")

    monkeypatch.setattr(metrics, "_size", away)
    found = read(client)
    assert of(found, "canone_database_up") == 0
    assert ("canone_jobs", frozenset({("state", "waiting")})) not in found
    assert any(name == "canone_requests_total" for name, _labels in found)


COUNT = """
import django
django.setup()
from django.conf import settings
from canone.config import metrics
settings.METRICS_TOKEN = "x"
for _ in range(3):
    metrics.figures().count.labels("own", "GET", "200").inc()
    metrics.figures().seconds.labels("own").observe(0.2)
"""


@pytest.mark.usefixtures("on")
def test_whichever_process_is_asked_tells_of_all_also_of_those_that_ended(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = os.environ | {metrics.SHARED: str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNT], env=env, check=True)
    monkeypatch.setenv(metrics.SHARED, str(tmp_path))
    found = read(client)
    assert of(found, "canone_requests_total", route="own", method="GET", status="200") == 6
    assert of(found, "canone_request_seconds_bucket", route="own", le="0.1") == 0
    assert of(found, "canone_request_seconds_bucket", route="own", le="0.25") == 6
    assert of(found, "canone_database_up") == 1
