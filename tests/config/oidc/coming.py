"""Somebody comes in through the provider."""

from __future__ import annotations

import http.client
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse
from tests.config.oidc.issuer import CLIENT, SECRET, Issuer

from canone.base.access import services
from canone.base.access.models import User

NOW = datetime.now(UTC)
ENGLISH = {"headers": {"Accept-Language": "en"}}


def enter(issuer: Issuer, **options: Any) -> None:
    said = {"name": "Acme ID", "issuer": issuer.url, "client_id": CLIENT, "secret": SECRET}
    services.set_provider(services.Provider(**(said | options)), at=NOW, by=None)


def back(client: Client, **said: str) -> str:
    """Return the address at which the provider sends the person back."""
    begun = client.post(reverse("oidc_start"), said, **ENGLISH)
    assert begun.status_code == 200, begun.content
    there = urlsplit(begun["Refresh"].partition("url=")[2])
    connection = http.client.HTTPConnection(there.netloc)
    connection.request("GET", f"{there.path}?{there.query}")
    place = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    return f"{place.path}?{place.query}"


def signed_in(client: Client) -> str:
    """Return the address of who is signed in."""
    number = client.session.get("_auth_user_id")
    return User.objects.get(pk=number).email if number else ""


def come(client: Client, **said: str) -> Any:
    return client.get(back(client, **said), **ENGLISH)
