"""What a server or a worker does until it ends itself, before or after its nth commit."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone
from tests import database
from tests.faults import stories

from canone.base.tasks import worker
from canone.base.tasks.services import attempts, queue

WRITES = ("INSERT", "UPDATE", "DELETE")


class Boundaries:
    """Counts commits; at the one that it was told of the process dies."""

    def __init__(self, moment: str = "", number: int = 0) -> None:
        self.moment, self.number, self.count = moment, number, 0

    @contextmanager
    def crossing(self) -> Iterator[None]:
        """Be around one commit."""
        self.count += 1
        self._die("before")
        yield
        self._die("after")

    def _die(self, moment: str) -> None:
        if (self.moment, self.number) == (moment, self.count):
            os.kill(os.getpid(), signal.SIGKILL)


def watch(boundaries: Boundaries) -> None:
    """Let every commit of this process be counted, also that of a statement by itself."""
    plain = connection._commit

    def commit() -> object:
        with boundaries.crossing():
            return plain()

    def execute(run: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        if connection.get_autocommit() and str(sql).lstrip().upper().startswith(WRITES):
            with boundaries.crossing():
                return run(sql, *rest)
        return run(sql, *rest)

    connection._commit = commit
    connection.execute_wrappers.append(execute)


def work(orders: dict[str, Any]) -> int:
    """Return how many commits it took to do what the orders say."""
    boundaries = Boundaries(*orders["dies"])
    watch(boundaries)
    _do(orders)
    return boundaries.count


def rehearse(orders: dict[str, Any]) -> int:
    """Return 0 after doing it in a process that goes on."""
    _do(orders)
    connection.close()
    return 0


def _do(orders: dict[str, Any]) -> None:
    database.point_at(orders["database"])
    data = Path(orders["data"])
    settings.DATA, settings.FILES = data, data / "files"
    story = stories.STORIES[orders["kind"]]
    for path, changed in story.small.items():
        module, name = path.rsplit(".", 1)
        function = getattr(import_module(module), name)
        getattr(function, "__wrapped__", function).__kwdefaults__.update(changed)
    with time_machine.travel(timezone.now() + timedelta(seconds=orders.get("later", 0))):
        now = timezone.now()
        if orders["do"] == "begin":
            story.begin(orders["kind"], now)
        elif orders["do"] == "run":
            place = queue.take("forge")
            assert place is not None, "there is something to do"
            queue.run(place)
        else:
            attempts.rescue(at=now, after=timedelta(seconds=settings.RESCUE_SECONDS))
            worker.drain()
