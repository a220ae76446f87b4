"""How AnyDesk recognises who asks: a signature of every request, with the second it was made.

`METHOD`, the path with its query as it is sent, the second and a digest of the body, a line each,
signed by HMAC-SHA1 with the licence's API password.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

SCHEME = "AD"


def path(resource: str, params: Mapping[str, str | int]) -> str:
    """Return a path with its query, encoded once: what is signed is what is sent."""
    pairs = (f"{quote(name, safe='-_.')}={quote(str(value), safe='-_.')}" for name, value in
             params.items())  # fmt: skip
    query = "&".join(pairs)
    return f"{resource}?{query}" if query else resource


def authorization(
    licence: str, password: str, *, method: str, target: str, at: datetime, body: bytes = b""
) -> str:
    """Return the header of a request to `target` (the path with its query) made at `at`."""
    second = int(at.timestamp())
    content = base64.b64encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
    said = f"{method.upper()}\n{target}\n{second}\n{content}"
    made = hmac.new(password.encode(), said.encode(), hashlib.sha1).digest()
    return f"{SCHEME} {licence}:{second}:{base64.b64encode(made).decode()}"
