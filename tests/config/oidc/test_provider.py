"""The page on which an owner enters the provider, and what may be asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import people
from tests.channels.connectors.little import Answer, Asked, Little, serving
from tests.config.oidc import issuer as issuers
from tests.config.oidc.issuer import CLIENT, SECRET, Issuer

from canone.base.access import queries, services
from canone.base.access.models import IdentityProvider
from canone.base.history.models import JournalEntry
from canone.config.oidc import asking

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
URL = "/settings/sign-in/provider/"
ENGLISH = {"headers": {"Accept-Language": "en"}}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    asking.forget()
    with issuers.issuing() as (found, _little):
        yield found


@pytest.fixture
def owner(client: Client) -> Client:
    user = people.people().owner
    user.language = "en"
    user.save()
    client.force_login(user)
    return client


def typed(of: Issuer, **more: Any) -> dict[str, Any]:
    said = {"name": "Acme ID", "issuer": of.url, "client_id": CLIENT, "secret": SECRET}
    return said | {"lets_invited_in": "on", "is_active": "on"} | more


def row(**said: Any) -> IdentityProvider:
    return IdentityProvider(name="Acme ID", client_id=CLIENT, **said)


def test_it_is_entered_kept_sealed_and_noted(owner: Client, issuer: Issuer) -> None:
    assert owner.post(URL, typed(issuer, hosts="A.example\nhttps://b.example/x")).status_code == 302
    kept = queries.provider()
    assert kept is not None
    assert (kept.issuer, kept.hosts) == (issuer.url, ["a.example", "b.example"])
    assert queries.provider_secret(kept) == SECRET
    [entry] = JournalEntry.objects.filter(kind="access.provider")
    assert SECRET not in entry.payload
    page = owner.get(URL).content.decode()
    assert SECRET not in page
    assert "http://testserver/accounts/oidc/callback/" in page


def test_an_empty_secret_stays_with_its_issuer_and_client_only(
    owner: Client, issuer: Issuer
) -> None:
    owner.post(URL, typed(issuer))
    owner.post(URL, typed(issuer, secret="", name="Other"))
    kept = queries.provider()
    assert kept is not None
    assert queries.provider_secret(kept) == SECRET
    owner.post(URL, typed(issuer, secret="", issuer="https://elsewhere.example"))
    kept = queries.provider()
    assert kept is not None
    assert queries.provider_secret(kept) == ""


@pytest.mark.parametrize(
    "issuer_address",
    ["http://elsewhere.example", "accounts.example", "https://u:p@a.example", "https://a.b/?x=1"],
)
def test_an_address_that_cannot_be_asked_is_refused(
    owner: Client, issuer: Issuer, issuer_address: str
) -> None:
    answer = owner.post(URL, typed(issuer, issuer=issuer_address))
    assert answer.status_code == 422
    assert "is no address that can be asked" in answer.content.decode()
    assert queries.provider() is None


def test_hosts_are_hosts(owner: Client, issuer: Issuer) -> None:
    answer = owner.post(URL, typed(issuer, hosts="not a host"))
    assert "This is no host: not a host" in answer.content.decode()


def test_the_test_says_what_it_found_and_keeps_nothing(owner: Client, issuer: Issuer) -> None:
    page = owner.post(URL, typed(issuer, **{"try": "1"})).content.decode()
    assert "Acme ID answers: people are sent to 127.0.0.1" in page
    assert "its keys can be read" in page
    assert SECRET in page  # what was typed stays in the form
    assert queries.provider() is None


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ({"issuer": "https://another.example"}, "calls itself “https://another.example”"),
        ({"token_endpoint": "http://other.example/t"}, "also uses other.example"),
        ({"jwks_uri": "https://other.example/k"}, "is no address that can be asked"),
        ({"authorization_endpoint": None}, "lacks “authorization_endpoint”"),
    ],
)
def test_the_test_says_what_is_wrong(
    owner: Client, issuer: Issuer, description: dict[str, Any], words: str
) -> None:
    issuer.description = description
    assert words in owner.post(URL, typed(issuer, **{"try": "1"})).content.decode()


def test_the_test_says_when_nobody_answers(owner: Client, issuer: Issuer) -> None:
    said = typed(issuer, issuer="http://127.0.0.1:9", **{"try": "1"})
    assert "cannot be reached" in owner.post(URL, said).content.decode()


def test_it_is_taken_away(owner: Client, issuer: Issuer) -> None:
    owner.post(URL, typed(issuer))
    owner.post(reverse("provider_remove"))
    assert queries.provider() is None
    assert JournalEntry.objects.filter(kind="access.provider_removed").count() == 1
    assert owner.post(reverse("provider_remove"), follow=True).status_code == 200


def test_only_owners_enter_one() -> None:
    everybody = people.people()
    for user in (everybody.colleague, everybody.technician, everybody.customer):
        client = Client()
        client.force_login(user)
        assert client.get(URL).status_code == 404


def test_nothing_is_asked_of_a_host_that_nobody_entered() -> None:
    with serving(Little(lambda _asked: Answer({}))) as other, issuers.issuing() as (found, _little):
        entered = row(issuer=found.url)
        for url in (f"{other.url}/x", "https://example.com/", f"https://{other.url[7:]}/x"):
            with pytest.raises(asking.Fault):
                asking.asked(entered, url)
        assert other.asked == []
        allowed = row(issuer=found.url, hosts=[other.url.removeprefix("http://")])
        assert asking.asked(allowed, f"{other.url}/x") == {}


def test_a_redirect_is_not_followed() -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(None, 302, {"Location": f"{other.url}/stolen"})

    with serving(Little(lambda _asked: Answer({}))) as other, serving(Little(answer)) as first:
        with pytest.raises(asking.Fault) as caught:
            asking.described(row(issuer=first.url), anew=True)
        assert caught.value.code == "redirected"
        assert other.asked == []


def test_the_description_is_asked_for_once_in_a_while(issuer: Issuer) -> None:
    asking.forget()
    with issuers.issuing() as (found, little):
        entered = row(issuer=found.url)
        asking.described(entered)
        asking.described(entered)
        assert len(little.asked) == 1


def test_a_client_without_a_secret_says_its_name_in_the_form() -> None:
    seen: list[bytes] = []

    def answer(asked: Asked) -> Answer:
        seen.append(asked.body)
        assert "Authorization" not in asked.headers
        return Answer({"id_token": "x", "access_token": "y"})

    with serving(Little(answer)) as little:
        entered = row(issuer=little.url)
        found = asking.Described(
            little.url, "", f"{little.url}/token", "", "", ("client_secret_basic",), False
        )
        asking.tokens(entered, found, code="c d", verifier="v", back="http://x/?a=b")
    assert b"client_id=canone-test" in seen[0]
    assert b"redirect_uri=http%3A%2F%2Fx%2F%3Fa%3Db" in seen[0]


def test_a_secret_of_another_installation_is_named(settings: Any, issuer: Issuer) -> None:
    said = services.Provider("Acme ID", issuer.url, CLIENT, SECRET)
    kept = services.set_provider(said, at=NOW, by=None)
    settings.SECRET_KEY = "another one"
    with pytest.raises(asking.Fault) as caught:
        asking.tokens(kept, asking.described(kept), code="c", verifier="v", back="b")
    assert caught.value.code == "secret_unreadable"
