"""Webhooks, and a real receiver on loopback that answers as it is told."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.make import access

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.channels.webhooks.models import Hook
from canone.channels.webhooks.services import hooks
from canone.registers.parties.models import Party
from canone.registers.parties.services import parties

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """The body, decoded."""
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded


@dataclass(slots=True)
class Answer:
    """What the receiver does: waits, answers, drips or breaks off."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: float = 0.0
    broken: bool = False


class Receiver:
    """A server that keeps what it is sent; `script` answers one request after the other."""

    def __init__(self, *, context: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.script: list[Answer] = []
        self.answer: Callable[[Received], Answer] = lambda _asked: Answer()
        handler = type("Bound", (_Handler,), {"receiver": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        scheme = "http"
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_address[1]}/told"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def next(self, asked: Received) -> Answer:
        """Return what is answered to a request."""
        self.received.append(asked)
        return self.script.pop(0) if self.script else self.answer(asked)

    @property
    def ids(self) -> list[str]:
        """The ids in the order in which they came."""
        return [one.headers["webhook-id"] for one in self.received]

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Received(self.path, headers, self.rfile.read(size))
        answer = self.receiver.next(asked)
        time.sleep(answer.wait)
        self.close_connection = True
        if answer.broken:
            self.connection.close()
            return
        with suppress(OSError):
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if not answer.drip:
                self.wfile.write(answer.body)
                return
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(answer.drip)

    def log_message(self, *_parts: object) -> None:
        pass


@contextmanager
def receiver(**options: Any) -> Iterator[Receiver]:
    """Yield a receiver that listens."""
    made = Receiver(**options)
    try:
        yield made
    finally:
        made.close()


def party(name: str = "Officine Brambilla", *, at: datetime = AT) -> Party:
    """Return a customer, added as people add one, so that it is told."""
    return parties.create(at=at, by=None, name=name, country="IT", is_customer=True)


def hook(
    url: str = "https://erp.example.com/canone",
    facts: Sequence[str] = ("party.created", "party.changed"),
    *,
    by: User | None = None,
    at: datetime = AT,
    **changes: Any,
) -> tuple[Hook, str]:
    """Return a saved webhook, allowed to lie inside, and its secret."""
    values = {"name": "Gestionale", "is_inside_allowed": True} | changes
    owner = by or access.user(Role.OWNER)
    return hooks.create(url=url, facts=facts, at=at, by=owner, **values)
