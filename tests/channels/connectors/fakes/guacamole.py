"""Guacamole's REST interface as far as the history goes, after the code of the server.

`contains` keeps a row when the term is a day and the row *started* on it in the zone of the server,
or when a name holds it. At most a thousand rows are returned, and there is no further page. A
record of the database always says that it is not active.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs

from tests.channels.connectors.fakes.web import Answer, Asked, Json, WebServer
from tests.channels.connectors.told import Told

USER, PASSWORD = "canone", "only for history"
SOURCE = "postgresql"
MOST = 1_000


class Guacamole(WebServer):
    """One server; `zone` is where it stands, `tokens` who is signed in."""

    def __init__(self, zone: timezone = UTC) -> None:
        super().__init__()
        self.zone = zone
        self.rows: list[Json] = []
        self.active: Json = {}
        self.tokens: set[str] = set()
        self.sign_ins = 0
        self.readable = True
        self.most = MOST

    def row(self, started: datetime, ended: datetime | None, **more: Any) -> Json:
        """Return a row that was added."""
        number = str(len(self.rows) + 1)
        made = {
            "startDate": _milliseconds(started),
            "endDate": None if ended is None else _milliseconds(ended),
            "remoteHost": "10.0.0.7",
            "username": "anna@example.org",
            "active": False,
            "identifier": number,
            "uuid": f"00000000-0000-3000-8000-{int(number):012d}",
            "attributes": {},
            "logs": {},
            "connectionIdentifier": "12",
            "connectionName": "srv-gest01",
            "sharingProfileIdentifier": None,
            "sharingProfileName": None,
            **more,
        }
        self.rows.append(made)
        return made

    def add(self, session: Told) -> None:
        """Let the history know a connection; told again under its key it is replaced."""
        self.rows = [row for row in self.rows if row["remoteHost"] != session.key]
        self.row(
            session.started_at,
            session.ended_at,
            remoteHost=session.key,
            username=session.mail,
            connectionName=session.device,
        )

    @property
    def password(self) -> str:
        """The password that is right now."""
        return f"{PASSWORD}{self.expiries or ''}"

    def expire_credentials(self) -> None:
        """Refuse the password that was right, and whoever signed in with it."""
        super().expire_credentials()
        self.tokens.clear()

    def source_settings(self) -> Json:
        """Return what a source needs to reach this server."""
        return {
            "title": "Guacamole",
            "tool": "guacamole",
            "url": self.url,
            "fields": {"user": USER},
            "secrets": {"password": self.password},
            "retention_days": 5,
        }

    def answer(self, asked: Asked) -> Answer:
        """Return what the server answers."""
        if asked.path.startswith("/api/tokens"):
            return self._sign_in(asked.body) if asked.method == "POST" else self._sign_out(asked)
        if asked.headers.get("Guacamole-Token") not in self.tokens:
            return _no("PERMISSION_DENIED")
        inside = asked.path.removeprefix(f"/api/session/data/{SOURCE}/")
        if inside == "history/connections" and self.readable:
            return Answer(self._history(asked.params))
        known: Json = {"connectionGroups/ROOT/tree": TREE, "activeConnections": self.active}
        return Answer(known[inside]) if inside in known else _no("PERMISSION_DENIED")

    def _sign_out(self, asked: Asked) -> Answer:
        self.tokens.discard(asked.path.rpartition("/")[2])
        return Answer(None, 204)

    def _sign_in(self, body: bytes) -> Answer:
        self.sign_ins += 1
        form = {name: found[0] for name, found in parse_qs(body.decode()).items()}
        if form != {"username": USER, "password": self.password}:
            return _no("INVALID_CREDENTIALS")
        token = secrets.token_hex(16).upper()
        self.tokens.add(token)
        return Answer(
            {
                "authToken": token,
                "username": USER,
                "dataSource": SOURCE,
                "availableDataSources": [SOURCE],
            }
        )

    def _history(self, params: dict[str, str]) -> list[Json]:
        found = [row for row in self.rows if self._contains(row, params["contains"])]
        found.sort(key=lambda row: row["startDate"], reverse=params["order"] == "-startDate")
        return found[: self.most]

    def _contains(self, row: Json, term: str) -> bool:
        names = f"{row['username']}\n{row['connectionName']}"
        try:
            first = datetime.strptime(term, "%Y-%m-%d").replace(tzinfo=self.zone)
        except ValueError:
            return term in names
        start = datetime.fromtimestamp(row["startDate"] / 1000, UTC)
        return first <= start < first + timedelta(days=1) or term in names


TREE = {
    "identifier": "ROOT",
    "name": "ROOT",
    "type": "ORGANIZATIONAL",
    "childConnections": [{"identifier": "9", "name": "router", "protocol": "ssh"}],
    "childConnectionGroups": [
        {
            "identifier": "3",
            "name": "Rossi",
            "childConnections": [{"identifier": "12", "name": "srv-gest01", "protocol": "rdp"}],
        }
    ],
}


def _no(kind: str) -> Answer:
    return Answer({"message": "Permission denied.", "statusCode": None, "type": kind}, 403)


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
