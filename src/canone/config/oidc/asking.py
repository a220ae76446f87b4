"""What is asked of the provider: its description, its keys, and who the person is.

Requests go through the guarded client, to the hosts that the owner entered and to no other.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit, urlunsplit

from canone.base import vault
from canone.base.access import queries
from canone.base.access.models import IdentityProvider
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import http

DESCRIPTION = "/.well-known/openid-configuration"
PATIENCE = 8.0
REMEMBERED = 300.0  # seconds for which a description is not asked for again
MOST = 20
WANTED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
BASIC, POST = "client_secret_basic", "client_secret_post"


class Fault(Exception):  # noqa: N818 (a word of this package, caught by name)
    """Why the provider is of no use now: a code with its values."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Described:
    """What the provider says of itself."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str
    methods: tuple[str, ...]
    names_itself: bool


_known: dict[tuple[str, tuple[str, ...]], tuple[float, Described]] = {}


def hosts(provider: IdentityProvider) -> set[str]:
    """Return the hosts that may be asked, with their ports where they have one."""
    return {urlsplit(provider.issuer).netloc.lower(), *(name.lower() for name in provider.hosts)}


def described(provider: IdentityProvider, *, anew: bool = False) -> Described:
    """Return what the provider says of itself; raises Fault. It is asked every five minutes."""
    key = (provider.issuer, tuple(provider.hosts))
    at, found = _known.get(key, (-REMEMBERED, None))
    if found is None or anew or time.monotonic() - at > REMEMBERED:
        found = _described(provider)
        if len(_known) >= MOST:
            _known.clear()
        _known[key] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Return nothing; what providers said of themselves is asked again."""
    _known.clear()


def tokens(
    provider: IdentityProvider, found: Described, *, code: str, verifier: str, back: str
) -> dict[str, Any]:
    """Return what the provider gives for the code that the person brought; raises Fault."""
    try:
        secret = queries.provider_secret(provider)
    except vault.SealError as error:
        raise Fault("secret_unreadable") from error
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if secret and BASIC in found.methods:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    else:
        form["client_id"] = provider.client_id
        if secret:
            form["client_secret"] = secret
    said = asked(provider, found.token, form=form, headers=headers)
    if not isinstance(said.get("id_token"), str) or not isinstance(said.get("access_token"), str):
        raise Fault("garbled")
    return said


def keys(provider: IdentityProvider, found: Described) -> dict[str, Any]:
    """Return the keys with which the provider signs; raises Fault."""
    return asked(provider, found.keys)


def userinfo(provider: IdentityProvider, found: Described, access: str) -> dict[str, Any]:
    """Return what the provider tells of the person beside the token; raises Fault."""
    return asked(provider, found.userinfo, headers={"Authorization": f"Bearer {access}"})


def asked(
    provider: IdentityProvider,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the decoded answer; raises Fault, also for a host that nobody entered."""
    _must_be_entered(provider, url)
    parts = urlsplit(url)
    origin = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in (form or {}).items())
    method = "POST" if form else "GET"
    try:
        with http.Client(http.Reach(origin, patience=PATIENCE), sleep=_no_waiting) as client:
            said = client.request(method, path, body.encode(), headers)
    except Trouble as trouble:
        raise Fault(trouble.code, **trouble.values) from trouble
    if not isinstance(said, dict):
        raise Fault("garbled")
    return said


def _described(provider: IdentityProvider) -> Described:
    base = provider.issuer.rstrip("/")
    said = asked(provider, base + DESCRIPTION)
    issuer = said.get("issuer")
    if not isinstance(issuer, str) or issuer.rstrip("/") != base:
        raise Fault("other_issuer", said=str(issuer)[:200])
    for name in WANTED:
        if not isinstance(said.get(name), str):
            raise Fault("not_described", name=name)
        _must_be_entered(provider, said[name])
    methods = said.get("token_endpoint_auth_methods_supported")
    return Described(
        issuer=issuer,
        authorization=said["authorization_endpoint"],
        token=said["token_endpoint"],
        keys=said["jwks_uri"],
        userinfo=str(said.get("userinfo_endpoint") or ""),
        methods=tuple(map(str, methods)) if isinstance(methods, list) else (BASIC,),
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _must_be_entered(provider: IdentityProvider, url: str) -> None:
    """Return nothing; raises Fault for another host, or less encryption than was entered."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Fault("address", url=url[:200]) from error
    if parts.scheme != urlsplit(provider.issuer).scheme:
        raise Fault("address", url=url[:200])
    if parts.netloc.lower() not in hosts(provider):
        raise Fault("other_host", host=parts.netloc[:200])


def _no_waiting(_seconds: float) -> None:
    """Raise Fault: somebody waits for the page."""
    raise Fault("rate_limited")
