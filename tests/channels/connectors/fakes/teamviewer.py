"""TeamViewer's Web API as far as connection reports go, after its OpenAPI description.

Reports are returned where they start at or after `from_date` and end before `to_date` (a running
one has no end and is not held back), newest end first, at most `page_size` a call; `offset_id` is
the record after which the list goes on. Absent fields are left out.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from tests.channels.connectors.fakes.web import Answer, Asked, Json, WebServer
from tests.channels.connectors.told import Told

TOKEN = "18712345-AbCdEfGhIjKlMnOpQrSt"
REPORT = "/api/v1/reports/connections"
LAST = datetime.max.replace(tzinfo=UTC)


class TeamViewer(WebServer):
    """The reports of one company; `zone` is the one that the server writes instants in."""

    def __init__(self, page_size: int = 1000) -> None:
        super().__init__()
        self.page_size = page_size
        self.zone = timezone(timedelta())
        self.records: dict[str, Json] = {}
        self.users: list[Json] | None = [
            {"id": "u1", "name": "Anna Neri", "email": "anna@example.org"}
        ]
        self.may_write = True
        self.told: list[tuple[str, Json]] = []

    @property
    def token(self) -> str:
        """The script token in force."""
        return TOKEN + "n" * self.expiries

    def add(self, session: Told) -> None:
        """Take in a session of the story."""
        self.users = [{"id": "u1", "name": session.technician, "email": session.mail}]
        self.record(
            session.key,
            session.started_at,
            session.ended_at,
            username=session.technician,
            devicename=session.device,
            groupname=session.group,
            notes=session.note or None,
        )

    def source_settings(self) -> dict[str, Any]:
        """Return how this server is reached."""
        return {"tool": "teamviewer", "url": self.url, "secrets": {"token": self.token}}

    def record(
        self, key: str, started: datetime, ended: datetime | None, **more: Any
    ) -> dict[str, Any]:
        """Return a record that was added or has replaced the one of the same id."""
        made = {
            "id": key,
            "userid": "u1",
            "username": "Anna Neri",
            "deviceid": "d1",
            "devicename": "Cassa 1",
            "groupid": "g1",
            "groupname": "Rossi",
            "support_session_type": 1,
            "billing_state": "Bill",
            "started": started,
            "ended": ended,
            **more,
        }
        self.records[key] = {name: value for name, value in made.items() if value is not None}
        return self.records[key]

    def answer(self, asked: Asked) -> Answer:
        """Return what TeamViewer answers."""
        if asked.headers.get("Authorization") != f"Bearer {self.token}":
            return _error(401, "token_expired", "Access token expired.")
        if asked.path == "/api/v1/account":
            return Answer({"userid": "u1", "name": "Lariotech", "email": "anna@example.org"})
        if asked.path == "/api/v1/users":
            if self.users is None:
                return _error(403, "access_denied", "Missing permission.")
            return Answer({"users": self.users})
        if asked.path == REPORT and asked.method == "GET":
            return Answer(self._list(asked.params))
        return self._one(asked)

    def _one(self, asked: Asked) -> Answer:
        key = asked.path.removeprefix(f"{REPORT}/")
        if key not in self.records:
            return _error(404, "not_found", "No such report.")
        if asked.method == "PUT" and not self.may_write:
            return _error(403, "access_denied", "Missing permission.")
        if asked.method == "PUT":
            change = json.loads(asked.body)
            assert set(change) <= {"notes", "billing_state"}, change
            self.records[key].update(change)
            self.told.append((key, change))
            return Answer(None, 204)
        return Answer(self._told(self.records[key]))

    def _list(self, params: dict[str, str]) -> Json:
        start, end = _read(params.get("from_date")), _read(params.get("to_date"))
        found = [
            row
            for row in self.records.values()
            if (start is None or row["started"] >= start)
            and (end is None or "ended" not in row or row["ended"] < end)
        ]
        found.sort(key=lambda row: (row.get("ended", LAST), row["id"]), reverse=True)
        offset = params.get("offset_id")
        if offset:
            mark = self.records[offset]
            place = mark.get("ended", LAST), mark["id"]
            found = [row for row in found if (row.get("ended", LAST), row["id"]) < place]
        page, left = found[: self.page_size], found[self.page_size :]
        told: Json = {"records": [self._told(row) for row in page], "records_remaining": len(left)}
        return told | ({"next_offset": page[-1]["id"]} if left else {})

    def _told(self, row: Json) -> Json:
        told = {name: value for name, value in row.items() if name not in {"started", "ended"}}
        told["start_date"] = self._written(row["started"])
        return told | ({"end_date": self._written(row["ended"])} if "ended" in row else {})

    def _written(self, at: datetime) -> str:
        return at.astimezone(self.zone).isoformat().replace("+00:00", "Z")


def _read(text: str | None) -> datetime | None:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if text else None


def _error(status: int, name: str, told: str) -> Answer:
    return Answer({"error": name, "error_description": told, "error_code": 1}, status)
