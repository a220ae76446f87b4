"""AnyDesk's REST interface as far as sessions go, after its official client.

Every request is signed; a signature made at another time than the server's own is refused like a
wrong password. `from` and `to` are minded by the start, or not at all (`filters`); the list is cut
at `most` rows a page.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from tests.channels.connectors.fakes.web import Answer, Asked, Json, WebServer
from tests.channels.connectors.told import Told

LICENCE, PASSWORD = "1438129266231705", "UYETICGU2CT3KES"
ANNA, CUSTOMER = 100000001, 362798056
PATIENCE = timedelta(seconds=60)


class AnyDesk(WebServer):
    """The sessions of one licence."""

    def __init__(self, most: int = 500) -> None:
        super().__init__()
        self.most = most
        self.filters = True
        self.rows: dict[str, Json] = {}

    @property
    def password(self) -> str:
        """The API password in force."""
        return PASSWORD + "N" * self.expiries

    def add(self, session: Told) -> None:
        """Take in a session of the story."""
        self.row(
            session.key,
            session.started_at,
            session.ended_at,
            to={"cid": CUSTOMER, "alias": f"{session.device}@ad"},
            comment=session.note or None,
        )

    def source_settings(self) -> dict[str, Any]:
        """Return how this server is reached."""
        return {
            "tool": "anydesk",
            "url": self.url,
            "fields": {"license": LICENCE},
            "secrets": {"password": self.password},
        }

    def row(
        self, sid: int | str, started: datetime, ended: datetime | None, **more: Any
    ) -> dict[str, Any]:
        """Return a row that was added or has replaced the one of the same id."""
        start = int(started.timestamp())
        end = None if ended is None else int(ended.timestamp())
        self.rows[str(sid)] = {
            "sid": sid,
            "from": {"cid": ANNA, "alias": "anna@lario"},
            "to": {"cid": CUSTOMER, "alias": "cassa-1@ad"},
            "active": ended is None,
            "start-time": start,
            "end-time": end,
            "duration": 0 if end is None else end - start,
            "comment": None,
            **more,
        }
        return self.rows[str(sid)]

    def answer(self, asked: Asked) -> Answer:
        """Return what AnyDesk answers."""
        if not self._signed(asked):
            return Answer({"error": "unauthorized", "code": "invalid_token"}, 401)
        if asked.path == "/auth":
            return Answer({"result": "success", "license-id": LICENCE})
        if asked.path == "/sysinfo":
            return Answer(
                {
                    "name": "AnyDesk REST",
                    "api-ver": "1.1",
                    "clients": {"total": 8, "online": 4},
                    "sessions": {"total": len(self.rows), "active": 0},
                    "license": {"name": "Standard", "license-id": LICENCE},
                }
            )
        if asked.path == "/sessions":
            return Answer(self._list(asked.params))
        sid = asked.path.removeprefix("/sessions/")
        return Answer(self.rows[sid]) if sid in self.rows else Answer({"error": "none"}, 404)

    def _list(self, params: dict[str, str]) -> Json:
        offset, limit = int(params.get("offset", 0)), int(params.get("limit", -1))
        found = list(self.rows.values())
        if self.filters:
            start, end = int(params.get("from", 0)), int(params.get("to", 2**40))
            found = [row for row in found if start <= row["start-time"] <= end]
        found.sort(
            key=lambda row: (row[params.get("sort", "start-time")], row["sid"]),
            reverse=params.get("order") == "desc",
        )
        size = self.most if limit < 0 else min(limit, self.most)
        page = found[offset : offset + size]
        return {
            "count": len(found),
            "selected": len(page),
            "offset": offset,
            "limit": size,
            "list": page,
        }

    def _signed(self, asked: Asked) -> bool:
        scheme, _space, said = asked.headers.get("Authorization", "").partition(" ")
        licence, _colon, rest = said.partition(":")
        second, _colon, token = rest.partition(":")
        if scheme != "AD" or licence != LICENCE or not second.isdigit():
            return False
        if abs(self.now.timestamp() - int(second)) > PATIENCE.total_seconds():
            return False
        content = base64.b64encode(hashlib.sha1(asked.body).digest()).decode()
        signed = "\n".join([asked.method, asked.target, second, content])
        wanted = hmac.new(self.password.encode(), signed.encode(), hashlib.sha1).digest()
        return hmac.compare_digest(base64.b64encode(wanted).decode(), token)
