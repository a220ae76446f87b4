"""What a Sentry is told of a fault, by what really arrives at one on this machine."""

from __future__ import annotations

import contextvars
import gzip
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sentry_sdk
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client
from tests.people import people

from canone.config import doctor, sentry
from canone.ui import forms

HUSH = "olga.rossi@example.com"


class Receiver:
    """A Sentry that keeps what it is sent."""

    def __init__(self, port: int) -> None:
        self.dsn = f"http://publickey@127.0.0.1:{port}/7"
        self.bodies: list[bytes] = []

    @property
    def events(self) -> list[dict[str, Any]]:
        """What came, without the frame around it."""
        return [json.loads(body.splitlines()[2]) for body in self.bodies]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            zipped = self.headers.get("Content-Encoding") == "gzip"
            kept.bodies.append(gzip.decompress(body) if zipped else body)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Receiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def told(receiver: Receiver) -> Iterator[Receiver]:
    """Faults of this process go to the receiver."""
    sentry.start(receiver.dsn)
    yield receiver
    sentry_sdk.get_client().close(timeout=5)
    sentry_sdk.get_global_scope().set_client(None)


def breaks(*_: Any) -> HttpResponse:
    typed = HUSH
    raise ValueError(f"{typed} is no number")


@pytest.mark.django_db
def test_a_fault_is_told_with_its_place_and_without_anybody(
    told: Receiver, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = people().owner
    client.force_login(owner)
    client.raise_request_exception = False
    monkeypatch.setattr(forms, "render", breaks)
    answer = client.post(
        f"/me/?mail={HUSH}",
        {"name": "", "theme": HUSH},
        headers={"X-Request-ID": "proxy-77", "X-Hush": HUSH},
    )
    assert answer.status_code == 500
    sentry_sdk.flush(5)
    (event,) = told.events
    assert event["tags"] == {"request": "proxy-77"}
    assert event["user"] == {"id": str(owner.pk)}
    assert event["transaction"] == "own"
    (fault,) = event["exception"]["values"]
    assert fault.keys() == {"type", "module", "stacktrace"}
    assert fault["type"] == "ValueError"
    last = fault["stacktrace"]["frames"][-1]
    assert last["function"] == "breaks"
    assert set(last) <= set(sentry.FRAME)
    allowed = {*sentry.WHOLE, "exception", "tags", "user", "logentry", "transaction"}
    assert set(event) <= allowed
    for secret in (HUSH, "olga", "Hush", "sessionid", client.cookies["sessionid"].value):
        assert secret.encode() not in told.bodies[0]


def test_what_is_logged_beside_an_exception_is_told_unfilled(told: Receiver) -> None:
    contextvars.Context().run(check_unfilled, told)


def check_unfilled(told: Receiver) -> None:
    log = logging.getLogger("canone.tasks")
    log.error("a mail to %s could not be sent", HUSH)
    log.warning("one more", exc_info=ValueError(HUSH))
    log.error("job %s of %s failed", 7, HUSH, exc_info=ValueError(HUSH))
    logging.getLogger("elsewhere").error(" ".join([HUSH, "is odd"]), exc_info=KeyError(HUSH))
    sentry_sdk.flush(5)
    first, second = sorted(told.events, key=lambda one: str(one["logger"]))
    assert first["logentry"] == {"message": "job %s of %s failed"}
    assert first["exception"]["values"][0]["type"] == "ValueError"
    assert "user" not in first
    assert "logentry" not in second
    assert not [body for body in told.bodies if HUSH.encode() in body]


def test_an_address_that_is_none_is_said_without_its_key() -> None:
    with pytest.raises(ImproperlyConfigured, match="no address of a Sentry") as fault:
        sentry.start("http://hush@nowhere")
    assert "hush" not in str(fault.value)


FAULT = """
import django
django.setup()
import logging, sys
{}
raise ValueError("hush")
"""


def _run(folder: Path, more: str, **env: str) -> None:
    """Let a process end by a fault, with the settings of a real one."""
    own = {"DJANGO_SETTINGS_MODULE": "canone.config.settings", "CANONE_DATA": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", FAULT.format(more)],
        env=os.environ | own | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith("ValueError: hush"), done.stderr


def test_a_process_that_ends_by_a_fault_tells_it(receiver: Receiver, tmp_path: Path) -> None:
    _run(tmp_path, "", CANONE_SENTRY_DSN=receiver.dsn)
    (event,) = receiver.events
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert b"hush" not in receiver.bodies[0]


def test_without_the_setting_nobody_is_told(receiver: Receiver, tmp_path: Path) -> None:
    look = "assert not {'sentry_sdk', 'prometheus_client'} & set(sys.modules)"
    _run(tmp_path, look, CANONE_SENTRY_DSN="", SENTRY_DSN=receiver.dsn)
    assert receiver.bodies == []


@pytest.mark.django_db
def test_the_doctor_says_what_is_on(settings: Any) -> None:
    def said() -> dict[str, tuple[str, str]]:
        return {one.part: (one.grade, one.text) for one in doctor.examine(datetime.now(UTC))}

    off = said()
    assert off["Sentry"] == ("ok", "off: faults are told to nobody")
    assert off["metrics"] == ("ok", "off: /metrics answers nobody")
    settings.SENTRY_DSN = "https://hush@sentry.example.com/7"
    settings.METRICS_TOKEN = "short"
    on = said()
    assert on["Sentry"] == ("ok", "faults are told to sentry.example.com")
    assert on["metrics"][0] == "warning"
    assert on["packages"] == ("ok", "as pinned")
