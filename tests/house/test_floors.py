"""Foreign keys point down the same floors as imports."""

import tomllib
from typing import Any

from django.apps import apps
from django.db import models
from tests.house import tree

CONTRACTS: dict[str, dict[str, Any]] = {
    contract["id"]: contract
    for contract in tomllib.loads((tree.ROOT / "pyproject.toml").read_text())["tool"][
        "importlinter"
    ]["contracts"]
}


def _layers(contract: str) -> list[set[str]]:
    return [
        {part.strip(" ()") for part in layer.split("|")} for layer in CONTRACTS[contract]["layers"]
    ]


def _place(layers: list[set[str]], name: str) -> int:
    return next(number for number, layer in enumerate(layers) if name in layer)


FLOORS = _layers("floors")


def _context(model: type[models.Model]) -> list[str] | None:
    module = model._meta.app_config.name if model._meta.app_config else ""
    return module.split(".")[1:] if module.startswith("canone.") else None


def _points_down(source: list[str], target: list[str]) -> bool:
    if source == target:
        return True
    above, below = _place(FLOORS, source[0]), _place(FLOORS, target[0])
    if above != below:
        return above < below
    wing = source[0]
    if wing == "base":
        return True  # checked for circles below
    if CONTRACTS[wing]["type"] == "independence":
        return False
    return _place(_layers(wing), source[1]) < _place(_layers(wing), target[1])


def _keys() -> list[tuple[str, list[str], list[str]]]:
    found = []
    for model in apps.get_models(include_auto_created=True):
        source = _context(model)
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField):
                continue
            target = _context(field.related_model)
            if source and target:
                found.append((f"{model._meta.label}.{field.name}", source, target))
    return found


def test_foreign_keys_point_down() -> None:
    assert not [key for key, source, target in _keys() if not _points_down(source, target)]


def test_the_tables_of_base_form_no_circle() -> None:
    edges: dict[str, set[str]] = {}
    for _key, source, target in _keys():
        if source[0] == target[0] == "base" and source != target:
            edges.setdefault(source[1], set()).add(target[1])

    def reach(start: str, seen: frozenset[str] = frozenset()) -> set[str]:
        nexts = edges.get(start, set()) - seen
        return nexts.union(*(reach(one, seen | nexts) for one in nexts))

    assert not [name for name in edges if name in reach(name)]


def test_a_key_that_points_up_would_be_seen() -> None:
    assert not _points_down(["registers", "parties"], ["desks", "assistance"])
    assert not _points_down(["registers", "parties"], ["registers", "catalog"])
    assert not _points_down(["ledgers", "invoicing"], ["ledgers", "allowances"])
    assert _points_down(["desks", "assistance"], ["registers", "parties"])
