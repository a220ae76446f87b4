"""Two weeks of pulls for the demo's sources, from tools that are only written down here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from canone.base.access.models import User
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.rules.port import (
    Json,
    Probe,
    Pulled,
    RawSession,
    Trouble,
    Window,
)
from canone.channels.connectors.services import pulling
from canone.config.demo.land import Words
from canone.registers.parties.models import Group

DAYS = 14
DAY = timedelta(days=1)
KINDS = {"meshcentral": "desktop", "teamviewer": "remote", "anydesk": "out"}
"""What each tool calls a session in which somebody is helped."""
OUTAGE = 5
"""How many days ago the second source could not be reached."""


class Paper:
    """A tool that has one page, or is out of reach."""

    def __init__(self, sessions: Sequence[RawSession], trouble: Trouble | None = None) -> None:
        self._sessions, self._trouble = tuple(sessions), trouble

    def probe(self) -> Probe:
        """Return that nobody is there."""
        return Probe(account="", server="", devices=0, groups=0)

    def pull(self, _cursor: Json, _window: Window) -> Iterator[Pulled]:
        """Yield the page, or raise the trouble."""
        if self._trouble:
            raise self._trouble
        running = tuple(s.external_id for s in self._sessions if s.ended_at is None)
        yield Pulled(self._sessions, still_open=running, seen=len(self._sessions))


def load(
    rng: Random,
    words: Words,
    made: Sequence[Source],
    groups: Sequence[Group],
    technicians: Sequence[User],
    *,
    at: datetime,
) -> None:
    """Let each source that is asked bring sessions day by day, paused as it is."""
    asked = [source for source in made if not source.description.receives]
    for place, source in enumerate(asked):
        own = groups[place * 5 : place * 5 + 5]
        for ago in range(DAYS, 0, -1):
            morning = (at - ago * DAY).replace(minute=7 * place, second=0, microsecond=0)
            if place == 1 and ago == OUTAGE:
                _pull(source, Paper((), Trouble("unreachable", host=source.url)), morning)
            sessions = [
                _named(
                    _session(rng, words, rng.choice(own), rng.choice(list(technicians)), morning),
                    source,
                    f"{ago}-{number}",
                )
                for number in range(rng.choice((0, 1, 2, 2, 3)))
            ]
            _pull(source, Paper(sessions), morning + timedelta(minutes=20))


def _pull(source: Source, tool: Paper, at: datetime) -> None:
    reason = pulling.Reason(PullLog.Trigger.SCHEDULE, at)
    pulling.pull(source_id=source.pk, reason=reason, tool=tool)


def _named(session: RawSession, source: Source, key: str) -> RawSession:
    device = f"{source.kind}-{session.device_id}"
    kind = KINDS[source.kind]
    return replace(session, external_id=f"paper-{key}", device_id=device, protocol=kind)


def _session(rng: Random, words: Words, group: Group, technician: User, at: datetime) -> RawSession:
    start = at - timedelta(minutes=rng.randrange(60, 9 * 60), seconds=rng.randrange(60))
    seconds = max(120, min(int(rng.lognormvariate(6.9, 0.7)), 50 * 60))
    device = rng.choice(words.devices)
    return RawSession(
        external_id="",
        user_id=technician.email,
        technician_name=technician.name,
        technician_mail=technician.email,
        device_id=f"{group.pk}-{device}",
        device_name=device,
        group_id=str(group.pk),
        group_name=group.name,
        started_at=start,
        ended_at=start + timedelta(seconds=seconds),
        seconds=seconds,
        protocol="",
        note=rng.choice(words.notes),
    )
