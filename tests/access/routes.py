"""Every address and operation, read from the routes themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import PathView
from tests.access.table import OBJECTS

from canone.config.api import schema

PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")
MISSING = 1_000_000_009


@dataclass(frozen=True, slots=True)
class Route:
    """One address with what it asks for; `method` is empty for a page.

    `by_name` is true of a page that asks for the password again, and of an operation that does
    the same.
    """

    path: str
    name: str
    permission: str
    method: str = ""
    by_name: bool = False

    def __str__(self) -> str:
        return f"{self.method} /{self.path}".strip()

    @property
    def parameters(self) -> list[str]:
        """The names of the placeholders."""
        return PLACEHOLDER.findall(self.path)

    @property
    def rule(self) -> str:
        """The line of the table that counts here: the longest beginning that fits, or none."""
        own = self.path.rstrip("/") + "/"
        return max((s for s in OBJECTS if own.startswith(s.rstrip("/") + "/")), key=len, default="")

    @property
    def kind(self) -> str:
        """The kind of object at this address, empty without a placeholder; KeyError untold."""
        return OBJECTS[self.rule] if self.parameters else ""

    def url(self, of: Any) -> str:
        """Return the address of an object: an id, or values by the name of the placeholder."""
        values = self._values(of)
        return "/" + PLACEHOLDER.sub(lambda found: str(values[found[1]]), self.path)

    def missing(self, like: Any) -> str:
        """Return the address of what is not there beside an object."""
        values, last = dict(self._values(like)), self.parameters[-1]
        values[last] = MISSING if isinstance(values[last], int) else "nowhere"
        return self.url(values)

    def _values(self, of: Any) -> Mapping[str, Any]:
        return of if isinstance(of, Mapping) else {self.parameters[-1]: of}


def pages() -> list[Route]:
    """Return our pages; those of allauth and the public ones ask for no function."""
    return [
        Route(path, name, permission, by_name=hasattr(callback, "confirmed"))
        for path, name, callback in _patterns(get_resolver())
        if (permission := getattr(callback, "permission", ""))
    ]


def operations() -> list[Route]:
    """Return every operation of the API; those at one address share its view."""
    found = {
        (path, method): Route(
            path,
            name,
            operation.view_func.permission,
            method,
            bool(operation.openapi_extra["x-by-name"]),
        )
        for path, name, callback in _patterns(get_resolver())
        for operation in _operations(callback)
        for method in sorted(operation.methods)
    }
    return list(found.values())


def of_allauth() -> list[Route]:
    """Return the addresses that allauth guards itself."""
    return [
        Route(path, name, "")
        for path, name, callback in _patterns(get_resolver())
        if str(getattr(callback, "view_class", callback).__module__).startswith("allauth.")
    ]


def body(route: Route) -> Any:
    """Return the smallest body that the description of an operation allows, or None."""
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path)
    said = schema()["paths"][path][route.method.lower()].get("requestBody")
    if said is None:
        return None
    content = said["content"]
    return example(content["application/json"]["schema"]) if "application/json" in content else None


def takes_a_file(route: Route) -> bool:
    """Return whether an operation takes a form with a file."""
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path)
    said = schema()["paths"][path][route.method.lower()].get("requestBody", {"content": ()})
    return "multipart/form-data" in said["content"]


def example(said: Mapping[str, Any]) -> Any:
    """Return a small value that a part of the description allows."""
    if "$ref" in said:
        return example(schema()["components"]["schemas"][said["$ref"].rsplit("/", 1)[-1]])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in said:
            return example(said[several][0])
    given = [*said.get("enum", []), *([said["const"]] if "const" in said else [])]
    return given[0] if given else EXAMPLES[said.get("type", "object")](said)


def _text(said: Mapping[str, Any]) -> str:
    by_format = {"date": "2026-11-02", "date-time": "2026-11-02T09:00:00Z", "email": "a@b.it"}
    if "format" in said:
        return by_format.get(said["format"], "x")
    return "1" if "pattern" in said else "x" * max(3, said.get("minLength", 0))


EXAMPLES: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "object": lambda said: {n: example(said["properties"][n]) for n in said.get("required", [])},
    "array": lambda said: [example(said["items"])] * max(1, said.get("minItems", 0)),
    "integer": lambda said: max(1, said.get("minimum", 1)),
    "number": lambda said: max(1, said.get("minimum", 1)),
    "boolean": lambda _said: False,
    "string": _text,
}


def _patterns(resolver: URLResolver, route: str = "") -> Iterator[tuple[str, str, Any]]:
    for pattern in resolver.url_patterns:
        path = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, path)
        else:
            assert isinstance(pattern, URLPattern)
            yield path, pattern.name or "", pattern.callback


def _operations(callback: Any) -> list[Any]:
    cells = getattr(callback, "__closure__", None) or ()
    for cell in cells:
        if isinstance(cell.cell_contents, PathView):
            return list(cell.cell_contents.operations)
    return []
