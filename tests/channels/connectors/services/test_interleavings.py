"""Whatever comes in whatever order, and however often it breaks off: the source's sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.make import connectors as make

from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.rules.port import Json, Probe, Pulled, RawSession, Trouble, Window
from canone.channels.connectors.services import pulling, tools
from canone.desks.assistance.models import RemoteSession

HOUR = timedelta(hours=1)
BEFORE = 30 * HOUR  # the reach of a first pull covers all that the stories tell


class KilledError(BaseException):
    """The process is gone: nothing after it runs."""


@dataclass
class Scripted:
    """A tool that serves what the world holds, in pages as chance will have them."""

    now: datetime
    remembers: bool  # whether it tells only what changed since its cursor
    told: dict[str, RawSession] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    chance: Random = field(default_factory=Random)
    between: Callable[[int], None] = lambda _page: None

    def happen(self, session: RawSession) -> None:
        self.told[session.external_id] = session
        self.changed[session.external_id] = max(self.changed.values(), default=0) + 1

    def probe(self) -> Probe:
        return Probe("", "", 0, 0)

    def pull(self, cursor: Json, window: Window) -> Iterator[Pulled]:
        since = int(cursor.get("change", 0)) if self.remembers else 0
        latest = max(self.changed.values(), default=0)
        rows = [
            row
            for key, row in self.told.items()
            if self.changed[key] > since
            and (self.remembers or row.ended_at is None or row.ended_at >= window.since)
        ]
        for number, page in enumerate(self._pages(rows)):
            self.between(number)
            yield Pulled(
                page, cursor={"change": latest}, seen=len(page), mark=str(number),
                server_at=self.now,
            )  # fmt: skip
        self.between(len(rows))

    def _pages(self, rows: list[RawSession]) -> Iterator[tuple[RawSession, ...]]:
        """Return the rows with some told twice, some as they were before they ended, shuffled."""
        told = rows + [row for row in rows if self.chance.random() < 0.3]
        told += [
            replace(row, ended_at=None, seconds=None) for row in rows if self.chance.random() < 0.2
        ]
        self.chance.shuffle(told)
        size = self.chance.randint(1, 5)
        return (tuple(told[start : start + size]) for start in range(0, len(told) or 1, size))


def session(key: str, at: datetime, minutes: int | None) -> RawSession:
    """Return a session that ends at `at`, or started then and runs."""
    seconds = None if minutes is None else minutes * 60
    start = at - timedelta(minutes=minutes or 0)
    ended = None if minutes is None else at
    return RawSession(key, "u", "Anna", "", "d", "pc", "", "", start, ended, seconds, "desktop")


hours = st.integers(0, 60)
STEPS = st.one_of(
    st.tuples(st.just("ended"), st.integers(1, 4)),
    st.tuples(st.just("starts"), st.integers(1, 2)),
    st.tuples(st.just("ends"), st.integers(0, 5)),
    st.tuples(st.just("pull"), st.sampled_from(["well", "outage", "stopped", "killed", "twice"])),
    st.tuples(st.just("pull"), st.just("well")),
    st.tuples(st.just("time"), hours),
    st.tuples(st.just("clock"), st.integers(-100, 100)),
)
STORIES = st.lists(STEPS, max_size=14)


class Story:
    """A source, its tool, the true time and what our clock makes of it."""

    def __init__(self, seed: int, *, remembers: bool) -> None:
        self.tool = Scripted(make.AT, remembers=remembers, chance=Random(seed))
        self.source = make.source(at=make.AT, retention_days=400)
        self.off = timedelta()
        self.count = 0

    @property
    def at(self) -> datetime:
        return self.tool.now + self.off

    def play(self, verb: str, more: int | str) -> None:
        getattr(self, f"_{verb}")(more)
        self.tool.now += timedelta(minutes=1)

    def _ended(self, count: int) -> None:
        for _each in range(count):
            self.count += 1
            self.tool.happen(session(f"s{self.count}", self.tool.now, 7 + self.count))

    def _starts(self, count: int) -> None:
        for _each in range(count):
            self.count += 1
            self.tool.happen(session(f"s{self.count}", self.tool.now, None))

    def _ends(self, which: int) -> None:
        running = [row for row in self.tool.told.values() if row.ended_at is None]
        if running:
            row = running[which % len(running)]
            seconds = int((self.tool.now - row.started_at).total_seconds())
            self.tool.happen(replace(row, ended_at=self.tool.now, seconds=seconds))

    def _time(self, count: int) -> None:
        self.tool.now += count * HOUR

    def _clock(self, count: int) -> None:
        """Set our clock anew; the schedule notices within minutes, well or not."""
        self.off = count * HOUR
        self._pull("outage")

    def _pull(self, how: str) -> None:
        Source.objects.update(busy_until=None)  # whoever died before has been given up by now
        stop = self.tool.chance.randint(0, 2)

        def between(page: int) -> None:
            if page < stop:
                return
            if how == "outage":
                raise Trouble("broken_off")
            if how == "stopped":
                raise InterruptedError
            if how == "killed":
                raise KilledError
            if how == "twice":
                self.tool.between = lambda _page: None
                self._pull("well")

        self.tool.between = between
        gone = mock.patch.object(pulling, "_failed") if how == "killed" else mock.MagicMock()
        try:
            with gone:
                pulling.pull(
                    source_id=self.source.pk, reason=pulling.Reason(PullLog.Trigger.HAND, self.at)
                )
        except (InterruptedError, KilledError):
            pass
        finally:
            self.tool.between = lambda _page: None

    def known(self) -> dict[str, tuple[object, ...]]:
        rows = RemoteSession.objects.values_list("external_id", "started_at", "ended_at", "seconds")
        assert len(rows) == len({row[0] for row in rows})
        return {key: tuple(rest) for key, *rest in rows}

    def true(self) -> dict[str, tuple[object, ...]]:
        return {
            key: (row.started_at, row.ended_at, row.seconds) for key, row in self.tool.told.items()
        }


class InterleavingsTest(TestCase):
    """Stories of a source, each played to its end and followed by one good pull."""

    @settings(max_examples=40)
    @given(story=STORIES, seed=st.integers(0, 2**16), remembers=st.booleans())
    def test_a_good_pull_ends_with_exactly_the_sessions_of_the_source(
        self, story: list[tuple[str, int | str]], seed: int, remembers: bool
    ) -> None:
        told = Story(seed, remembers=remembers)
        with mock.patch.dict(tools.ASKED, {"meshcentral": lambda _known: told.tool}):
            for verb, more in story:
                told.play(verb, more)
            told.play("pull", "well")
            assert told.known() == told.true()
            told.source.refresh_from_db()
            assert told.source.sessions_new == len(told.true())
            assert not PullLog.objects.filter(outcome="running").exists()
