"""What the API can do, as a page: every operation with its parameters and an example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from canone.base.access import functions
from canone.base.access.functions import SIGNED_IN
from canone.base.events import facts
from canone.channels.webhooks.rules import payloads
from canone.config import api
from canone.config.web import api_examples
from canone.ui import pages
from canone.ui.heads import Action, Head
from canone.ui.pages import PageRequest, page

Schema = Mapping[str, Any]
DEEPEST = 6
CHOICES = ("anyOf", "allOf", "oneOf")
TOLD_AT = datetime(2026, 11, 20, 9, 5, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value in the address or the query."""

    name: str
    place: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as the page shows it."""

    group: str
    verb: str
    path: str
    title: str
    text: str
    function: str
    held: bool
    by_name: bool
    parameters: tuple[Parameter, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that programs can be told."""

    code: str
    title: str
    function: str
    held: bool
    example: str


@page(SIGNED_IN)
def show(request: PageRequest) -> HttpResponse:
    """Show all operations, marked by what the reader may use."""
    found = sorted(_operations(request), key=attrgetter("group", "path", "verb"))
    groups = [(name, list(those)) for name, those in groupby(found, key=attrgetter("group"))]
    head = Head(
        _("What the API can do"),
        subtitle=api.ROOT,
        actions=[
            Action(_("OpenAPI description"), reverse("api_schema"), "download"),
            Action(_("API tokens"), reverse("tokens"), "key"),
        ],
    )
    root = request.build_absolute_uri(api.ROOT)
    return pages.render(
        request,
        "config/api.html",
        head,
        groups=groups,
        examples=api_examples.at(root),
        told=list(_told(request)),
    )


def _told(request: PageRequest) -> Iterator[Told]:
    titles = {function.code: str(function.title) for function in functions.all_functions()}
    for fact in facts.every():
        said = payloads.body(
            message_id="msg_000000004711a1b2c3",
            code=fact.code,
            version=fact.version,
            at=TOLD_AT,
            said=payloads.data(fact.example()),
        )
        example = json.dumps(json.loads(said), indent=2, ensure_ascii=False)
        function = titles.get(fact.sees, fact.sees)
        yield Told(fact.code, str(fact.title), function, request.user.may(fact.sees), example)


def _operations(request: PageRequest) -> Iterator[Operation]:
    schema = api.schema()
    titles = {function.code: str(function.title) for function in functions.all_functions()}
    for path, verbs in schema["paths"].items():
        for verb, said in verbs.items():
            code = said["x-permission"]
            yield Operation(
                group=(said.get("tags") or [""])[0],
                verb=verb.upper(),
                path=path,
                title=said["summary"],
                text=said.get("description", ""),
                function=titles.get(code, code),
                held=request.user.may(code),
                by_name=said["x-by-name"],
                parameters=tuple(_parameters(said)),
                example=_example(schema, said),
            )


def _parameters(said: Schema) -> Iterator[Parameter]:
    for parameter in said.get("parameters", []):
        schema = parameter.get("schema", {})
        kinds = [schema, *schema.get("anyOf", [])]
        kind = next((str(one["type"]) for one in kinds if "type" in one), "")
        yield Parameter(parameter["name"], parameter["in"], kind, bool(parameter.get("required")))


def _example(schema: Schema, said: Schema) -> str:
    """Return a body that could be sent, or nothing where none is."""
    content = said.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return ""
    value = _sample(schema, content["schema"], 0)
    return json.dumps(value, indent=2, ensure_ascii=False)


SAMPLES: dict[str, Any] = {
    "integer": 1,
    "number": 1,
    "boolean": True,
    "string": "…",
    "date": "2026-04-01",
    "date-time": "2026-04-01T08:30:00Z",
}


def _sample(whole: Schema, given: Schema, depth: int) -> Any:
    schema = _plain(whole, given)
    if depth > DEEPEST:
        return None
    for known in ("example", "default", "const"):
        if schema.get(known) is not None:
            return schema[known]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        return {name: _sample(whole, one, depth + 1) for name, one in properties.items()}
    if schema.get("type") == "array":
        return [_sample(whole, schema.get("items", {}), depth + 1)]
    return SAMPLES.get(schema.get("format", ""), SAMPLES.get(schema.get("type", "")))


def _plain(whole: Schema, schema: Schema) -> Schema:
    """Return the schema that a reference or a choice leads to; of a choice, its first part."""
    for _step in range(DEEPEST):
        if "$ref" in schema:
            schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            continue
        parts = next((schema[word] for word in CHOICES if schema.get(word)), None)
        if parts is None or schema.get("default") is not None:
            break
        schema = parts[0]
    return schema
