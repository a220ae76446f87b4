"""The log of connections of RustDesk Server Pro, after its official script, and its free client.

`created_at` filters by “newer than”, in UTC; there is no filter by end. The newest row comes first,
so rows move to later pages as new ones arrive. A login that failed has no `conn_type`.
"""

from __future__ import annotations

import itertools
import json
import uuid
from datetime import UTC, datetime
from typing import Any

from tests.channels.connectors.fakes.web import Answer, Asked, Json, WebServer
from tests.channels.connectors.told import Told

TOKEN = "rapi_0123456789abcdef"
LARGEST_PAGE = 100


class RustDesk(WebServer):
    """One server; `arriving` comes in after the next page was read."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, Json] = {}
        self.arriving: list[Json] = []
        self.says_no = ""

    def row(self, guid: str, started: datetime, ended: datetime | None, **more: Any) -> Json:
        """Return a row that was added or has replaced the one of the same id."""
        self.rows[guid] = made(guid, started, ended, **more)
        return self.rows[guid]

    def add(self, session: Told) -> None:
        """Let the log know a connection; told again under its key it is replaced."""
        self.row(
            session.key,
            session.started_at,
            session.ended_at,
            local_user=session.mail,
            remote=f"412880135 - {session.device}",
        )

    @property
    def token(self) -> str:
        """The token that is right now."""
        return f"{TOKEN}{self.expiries or ''}"

    def source_settings(self) -> Json:
        """Return what a source needs to reach this server."""
        secrets = {"token": self.token}
        return {"title": "RustDesk", "tool": "rustdesk", "url": self.url, "secrets": secrets}

    def answer(self, asked: Asked) -> Answer:
        """Return what the server answers."""
        if asked.headers.get("Authorization") != f"Bearer {self.token}":
            return Answer({"error": "Unauthorized"}, 401)
        if self.says_no:
            return Answer({"error": self.says_no})
        if asked.path == "/api/devices":
            return Answer({"data": [], "total": 3})
        if asked.path != "/api/audits/conn" or asked.method != "GET":
            return Answer({"error": "not found"}, 404)
        found = self._list(asked.params)
        for row in self.arriving:
            self.rows[row["guid"]] = row
        self.arriving = []
        return Answer(found)

    def _list(self, params: dict[str, str]) -> Json:
        size = min(int(params.get("pageSize", 10)), LARGEST_PAGE)
        number = int(params.get("current", 1))
        found = sorted(self.rows.values(), key=lambda row: row["created_at"], reverse=True)
        if after := params.get("created_at"):
            newer = datetime.strptime(after, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
            found = [row for row in found if row["created_at"] > newer.timestamp()]
        return {"data": found[(number - 1) * size : number * size], "total": len(found)}


def made(guid: str, started: datetime, ended: datetime | None, **more: Any) -> Json:
    """Return a row as the server stores it."""
    return {
        "guid": guid,
        "remote": "412880135 - CAD-PC12",
        "local": "700111222 - NB-ANNA",
        "local_user": "anna@example.org",
        "info": json.dumps({"ip": "10.0.0.7", "name": "Anna Neri"}),
        "conn_type": 0,
        "created_at": int(started.timestamp()),
        "end_time": None if ended is None else int(ended.timestamp()),
        **more,
    }


class Client:
    """The free client on the computer that is helped: what it sends, in order, once more if told.

    Like the real one it numbers its connections from its start on, and names no instant.
    """

    def __init__(self, device: str = "412880135") -> None:
        self.device = device
        self.uuid = "dXVpZA=="
        self.restart()

    def restart(self) -> None:
        """Forget all connections, as a crash of the computer does."""
        self._numbers = itertools.count(1001)

    def connect(self, session: int = 9_301_455_072_164_530_311, **more: Any) -> Connection:
        """Return a new connection to this computer."""
        return Connection(self, next(self._numbers), session, more)


class Connection:
    """One connection: its messages."""

    def __init__(self, client: Client, number: int, session: int, more: Json) -> None:
        self._client = client
        self._number = number
        self._session = session
        self._more = more

    def new(self) -> bytes:
        """Return the message before the login."""
        return self._said({"action": "new", "ip": "10.0.0.7"}, session=0)

    def login(self, name: str = "anna@example.org", kind: int = 0) -> bytes:
        """Return the message after the login."""
        return self._said({"peer": ["700111222", name], "type": kind})

    def close(self) -> bytes:
        """Return the message at the end."""
        return self._said({"action": "close"})

    def _said(self, value: Json, session: int | None = None) -> bytes:
        said = {
            **value,
            "id": self._client.device,
            "uuid": self._client.uuid,
            "conn_id": self._number,
            "session_id": self._session if session is None else session,
            "nonce": str(uuid.uuid4()),
            **self._more,
        }
        return json.dumps(said).encode()
