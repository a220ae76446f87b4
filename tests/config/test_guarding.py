"""What every answer carries, those to faults too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.make import access
from tests.people import people

from canone.base.access.functions import Role
from canone.config.web import start

pytestmark = pytest.mark.django_db
INLINE = re.compile(
    r"<style|<script(?![^>]*(?:\ssrc=|application/json))|\sstyle=|\son[a-z]+=|javascript:"
)


def strict(answer: Any) -> None:
    """Check that a browser runs and shows nothing but what we serve as files."""
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert not INLINE.search(answer.content.decode())


def test_pages_for_faults_are_as_strict_as_others(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = people().owner
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    strict(client.get("/accounts/login/"))
    client.force_login(owner)
    for url, status in (("/", 200), ("/nowhere/", 404), ("/customers/99999/", 404)):
        answer = client.get(url)
        assert answer.status_code == status
        strict(answer)
    refused = client.post("/settings/users/new/", {"name": "x"})
    assert refused.status_code == 403
    strict(refused)

    def fail(*_args: Any, **_options: Any) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(start.pages, "render", fail)
    broken = client.get("/")
    assert broken.status_code == 500
    strict(broken)
    api = client.get("/api/v1/me")
    assert api["Content-Security-Policy"]


def test_cookies_are_kept_from_scripts_and_other_sites() -> None:
    access.user(Role.OWNER, email="o@example.com", password="Lario-2026-demo")
    client = Client()
    client.post("/accounts/login/", {"login": "o@example.com", "password": "Lario-2026-demo"})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    reader = Client()
    reader.post(reverse("set_language"), {"language": "fr", "next": "/accounts/login/"})
    chosen = reader.cookies["django_language"]
    assert (chosen["httponly"], chosen["samesite"]) == (True, "Lax")


def test_behind_tls_browsers_are_told_to_stay_there(settings: Any) -> None:
    people()
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 60
    told = Client().get("/accounts/login/", headers={"X-Forwarded-Proto": "https"})
    assert told["Strict-Transport-Security"] == "max-age=60"
    assert "Strict-Transport-Security" not in Client().get("/accounts/login/")
