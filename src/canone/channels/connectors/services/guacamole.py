"""Apache Guacamole as a tool that can be asked for its sessions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

from canone.channels.connectors.rules import clocks, told
from canone.channels.connectors.rules.guacamole import history
from canone.channels.connectors.rules.port import (
    Json,
    Notice,
    Probe,
    Pulled,
    RawSession,
    Trouble,
    Window,
)
from canone.channels.connectors.services import http

TOKENS = "/api/tokens"
MOST_SOURCES = 10
NO_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Account:
    """Who signs in."""

    user: str
    password: str = field(repr=False)


class Guacamole:
    """A Guacamole server, reached with an account that may see the history."""

    def __init__(
        self, reach: http.Reach, account: Account, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._reach = reach
        self._account = account
        self._sleep = sleep

    def probe(self) -> Probe:
        """Return how many connections and groups the account sees; raises Trouble."""
        with self._conversation() as talk:
            known = talk.names()
            groups = {key for key, _title in known.groups.values() if key}
            for source in talk.sources:
                talk.day(source, NO_DAY, newest_first=True)  # raises where it may not be seen
            return Probe(
                account=self._account.user,
                server=urlsplit(self._reach.url).hostname or "",
                devices=len(known.groups),
                groups=len(groups),
            )

    def pull(self, cursor: Json, window: Window) -> Iterator[Pulled]:
        """Yield the history day by day, the newest first."""
        since = history.horizon(cursor, window.since, window.at)
        running: list[RawSession] = []
        with self._conversation() as talk:
            warnings = clocks.notices(talk.server_at, window.at)
            known = talk.names()
            for day in history.days(since, window.at):
                found = _read(talk, day, known, since)
                running += [each for each in found.sessions if each.ended_at is None]
                yield Pulled(
                    sessions=tuple(found.sessions),
                    still_open=tuple(s.external_id for s in found.sessions if s.ended_at is None),
                    cursor=history.carried(running, window.at),
                    warnings=(*warnings, *_remarks(found, day)),
                    seen=found.rows,
                    mark=day.isoformat(),
                )
                warnings = ()
            broken = talk.unended(running)
            if broken:
                yield Pulled(
                    sessions=(),
                    cursor=history.carried(running, window.at),
                    warnings=(Notice("without_end", {"count": broken}),),
                    mark="end",
                )

    def _conversation(self) -> Conversation:
        return Conversation(http.Client(self._reach, sleep=self._sleep), self._account)


class Conversation:
    """A time of being signed in; the token is given back at its end."""

    def __init__(self, client: http.Client, account: Account) -> None:
        self._client = client
        self._account = account
        self._token = ""
        self._again = False
        self.sources: list[str] = []

    @property
    def server_at(self) -> datetime | None:
        """The server's clock at its last answer."""
        return self._client.server_at

    def __enter__(self) -> Self:
        """Return the conversation, signed in."""
        try:
            self._sign_in()
        except BaseException:
            self._client.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the token back, as far as the server still listens."""
        with suppress(Trouble):
            self._client.request("DELETE", f"{TOKENS}/{quote(self._token, safe='')}")
        self._client.close()

    def day(self, source: str, day: date, *, newest_first: bool) -> list[Any]:
        """Return the history's rows of one day, a thousand at most."""
        order = "-startDate" if newest_first else "startDate"
        asked = {"contains": day.isoformat(), "order": order}
        found = self._get(f"{_data(source)}/history/connections", asked)
        if not isinstance(found, list):
            raise Trouble("garbled", action="history/connections")
        return found

    def names(self) -> history.Names:
        """Return the groups of the connections that the account sees."""
        groups: dict[str, tuple[str, str]] = {}
        for source in self.sources:
            tree = self._spare(f"{_data(source)}/connectionGroups/ROOT/tree")
            groups.update(history.names(tree).groups)
        return history.Names(groups)

    def unended(self, running: list[RawSession]) -> int:
        """Return how many of the sessions without an end nobody is connected to any more."""
        if not running:
            return 0
        active: dict[str, Any] = {}
        for source in self.sources:
            found = self._spare(f"{_data(source)}/activeConnections")
            if not isinstance(found, Mapping):
                return 0  # who may not see them cannot tell
            active |= {f"{source} {key}": row for key, row in found.items()}
        return history.unended(running, active)

    def _spare(self, path: str) -> Any:
        """Return an answer that serves but is not needed; None where it is not given."""
        try:
            return self._asked(path)
        except Trouble as trouble:
            if trouble.code not in {"refused", "odd_answer", "server_fault"}:
                raise
            return None

    def _get(self, path: str, asked: http.Params | None = None) -> Any:
        """Return the answer; a token that ran out meanwhile is renewed once.

        The password was good when the conversation began, so signing in again is no guessing.
        """
        try:
            return self._asked(path, asked)
        except Trouble as trouble:
            if trouble.code != "refused" or self._again:
                raise
        self._again = True
        self._sign_in()
        return self._asked(path, asked)

    def _asked(self, path: str, asked: http.Params | None = None) -> Any:
        headers = {"Guacamole-Token": self._token}
        return self._client.request("GET", http.with_query(path, asked), headers=headers)

    def _sign_in(self) -> None:
        form = {"username": self._account.user, "password": self._account.password}
        answer = self._client.post(TOKENS, form=form)
        if not isinstance(answer, Mapping):
            raise Trouble("garbled", action=TOKENS)
        self._token = told.words(answer.get("authToken"), 500)
        given = answer.get("availableDataSources")
        names = given if isinstance(given, list) else [answer.get("dataSource")]
        self.sources = [name for each in names if (name := told.words(each))][:MOST_SOURCES]
        if not self._token or not self.sources:
            raise Trouble("garbled", action=TOKENS)


def _read(talk: Conversation, day: date, names: history.Names, since: datetime) -> history.Day:
    """Return a day's sessions; a full one is read from its other end as well."""
    rows: list[Any] = []
    cut = False
    for source in talk.sources:
        newest = talk.day(source, day, newest_first=True)
        rows += newest
        if len(newest) >= history.FULL:
            oldest = talk.day(source, day, newest_first=False)
            rows += oldest
            cut = cut or not history.meet(newest, oldest)
    found = history.read(rows, names, since)
    found.cut = cut
    return found


def _remarks(found: history.Day, day: date) -> tuple[Notice, ...]:
    counts = tuple(Notice(code, {"count": count}) for code, count in found.counts.items())
    return (Notice("day_full", {"day": day.isoformat()}), *counts) if found.cut else counts


def _data(source: str) -> str:
    return f"/api/session/data/{quote(source, safe='')}"
