"""The words between any remote tool and the rest: sessions, notes, warnings, cursor."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RawSession:
    """One stretch of remote assistance as the tool tells it.

    `external_id` is the same whether the session is first seen running and later closed, or only
    closed. `seconds` is None while it runs; `raw` keeps what the tool said, for the explanation.
    """

    external_id: str
    user_id: str
    technician_name: str
    technician_mail: str
    device_id: str
    device_name: str
    group_id: str
    group_name: str
    started_at: datetime
    ended_at: datetime | None
    seconds: int | None
    protocol: str
    note: str = ""
    raw: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawNote:
    """A note that a technician wrote on a device, not on a session."""

    user_id: str
    device_id: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader of the log should know: a code and its values, not a text."""

    code: str
    values: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pulled:
    """One page of a pull.

    `still_open` holds the external ids of sessions without an end, `notes` those that fit no
    session, `seen` how many rows the tool told before any were left out. `cursor` of the last page
    is what the next pull is given back. `mark` tells apart pages without sessions: where the tool
    stands, such as the offset of the page. `server_at` is the tool's clock, where it tells it: a
    pull counts as good up to the earlier of both clocks.
    """

    sessions: tuple[RawSession, ...]
    still_open: tuple[str, ...] = ()
    notes: tuple[RawNote, ...] = ()
    cursor: Json = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()
    seen: int = 0
    mark: str = ""
    server_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """What a test of the connection found: who we are there and what we can see."""

    account: str
    server: str
    devices: int
    groups: int
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the tool's past a pull asks for, and when it asks.

    Everything that ended after `since`, or still runs. `at` stays the same for all pages of a pull,
    so a list that grows meanwhile can be frozen with it. Empty `kinds`: all of them.
    """

    since: datetime
    at: datetime
    kinds: frozenset[str] = frozenset()

    @property
    def until(self) -> datetime:
        """The end of what is asked for."""
        return self.at


class Trouble(Exception):  # noqa: N818 (a word of this context, caught by name)
    """Why a pull ended without a result: a code with its values.

    `final` means that asking again with the same settings cannot help, or would lock the account.
    `wait` is in how many seconds the tool wants to be asked again.
    """

    def __init__(
        self, code: str, *, final: bool = False, wait: int = 0, **values: str | int
    ) -> None:
        super().__init__(code)
        self.code = code
        self.final = final
        self.wait = wait
        self.values = values


class Tool(Protocol):
    """A remote-support tool that can be asked for its sessions."""

    def probe(self) -> Probe:
        """Return what the connection gives access to; raises Trouble."""

    def pull(self, cursor: Json, window: Window) -> Iterator[Pulled]:
        """Yield the window's sessions page by page, in any order; raises Trouble.

        Each page is kept as it arrives; the cursor of the last one only when the pull ended. How
        many pages there may be, and that they do not repeat for ever, is the caller's to see.
        """


@dataclass(frozen=True, slots=True)
class Billed:
    """Whether a session of the tool was billed (or no longer), and the note that it has here."""

    external_id: str
    billed: bool
    note: str


@runtime_checkable
class Informed(Protocol):
    """A tool that can be told which of its sessions were billed."""

    def tell(self, sessions: Iterable[Billed]) -> Iterator[tuple[Billed, bool]]:
        """Yield each session as it is told, and whether the tool took it in; raises Trouble."""


@runtime_checkable
class Listening(Protocol):
    """A tool that also tells what happens as it happens."""

    def listen(self) -> Generator[bool, None, None]:
        """Return about one answer a second: whether a session started, ended or got a note."""


def clean(text: str) -> str:
    """Return the text without what no database takes: NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
