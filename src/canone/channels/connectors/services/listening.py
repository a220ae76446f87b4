"""Listening to a source: what starts or ends there is pulled as it happens.

One listener a source, whichever process it runs in: it holds a lease in the source's row. The pull
stays the only way in, so what a listener misses the schedule brings.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.db.models import Q

from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.rules.port import Listening, Trouble
from canone.channels.connectors.services import pulling, tools

LEASE = timedelta(seconds=60)
RENEW_EVERY = 20.0
SETTLE = 1.5  # seconds of quiet before what happened is pulled
LONGEST_UNSETTLED = 10.0
WAITS = (5, 10, 20, 40, 80, 160, 300)


@dataclass(slots=True)
class Ear:
    """A listener: its source, its name, its clock, and who tells it to stop."""

    source_id: int
    clock: Callable[[], datetime]
    stop: Callable[[], bool]
    name: str = ""

    def listen(self) -> None:
        """Return when told to stop, when the source is not active any more, or lost to another.

        A connection that breaks is made again, later each time; a trouble that no retry can heal
        sets the source aside.
        """
        self.name = secrets.token_hex(8)
        failures = 0
        try:
            while not self.stop() and self._hold():
                try:
                    self._hear()
                    failures = 0
                except Trouble as trouble:
                    if trouble.final:
                        pulling.give_up(source_id=self.source_id, trouble=trouble, at=self.clock())
                        return
                    self._rest(WAITS[min(failures, len(WAITS) - 1)])
                    failures += 1
        finally:
            Source.objects.filter(pk=self.source_id, listener=self.name).update(
                listener="", listening_until=None
            )

    def _hold(self) -> bool:
        """Whether the lease is ours, taken or prolonged."""
        now = self.clock()
        free = (
            Q(listener=self.name)
            | Q(listening_until__isnull=True)
            | Q(listening_until__lt=now)
            | Q(listening_until__gt=now + 2 * LEASE)  # written by a clock that went back since
        )
        mine = Source.objects.filter(free, pk=self.source_id, state=Source.State.ACTIVE)
        held = mine.update(listener=self.name, listening_until=now + LEASE)
        close_old_connections()
        return bool(held)

    def _hear(self) -> None:
        source = Source.objects.get(pk=self.source_id)
        renewed = time.monotonic()
        happened: float | None = None
        latest = 0.0
        tool = tools.tool(source)
        if not isinstance(tool, Listening):
            raise Trouble("only_asked", final=True)
        with closing(tool.listen()) as told:
            for something in told:
                moment = time.monotonic()
                if something:
                    happened, latest = happened or moment, moment
                elif self.stop():
                    return
                if happened and (
                    moment - latest >= SETTLE or moment - happened >= LONGEST_UNSETTLED
                ):
                    latest = moment
                    happened = None if self._pull() else happened
                if moment - renewed >= RENEW_EVERY:
                    renewed = moment
                    if not self._hold():
                        return

    def _pull(self) -> bool:
        """Whether the source was asked; when somebody else is at it, it is tried again."""
        reason = pulling.Reason(PullLog.Trigger.LIVE, self.clock())
        try:
            pulling.pull(source_id=self.source_id, reason=reason)
        except Trouble:
            return False
        finally:
            close_old_connections()
        return True

    def _rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.stop():
            time.sleep(min(1.0, seconds))
