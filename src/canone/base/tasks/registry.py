"""The kinds of jobs that contexts declare, and what a running job may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_ATTEMPTS = 5


class JobError(Exception):
    """The job cannot be done; the message says why, in the user's language."""


class TransientError(Exception):
    """The job could not be done now; it is tried again later by itself."""


class CancelledJobError(Exception):
    """Somebody stopped the job."""


class StoppingError(Exception):
    """The worker is being stopped: the job goes back to the queue."""


class LostJobError(Exception):
    """The job was given to another worker, because this one was taken for dead."""


class Desk(Protocol):
    """Where a running job reports to."""

    def keep(self, work: Work) -> None:
        """Return nothing after keeping progress and report."""

    def check(self) -> None:
        """Return nothing, or raise what ends the job."""

    def seal(self, work: Work) -> None:
        """Return nothing; the report stands or falls with the transaction at hand."""


class Nowhere:
    """A desk for jobs that are called directly: nothing is kept, nothing stops them."""

    def keep(self, work: Work) -> None:
        """Return nothing."""

    def check(self) -> None:
        """Return nothing."""

    def seal(self, work: Work) -> None:
        """Return nothing."""


@dataclass(slots=True)
class Work:
    """What a running job gets: its parameters, who started it, and its way to report.

    `again` says that an attempt before this one began the work; `result` holds what it sealed.
    """

    params: dict[str, Any]
    user_id: int | None = None
    job_id: int = 0
    attempt: int = 1
    again: bool = False
    desk: Desk = field(default_factory=Nowhere)
    done: int = 0
    total: int = 0
    message: str = ""
    result: dict[str, Any] = field(default_factory=dict)

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Return nothing; the page shows `done` of `total` and the message.

        Call it between batches: it also ends the job when somebody stopped it.
        """
        self.done, self.total, self.message = done, total, message
        self.desk.keep(self)

    def check_cancelled(self) -> None:
        """Return nothing, or raise when the job was stopped; let that exception pass."""
        self.desk.check()

    def report(self, said: dict[str, Any]) -> None:
        """Return nothing; `said` joins the report that stays with the job.

        Pages know `lines` (pairs of a text and a value), `notes` (texts) and `url`.
        """
        self.result.update(said)

    def seal(self, said: dict[str, Any]) -> None:
        """Return nothing; `said` joins the report in the transaction that writes the work itself.

        Call it as the last step of that transaction. Raises LostJobError, which undoes the work,
        when the job was given to another worker meanwhile.
        """
        self.report(said)
        self.desk.seal(self)


Runner = Callable[[Work], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job; `counts_bytes` says that its progress is not of pieces but of bytes."""

    code: str
    title: StrOrPromise
    run: Runner
    max_attempts: int = MAX_ATTEMPTS
    counts_bytes: bool = False


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Work that is due every so often."""

    name: str
    kind: str
    every: timedelta


Watch = Callable[[datetime], bool]

_kinds: dict[str, Kind] = {}
_rhythms: dict[str, Rhythm] = {}
_watches: dict[str, Watch] = {}


def job(
    code: str,
    *,
    title: StrOrPromise,
    max_attempts: int = MAX_ATTEMPTS,
    counts_bytes: bool = False,
) -> Callable[[Runner], Runner]:
    """Return a decorator that makes a function the runner of the kind `code`."""

    def decorate(run: Runner) -> Runner:
        if code in _kinds:
            raise ValueError(f"job {code} is declared twice")
        _kinds[code] = Kind(code, title, run, max_attempts, counts_bytes)
        return run

    return decorate


def every(code: str, **interval: float) -> Callable[[Runner], Runner]:
    """Return a decorator, above `job`, that starts the kind `code` every `hours=1`, `days=1` …

    A start is left out while the one before is still at work.
    """
    period = timedelta(**interval)
    if period < timedelta(seconds=1):
        raise ValueError("a rhythm needs an interval of a second or more")

    def decorate(run: Runner) -> Runner:
        if _kinds[code].run is not run:
            raise ValueError(f"{code} is another job")
        _rhythms[code] = Rhythm(code, code, period)
        return run

    return decorate


def whenever(code: str, *, is_due: Watch) -> Callable[[Runner], Runner]:
    """Return a decorator, above `job`, that starts the kind `code` whenever `is_due(at)` says so.

    Workers ask every two seconds, so it has to cost next to nothing. One start at a time.
    """

    def decorate(run: Runner) -> Runner:
        if _kinds[code].run is not run:
            raise ValueError(f"{code} is another job")
        _watches[code] = is_due
        return run

    return decorate


def watches() -> list[tuple[str, Watch]]:
    """Return the kinds that start whenever something is due, with what tells, by code."""
    return sorted(_watches.items())


def get(code: str) -> Kind:
    """Return the kind called `code`; KeyError when nobody declared it."""
    return _kinds[code]


def codes() -> list[str]:
    """Return the codes of all kinds, sorted."""
    return sorted(_kinds)


def title_of(code: str) -> StrOrPromise:
    """Return the kind's title, or its code when no context declares it any more."""
    return _kinds[code].title if code in _kinds else code


def counts_bytes(code: str) -> bool:
    """Return whether the kind's progress is told in bytes."""
    return code in _kinds and _kinds[code].counts_bytes


def rhythms() -> list[Rhythm]:
    """Return what is due every so often, by name."""
    return sorted(_rhythms.values(), key=lambda rhythm: rhythm.name)
