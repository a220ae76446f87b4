"""The examples on the page of the API, run as they stand there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer
from tests.people import people

from canone.base.access import services
from canone.base.events import facts
from canone.config import api
from canone.config.web import api_examples
from canone.registers.parties.models import Party


@pytest.mark.django_db(transaction=True)
def test_the_examples_do_what_they_say(live_server: LiveServer) -> None:
    owner = people().owner
    _row, token = services.create_token(user=owner, name="Test", scopes=["*"], at=timezone.now())
    env = {"API_TOKEN": token, "PATH": "/usr/bin:/bin"}
    examples = api_examples.at(f"{live_server.url}{api.ROOT}")
    whole = "\n\n".join(one.python for one in examples)
    done = subprocess.run(
        [sys.executable, "-c", whole], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert (lines[0], lines[-1]) == (owner.email, owner.email)
    assert "True" in lines
    assert "122.00 122.00" in lines  # nothing is open, so all of it is credit
    assert any(line.startswith("422 invalid") for line in lines)
    assert "412 changed" in lines
    assert Party.objects.filter(name="Officine Brambilla").count() == 1
    if not shutil.which("curl"):
        return
    told: list[Any] = []
    for one in examples:
        asked = subprocess.run(
            one.curl, shell=True, env=env, capture_output=True, text=True, check=True
        ).stdout
        told.append(json.loads(asked.rpartition("\n\n")[2]))
    assert sorted(told[1]) == ["items", "next"]
    assert told[0]["email"] == told[6]["email"] == owner.email
    assert told[5]["error"] == "changed"
    assert told[4] == {"items": [], "next": None}
    assert (told[2]["name"], told[3]["error"]) == ("Officine Brambilla", "invalid")


@pytest.mark.django_db
def test_the_page_shows_the_examples_and_every_fact(client: Client) -> None:
    client.force_login(people().owner)
    shown = client.get(reverse("api_page")).content.decode()
    assert 'id="webhooks"' in shown
    for fact in facts.every():
        assert f"<strong>{fact.code}</strong>" in shown
    for one in api_examples.EXAMPLES:
        assert str(one.title) in shown
    assert "Idempotency-Key: shop-4711" in shown
    assert api_examples.ROOT not in shown
