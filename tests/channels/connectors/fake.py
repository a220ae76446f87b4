"""A small server that speaks MeshCentral's protocol, and misbehaves on request."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

USER, PASSWORD = "~t:billing", "token password"
NODE, MESH = "node//pc1", "mesh//rossi"
Json = dict[str, Any]
Misbehaviour = Callable[[ServerConnection, Json], None]


@cache
def certificate() -> tuple[Path, str, str]:
    """Return a file with key and certificate, the certificate as PEM, and its fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    file = Path(mkdtemp(prefix="fake-mesh")) / "server.pem"
    file.write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    der = made.public_bytes(serialization.Encoding.DER)
    return file, pem.decode(), hashlib.sha256(der).hexdigest()


def relay(msgid: int, session: str, at: datetime, seconds: int | None = None, **more: Any) -> Json:
    """Return an event as the server stores it."""
    args: list[Any] = [session, "10.0.0.1", "10.0.0.2"]
    return {
        "etype": "relay",
        "action": "relaylog",
        "msgid": msgid,
        "msgArgs": args if seconds is None else [*args, seconds],
        "userid": "user//anna",
        "username": "Anna Riva",
        "nodeid": NODE,
        "protocol": 1,
        "time": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        **more,
    }


def session(name: str, start: datetime, seconds: int, **more: Any) -> list[Json]:
    """Return the start and the end of a terminal session."""
    return [
        relay(14, name, start, **more),
        relay(10, name, start + timedelta(seconds=seconds), seconds, **more),
    ]


@dataclass
class Fake:
    """What the server knows, and how it misbehaves: by action, instead of the honest answer."""

    events: list[Json] = field(default_factory=list)
    linked: bool = True
    siteadmin: int = 0xFFFFFFFF
    server_at: datetime | None = None
    turned_away: Json | None = None
    instead: dict[str, Misbehaviour] = field(default_factory=dict)
    attempts: int = 0
    asked: list[Json] = field(default_factory=list)
    port: int = 0
    listeners: list[ServerConnection] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def happen(self, *rows: Json) -> None:
        """Store events and tell whoever listens."""
        for row in rows:
            self.events.append(row)
            for listener in list(self.listeners):
                with suppress(ConnectionClosed):
                    listener.send(json.dumps({"action": "event", "event": row}))

    def handle(self, connection: ServerConnection) -> None:
        self.attempts += 1
        assert connection.request is not None
        header = connection.request.headers.get("x-meshauth", ",")
        user, password = (base64.b64decode(part).decode() for part in header.split(","))
        if self.turned_away or (user, password) != (USER, PASSWORD):
            told = self.turned_away or {"action": "close", "cause": "noauth", "msg": "noauth-2d"}
            connection.send(json.dumps(told))
            return
        self.listeners.append(connection)
        with suppress(ConnectionClosed):
            self._greet(connection)
            for text in connection:
                self._answer(connection, json.loads(text))
        self.listeners.remove(connection)

    def _greet(self, connection: ServerConnection) -> None:
        at = self.server_at or datetime.now(UTC)
        info = {"name": "mesh.example.org", "serverTime": round(at.timestamp() * 1000)}
        connection.send(json.dumps({"action": "serverinfo", "serverinfo": info}))
        user: Json = {"_id": "user//billing", "name": "billing", "siteadmin": self.siteadmin}
        if self.linked:
            user["links"] = {MESH: {"rights": 0xFFFFFFFF}}
        connection.send(json.dumps({"action": "userinfo", "userinfo": user}))

    def _answer(self, connection: ServerConnection, message: Json) -> None:
        self.asked.append(message)
        action = message["action"]
        if action in self.instead:
            self.instead[action](connection, message)
            return
        answer = getattr(self, f"_{action}", None)
        if answer is not None:
            connection.send(json.dumps({"action": action, **answer(message)}))

    def _events(self, message: Json) -> Json:
        rows = [row for row in self.events if row["action"] == message["filter"]]
        rows.sort(key=lambda row: str(row["time"]), reverse=True)
        return {"events": rows[: message["limit"]], "tag": message.get("tag")}

    def _report(self, message: Json) -> Json:
        groups: Json = {}
        for row in self.events:
            if row.get("msgid") not in {10, 11, 12}:
                continue
            at = datetime.fromisoformat(row["time"]).timestamp()
            if message["start"] <= at <= message["end"]:
                entries = groups.setdefault(row["userid"], {"entries": []})["entries"]
                entries.append(
                    {"time": round(at * 1000), "nodeid": row["nodeid"], "meshid": MESH,
                     "protocol": row["protocol"], "length": row["msgArgs"][3]}
                )  # fmt: skip
        return {"data": {"groups": groups, "groupFormat": "user"}}

    def _nodes(self, _message: Json) -> Json:
        return {"nodes": {MESH: [{"_id": NODE, "name": "pc-rossi"}]}}

    def _meshes(self, _message: Json) -> Json:
        return {"meshes": [{"_id": MESH, "name": "Cliente Rossi"}]}

    def _users(self, _message: Json) -> Json:
        return {"users": [{"_id": "user//anna", "name": "Anna", "email": "anna@example.com"}]}


@contextmanager
def running(fake: Fake) -> Iterator[Fake]:
    """Return the fake while it serves on a free port of the loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate()[0])
    with serve(fake.handle, "127.0.0.1", fake.port, ssl=context, max_size=None) as server:
        fake.port = server.socket.getsockname()[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            for listener in list(fake.listeners):
                listener.close()
            server.shutdown()
            thread.join(5)
