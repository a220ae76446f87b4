"""A conversation over the server's websocket, with deadlines and a verified certificate."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
    WebSocketException,
)

from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import trust

LARGEST_MESSAGE = 64 * 1024 * 1024
PATH = "/control.ashx"
MOST_STRANGERS = 5_000  # messages nobody asked for that may pass while an answer is awaited


@dataclass(frozen=True, slots=True)
class Access:
    """Where the server is, who we are there, and how its certificate is trusted.

    `fingerprint` (SHA-256 of the certificate) or `authority` (PEM) replace the system's trust.
    """

    url: str
    user: str
    password: str = field(repr=False)
    fingerprint: str = ""
    authority: str = ""
    patience: float = 30.0  # seconds for one answer


class Conversation:
    """An open, signed-in connection.

    It is driven step by step on an event loop of its own: a thread that reads while another writes
    the same TLS connection stalls now and then (tickets of TLS 1.3 arrive in between).
    """

    def __init__(
        self, runner: asyncio.Runner, connection: ClientConnection, access: Access
    ) -> None:
        self._runner = runner
        self._connection = connection
        self._access = access
        self.server: Mapping[str, Any] = {}
        self.account: Mapping[str, Any] = {}

    def sign_in(self) -> None:
        """Take in what a server sends unasked to whom it knows: `serverinfo`, then `userinfo`."""
        self.account = _inner(self._await("userinfo"), "userinfo")

    def ask(self, action: str, **values: object) -> Mapping[str, Any]:
        """Return the server's answer to a request; silence, nonsense and closing are Troubles."""
        self._send({"action": action, "tag": action, "responseid": action, **values})
        return self._await(action)

    def next(self, patience: float) -> Mapping[str, Any] | None:
        """Return the next message, or None when none came in time."""
        try:
            text = self._runner.run(asyncio.wait_for(self._connection.recv(), patience))
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            raise _closed(closed) from closed
        try:
            message = json.loads(text)
        except ValueError:
            return {}
        return message if isinstance(message, dict) else {}

    def _send(self, message: Mapping[str, object]) -> None:
        try:
            self._runner.run(self._connection.send(json.dumps(message)))
        except ConnectionClosed as closed:
            raise _closed(closed) from closed

    def _await(self, action: str) -> Mapping[str, Any]:
        deadline = time.monotonic() + self._access.patience
        strangers = 0
        while (left := deadline - time.monotonic()) > 0:
            message = self.next(left)
            if message is None:
                break
            told = message.get("action")
            if told == action:
                return message
            if told == "close":
                raise _turned_away(message)
            if told == "serverinfo":
                self.server = _inner(message, "serverinfo")
            strangers += 1
            if strangers > MOST_STRANGERS:
                raise Trouble("garbled", action=action)
        raise Trouble("silent", action=action, seconds=int(self._access.patience))


@contextmanager
def conversation(access: Access) -> Iterator[Conversation]:
    """Return a signed-in conversation; every way in which there is none is a Trouble."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        connection = runner.run(_connection(access))
        try:
            talk = Conversation(runner, connection, access)
            talk.sign_in()
            yield talk
        finally:
            runner.run(connection.close())


def address(url: str) -> str:
    """Return the websocket address of a server given by its web address; raises Trouble."""
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise Trouble("address", final=True, url=url) from error
    if parts.scheme not in {"https", "wss"} or not parts.hostname or "@" in parts.netloc:
        raise Trouble("address", final=True, url=url)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"wss://{host}{port}{parts.path.rstrip('/').removesuffix(PATH)}{PATH}"


async def _connection(access: Access) -> ClientConnection:
    target = address(access.url)
    context = trust.context(access.fingerprint, access.authority)
    who = ",".join(
        base64.b64encode(part.encode()).decode() for part in (access.user, access.password)
    )
    try:
        return await connect(
            target,
            ssl=context,
            additional_headers={"x-meshauth": who},
            open_timeout=min(access.patience, 20),
            close_timeout=2,
            max_size=LARGEST_MESSAGE,
            user_agent_header="Canone",
        )
    except ssl.SSLError as error:
        seen = await asyncio.to_thread(trust.trouble, error, access.url, access.fingerprint)
        raise (seen or _not_opened(error, access)) from error
    except (OSError, WebSocketException) as error:
        raise _not_opened(error, access) from error


def _not_opened(error: Exception, access: Access) -> Trouble:
    """Return why there is no conversation."""
    if isinstance(error, InvalidStatus):
        return Trouble("not_meshcentral", status=error.response.status_code)
    if isinstance(error, InvalidMessage) and isinstance(error.__cause__, EOFError):
        return Trouble("broken")
    if isinstance(error, InvalidHandshake):
        return Trouble("not_meshcentral", status=0)
    if isinstance(error, TimeoutError):
        return Trouble("silent", action="connect", seconds=int(access.patience))
    return Trouble("unreachable", reason=_reason(error))


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)[:200]


def _closed(closed: ConnectionClosed) -> Trouble:
    if closed.sent is not None and closed.sent.code == 1009:
        return Trouble("too_much", megabytes=LARGEST_MESSAGE // 1024 // 1024)
    return Trouble("broken")


def _turned_away(message: Mapping[str, Any]) -> Trouble:
    """Return why the server closed the door; asking again would count as another attempt."""
    if message.get("msg") == "tokenrequired":
        return Trouble("second_factor", final=True)
    if message.get("cause") == "banned":
        return Trouble("banned", final=True)
    if message.get("cause") == "noauth":
        return Trouble("refused", final=True)
    return Trouble("turned_away", final=True, reason=str(message.get("msg", ""))[:100])


def _inner(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = message.get(name)
    return inner if isinstance(inner, dict) else {}
