"""What tests of pages share."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def confirm(client: Client) -> None:
    """Let the signed-in person have given their password a moment ago."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def assert_fixed_queries(client: Client, url: str, make_rows: Callable[[], object]) -> None:
    """Fail if the page asks the database more often after `make_rows` has made more rows."""
    client.get(url)
    few = _queries(client, url)
    make_rows()
    many = _queries(client, url)
    asked = "\n".join(query["sql"] for query in many.captured_queries)
    assert len(many) <= len(few), f"{len(few)} queries became {len(many)}:\n{asked}"


def _queries(client: Client, url: str) -> CaptureQueriesContext:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, f"{url} answered {answer.status_code}"
    return captured


def seen(client: Client, address: str) -> dict[str, str]:
    """Return what a form carries so that its change overwrites nobody's."""
    return {"seen": str(client.get(address).context["form"]["seen"].value())}
