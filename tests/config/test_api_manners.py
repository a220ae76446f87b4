"""The manners of every operation, read from the routes: a new one without them fails here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from tests.access import routes, table, world
from tests.access.routes import Route
from tests.access.world import World

from canone.base.access.models import IdempotencyKey
from canone.config import api
from canone.ui.api import limits

pytestmark = pytest.mark.django_db
OPERATIONS = routes.operations()
WRITES = [one for one in OPERATIONS if one.method != "GET"]
LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


@pytest.fixture(scope="module")
def firm(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.make()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _limited(settings: Any) -> Iterator[None]:
    settings.API_RATE = settings.API_ADDRESS_RATE = 600
    yield
    limits.forget()


def said(route: Route) -> dict[str, Any]:
    """Return what the description says of an operation."""
    path = "/" + routes.PLACEHOLDER.sub(lambda found: f"{{{found[1]}}}", route.path)
    return dict(api.schema()["paths"][path][route.method.lower()])


def resolved(shape: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in shape:
        shape = api.schema()["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return shape


def ask(firm: World, route: Route, token: str, **headers: str) -> Any:
    """Return the answer to the smallest call that the description allows; undone by the caller."""
    body = routes.body(route)
    of = next(iter(firm.whose(route.kind).values())) if route.kind else {}
    more: dict[str, Any] = {"data": json.dumps(body), "content_type": "application/json"}
    answer = firm.clients["no login"].generic(
        route.method,
        route.url(of) + table.ASKED_BY.get(route.name, ""),
        headers={"Authorization": f"Bearer {firm.tokens[token]}", **headers},
        **(more if body is not None else {}),
    )
    b"".join(answer) if answer.streaming else answer.content
    return answer


@pytest.mark.parametrize("route", OPERATIONS, ids=str)
def test_every_answer_tells_what_is_left(route: Route, firm: World) -> None:
    for token in ("owner", "nobody", "false"):
        with transaction.atomic():
            answer = ask(firm, route, token)
            transaction.set_rollback(True)
        limits.forget()
        assert [name for name in LIMITS if name not in answer] == [], (token, answer.status_code)


@pytest.mark.parametrize("route", WRITES, ids=str)
def test_every_write_is_done_once_under_a_key(route: Route, firm: World) -> None:
    with transaction.atomic():
        first = ask(firm, route, "owner", **{"Idempotency-Key": "once"})
        again = ask(firm, route, "owner", **{"Idempotency-Key": "once"})
        kept = IdempotencyKey.objects.filter(key="once").exclude(status=0).count()
        transaction.set_rollback(True)
    limits.forget()
    if first.status_code < 400:
        assert kept == 1
        assert again["Idempotency-Replayed"] == "true"
        assert (again.status_code, again.content) == (first.status_code, first.content)
    else:
        assert first.status_code in {400, 404, 409, 422}
        assert (kept, "Idempotency-Replayed" in again) == (0, False)


@pytest.mark.parametrize("route", [one for one in OPERATIONS if one.method == "GET"], ids=str)
def test_every_list_has_a_cursor_and_a_cap(route: Route) -> None:
    operation = said(route)
    good = operation["responses"].get(200) or operation["responses"].get("200") or {}
    content = good.get("content", {}).get("application/json")
    if content is None:
        return
    shape = resolved(content["schema"])
    assert shape.get("type") != "array", "a bare list has no end"
    if set(shape.get("properties", {})) != {"items", "next"}:
        return
    known = {one["name"]: one["schema"] for one in operation["parameters"]}
    assert known["limit"]["maximum"] == 200
    assert "cursor" in known


@pytest.mark.parametrize("route", [one for one in OPERATIONS if one.method == "GET"], ids=str)
def test_no_page_is_larger_than_asked(route: Route, firm: World) -> None:
    operation = said(route)
    if "cursor" not in {one["name"] for one in operation.get("parameters", [])}:
        return
    with transaction.atomic():
        of = next(iter(firm.whose(route.kind).values())) if route.kind else {}
        url = route.url(of)
        headers = {"Authorization": f"Bearer {firm.tokens['owner']}"}
        client = firm.clients["no login"]
        seen: list[Any] = []
        cursor = ""
        for _page in range(20):
            page = client.get(url, {"limit": 1, "cursor": cursor}, headers=headers).json()
            assert len(page["items"]) <= 1
            seen += page["items"]
            cursor = page["next"] or ""
            if not cursor:
                break
        whole = client.get(url, {"limit": 200}, headers=headers).json()["items"]
        assert client.get(url, {"limit": 201}, headers=headers).status_code == 422
        assert client.get(url, {"cursor": "nonsense"}, headers=headers).status_code == 422
        transaction.set_rollback(True)
    limits.forget()
    assert seen == whole[:20]


def test_there_are_operations_to_ask() -> None:
    assert len(WRITES) > 40
