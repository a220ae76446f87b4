"""Requests per second of our pages beside a page of Django's that holds nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from canone.config.bench import measure, seed
from canone.config.bench.measure import Result

ROWS = 20_000
CALLERS = 4
SECONDS = 8.0
ROUNDS = 3
PATIENCE = 60.0


def requests(scale: float) -> list[Result]:
    """Return the seconds of a request, start page and list, with one process and with two."""
    user = seed.owner()
    seed.sessions(int(ROWS * scale), [group.name for group in seed.groups(user)], in_order=True)
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    span = SECONDS * min(scale, 1.0)
    results = []
    for processes in (1, 2):
        with _serving("canone.config.wsgi", processes) as ours, _empty(processes) as empty:
            pages = {"start": reverse("start"), "list": reverse("assistance:list")}
            for name, path in pages.items():
                mine, theirs = [], []
                for _round in range(ROUNDS):
                    mine.append(_rate(ours, path, cookie, span))
                    theirs.append(_rate(empty, "/", "", span))
                results.append(_result(f"{name}-page-{processes}", max(mine), max(theirs)))
    return results


def _result(name: str, ours: float, empty: float) -> Result:
    note = f"{ours:.1f} requests a second; {empty:.0f} of an empty Django page"
    return Result(name, 1 / ours, peak_mb=measure.peak_mb(), note=note)


def _empty(processes: int) -> AbstractContextManager[int]:
    return _serving("canone.config.bench.empty", processes)


@contextmanager
def _serving(module: str, processes: int) -> Iterator[int]:
    """Give the port of a server as the launcher starts it, with this many processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", f"{module}:application", "--interface", "wsgi"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(processes)]
    command += ["--blocking-threads", "5", "--no-ws"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    env |= {"DATABASE_URL": _address(), "CANONE_SECRET_KEY": settings.SECRET_KEY}
    server = subprocess.Popen(  # noqa: S603 (our own module)
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _address() -> str:
    """Return the address of the database of this measurement."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _await(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _rate(port: int, path: str, cookie: str, span: float) -> float:
    """Return the requests a second that a few callers get through at the same time."""
    _ask(port, path, cookie, 0.0)  # what is loaded by the first request is no part of it
    with ThreadPoolExecutor(CALLERS) as callers:
        start = time.perf_counter()
        runs = [callers.submit(_ask, port, path, cookie, span) for _ in range(CALLERS)]
        answered = sum(run.result() for run in runs)
        return answered / (time.perf_counter() - start)


def _ask(port: int, path: str, cookie: str, span: float) -> int:
    """Return how many times the page came; asked once at least, over one connection."""
    headers = {"Host": "localhost", "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
    until = time.perf_counter() + span
    count = 0
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as line:
        while not count or time.perf_counter() < until:
            line.request("GET", path, headers=headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != HTTPStatus.OK:
                raise AssertionError(f"{path} answered {answer.status}")
            count += 1
    return count
