"""A little web server on the loopback, for the servers of tools that speak HTTP."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.channels.connectors.fake import certificate


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came: `target` is path and query as they stood on the line."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: JSON of `value` unless there is a `body`; `cut` breaks off in it."""

    value: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: bool = False


CUT = Answer({"cut": "x" * 100}, cut=True)


@dataclass
class Little:
    """A server whose `answer` is asked for every request; `asked` keeps them all."""

    answer: Callable[[Asked], Answer]
    encrypted: bool = False
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    clock: str = ""  # the Date header, the machine's own where it is empty

    @property
    def url(self) -> str:
        return f"{'https' if self.encrypted else 'http'}://127.0.0.1:{self.port}"

    def take(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.answer(asked)


def _handler(little: Little) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def handle_any(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size)
            asked = Asked(self.command, self.path, dict(self.headers.items()), body)
            self._send(little.take(asked))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 (http.server's)

        def _send(self, answer: Answer) -> None:
            body = json.dumps(answer.value).encode() if answer.body is None else answer.body
            with suppress(OSError):  # who asked may be gone
                self.send_response(answer.status)
                headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
                for name, value in {**headers, **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if answer.cut else body)
            if answer.cut:
                self.close_connection = True

        def date_time_string(self, timestamp: float | None = None) -> str:
            return little.clock or super().date_time_string(timestamp)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its parent's)
            """Say nothing."""

    return Handler


@contextmanager
def serving(little: Little) -> Iterator[Little]:
    """Return the server while it serves on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", little.port), _handler(little))
    server.daemon_threads = True
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    if little.encrypted:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate()[0])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    little.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield little
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
