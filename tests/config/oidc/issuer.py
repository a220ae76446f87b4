"""A provider of OpenID Connect on the loopback: authorization code, PKCE, signed ID tokens.

It keeps to the protocol by itself; a test may make it say something else.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.channels.connectors.little import Answer, Asked, Little, serving

CLIENT, SECRET = "canone-test", "a secret:with signs, and long enough to sign with"


@cache
def own_key() -> rsa.RSAPrivateKey:
    """Return the provider's key, made once: that takes a while."""
    return new_key()


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Issuer:
    """The provider; `person` is who sits before it."""

    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "248289761001",
            "email": "tech@example.com",
            "email_verified": True,
        }
    )
    claims: dict[str, Any] = field(default_factory=dict)  # instead of what would be right
    description: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)  # what userinfo says
    key: rsa.RSAPrivateKey = field(default_factory=own_key)
    signs_with: rsa.RSAPrivateKey | None = None
    algorithm: str = "RS256"
    proves_again: bool = True
    url: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)  # where we broke the protocol
    proven_at: int = field(default_factory=lambda: int(time.time()) - 3600)

    def answer(self, asked: Asked) -> Answer:
        """Return the answer to a request."""
        ways = {
            "/.well-known/openid-configuration": self._described,
            "/authorize": self._authorize,
            "/token": self._token,
            "/keys": self._keys,
            "/userinfo": self._userinfo,
        }
        way = ways.get(asked.path)
        return way(asked) if way else Answer({"error": "not_found"}, 404)

    def _described(self, _asked: Asked) -> Answer:
        said = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": True,
        }
        return Answer(said | self.description)

    def _authorize(self, asked: Asked) -> Answer:
        said = asked.query
        for name in ("state", "nonce", "code_challenge", "redirect_uri"):
            if len(said.get(name, "")) < 16:
                self.faults.append(name)
        if (said.get("client_id"), said.get("response_type")) != (CLIENT, "code"):
            self.faults.append("client")
        if said.get("code_challenge_method") != "S256" or "openid" not in said["scope"].split():
            self.faults.append("scope")
        if said.get("prompt") == "login" and self.proves_again:
            self.proven_at = int(time.time())
        code = secrets.token_urlsafe(16)
        self.codes[code] = said
        back = {"code": code, "state": said["state"], "iss": self.url}
        return Answer(None, 302, {"Location": f"{said['redirect_uri']}?{urlencode(back)}"})

    def _token(self, asked: Asked) -> Answer:
        said = dict(parse_qsl(asked.body.decode()))
        agreed = self.codes.pop(said.get("code", ""), None)
        scheme, _space, pair = asked.headers.get("Authorization", "").partition(" ")
        shown = base64.b64decode(pair).decode().split(":") if scheme == "Basic" else []
        if [unquote_plus(part) for part in shown] != [CLIENT, SECRET]:
            return Answer({"error": "invalid_client"}, 401)
        digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            agreed is None
            or agreed["code_challenge"] != challenge
            or agreed["redirect_uri"] != said.get("redirect_uri")
        ):
            return Answer({"error": "invalid_grant"}, 400)
        tokens = {"access_token": "at", "token_type": "Bearer", "id_token": self._signed(agreed)}
        return Answer(tokens)

    def _signed(self, agreed: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": agreed["nonce"],
            "auth_time": self.proven_at,
            **self.person,
            **self.claims,
        }
        told = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm in {"none", "HS256"}:
            key: Any = SECRET if self.algorithm == "HS256" else None
            return jwt.encode(told, key, self.algorithm, headers={"kid": "one"})
        return jwt.encode(told, self.signs_with or self.key, "RS256", headers={"kid": "one"})

    def _keys(self, _asked: Asked) -> Answer:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return Answer({"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]})

    def _userinfo(self, asked: Asked) -> Answer:
        if asked.headers.get("Authorization") != "Bearer at":
            return Answer({"error": "invalid_token"}, 401)
        return Answer({"sub": self.person["sub"]} | self.beside)


@contextmanager
def issuing(**options: Any) -> Iterator[tuple[Issuer, Little]]:
    """Return the provider while it serves."""
    issuer = Issuer(**options)
    with serving(Little(issuer.answer)) as little:
        issuer.url = little.url
        yield issuer, little
