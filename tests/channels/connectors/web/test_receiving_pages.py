"""Pages of sources that are sent to: the key shown once, what arrived, who may see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.channels.connectors.web.test_rustdesk_hook import End as RustDeskEnd
from tests.channels.connectors.web.test_webhook import End, row
from tests.make import connectors as make
from tests.people import People, people

from canone.channels.connectors.models import Source
from canone.channels.connectors.rules.webhook import signing
from canone.channels.connectors.services.receiving import keys

pytestmark = pytest.mark.django_db
HTML = "<script>alert(1)</script>"


@pytest.fixture
def who() -> People:
    return people()


@pytest.fixture
def owner(client: Client, who: People) -> Client:
    return signed_in(client, who)


def signed_in(client: Client, who: People) -> Client:
    who.owner.language = "en"
    who.owner.save()
    client.force_login(who.owner)
    client.cookies["django_language"] = "en"
    return client


def source(tool: str) -> Source:
    return make.source(title="Sender", tool=tool, url="")


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("tool", ["webhook", "rustdesk-push"])
def test_a_source_is_connected_and_asks_for_its_key(owner: Client, tool: str) -> None:
    assert tool in text(owner.get(reverse("connectors:new")))
    form = owner.get(reverse("connectors:new_of", args=[tool]))
    assert 'name="url"' not in text(form)
    said = {"title": "Sender", "kinds": ["desktop"], "devices": "", "networks": ""}
    answer = owner.post(reverse("connectors:new_of", args=[tool]), said, follow=True)
    made = Source.objects.get()
    assert (made.description.slug, made.next_pull_at) == (tool, None)
    assert reverse("connectors:keys", args=[made.pk]) in text(answer)
    assert "Nobody can send yet" in text(answer)


@pytest.mark.parametrize("tool", ["webhook", "rustdesk-push"])
def test_a_key_is_shown_once_and_never_again(owner: Client, tool: str) -> None:
    sender = source(tool)
    url = reverse("connectors:keys", args=[sender.pk])
    made = owner.post(url)
    sender.refresh_from_db()
    (key,) = keys.working(sender, sender.created_at)
    assert key in text(made)
    assert "no-store" in made["Cache-Control"]

    for page in (url, reverse("connectors:show", args=[sender.pk])):
        assert key not in text(owner.get(page))
    assert key not in text(owner.get(f"/api/v1/sources/{sender.pk}"))
    assert key not in sender.credentials
    assert "Nobody can send yet" not in text(
        owner.get(reverse("connectors:show", args=[sender.pk]))
    )


def test_the_key_before_can_be_ended_at_once(owner: Client) -> None:
    sender = source("webhook")
    url = reverse("connectors:keys", args=[sender.pk])
    owner.post(url)
    end = reverse("connectors:end_overlap", args=[sender.pk])
    assert end not in text(owner.get(url))
    owner.post(url)
    assert end in text(owner.get(url))
    owner.post(end)
    assert end not in text(owner.get(url))


def test_deliveries_and_their_faults_stand_on_the_page(owner: Client) -> None:
    ending = End()
    ending.send(row())
    ending.send([row(started_at="soon", **{HTML: 1})], "msg_2")
    ending.send(row(), "msg_3", key=signing.key_of(b"x" * 32))
    page = text(owner.get(reverse("connectors:show", args=[ending.source.pk])))
    assert "Latest deliveries" in page
    assert "Row 1, started_at: Write an instant with its zone" in page
    assert "The signature fits none of the keys" in page
    assert HTML not in page
    assert "&lt;script&gt;" in page


def test_computers_that_tell_stand_on_the_page() -> None:
    ending = RustDeskEnd(fields={"devices": "111"})
    ending.send(b'{"id": "111", "hostname": "CAD-PC12"}', call="sysinfo")
    ending.send(b'{"id": "222", "hostname": "<b>PC</b>"}', call="sysinfo")
    browser = signed_in(Client(), people())
    page = text(browser.get(reverse("connectors:show", args=[ending.source.pk])))
    assert "CAD-PC12" in page
    assert "&lt;b&gt;PC&lt;/b&gt;" in page
    assert "No: not among the computers of this source" in page


def test_networks_that_are_none_are_named_at_their_field(owner: Client) -> None:
    said = {"title": "x", "kinds": ["desktop"], "networks": "home"}
    answer = owner.post(reverse("connectors:new_of", args=["rustdesk-push"]), said)
    assert "Networks look like 192.168.1.0/24" in text(answer)
    assert not Source.objects.exists()


def test_only_who_manages_sources_makes_keys(client: Client, who: People) -> None:
    sender = source("webhook")
    for user in (who.colleague, who.stranger):
        client.force_login(user)
        for name in ("keys", "end_overlap"):
            assert client.post(reverse(f"connectors:{name}", args=[sender.pk])).status_code == 404
    sender.refresh_from_db()
    assert keys.working(sender, sender.created_at) == []


def test_a_source_that_is_asked_has_no_key(owner: Client) -> None:
    mesh = make.source()
    assert owner.get(reverse("connectors:keys", args=[mesh.pk])).status_code == 404
