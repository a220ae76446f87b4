"""One request to a server that somebody named: bounded, to where it may go, and nowhere else.

The name is looked up once and the connection goes to what was found and checked, so that no name
can answer differently the second time. Nothing is redirected, no proxy is asked, an answer is read
as far as wanted and no further.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

Number = ipaddress.IPv4Address | ipaddress.IPv6Address
LOOPBACK = "localhost"
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
LONGEST_URL = 500


class OutgoingError(Exception):
    """There is no answer; `code` says why.

    `address`, `unencrypted`, `inside`, `unknown`, `unreachable`, `certificate`, `silent`,
    `broken_off`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Place:
    """The parts of an address; `path` has its query and begins with a slash."""

    encrypted: bool
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said: `start` is the beginning of its answer."""

    status: int
    start: bytes
    milliseconds: int


def place(url: str) -> Place:
    """Return the parts of an address; without encryption only this machine itself is asked.

    Raises OutgoingError `address` or `unencrypted`.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise OutgoingError("address") from error
    host = (parts.hostname or "").rstrip(".")
    odd = not url.isascii() or not url.isprintable() or " " in url or len(url) > LONGEST_URL
    if odd or parts.scheme not in {"https", "http"} or not host or "@" in parts.netloc or port == 0:
        raise OutgoingError("address")
    encrypted = parts.scheme == "https"
    if not encrypted and not is_loopback(host):
        raise OutgoingError("unencrypted")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(encrypted, host, port or (443 if encrypted else 80), path)


def is_loopback(host: str) -> bool:
    """Whether a name or number is this machine itself."""
    number = _number(host)
    return host == LOOPBACK if number is None else number.is_loopback


def is_inside(host: str) -> bool:
    """Whether a name or number tells by itself that it lies in one's own network."""
    number = _number(host)
    return host == LOOPBACK if number is None else not _plain(number).is_global


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    inside: bool = False,
    longest: float = 10.0,
    wanted: int = 2_000,
) -> Reply:
    """Return the answer to one POST; raises OutgoingError.

    `inside` lets it go to one's own network. All of it together takes `longest` seconds at most;
    of the answer the first `wanted` bytes are read.
    """
    there = place(url)
    started = time.monotonic()
    guard = _Guard(inside)
    pool = guard.pool(there)
    try:
        with guard.deadline(longest):
            answer = pool.urlopen(
                "POST",
                there.path,
                body=body,
                headers={"User-Agent": "Canone", "Accept-Encoding": "identity", **headers},
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=urllib3.Timeout(longest),
            )
            start = b""
            with suppress(HTTPError, OSError):  # the status is known, the rest is for the log
                start = answer.read(wanted, decode_content=False)
            answer.close()
    except OutgoingError:
        raise
    except (HTTPError, ssl.SSLError, OSError) as error:
        raise OutgoingError("silent" if guard.overdue else _why(error)) from error
    except ValueError as error:  # a header or path that cannot be sent
        raise OutgoingError("address") from error
    finally:
        pool.close()
        guard.close()
    return Reply(answer.status, start, int((time.monotonic() - started) * 1000))


class _Guard:
    """Connects to checked addresses only, and cuts what takes too long."""

    def __init__(self, inside: bool) -> None:  # noqa: FBT001 (the one thing it is about)
        self.inside, self.overdue = inside, False
        self.handle: socket.socket | None = None

    def pool(self, there: Place) -> urllib3.HTTPConnectionPool:
        kind: Any = urllib3.HTTPSConnectionPool if there.encrypted else urllib3.HTTPConnectionPool
        base: Any = kind.ConnectionCls
        connect = self.connect

        class Checked(base):
            def _new_conn(self) -> socket.socket:
                return connect(self._dns_host, self.port)

        pool = type(kind.__name__, (kind,), {"ConnectionCls": Checked})
        options = {"ssl_context": ssl.create_default_context()} if there.encrypted else {}
        return cast("urllib3.HTTPConnectionPool", pool(there.host, there.port, **options))

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a connection to the first address of the host that takes one."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise OutgoingError("unknown") from error
        for _family, _kind, _protocol, _name, where in found:
            if not may_reach(str(where[0]), inside=self.inside):
                raise OutgoingError("inside")
        last: OSError = OSError("nothing to connect to")
        for family, kind, protocol, _name, where in found:
            made = socket.socket(family, kind, protocol)
            made.settimeout(5)
            try:
                made.connect(where)
            except OSError as error:
                made.close()
                last = error
                continue
            self.handle = made.dup()  # wrapping takes the first one away
            return made
        raise OutgoingError("silent" if isinstance(last, TimeoutError) else "unreachable") from last

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Cut the connection when all of it takes too long, however it drips."""
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def cut(self) -> None:
        self.overdue = True
        if self.handle is not None:
            with suppress(OSError):  # below the encryption, which another thread is reading
                self.handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self.handle is not None:
            self.handle.close()


def may_reach(number: str, *, inside: bool) -> bool:
    """Whether an address may be connected to; what belongs to no machine of ours never may."""
    known = _number(number)
    if known is None:
        return False
    plain = _plain(known)
    if plain.is_link_local or plain.is_multicast or plain.is_unspecified:
        return False
    if plain.version == 4 and plain.is_reserved:
        return False
    return plain.is_global or inside


def _number(host: str) -> Number | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _plain(number: Number) -> Number:
    """Return the address that one in IPv6's clothes leads to."""
    if isinstance(number, ipaddress.IPv4Address):
        return number
    if number in TRANSLATED:
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour or number


def _why(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.SSLError | ssl.SSLError):
        return "certificate"
    if isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError):
        return "silent"
    return "broken_off"
