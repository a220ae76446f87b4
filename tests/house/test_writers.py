"""A table is written by the services (or the manager) of the context that owns it."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house import tree

WRITES = {
    "create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update",
    "delete", "save", "insert", "insert_missing", "add", "remove", "set", "clear",
    "acreate", "aupdate", "adelete", "asave",
}  # fmt: skip
ROW_WRITES = {"save", "delete", "asave", "adelete"}
BULK = {"insert", "insert_missing", "update", "reserve"}
# What is called `save` or `delete` and is no row: sessions, files, storages, caches, API routes.
NO_ROWS = {
    "book", "cache", "client", "default_storage", "image", "pdf", "router", "session", "storage",
}  # fmt: skip


class Writes(ast.NodeVisitor):
    """Collects (line, owner of the table or None for a row of unknown type)."""

    def __init__(self) -> None:
        self.models: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.found: list[tuple[int, str | None]] = []

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        parts = (node.module or "").split(".")
        if parts[0] != "canone":
            return
        for alias in node.names:
            known = alias.asname or alias.name
            if "models" in parts:
                self.models[known] = ".".join(parts[1 : parts.index("models")])
            elif alias.name == "models":
                self.modules[known] = ".".join(parts[1:])

    def _owner(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            return self.models.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return self.modules.get(node.value.id)
        return None

    def _managed(self, node: ast.expr) -> str | None:
        """Return whose rows `Model.objects.filter(...)` selects."""
        while True:
            if isinstance(node, ast.Call):
                node = node.func
            elif isinstance(node, ast.Attribute) and node.attr != "objects":
                node = node.value
            else:
                break
        return self._owner(node.value) if isinstance(node, ast.Attribute) else None

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        call = node.func
        if not isinstance(call, ast.Attribute):
            return
        if isinstance(call.value, ast.Name) and call.value.id == "bulk" and call.attr in BULK:
            owner = self._owner(node.args[0]) if node.args else None
            if owner:
                self.found.append((node.lineno, owner))
        elif call.attr in WRITES and (owner := self._managed(call.value)):
            self.found.append((node.lineno, owner))
        elif call.attr in ROW_WRITES and self._last_name(call.value) not in NO_ROWS:
            self.found.append((node.lineno, None))

    @staticmethod
    def _last_name(node: ast.expr) -> str:
        if isinstance(node, ast.Attribute):
            return node.attr
        return node.id if isinstance(node, ast.Name) else ""


def writes(source: str) -> list[tuple[int, str | None]]:
    """Return the writes found in a source text."""
    visitor = Writes()
    visitor.visit(ast.parse(source))
    return visitor.found


BARE = tree.PACKAGE / "config" / "bench"
"""The bare reference of a measurement writes past the services on purpose, in its own database."""


def _may_write(path: Path) -> bool:
    """Return whether tables of the own context may be written here."""
    parts = path.relative_to(tree.PACKAGE).with_suffix("").parts
    return "services" in parts or "models" in parts


def test_tables_are_written_by_their_owner_alone() -> None:
    wrong = []
    for path in tree.sources():
        if path.is_relative_to(BARE):
            continue
        own = tree.context(path)
        for line, owner in writes(path.read_text()):
            foreign = owner is not None and owner != own
            if foreign or not _may_write(path):
                wrong.append(f"{tree.name(path)}:{line}")
    assert wrong == []


def test_the_check_sees_the_usual_ways_to_write() -> None:
    source = """
from canone.registers.parties.models import Party
from canone.registers.catalog import models as catalog
from canone.base import bulk
Party.objects.create(name="x")
Party.objects.filter(pk=1).exclude(pk=2).update(name="x")
catalog.Tariff.objects.all().delete()
bulk.insert(Party, ["name"], [])
party.save()
request.session.save()
Party.objects.filter(pk=1).first()
"""
    assert writes(source) == [
        (5, "registers.parties"),
        (6, "registers.parties"),
        (7, "registers.catalog"),
        (8, "registers.parties"),
        (9, None),
    ]
