"""Credentials, sealed with a key that is derived from the installation's secret."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from canone.channels.connectors.rules.port import Trouble

PURPOSE = b"canone.connectors.credentials"


def seal(credentials: Mapping[str, str]) -> str:
    """Return the credentials as text that says nothing without the installation's secret."""
    return _fernet().encrypt(json.dumps(dict(credentials)).encode()).decode()


def unseal(text: str) -> dict[str, str]:
    """Return the credentials; a Trouble when they were sealed by another installation."""
    try:
        opened = json.loads(_fernet().decrypt(text.encode()))
    except (InvalidToken, ValueError) as error:
        raise Trouble("credentials_unreadable", final=True) from error
    return {str(name): str(value) for name, value in opened.items()}


def _fernet() -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())))
