"""Every address and operation × everybody × whose it is, against the one table.

The firm is made once; every request is undone. Who holds which function is no question to the
engine: PostgreSQL answers one person of each way of seeing, SQLite everybody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from tests import kit
from tests.access import routes, table, world
from tests.access.routes import Route
from tests.access.world import World
from tests.make import access

from canone.base.access.functions import Role

pytestmark = pytest.mark.django_db
PAGES = routes.pages()
OPERATIONS = routes.operations()
SIGN_IN = "/accounts/login/"
CLOSED = "closed"
OPEN = "open"
LET_IN = frozenset({200, 204, 302, 400, 409, 422})
DONE = LET_IN | {201, 202}
WAYS_OF_SEEING = ("owner", "technician", "customer")
"""Everything, one's own work and its customers, one's own firm."""


@pytest.fixture(scope="module")
def firm(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.make()
        transaction.set_rollback(True)


def asking(route: Route) -> list[str]:
    """Return who is tried at a route on this engine."""
    everybody = table.asking(route.permission)
    if connection.vendor == "sqlite":
        return everybody
    return [person for person in everybody if person in WAYS_OF_SEEING]


def holds(route: Route, person: str) -> bool:
    """Return whether a person holds what a route asks for, whatever stands there."""
    held = table.functions_of(person)
    also = table.ALSO.get(route.name)
    return route.permission in held and (not also or bool(held & set(also)))


def sees(route: Route, person: str, whose: str) -> bool:
    """Return whether what stands at a route is there for a person."""
    return not route.kind or table.sees(person, route.kind, whose)


def targets(route: Route, firm: World) -> list[tuple[str, Any]]:
    """Return everything that can stand at a route, by whose it is."""
    return list(firm.whose(route.kind).items()) if route.kind else [("", {})]


class Ask:
    """Asks in the name of a person and takes back whatever that did."""

    def __init__(self, firm: World) -> None:
        self.firm = firm

    def page(self, person: str, method: str, url: str, data: Mapping[str, Any]) -> Any:
        """Return the answer of a page, all of its bytes in `whole`."""
        with transaction.atomic():
            answer: Any = getattr(self.firm.clients[person], method)(url, data)
            answer.whole = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        return answer

    def operation(self, token: str, route: Route, url: str) -> Any:
        """Return the answer of an operation to the smallest body that it can take."""
        body = routes.body(route)
        url += table.ASKED_BY.get(route.name, "")
        more: dict[str, Any] = {"data": json.dumps(body), "content_type": "application/json"}
        if body is None and routes.takes_a_file(route):
            sent = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("a.txt", b"a")})
            more = {"data": sent, "content_type": MULTIPART_CONTENT}
        elif body is None:
            more = {}
        with transaction.atomic():
            answer: Any = self.firm.clients["no login"].generic(
                route.method,
                url,
                headers={"Authorization": f"Bearer {self.firm.tokens[token]}"} if token else {},
                **more,
            )
            answer.whole = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        return answer


def verdict(answer: Any) -> str:
    """Return whether a page let its reader in; anything unusual is called by its number."""
    if answer.status_code == 404:
        return CLOSED
    if answer.status_code == 302 and answer["Location"].startswith(SIGN_IN):
        return SIGN_IN
    return OPEN if answer.status_code in LET_IN else str(answer.status_code)


def leaks(route: Route, person: str, answer: Any) -> list[str]:
    """Return what an answer shows that this person must not see."""
    text = answer.whole.decode(errors="replace")
    return sorted(word for word in table.hidden_from(person, route.path) if word in text)


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_a_page_opens_to_whom_the_table_says(route: Route, firm: World) -> None:
    ask, wrong = Ask(firm), []
    for person in asking(route):
        for number, (whose, of) in enumerate(targets(route, firm)):
            held = holds(route, person)
            wanted = OPEN if held and sees(route, person, whose) else CLOSED
            if number and not held:
                break  # the function is asked for before anything is looked up
            data = table.ASKED_WITH.get(route.name, lambda _things: {})(firm.things)
            answer = ask.page(person, "get", route.url(of), data)
            got = {verdict(answer)}
            if got == {"405"} or (held and wanted == CLOSED):
                got |= {verdict(ask.page(person, "post", route.url(of), data))}
            if got - {"405"} != {wanted}:
                wrong.append(f"{person} at {whose or route.path}: {sorted(got)}, not {wanted}")
            wrong += [f"{person} at {whose} reads {word}" for word in leaks(route, person, answer)]
    assert wrong == []


@pytest.mark.parametrize("route", [one for one in PAGES if not one.parameters], ids=str)
def test_the_files_of_a_list_hold_no_more_than_its_page(route: Route, firm: World) -> None:
    ask, wrong = Ask(firm), []
    for person in asking(route):
        if holds(route, person) and table.hidden_from(person, route.path):
            answer = ask.page(person, "get", route.url({}), {"format": "csv"})
            wrong += [f"{person} reads {word}" for word in leaks(route, person, answer)]
    assert wrong == []


@pytest.mark.one_engine
@pytest.mark.parametrize("route", PAGES, ids=str)
def test_nobody_enters_without_signing_in(route: Route, firm: World) -> None:
    _whose, of = targets(route, firm)[0]
    answers = [Ask(firm).page("no login", method, route.url(of), {}) for method in ("get", "post")]
    assert {verdict(answer) for answer in answers} <= {SIGN_IN, "405"}
    assert SIGN_IN in {verdict(answer) for answer in answers}


@pytest.mark.one_engine
@pytest.mark.parametrize("route", [one for one in PAGES if one.parameters], ids=str)
def test_what_is_not_there_is_not_there_for_the_owner_either(route: Route, firm: World) -> None:
    _whose, of = targets(route, firm)[0]
    answers = [Ask(firm).page("owner", method, route.missing(of), {}) for method in ("get", "post")]
    assert {verdict(answer) for answer in answers} <= {CLOSED, "405"}
    assert CLOSED in {verdict(answer) for answer in answers}


@pytest.mark.parametrize("route", OPERATIONS, ids=str)
def test_an_operation_opens_to_whom_the_table_says(route: Route, firm: World) -> None:
    ask, wrong = Ask(firm), []
    for person in asking(route):
        for number, (whose, of) in enumerate(targets(route, firm)):
            # what a page asks a password for opens to tokens of owners alone
            held = holds(route, person) and (person == "owner" or not route.by_name)
            if number and not held:
                break
            wanted = {403} if not held else {404} if not sees(route, person, whose) else DONE
            answer = ask.operation(person, route, route.url(of))
            if answer.status_code not in wanted:
                said = f"{answer.status_code} {answer.whole.decode()[:300]}"
                wrong.append(f"{person} at {whose or route}: {said}, not {wanted}")
            wrong += [f"{person} at {whose} reads {word}" for word in leaks(route, person, answer)]
    assert wrong == []


@pytest.mark.one_engine
@pytest.mark.parametrize("route", OPERATIONS, ids=str)
def test_an_operation_asks_for_a_token_and_for_its_scope(route: Route, firm: World) -> None:
    _whose, of = targets(route, firm)[0]
    ask = Ask(firm)
    assert ask.operation("", route, route.url(of)).status_code == 401
    assert ask.operation("false", route, route.url(of)).status_code == 401
    narrow = ask.operation("narrow", route, route.url(of)).status_code
    assert (narrow == 403) is (route.permission != "access.signed_in")
    star = ask.operation("star", route, route.url(of)).status_code
    assert (star == 403) is route.by_name


@pytest.mark.one_engine
def test_what_a_page_asks_a_password_for_opens_to_no_star() -> None:
    assert {route.path for route in PAGES if route.by_name} == set(table.CONFIRMED)
    same = {one.replace(" ", " /api/v1/") for those in table.CONFIRMED.values() for one in those}
    assert {str(route) for route in OPERATIONS if route.by_name} == same


@pytest.mark.one_engine
@pytest.mark.parametrize("route", [one for one in OPERATIONS if one.parameters], ids=str)
def test_an_operation_finds_nothing_where_nothing_is(route: Route, firm: World) -> None:
    _whose, of = targets(route, firm)[0]
    # a word in an address is one of a few, and another word is no valid value
    wanted = 422 if route.parameters == ["kind"] else 404
    assert Ask(firm).operation("owner", route, route.missing(of)).status_code == wanted


@pytest.mark.one_engine
@pytest.mark.parametrize(
    "route", [one for one in routes.of_allauth() if not one.parameters], ids=str
)
def test_pages_around_signing_in_show_nothing_without_it(route: Route, firm: World) -> None:
    answer = Ask(firm).page("no login", "get", "/" + route.path, {})
    open_to_all = route.name in table.BEFORE_SIGNING_IN
    assert answer.status_code < 500
    assert (answer.status_code in {200, 405}) is open_to_all or answer.status_code == 404


@pytest.mark.one_engine
@pytest.mark.parametrize("person", ["owner", "technician", "customer", "no login"])
def test_the_key_of_somebody_else_is_not_there(person: str, firm: World) -> None:
    pages = [one for one in routes.of_allauth() if one.parameters == ["pk"]]
    assert {one.name for one in pages} == {"mfa_edit_webauthn", "mfa_remove_webauthn"}
    with transaction.atomic():
        theirs = access.user(Role.TECHNICIAN, email="key@example.com")
        kept = Authenticator.objects.create(
            user=theirs, type=Authenticator.Type.WEBAUTHN, data={"name": "Chiave", "credential": {}}
        )
        if person != "no login":
            kit.confirm(firm.clients[person])
        wanted = SIGN_IN if person == "no login" else CLOSED
        for url in (one.url(kept.pk) for one in pages):
            for method in ("get", "post"):
                answer = Ask(firm).page(person, method, url, {"name": "Taken"})
                assert verdict(answer) == wanted, (method, url)
                assert b"Chiave" not in answer.whole
        kept.refresh_from_db()
        assert kept.data["name"] == "Chiave"
        own = Client()
        own.force_login(theirs)
        kit.confirm(own)
        assert [own.get(one.url(kept.pk)).status_code for one in pages] == [200, 200]
        transaction.set_rollback(True)
