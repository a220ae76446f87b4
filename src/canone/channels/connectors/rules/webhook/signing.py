"""Signatures of deliveries, as the Standard Webhooks specification describes them.

Signed are id, timestamp and body, so none of them can be exchanged. An id is taken once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PREFIX = "whsec_"
VERSION = "v1"
TOLERANCE = timedelta(minutes=5)
KEY_BYTES = 32
ID = re.compile(r"[A-Za-z0-9_.:~-]{1,100}")
LONGEST_TIMESTAMP = 12
MOST_SIGNATURES = 10


class RefusedError(Exception):
    """The delivery is not from who it should be, or not now; `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Seal:
    """What a sender writes beside the body."""

    delivery: str
    timestamp: str
    signatures: str


def seal(headers: Mapping[str, str]) -> Seal:
    """Return the sender's id, timestamp and signatures; RefusedError where one is missing."""
    found = Seal(
        headers.get("webhook-id", "").strip(),
        headers.get("webhook-timestamp", "").strip(),
        headers.get("webhook-signature", "").strip(),
    )
    if not (found.delivery and found.timestamp and found.signatures):
        raise RefusedError("not_signed")
    if not ID.fullmatch(found.delivery):
        raise RefusedError("id")
    return found


def check(told: Seal, body: bytes, keys: Iterable[str], at: datetime) -> None:
    """Return nothing when one of the keys made one of the signatures, not long ago.

    The signature is looked at first: only who knows a key learns what is wrong with the time.
    """
    given = [
        signature
        for part in told.signatures.split()[:MOST_SIGNATURES]
        if (signature := part.partition(",")[2]) and part.startswith(f"{VERSION},")
    ]
    made = [signature_of(key, told.delivery, told.timestamp, body) for key in keys]
    same = [
        hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))
        for one in made
        for other in given
    ]
    if not any(same):
        raise RefusedError("signature")
    if not (told.timestamp.isascii() and told.timestamp.isdigit()):
        raise RefusedError("timestamp")
    if len(told.timestamp) > LONGEST_TIMESTAMP:
        raise RefusedError("timestamp")
    sent = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(told.timestamp))
    if abs(at - sent) > TOLERANCE:
        raise RefusedError("timestamp")


def signature_of(key: str, delivery: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a delivery."""
    text = f"{delivery}.{timestamp}.".encode("utf-8", "replace") + body
    return base64.b64encode(hmac.new(_secret(key), text, hashlib.sha256).digest()).decode()


def key_of(secret: bytes) -> str:
    """Return a key as it is shown to whoever sends."""
    return PREFIX + base64.b64encode(secret).decode()


def _secret(key: str) -> bytes:
    """Return the bytes behind a key; a key of another form signs with its own letters."""
    try:
        return base64.b64decode(key.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return key.encode()
