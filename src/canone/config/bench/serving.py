"""Requests a second of real pages beside an empty page of Django, both on the product's server.

The server is the launcher's: the same command, on loopback, with one process and with two. Whoever
asks is signed in, keeps their connections, and waits for every answer to its last byte.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.config.bench import measure
from canone.config.bench.measure import Result

ROUNDS = 3
SECONDS = 4.0
CONNECTIONS = 4
PROCESSES = (1, 2)
PATIENCE = 60
OURS, EMPTY = "canone.config.wsgi:application", "canone.config.bench.empty:application"


def command(application: str, port: int, processes: int) -> list[str]:
    """Return what starts a server, word for word as `./canone serve` does."""
    return [
        sys.executable, "-m", "granian", application,
        "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(processes), "--blocking-threads", "5", "--no-ws",
        "--respawn-failed-workers", "--workers-kill-timeout", "10",
    ]  # fmt: skip


def requests(scale: float) -> list[Result]:
    """Return a line per page and number of processes; nothing bounds them."""
    load()
    seconds = SECONDS * min(scale, 1)
    owner = User.objects.filter(grants__role=Role.OWNER).earliest("pk")
    client = Client()
    client.force_login(owner)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    results = []
    for processes in PROCESSES:
        with ExitStack() as servers:
            ours = servers.enter_context(serving(OURS, processes))
            empty = servers.enter_context(serving(EMPTY, processes))
            for name, path in (("start", "/"), ("list", reverse("assistance:list"))):
                page = Asked(ours, path, cookie)
                results.append(_compared(f"{name}-{processes}", page, Asked(empty, "/"), seconds))
    return results


def load() -> None:
    """Load the firm whose pages are asked for: the demo's, with three years of work."""
    with Path(os.devnull).open("w") as nowhere:
        call_command("demo_load", stdout=nowhere)


@contextmanager
def serving(application: str, processes: int) -> Iterator[Server]:
    """Return a server that answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {
        "CANONE_DATA": str(settings.DATA),
        "CANONE_LOG_LEVEL": "WARNING",
        "DATABASE_URL": _address(),
        "DJANGO_SETTINGS_MODULE": "canone.config.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    server = subprocess.Popen(  # noqa: S603 (our own command)
        command(application, port, processes), env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait(server, port)
        yield Server(port, server.pid)
    finally:
        server.terminate()
        server.wait()


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, and the process that keeps the others."""

    port: int
    pid: int

    def peak_mb(self) -> float:
        """Return the most memory that one of its processes has taken, in MiB."""
        task = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        kept = task.read_text().split() if task.exists() else []
        return max(measure.peak_mb(process) for process in kept or ["self"])


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a server, and the cookie of who asks."""

    server: Server
    path: str
    cookie: str = ""

    @property
    def head(self) -> bytes:
        """Return the request as it goes over the wire."""
        lines = [f"GET {self.path} HTTP/1.1", f"Host: 127.0.0.1:{self.server.port}"]
        if self.cookie:
            lines.append(f"Cookie: {settings.SESSION_COOKIE_NAME}={self.cookie}")
        return "\r\n".join([*lines, "", ""]).encode()


class Connection:
    """A kept connection, as thin as may be: what it costs is the asker's, not the server's."""

    def __init__(self, asked: Asked) -> None:
        self.head = asked.head
        self.socket = socket.create_connection(("127.0.0.1", asked.server.port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def ask(self) -> int:
        """Return the length of the page; raises for any answer but 200."""
        self.socket.sendall(self.head)
        status = self.file.readline()
        length = 0
        while (line := self.file.readline()) not in {b"\r\n", b""}:
            name, _colon, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = self.file.read(length)
        if b" 200 " not in status or not body or len(body) != length:
            raise AssertionError(f"the server answered {status!r} with {len(body)} bytes")
        return length

    def close(self) -> None:
        """Hang up."""
        self.file.close()
        self.socket.close()


def _compared(name: str, ours: Asked, empty: Asked, seconds: float) -> Result:
    """Return how many a second, the median of rounds in turn, beside the empty page."""
    size = _once(ours)
    _once(empty)
    pairs = [(_rate(ours, seconds), _rate(empty, seconds)) for _ in range(ROUNDS)]
    mine, bare = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    ratio = statistics.median(theirs / own for own, theirs in pairs)
    note = f"{mine:,.1f} requests a second, {size / 1024:.0f} kB; an empty page {bare:,.0f}"
    return Result(name, 1 / mine, ratio, peak_mb=ours.server.peak_mb(), note=note)


def _once(asked: Asked) -> int:
    """Return the page's length once every process is likely to be warm."""
    sizes = []
    for _ in range(6):
        with closing(Connection(asked)) as one:
            sizes.append(one.ask())
    return sizes[-1]


def _rate(asked: Asked, seconds: float) -> float:
    """Return the answers a second over kept connections that ask one after the other each."""
    counts, faults = [0] * CONNECTIONS, list[BaseException]()
    connections = [Connection(asked) for _ in range(CONNECTIONS)]
    start = time.perf_counter()

    def work(number: int) -> None:
        try:
            while not counts[number] or time.perf_counter() - start < seconds:
                connections[number].ask()
                counts[number] += 1
        except (OSError, AssertionError) as fault:
            faults.append(fault)

    _together(work)
    taken = time.perf_counter() - start
    for one in connections:
        one.close()
    if faults:
        raise faults[0]
    return sum(counts) / taken


def _together(work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=[number]) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    """Return when somebody listens."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        if server.poll() is not None:
            raise AssertionError(f"the server ended with status {server.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")


def _address() -> str:
    """Return where the measured database is, for the servers' own settings."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    server, mark, options = settings.DATABASE_URL.partition("?")
    return f"{server.rpartition('/')[0]}/{name}{mark}{options}"
