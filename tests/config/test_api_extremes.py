"""Every value of every body, at its extremes: an answer, never a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from tests.access import routes, world
from tests.access.routes import Route
from tests.access.world import World

from canone.config import api
from canone.ui.api import limits

pytestmark = pytest.mark.django_db
WRITES = [one for one in routes.operations() if one.method != "GET" and routes.body(one)]
READS = [one for one in routes.operations() if one.method == "GET"]
EXTREMES: dict[str, tuple[Any, ...]] = {
    "integer": (2**31, 2**63 - 1, 2**63, -(2**63), 10**30),
    "number": (1e300, -1e300, 10**30),
    "string": ("a" * 20_000, "9" * 30, "9" * 300, "-1", "1e400", "&a" * 2_000, "a " * 1_500),
    "date": ("0001-01-01", "9999-12-31"),
    "date-time": ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
}
NAMED = {
    "customer_id": ("party", "customer"),
    "party_id": ("party", "customer"),
    "site_id": ("site", "customer"),
    "group_id": ("group", "customer"),
    "tariff_id": ("tariff", "firm"),
    "article_id": ("article", "firm"),
    "vat_id": ("vat", "firm"),
    "type_id": ("contract type", "firm"),
    "unit_id": ("unit", "firm"),
    "asset_id": ("machine", "customer"),
    "meter_id": ("meter", "customer"),
    "technician_id": ("user", "firm"),
    "payment_terms_id": ("payment terms", "firm"),
}
"""What stands where a body names something: the values beside it are reached."""


@pytest.fixture(scope="module")
def firm(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.make()
        transaction.set_rollback(True)


def resolved(shape: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in shape:
        shape = api.schema()["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return shape


def kinds(shape: dict[str, Any]) -> set[str]:
    """Return what a value may be, by the words of the table of extremes."""
    shape = resolved(shape)
    found = {shape.get("format", shape.get("type", ""))} | {shape.get("type", "")}
    for part in (*shape.get("anyOf", ()), *shape.get("allOf", ())):
        found |= kinds(part)
    return found & set(EXTREMES)


def said(route: Route) -> dict[str, Any]:
    """Return what the description says of an operation."""
    path = "/" + routes.PLACEHOLDER.sub(lambda found: f"{{{found[1]}}}", route.path)
    return dict(api.schema()["paths"][path][route.method.lower()])


def ask(firm: World, route: Route, query: dict[str, str], **more: Any) -> int:
    """Return the status of the answer; what it did is taken back."""
    client = firm.clients["no login"]
    of = next(iter(firm.whose(route.kind).values())) if route.kind else {}
    headers = {"Authorization": f"Bearer {firm.tokens['owner']}"}
    url = f"{route.url(of)}?{urlencode(query)}"
    with transaction.atomic():
        answer = client.generic(route.method, url, headers=headers, **more)
        b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    limits.forget()
    return int(answer.status_code)


def fields(route: Route) -> dict[str, dict[str, Any]]:
    """Return the values of an operation's body, with their shapes."""
    content = said(route)["requestBody"]["content"]
    shape = resolved(content["application/json"]["schema"])
    return dict(shape.get("properties", {}))


@pytest.mark.slow
@pytest.mark.parametrize("route", WRITES, ids=str)
def test_no_value_is_too_much(route: Route, firm: World) -> None:
    known = fields(route)
    whole = routes.body(route)
    if not isinstance(whole, dict):
        return
    for name, (kind, whose) in NAMED.items():
        if name in known:
            whole[name] = firm.things[kind][whose]
    failed = []
    for name, shape in known.items():
        for value in (one for kind in sorted(kinds(shape)) for one in EXTREMES[kind]):
            body = json.dumps(whole | {name: value})
            if ask(firm, route, {}, data=body, content_type="application/json") >= 500:
                failed.append((name, str(value)[:40]))
    assert failed == []


@pytest.mark.slow
@pytest.mark.parametrize("route", READS, ids=str)
def test_no_filter_is_too_much(route: Route, firm: World) -> None:
    known = {
        one["name"]: one["schema"]
        for one in said(route).get("parameters", ())
        if one["in"] == "query"
    }
    failed = [
        (name, str(value)[:40])
        for name, shape in known.items()
        for kind in sorted(kinds(shape))
        for value in EXTREMES[kind]
        if ask(firm, route, {name: str(value)}) >= 500
    ]
    assert failed == []
