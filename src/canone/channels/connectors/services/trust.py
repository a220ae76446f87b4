"""By which rules the certificate of a server is accepted, and why it is not."""

from __future__ import annotations

import hashlib
import socket
import ssl
from urllib.parse import urlsplit

import urllib3

from canone.channels.connectors.rules.port import Trouble


class PinnedContext(ssl.SSLContext):
    """Accepts exactly one certificate, before anything is sent to its holder."""

    pin: str = ""


class OtherCertificateError(ssl.SSLError):
    """The server showed another certificate than the pinned one."""

    def __init__(self, found: str) -> None:
        super().__init__("another certificate")
        self.found = found


class PinnedObject(ssl.SSLObject):
    """The encryption of a connection whose certificate is pinned."""

    def do_handshake(self) -> None:
        """Agree on the encryption; another certificate than the pinned one ends it."""
        super().do_handshake()
        _compare(self)


class PinnedSocket(ssl.SSLSocket):
    """The same for connections that wait where they are."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 (its parent's)
        """Agree on the encryption; another certificate than the pinned one ends it."""
        super().do_handshake(block)
        _compare(self)


def context(fingerprint: str, authority: str) -> ssl.SSLContext:
    """Return the rules by which a server's certificate is accepted."""
    if fingerprint:
        pinned = PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
        pinned.pin = plain(fingerprint)
        pinned.sslobject_class = PinnedObject
        pinned.sslsocket_class = PinnedSocket
        pinned.check_hostname = False
        pinned.verify_mode = ssl.CERT_NONE
        return pinned
    try:
        return ssl.create_default_context(cadata=authority or None)
    except (ssl.SSLError, TypeError, ValueError) as error:  # TypeError: text beyond ASCII
        raise Trouble("authority_unreadable", final=True) from error


def plain(fingerprint: str) -> str:
    """Return a fingerprint in lower case without separators."""
    return "".join(letter for letter in fingerprint.lower() if letter in "0123456789abcdef")


def trouble(error: BaseException | None, url: str, fingerprint: str) -> Trouble | None:
    """Return why the certificate was not accepted, or None where that is not the cause."""
    while error is not None:
        if isinstance(error, OtherCertificateError):
            expected = plain(fingerprint)
            return Trouble("certificate_changed", final=True, expected=expected, found=error.found)
        if isinstance(error, ssl.SSLCertVerificationError):
            return Trouble(
                "certificate_unknown",
                final=True,
                reason=error.verify_message,
                fingerprint=fingerprint_of(url),
            )
        inner = error.args[-1] if isinstance(error, urllib3.exceptions.SSLError) else None
        error = inner if isinstance(inner, Exception) else error.__cause__ or error.__context__
    return None


def fingerprint_of(url: str, *, patience: float = 10.0) -> str:
    """Return the fingerprint of the certificate shown at `url`; empty when none is shown."""
    parts = urlsplit(url)
    anyone = ssl.create_default_context()
    anyone.check_hostname = False
    anyone.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 443), patience) as raw,
            anyone.wrap_socket(raw, server_hostname=parts.hostname) as wrapped,
        ):
            return _digest(wrapped)
    except (OSError, ValueError):
        return ""


def _compare(wrapped: ssl.SSLSocket | ssl.SSLObject) -> None:
    found = _digest(wrapped)
    if found != getattr(wrapped.context, "pin", ""):
        raise OtherCertificateError(found)


def _digest(wrapped: ssl.SSLSocket | ssl.SSLObject) -> str:
    return hashlib.sha256(wrapped.getpeercert(binary_form=True) or b"").hexdigest()
