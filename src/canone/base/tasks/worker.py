"""The worker: runs jobs in threads, and between them delivers events, keeps the schedule, rescues.

Several may run side by side, on several machines with PostgreSQL. One that is killed leaves
nothing behind that another does not take up.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from canone.base import engine
from canone.base.events import services as events
from canone.base.tasks import runner
from canone.base.tasks.services import attempts, queue, schedule

logger = logging.getLogger("canone.tasks")
BEAT_EVERY = 5.0
SCHEDULE_EVERY = 2.0
GRACE = 12.0  # the launcher waits 15 s
AWAY = (OperationalError, InterfaceError)


@dataclass(slots=True)
class Chore:
    """Something the main loop does every so often."""

    every: float
    do: Callable[[], object]
    is_for_old: bool = False  # also while a newer version does the work
    next_at: float = 0.0


class Worker:
    """A worker process."""

    def __init__(self, *, threads: int = 2, poll: float = 0.5, rescue_after: timedelta) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"[-80:]
        self.threads, self.poll, self.rescue_after = threads, poll, rescue_after
        self.started_at = timezone.now()
        self.is_outdated = False
        self.sign = Chore(BEAT_EVERY, self._beat, is_for_old=True)
        self.chores = [
            Chore(poll, self._rests, is_for_old=True),
            self.sign,
            Chore(poll, self._deliver),
            Chore(SCHEDULE_EVERY, lambda: schedule.run_schedule(at=timezone.now())),
            Chore(SCHEDULE_EVERY, lambda: schedule.look(at=timezone.now())),
            Chore(max(rescue_after.total_seconds() / 4, 0.2), self._rescue),
        ]

    def run(self) -> None:
        """Return when the process was asked to stop, its jobs finished or given back."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        logger.info("worker %s starts with %s threads", self.name, self.threads)
        crew = [
            threading.Thread(target=self._work, name=f"job-{n}", daemon=True)
            for n in range(self.threads)
        ]
        for thread in crew:
            thread.start()
        while not runner.stopping.wait(self.poll):
            self._do_chores()
        deadline = time.monotonic() + GRACE
        while any(thread.is_alive() for thread in crew) and time.monotonic() < deadline:
            self._do_chores(only=[self.sign])
            time.sleep(0.1)
        try:
            attempts.leave(worker=self.name)
        except AWAY:
            logger.warning("worker %s could not say goodbye", self.name)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        if runner.stopping.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        runner.stopping.set()

    def _work(self) -> None:
        while not runner.stopping.is_set():
            try:
                close_old_connections()
                place = None if self._rests() else queue.take(self.name)
                if place is not None:
                    queue.run(place)
                    continue
            except AWAY:
                logger.warning("the database is away", exc_info=True)
                connection.close_if_unusable_or_obsolete()
                runner.stopping.wait(1)
            except Exception:
                logger.exception("the queue could not be read")
                runner.stopping.wait(1)
            runner.stopping.wait(self.poll)
        connection.close()

    def _rests(self) -> bool:
        """Whether a newer version has taken over; its workers do what there is to do."""
        outdated = engine.is_ahead()
        if outdated and not self.is_outdated:
            logger.warning("the tables are of a newer version: worker %s does no more", self.name)
        self.is_outdated = outdated
        return outdated

    def _do_chores(self, only: list[Chore] | None = None) -> None:
        moment = time.monotonic()
        for chore in only or self.chores:
            if chore.next_at > moment or (self.is_outdated and not chore.is_for_old):
                continue
            chore.next_at = moment + chore.every
            try:
                close_old_connections()
                chore.do()
            except AWAY as error:
                logger.warning("the database is away", exc_info=True)
                engine.reclaim(error)
                connection.close_if_unusable_or_obsolete()
            except Exception:
                logger.exception("a chore of the worker failed")

    def _beat(self) -> None:
        if self.is_outdated and not runner.held():
            attempts.leave(worker=self.name)  # nobody should take it for one that works
            return
        attempts.beat(
            worker=self.name,
            started_at=self.started_at,
            held=runner.held(),
            at=timezone.now(),
        )

    def _deliver(self) -> None:
        while events.deliver(at=timezone.now()) and not runner.stopping.is_set():
            pass

    def _rescue(self) -> None:
        rescued = attempts.rescue(at=timezone.now(), after=self.rescue_after)
        if rescued:
            logger.warning("took up %s jobs of a worker that fell silent", rescued)


def drain(*, limit: int = 1_000) -> int:
    """Return how many jobs were run, here and now, until neither event nor job was due.

    For the command line and for tests.
    """
    ran = 0
    for _round in range(limit):
        delivered = events.deliver(at=timezone.now())
        place = queue.take("drain")
        if place is not None:
            queue.run(place)
            ran += 1
        elif not delivered and not schedule.look(at=timezone.now()):
            break
    return ran
