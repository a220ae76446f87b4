"""AnyDesk as a tool that can be asked for its sessions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from canone.base.access.models import User
from canone.channels.connectors.rules import lookback, values
from canone.channels.connectors.rules.anydesk import asking, sessions, signing
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

SYSTEM = "/sysinfo"
CLOCKS_AGREE = 30  # seconds; beyond, a refusal is the clock's fault rather than the password's
NOT_FOUND = 404
Clock = Callable[[], float]
Sleep = Callable[[float], None]


class AnyDesk:
    """The sessions of one licence; `clock` gives the second that goes into every signature."""

    def __init__(
        self,
        reach: http.Reach,
        licence: str,
        password: str,
        *,
        clock: Clock = time.time,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._reach = reach
        self._sleep = sleep
        self._licence = licence
        self._password = password
        self._clock = clock

    def probe(self) -> Probe:
        """Return whose licence it is, and how many desks it has."""
        with http.Client(self._reach, sleep=self._sleep) as client:
            system = self._get(client, SYSTEM)
            target = signing.path(asking.LIST, {"offset": 0, "limit": asking.PAGE, "order": "desc"})
            latest = asking.rows(self._get(client, target))
            warnings = _clock(client.server_at, self._now())
        told = system if isinstance(system, Mapping) else {}
        found = sessions.read(latest, _people())
        if found.sessions and found.strangers == len(found.sessions):
            warnings = (*warnings, Notice("no_desks_known"))
        return Probe(
            account=_named(told, "license") or self._licence,
            server=values.text(told.get("name")) or "AnyDesk",
            devices=values.number(_inner(told, "clients").get("total")) or 0,
            groups=0,
            warnings=warnings,
        )

    def pull(self, cursor: Json, window: Window) -> Iterator[Pulled]:
        """Yield the sessions of the window page by page, then what ran and was on no page."""
        plan = lookback.plan(cursor, window)
        people = _people()
        seen: set[str] = set()
        running: dict[str, datetime] = {}
        offset: int | None = 0
        with http.Client(self._reach, sleep=self._sleep) as client:
            while offset is not None:
                answer = self._get(client, signing.path(asking.LIST, asking.query(plan, offset)))
                rows = asking.rows(answer)
                found = sessions.read(rows, people)
                inside = asking.inside(found.sessions, plan)
                seen.update(each.external_id for each in found.sessions)
                running |= lookback.running(inside)
                odd = _counts(unreadable=found.unreadable, lengths_disagree=found.disagreeing)
                yield _page(inside, odd, seen=len(rows), mark=str(offset))
                offset = asking.following(answer, offset, plan)
            asked, waiting = lookback.unseen(plan, seen)
            single = [self._one(client, key) for key in asked]
            skew = _clock(client.server_at, self._now())
        last = sessions.read([row for row in single if row is not None], people)
        running |= lookback.running(last.sessions)
        yield _page(last.sessions, skew, cursor=lookback.cursor(plan, running | waiting))

    def _one(self, client: http.Client, key: str) -> Json | None:
        """Return one session by its id; None where it is no longer there."""
        try:
            answer = self._get(client, f"{asking.LIST}/{quote(key, safe='')}")
        except Trouble as trouble:
            if trouble.values.get("status") == NOT_FOUND:
                return None
            raise
        if not isinstance(answer, Mapping):
            raise Trouble("garbled", action=asking.LIST)
        return answer

    def _get(self, client: http.Client, target: str) -> Any:
        """Return the answer to a signed request.

        A signature made at another time than the server's is refused like a wrong password: where
        the clocks differ, that is what is told.
        """
        try:
            return client.request("GET", target, headers=lambda: self._signed(target))
        except Trouble as trouble:
            apart = _apart(client.server_at, self._now())
            if trouble.code == "refused" and abs(apart) > CLOCKS_AGREE:
                raise Trouble("clock_skew", final=True, seconds=abs(apart)) from trouble
            raise

    def _signed(self, target: str) -> http.Headers:
        said = signing.authorization(
            self._licence, self._password, method="GET", target=target, at=self._now()
        )
        return {"Authorization": said}

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _people() -> frozenset[str]:
    """Return the names by which users are known here and in other tools, casefolded."""
    users = User.objects.only("name", "email", "aliases")
    names = (name for user in users for name in (user.name, user.email, *user.aliases))
    return frozenset(str(name).strip().casefold() for name in names)


def _page(found: Sequence[RawSession], told: tuple[Notice, ...], **more: Any) -> Pulled:
    running = tuple(lookback.running(found))
    return Pulled(sessions=tuple(found), still_open=running, warnings=told, **more)


def _counts(**counts: int) -> tuple[Notice, ...]:
    return tuple(Notice(code, {"count": count}) for code, count in counts.items() if count)


def _clock(server_at: datetime | None, now: datetime) -> tuple[Notice, ...]:
    """Return the warning that the clocks differ, before the server minds it."""
    apart = _apart(server_at, now)
    if abs(apart) <= CLOCKS_AGREE:
        return ()
    return (Notice("clock_ahead" if apart > 0 else "clock_behind", {"count": abs(apart)}),)


def _apart(server_at: datetime | None, now: datetime) -> int:
    """Return by how many seconds the server's clock is ahead of ours."""
    return int((server_at - now).total_seconds()) if server_at else 0


def _inner(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = told.get(name)
    return inner if isinstance(inner, Mapping) else {}


def _named(told: Mapping[str, Any], name: str) -> str:
    return values.text(_inner(told, name).get("name"))
