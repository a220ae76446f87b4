"""MeshCentral's small server in the story that is told of every tool."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

from tests.channels.connectors import fake as fakes
from tests.channels.connectors.told import Told


class MeshFake:
    """The small MeshCentral, by the words of the story."""

    def __init__(self) -> None:
        self.server = fakes.Fake()
        self._told: dict[str, list[fakes.Json]] = {}
        self._open = ExitStack()

    def start(self) -> None:
        self._open.enter_context(fakes.running(self.server))

    def stop(self) -> None:
        self._open.close()

    def add(self, session: Told) -> None:
        start, *end = fakes.session(session.key, session.started_at, session.seconds or 0)
        self._told[session.key] = [start, *(end if session.seconds is not None else [])]
        self.server.events = [row for rows in self._told.values() for row in rows]

    def break_after(self, requests: int) -> None:
        left = requests

        def breaking(connection: Any, message: fakes.Json) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                connection.close()
                return
            answer = getattr(self.server, f"_{message['action']}")(message)
            connection.send(json.dumps({"action": message["action"], **answer}))

        for action in ("events", "report", "nodes", "meshes", "users"):
            self.server.instead[action] = breaking

    def expire_credentials(self) -> None:
        self.server.turned_away = {"action": "close", "cause": "noauth", "msg": "noauth-2d"}

    def heal(self) -> None:
        self.server.instead.clear()
        self.server.turned_away = None

    def source_settings(self) -> dict[str, Any]:
        return {
            "tool": "meshcentral",
            "url": self.server.url,
            "user": fakes.USER,
            "password": fakes.PASSWORD,
            "fingerprint": fakes.certificate()[2],
        }

    def requests(self) -> int:
        return self.server.attempts
