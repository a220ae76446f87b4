"""Credentials of other tools, sealed with the firm's secret."""

from __future__ import annotations

import json
from collections.abc import Mapping

from canone.base import vault
from canone.channels.connectors.rules.port import Trouble

PURPOSE = "canone.connectors.credentials"


def seal(credentials: Mapping[str, str]) -> str:
    """Return the credentials as text that says nothing without the installation's secret."""
    return vault.seal(json.dumps(dict(credentials)), purpose=PURPOSE)


def unseal(text: str) -> dict[str, str]:
    """Return the credentials; a Trouble when they were sealed by another installation."""
    try:
        opened = json.loads(vault.unseal(text, purpose=PURPOSE))
    except (vault.SealError, ValueError) as error:
        raise Trouble("credentials_unreadable", final=True) from error
    return {str(name): str(value) for name, value in opened.items()}
