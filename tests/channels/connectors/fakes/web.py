"""A small web server on loopback that answers JSON, and misbehaves on request."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]
NO_CONTENT = 204


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: `target` is the path with its query as it was sent."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path alone."""
        return urlsplit(self.target).path

    @property
    def params(self) -> dict[str, str]:
        """The query, decoded."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back; `cut` sends half of the body and falls silent."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False


class BreakOff(Exception):  # noqa: N818 (what the server does, not an error)
    """The connection is closed without an answer."""


class WebServer:
    """A server that a kind's fake fills with life by `answer`.

    `asked` keeps every request. Misbehaviour: `break_after(n)` closes the connection at every
    request after so many more, `cut_after(n)` sends half of the answer, `limit(times)` answers 429,
    `expire_credentials` makes the secret another one, `ahead` moves its clock; `heal` ends the
    outage.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.ahead = timedelta()
        self.lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.expiries = 0
        self.heal()

    def heal(self) -> None:
        """Behave."""
        self.limited = 0
        self.pause = "1"
        self._breaks: int | None = None
        self._cuts: int | None = None

    def start(self) -> None:
        """Listen on a free port of loopback."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"fake": self}))
        server.daemon_threads = True
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the server."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(5)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_trouble: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the server is."""
        assert self._server is not None, "start it first"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def now(self) -> datetime:
        """The server's clock."""
        return datetime.now(UTC) + self.ahead

    def break_after(self, requests: int) -> None:
        """Close the connection at every request after so many more."""
        self._breaks = len(self.asked) + requests

    def cut_after(self, requests: int) -> None:
        """Send half of every answer after so many more."""
        self._cuts = len(self.asked) + requests

    def limit(self, times: int, pause: str = "1") -> None:
        """Answer the next requests with 429, and how long to wait."""
        self.limited, self.pause = times, pause

    def expire_credentials(self) -> None:
        """Refuse whoever asks with the secret that was right until now."""
        self.expiries += 1

    def requests(self) -> int:
        """Return how many requests came so far."""
        return len(self.asked)

    def judged(self, asked: Asked) -> Answer:
        """Return the answer, or the refusal that comes before any."""
        self.asked.append(asked)
        if self._breaks is not None and len(self.asked) > self._breaks:
            raise BreakOff
        if self.limited:
            self.limited -= 1
            return Answer({"error": "too many"}, 429, {"Retry-After": self.pause})
        answer = self.answer(asked)
        cut = self._cuts is not None and len(self.asked) > self._cuts
        return replace(answer, cut=True) if cut else answer

    def answer(self, asked: Asked) -> Answer:
        """Return what the tool's server answers."""
        raise NotImplementedError


class Handler(BaseHTTPRequestHandler):
    """Passes requests of every method on to the fake."""

    protocol_version = "HTTP/1.1"
    fake: WebServer

    def do(self) -> None:
        """Answer one request."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        asked = Asked(self.command, self.path, dict(self.headers.items()), body)
        try:
            with self.fake.lock:
                answer = self.fake.judged(asked)
        except BreakOff:
            self._drop()
            return
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        told = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response_only(answer.status)
        self.send_header("Date", format_datetime(self.fake.now, usegmt=True))
        self.send_header("Content-Type", "application/json; charset=utf-8")
        if answer.status != NO_CONTENT:
            self.send_header("Content-Length", str(len(told)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told[: len(told) // 2] if answer.cut else told)
        self.wfile.flush()
        if answer.cut:
            self._drop()

    def _drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


for method in ("GET", "PUT", "POST", "PATCH", "DELETE"):
    setattr(Handler, f"do_{method}", Handler.do)
