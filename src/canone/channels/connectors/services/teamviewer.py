"""TeamViewer as a tool that can be asked for its sessions, and told which were billed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from canone.channels.connectors.rules import lookback, values
from canone.channels.connectors.rules.port import (
    Billed,
    Json,
    Notice,
    Probe,
    Pulled,
    Trouble,
    Window,
)
from canone.channels.connectors.rules.teamviewer import asking, billing, records
from canone.channels.connectors.services import http

ACCOUNT = "/api/v1/account"
USERS = "/api/v1/users"
NOT_FOUND = 404
Sleep = Callable[[float], None]


@dataclass(slots=True)
class _Read:
    """What the pages of one pull have shown so far."""

    seen: set[str] = field(default_factory=set)
    running: dict[str, datetime] = field(default_factory=dict)

    def take(self, found: records.Reading) -> records.Reading:
        self.seen.update(each.external_id for each in found.sessions)
        self.running |= lookback.running(found.sessions)
        return found


class TeamViewer:
    """A company's connection reports, reached with a script token."""

    def __init__(self, reach: http.Reach, token: str, *, sleep: Sleep = time.sleep) -> None:
        self._reach = reach
        self._token = token
        self._sleep = sleep

    def probe(self) -> Probe:
        """Return whose token it is, and how many devices and groups the latest reports show."""
        with self._client() as client:
            latest = asking.records(client.get(asking.REPORT))
            account = _allowed(client, ACCOUNT)
            mails = _mails(client)
        found = records.read(latest, mails).sessions
        owner = account if isinstance(account, Mapping) else {}
        return Probe(
            account=values.text(owner.get("email")) or values.text(owner.get("name")),
            server="TeamViewer",
            devices=len({each.device_id for each in found} - {""}),
            groups=len({each.group_name for each in found} - {""}),
            warnings=() if mails else (Notice("no_mails"),),
        )

    def pull(self, cursor: Json, window: Window) -> Iterator[Pulled]:
        """Yield the reports of the window page by page, then what ran and was on no page."""
        plan = lookback.plan(cursor, window)
        read = _Read()
        mails: dict[str, str] | None = None
        offset = following = ""
        with self._client() as client:
            while following or mails is None:
                offset = following
                answer = client.get(asking.REPORT, asking.query(plan, offset))
                rows = asking.records(answer)
                mails = _mails(client) if mails is None else mails
                found = read.take(records.read(rows, mails))
                following = asking.following(answer)
                yield _page(found, seen=len(rows), mark=offset or "first")
            asked, waiting = lookback.unseen(plan, read.seen)
            single = [_one(client, key) for key in asked]
        last = read.take(records.read([row for row in single if row is not None], mails))
        yield _page(last, cursor=lookback.cursor(plan, read.running | waiting))

    def tell(self, sessions: Iterable[Billed]) -> Iterator[tuple[Billed, bool]]:
        """Yield the sessions as their reports say whether they were billed; raises Trouble.

        A report without a note gets the one from here. One that is no longer there, or that
        TeamViewer does not let be changed, is not taken in.
        """
        with self._client() as client:
            for session in sessions:
                yield session, _told(client, session)

    def _client(self) -> http.Client:
        headers = {"Authorization": f"Bearer {self._token}"}
        return http.Client(self._reach, headers=headers, sleep=self._sleep)


def _page(found: records.Reading, **more: Any) -> Pulled:
    odd = (Notice("unreadable", {"count": found.unreadable}),) if found.unreadable else ()
    running = tuple(lookback.running(found.sessions))
    return Pulled(sessions=found.sessions, still_open=running, warnings=odd, **more)


def _mails(client: http.Client) -> dict[str, str]:
    """Return the users' mail addresses, none where the token may not list users."""
    answer = _allowed(client, USERS, {"full_list": "true"})
    return records.mails(answer.get("users")) if isinstance(answer, Mapping) else {}


def _allowed(client: http.Client, path: str, params: http.Params | None = None) -> Any:
    """Return an answer that serves but is not needed; None where the token may not have it.

    It is asked only after a report was given: a token that is wrong was found out by that.
    """
    try:
        return client.get(path, params)
    except Trouble as trouble:
        if trouble.code not in {"refused", "odd_answer"}:
            raise
        return None


def _one(client: http.Client, key: str) -> Json | None:
    """Return one report by its id; None where it is no longer there."""
    try:
        answer = client.get(_path(key))
    except Trouble as trouble:
        if trouble.values.get("status") == NOT_FOUND:
            return None
        raise
    if not isinstance(answer, Mapping):
        raise Trouble("garbled", action=asking.REPORT)
    return answer


def _told(client: http.Client, session: Billed) -> bool:
    known = _one(client, session.external_id)
    if known is None:
        return False
    change = billing.change(known, billed=session.billed, note=session.note)
    if not change:
        return True
    try:
        client.request("PUT", _path(session.external_id), *http.encoded(change))
    except Trouble as trouble:
        if trouble.code != "odd_answer":
            raise
        return False
    return True


def _path(key: str) -> str:
    return f"{asking.REPORT}/{quote(key, safe='')}"
