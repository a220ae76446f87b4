"""Who asks through a proxy has an address of their own; nobody else may say who they are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import RequestFactory
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from canone.config.wsgi import application
from canone.ui.api import limits

pytestmark = pytest.mark.django_db
ONE, OTHER = "203.0.113.1", "203.0.113.2"


@pytest.fixture(autouse=True)
def _three_a_minute(settings: Any) -> Iterator[None]:
    settings.API_ADDRESS_RATE = 3
    limits.forget()
    closing = (request_started, request_finished)
    for signal in closing:  # the connection is the test's, and its data are in a transaction
        signal.disconnect(close_old_connections)
    yield
    for signal in closing:
        signal.connect(close_old_connections)
    limits.forget()


def asked(peer: str, said: str = "", app: Any = application) -> int:
    """Return the status that the server's application answers a stranger to the API."""
    more = {"HTTP_X_FORWARDED_FOR": said} if said else {}
    environ = RequestFactory().generic("GET", "/api/v1/me", REMOTE_ADDR=peer, **more).environ
    environ["wsgi.input"] = io.BytesIO()
    answered: list[str] = []
    answer = app(environ, lambda status, _headers, _fault=None: answered.append(status))
    answer.close()
    return int(answered[0].split()[0])


def test_behind_the_proxy_of_this_machine_everybody_counts_alone() -> None:
    for number, peer in enumerate(("127.0.0.1", "::1")):
        one = f"203.0.113.{10 + number}"
        assert [asked(peer, one) for _time in range(4)] == [401, 401, 401, 429]
        assert asked(peer, OTHER) == 401


def test_what_was_put_before_the_proxys_word_counts_for_nothing() -> None:
    said = [asked("127.0.0.1", f"198.51.100.{number}, {ONE}") for number in range(4)]
    assert said == [401, 401, 401, 429]


def test_a_forged_header_from_elsewhere_counts_for_nothing() -> None:
    said = [asked("192.0.2.7", f"198.51.100.{number}") for number in range(4)]
    assert said == [401, 401, 401, 429]
    assert asked("192.0.2.8", "192.0.2.7") == 401


def test_a_network_of_proxies_may_be_named() -> None:
    app = wrap_wsgi_with_proxy_headers(get_wsgi_application(), ["172.16.0.0/12"])
    assert [asked("172.18.0.1", ONE, app) for _time in range(4)] == [401, 401, 401, 429]
    assert asked("172.18.0.1", OTHER, app) == 401
