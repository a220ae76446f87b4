"""RustDesk Server Pro as a tool that can be asked for its sessions."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from canone.channels.connectors.rules import clocks, values
from canone.channels.connectors.rules.port import (
    Json,
    Notice,
    Probe,
    Pulled,
    RawSession,
    Trouble,
    Window,
)
from canone.channels.connectors.rules.rustdesk import rows
from canone.channels.connectors.services import http

PATH = "/api/audits/conn"
DEVICES = "/api/devices"
PAGE = 100
# The server may refuse with status 200 and an error in words.
NOT_ALLOWED = re.compile(r"token|auth|log ?in|permission|denied|forbidden|expired", re.IGNORECASE)


class RustDesk:
    """The log of connections of a Server Pro, read with a token that may see it."""

    def __init__(
        self, reach: http.Reach, token: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._reach = reach
        self._token = token
        self._sleep = sleep

    def probe(self) -> Probe:
        """Return how many devices the server knows; raises Trouble."""
        with self._client() as client:
            _page(client.get(PATH, {"current": 1, "pageSize": 1}))
            return Probe(
                account="",
                server=urlsplit(self._reach.url).hostname or "",
                devices=_devices(client),
                groups=0,
            )

    def pull(self, cursor: Json, window: Window) -> Iterator[Pulled]:
        """Yield the log page by page.

        New rows push others onto later pages meanwhile, so a row may come twice; none is skipped.
        """
        since = rows.horizon(cursor, window.since, window.at)
        asked: http.Params = {"pageSize": PAGE, "created_at": rows.filter_of(since)}
        known: set[str] = set()
        running: list[RawSession] = []
        got = number = 0
        with self._client() as client:
            while True:
                number += 1
                found, total = _page(client.get(PATH, {"current": number, **asked}))
                reading = rows.read(found)
                fresh = [
                    each
                    for each in reading.sessions
                    if each.external_id not in known and each.started_at >= since
                ]
                running += [each for each in fresh if each.ended_at is None]
                got += len(found)
                news, known = reading.keys - known, known | reading.keys
                yield Pulled(
                    sessions=tuple(fresh),
                    still_open=tuple(each.external_id for each in fresh if each.ended_at is None),
                    cursor=rows.carried(running, window.at),
                    warnings=_warnings(client, window, reading, number),
                    seen=len(found),
                    mark=f"page {number}",
                )
                if not news or reading.is_past(since) or (total is not None and got >= total):
                    return

    def _client(self) -> http.Client:
        headers = {"Authorization": f"Bearer {self._token}"}
        return http.Client(self._reach, headers=headers, sleep=self._sleep)


def _page(answer: Any) -> tuple[list[Any], int | None]:
    """Return the rows of a page, and how many there are in all where the server says."""
    if isinstance(answer, Mapping) and answer.get("error"):
        said = values.text(answer["error"], 200)
        raise Trouble("tool_says_no", final=bool(NOT_ALLOWED.search(said)), said=said)
    found = answer.get("data") if isinstance(answer, Mapping) else None
    if found is None and isinstance(answer, Mapping) and answer.get("total") == 0:
        found = []
    if not isinstance(found, list):
        raise Trouble("garbled", action=PATH)
    return found, values.number(answer.get("total"))


def _devices(client: http.Client) -> int:
    """Return how many devices there are; a token that may only see the log does not learn it."""
    try:
        answer = client.get(DEVICES, {"current": 1, "pageSize": 1})
    except Trouble as trouble:
        if trouble.code not in {"refused", "odd_answer"}:
            raise
        return 0
    return (values.number(answer.get("total")) or 0) if isinstance(answer, Mapping) else 0


def _warnings(
    client: http.Client, window: Window, reading: rows.Reading, number: int
) -> tuple[Notice, ...]:
    first = clocks.notices(client.server_at, window.at) if number == 1 else ()
    return (*first, *reading.notices())
