"""One server asked over the web: bounded, patient, never elsewhere than where it was told to.

Whatever keeps an answer away is a Trouble. Credentials go to the configured server alone: nothing
is redirected, and a certificate that is not the agreed one gets no request.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from canone.channels.connectors.rules import addresses
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import trust

LARGEST_ANSWER = 32 * 1024 * 1024
PIECE = 64 * 1024
LONGEST_ANSWER = 120.0  # seconds for one whole answer, however slowly it drips
LONGEST_WAIT = 30  # seconds that a server may ask us to wait while a pull goes on
WAITED_IN_ALL = 120  # seconds of such waits in the life of one client
USUAL_WAIT = 60  # where a server wants to be left alone and does not say for how long
DAY = 24 * 3600
OK = range(200, 300)
AWAY = range(300, 400)
BROKEN = range(500, 600)
REFUSED = frozenset({401, 403})
TOO_MANY, BUSY = 429, 503
UNREACHABLE = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.SSLError,
)
Params = Mapping[str, str | int | None]
Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a server is and how its certificate is trusted.

    `fingerprint` (SHA-256 of the certificate) or `authority` (PEM) replace the system's trust;
    `patience` is how many seconds it may be silent.
    """

    url: str
    fingerprint: str = ""
    authority: str = ""
    patience: float = 30.0


class Client:
    """A server that is asked one thing after the other; made for one pull, then closed.

    `headers` go along with every request. `server_at` is the server's clock at its last answer.
    """

    def __init__(
        self,
        reach: Reach,
        *,
        headers: Headers | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._reach = reach
        self._place = addresses.address(reach.url)
        self._headers = {"User-Agent": "Canone", "Accept": "application/json", **(headers or {})}
        self._sleep = sleep
        self._waited = 0
        self._overdue = False
        self._made: list[Any] = []
        self._pool = _pool(self._place, reach, self._made)
        self.server_at: datetime | None = None

    def __enter__(self) -> Self:
        """Return the client, to be closed at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()

    def get(self, path: str, params: Params | None = None) -> Any:
        """Return the decoded answer; parameters that are None stay out."""
        return self.request("GET", with_query(path, params))

    def post(self, path: str, *, form: Params | None = None, json: Any = None) -> Any:
        """Return the decoded answer to a form or to JSON."""
        if form is not None:
            told = {name: value for name, value in form.items() if value is not None}
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            return self.request("POST", path, urlencode(told).encode(), kind)
        return self.request("POST", path, *encoded(json))

    def request(
        self,
        method: str,
        path_with_query: str,
        body: bytes = b"",
        headers: Headers | Callable[[], Headers] | None = None,
    ) -> Any:
        """Return the decoded answer, None for an empty one; raises Trouble.

        A server that asks for a short pause is given it, within bounds; `headers` that hold a
        signature of the moment are a function, called for every try.
        """
        while True:
            told = headers() if callable(headers) else headers
            with self._deadline():
                response = self._sent(method, path_with_query, body, told or {})
                try:
                    pause = self._judged(response, path_with_query)
                    if not pause:
                        return self._read(response, path_with_query)
                finally:
                    response.close()
            self._waited += pause
            self._sleep(pause)

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        """Cut the connection when an answer takes too long, header or body, drop by drop."""
        self._overdue = False
        timer = threading.Timer(LONGEST_ANSWER, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self._overdue = True
        for connection in self._made:
            if connection.sock is not None:
                with suppress(OSError):  # below the encryption, which another thread is reading
                    socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    def _sent(
        self, method: str, path: str, body: bytes, headers: Headers
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.urlopen(
                method,
                self._place.path + path,
                body=body or None,
                headers={**self._headers, **headers},
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=urllib3.Timeout(self._reach.patience),
            )
        except (HTTPError, ssl.SSLError, OSError) as error:
            raise self._trouble(error, path) from error
        except ValueError as error:  # a header or path that cannot be sent
            raise Trouble("address", final=True, url=self._reach.url) from error

    def _judged(self, response: urllib3.BaseHTTPResponse, path: str) -> int:
        """Return how many seconds to wait before asking again, 0 for a good answer."""
        self.server_at = _instant(response.headers.get("Date"))
        status, action = response.status, _plain(path)
        if status in OK:
            return 0
        if status in REFUSED:
            raise Trouble("refused", final=True)
        if status == TOO_MANY or (status == BUSY and "Retry-After" in response.headers):
            return self._pause(response.headers.get("Retry-After"))
        if status in AWAY:
            place = _elsewhere(response.headers.get("Location"))
            raise Trouble("redirected", status=status, place=place)
        code = "server_fault" if status in BROKEN else "odd_answer"
        raise Trouble(code, status=status, action=action)

    def _pause(self, after: str | None) -> int:
        seconds = _seconds(after, self.server_at)
        if seconds > LONGEST_WAIT or self._waited + seconds > WAITED_IN_ALL:
            raise Trouble("rate_limited", wait=seconds, minutes=-(-seconds // 60))
        return max(seconds, 1)

    def _read(self, response: urllib3.BaseHTTPResponse, path: str) -> Any:
        pieces, size = [], 0
        try:
            for piece in response.stream(PIECE, decode_content=True):
                size += len(piece)
                if size > LARGEST_ANSWER:
                    raise Trouble("too_large", megabytes=LARGEST_ANSWER // 1024 // 1024)
                pieces.append(piece)
        except (HTTPError, ssl.SSLError, OSError) as error:
            raise self._trouble(error, path) from error
        if self._overdue:  # a header that was cut looks like one that ended
            raise Trouble("silent", action=_plain(path), seconds=int(LONGEST_ANSWER))
        if not size:
            return None
        try:
            return json.loads(b"".join(pieces))
        except (ValueError, RecursionError) as error:
            raise Trouble("garbled", action=_plain(path)) from error

    def _trouble(self, error: Exception, path: str) -> Trouble:
        """Return why there is no answer."""
        if self._overdue:
            return Trouble("silent", action=_plain(path), seconds=int(LONGEST_ANSWER))
        if (seen := trust.trouble(error, self._reach.url, self._reach.fingerprint)) is not None:
            return seen
        if isinstance(error, urllib3.exceptions.ReadTimeoutError):
            seconds = int(self._reach.patience)
            return Trouble("silent", action=_plain(path), seconds=seconds)
        if isinstance(error, urllib3.exceptions.DecodeError):
            return Trouble("garbled", action=_plain(path))
        if isinstance(error, UNREACHABLE):
            return Trouble("unreachable", reason=_reason(error))
        return Trouble("broken_off")


def with_query(path: str, params: Params | None = None) -> str:
    """Return the path with its parameters, encoded once; those that are None stay out."""
    told = {name: value for name, value in (params or {}).items() if value is not None}
    return f"{path}?{urlencode(told)}" if told else path


def encoded(value: Any) -> tuple[bytes, Headers]:
    """Return a value as the body and the header of a JSON request."""
    return json.dumps(value).encode(), {"Content-Type": "application/json"}


def _pool(place: addresses.Address, reach: Reach, made: list[Any]) -> urllib3.HTTPConnectionPool:
    """Return the connections to a server; the one that is open now stands in `made`."""
    if not place.encrypted:
        return _known(urllib3.HTTPConnectionPool, made)(place.host, place.port, maxsize=1)
    return _known(urllib3.HTTPSConnectionPool, made)(
        place.host,
        place.port,
        maxsize=1,
        ssl_context=trust.context(reach.fingerprint, reach.authority),
        assert_hostname=False if reach.fingerprint else None,
        assert_fingerprint=trust.plain(reach.fingerprint) or None,
    )


def _known(
    kind: type[urllib3.HTTPConnectionPool], made: list[Any]
) -> type[urllib3.HTTPConnectionPool]:
    """Return a kind of pool that tells which connection it made last."""
    base: Any = kind.ConnectionCls

    class Known(base):
        def connect(self) -> None:
            made[:] = [self]
            super().connect()

    return type(kind.__name__, (kind,), {"ConnectionCls": Known})


def _seconds(after: str | None, server_at: datetime | None) -> int:
    """Return how long the server wants to be left alone: seconds, or an instant of its clock."""
    text = (after or "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), DAY)
    until = _instant(text)
    if until is None or server_at is None:
        return USUAL_WAIT
    return min(max(int((until - server_at).total_seconds()), 1), DAY)


def _instant(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _elsewhere(location: str | None) -> str:
    try:
        return urlsplit(location or "").netloc[:100]
    except ValueError:
        return ""


def _plain(path: str) -> str:
    """Return the path without its query, which may hold what belongs in no log."""
    return path.partition("?")[0]


def _reason(error: Exception) -> str:
    inner = error.__cause__ or error
    return str(getattr(inner, "strerror", None) or inner)[:200]
