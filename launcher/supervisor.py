"""Runs the web server and the worker, restarts what dies, and stops all together."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from launcher import processes
from launcher.base import StopError
from launcher.logs import Log

LONGEST_PAUSE = 30
STEADY = 60  # seconds after which a child counts as well again
TRIES = 3  # starts that may fail before it was ever up
GRACE = 15  # seconds for a clean stop


@dataclass
class Child:
    """A process that should always run."""

    name: str
    command: Sequence[str | Path]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    again: float = 0
    failures: int = 0
    rest: bytes = field(default=b"", repr=False)


class Supervisor:
    """Keeps its children running until it is told to stop."""

    def __init__(self, children: list[Child], env: dict[str, str], log: Log) -> None:
        self.children = children
        self.env = env
        self.log = log
        self.stopping = False
        self.up = False
        self.pipes = selectors.DefaultSelector()

    def run(self, url: str, announce: Callable[[], None]) -> int:
        """Return 0 after a stop that was asked for; `announce` is called when all is up."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            while not self.stopping:
                self._keep_running()
                self._read(0.2)
                if not self.up and answers(url):
                    self.up = True
                    announce()
        finally:
            self._end()
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _keep_running(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.again:
                    self._start(child, now)
            elif child.process.poll() is not None:
                self._bury(child, now)
                if not self.up and child.failures >= TRIES:
                    raise StopError(f"Canone does not start: {self.log.path} tells why")

    def _start(self, child: Child, now: float) -> None:
        env = {**self.env, "CANONE_PROCESS": child.name}
        child.process = processes.start(child.command, env, apart=True)
        child.started = now
        assert child.process.stdout
        os.set_blocking(child.process.stdout.fileno(), False)
        self.pipes.register(child.process.stdout, selectors.EVENT_READ, child)

    def _bury(self, child: Child, now: float) -> None:
        assert child.process
        assert child.process.stdout
        self._drain(child, child.process.stdout)
        self.pipes.unregister(child.process.stdout)
        child.process.stdout.close()
        _sweep(child.process)
        child.failures = 1 if now - child.started > STEADY else child.failures + 1
        pause = min(2 ** (child.failures - 1), LONGEST_PAUSE)
        child.again = now + pause
        self.log.line(
            "canone",
            f"{child.name} ended with status {child.process.returncode}, again in {pause} s",
        )
        child.process = None

    def _read(self, seconds: float) -> None:
        for key, _events in self.pipes.select(seconds):
            assert not isinstance(key.fileobj, int)
            self._drain(key.data, key.fileobj)  # type: ignore[arg-type]

    def _drain(self, child: Child, pipe: IO[bytes]) -> None:
        while chunk := _available(pipe):
            *lines, child.rest = (child.rest + chunk).split(b"\n")
            for line in lines:
                self.log.line(child.name, line.decode(errors="replace").rstrip())

    def _end(self) -> None:
        """Ask every child to finish, and end who does not."""
        running = [child for child in self.children if child.process]
        for child in running:
            assert child.process
            child.process.terminate()
        limit = time.monotonic() + GRACE
        while any(c.process and c.process.poll() is None for c in running):
            if time.monotonic() > limit:
                for child in running:
                    assert child.process
                    _sweep(child.process)
            self._read(0.05)
        for child in running:
            assert child.process
            _sweep(child.process)
        self._read(0)
        self.pipes.close()
        self.log.close()


def _sweep(process: subprocess.Popen[bytes]) -> None:
    """End whatever the child has started and left; it leads a group of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _available(pipe: IO[bytes]) -> bytes:
    """Return what can be read now; empty when there is nothing, or never will be."""
    try:
        return os.read(pipe.fileno(), 65536)
    except BlockingIOError:
        return b""


def answers(url: str) -> bool:
    """Return whether the health page says that all is up; proxies are for other machines."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def check_port(host: str, port: int) -> None:
    """Stop with one line when the address cannot be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise StopError(f"{host}:{port} cannot be used ({reason}): try --port") from None


def host_names(host: str) -> list[str]:
    """Return the names under which browsers may address a server on `host`."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host not in ("0.0.0.0", "::"):
        return [*names, f"[{host}]" if ":" in host else host]
    own = socket.gethostname()
    try:
        addresses = socket.gethostbyname_ex(own)[2]
    except OSError:
        addresses = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: it tells which address would
            addresses.append(probe.getsockname()[0])
        except OSError:
            pass
    return list(dict.fromkeys([*names, own, *addresses]))
