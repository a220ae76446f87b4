"""Whether what the provider says of somebody can be trusted, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from django.utils.crypto import constant_time_compare

from canone.base.access.models import IdentityProvider
from canone.config.oidc.asking import Described, Fault

SIGNED_WITH = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures with the provider's own key: never none, never with a secret that we hold too."""
LEEWAY = 60  # seconds by which clocks may differ
LONGEST_SUBJECT = 191


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider vouches for; `proven_at` is when they last showed it who they are."""

    subject: str
    email: str
    is_verified: bool
    proven_at: float | None


def read(
    token: str,
    keys: Mapping[str, Any],
    *,
    provider: IdentityProvider,
    found: Described,
    nonce: str,
) -> dict[str, Any]:
    """Return the claims of an ID token; raises Fault unless it is for us, now, and for this try."""
    try:
        header = jwt.get_unverified_header(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(header, keys),
            algorithms=[header["alg"]],
            audience=provider.client_id,
            issuer=found.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "sub", "aud"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise Fault("expired") from error
    except (jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
        raise Fault("untrusted") from error
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1:
        _must_be(claims.get("azp"), provider.client_id)
    if "azp" in claims:
        _must_be(claims["azp"], provider.client_id)
    _must_be(claims.get("nonce"), nonce)
    return claims


def person(claims: Mapping[str, Any], more: Mapping[str, Any]) -> Person:
    """Return who it is; `more` is what the provider told beside the token, about the same one."""
    if more:
        _must_be(more.get("sub"), str(claims["sub"]))
    said = claims if claims.get("email") else more
    subject, proven = str(claims["sub"]), claims.get("auth_time")
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise Fault("untrusted")
    return Person(
        subject=subject,
        email=str(said.get("email") or "").strip().lower(),
        is_verified=said.get("email_verified") in {True, "true"},
        proven_at=float(proven) if isinstance(proven, int | float) else None,
    )


def _key(header: Mapping[str, Any], keys: Mapping[str, Any]) -> Any:
    """Return the key that the token names; a token that names none has to be of the only one."""
    if header.get("alg") not in SIGNED_WITH:
        raise Fault("untrusted")
    signing = [key for key in jwt.PyJWKSet.from_dict(dict(keys)).keys if _signs(key)]
    if "kid" in header:
        signing = [key for key in signing if key.key_id == header["kid"]]
    if len(signing) != 1:
        raise Fault("untrusted")
    return signing[0].key


def _signs(key: jwt.PyJWK) -> bool:
    return key.key_type in {"RSA", "EC", "OKP"} and key.public_key_use in {None, "sig"}


def _must_be(said: object, expected: str) -> None:
    if not isinstance(said, str) or not constant_time_compare(said, expected):
        raise Fault("untrusted")
