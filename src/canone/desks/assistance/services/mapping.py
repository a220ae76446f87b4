"""Learns, changes and forgets whose a computer or a tool's group is, and who a technician is.

Sessions that come in afterwards follow; those that came before do when a rule is applied to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from canone.desks.assistance.models import Application, DeviceRule, GroupRule, TechnicianRule
from canone.desks.assistance.queries.mapping import KEYS, MODELS, Rule
from canone.desks.assistance.rules import matching

Kind = Application.Kind


class KnownError(Exception):
    """There is a rule for this key of the source already."""


@transaction.atomic
def learn(  # noqa: PLR0913 (what a rule is made of)
    *,
    kind: str,
    source: str,
    key: str,
    target_id: int,
    by: int | None,
    at: datetime,
    name: str = "",
    replace: bool = True,
) -> Rule:
    """Return the rule that from now on gives `key` of `source` to the group or user `target_id`.

    A rule for this key is changed, or, without `replace`, is a KnownError.
    """
    model, wanted = MODELS[kind], _wanted(kind, key)
    rules: Any = model._default_manager  # noqa: SLF001 (three models, one word)
    rule = rules.select_for_update().filter(source=source, **{KEYS[Kind(kind)]: wanted}).first()
    if rule is None:
        return _new(model, kind, source, wanted, name or key, target_id, at=at, by=by)
    if not replace:
        raise KnownError
    return revise(rule=rule, target_id=target_id, by=by, at=at, name=name)


def _new(  # noqa: PLR0913
    model: type[Rule],
    kind: str,
    source: str,
    key: str,
    name: str,
    target_id: int,
    *,
    at: datetime,
    by: int | None,
) -> Rule:
    fields = {KEYS[Kind(kind)]: key, _target(kind): target_id}
    if kind != Kind.GROUP:
        fields["name"] = name[:160]
    rule = model(source=source, created_at=at, created_by_id=by, **fields)
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        raise KnownError from error
    return rule


@transaction.atomic
def revise(*, rule: Rule, target_id: int, by: int | None, at: datetime, name: str = "") -> Rule:
    """Return the rule with another group or user; sessions stay until it is applied."""
    kind = next(kind for kind, model in MODELS.items() if isinstance(rule, model))
    is_same = getattr(rule, _target(kind)) == target_id
    if is_same and (not name or getattr(rule, "name", name) == name):
        return rule
    setattr(rule, _target(kind), target_id)
    if name and not isinstance(rule, GroupRule):
        rule.name = name[:160]
    if not is_same:
        rule.created_at, rule.created_by_id = at, by
    rule.save()
    return rule


@transaction.atomic
def forget(*, rule: Rule) -> None:
    """Remove the rule; what it placed stays where it is."""
    rule.delete()


def count(placed: Mapping[tuple[type[Rule], int], int]) -> None:
    """Add the sessions that rules placed to what they have placed so far."""
    for (model, key), number in placed.items():
        rules: Any = model._default_manager  # noqa: SLF001
        rules.filter(pk=key).update(placed=F("placed") + number)


class Placing:
    """The rules of one source, read once; counts nothing by itself."""

    def __init__(self, source: str) -> None:
        devices = DeviceRule.objects.filter(source=source)
        self.devices = dict(devices.values_list("device_key", "id"))
        hints = GroupRule.objects.filter(source=source)
        self.hints = {hint.casefold(): pk for hint, pk in hints.values_list("hint", "id")}
        people = TechnicianRule.objects.filter(source=source)
        self.people = dict(people.values_list("key", "id"))

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return bool(self.devices or self.hints or self.people)

    def used(self, rows: Iterable[tuple[str, str, str, str]]) -> dict[tuple[type[Rule], int], int]:
        """Return how many of `rows` each rule placed.

        A row is the device's key, the tool's group, the technician's key and name.
        """
        counts: dict[tuple[type[Rule], int], int] = {}
        for device, hint, key, name in rows:
            for found in (self._group(device, hint), self._technician(key, name)):
                if found is not None:
                    counts[found] = counts.get(found, 0) + 1
        return counts

    def _group(self, device: str, hint: str) -> tuple[type[Rule], int] | None:
        if device in self.devices:
            return DeviceRule, self.devices[device]
        found = self.hints.get(hint.casefold()) if hint else None
        return None if found is None else (GroupRule, found)

    def _technician(self, *keys: str) -> tuple[type[Rule], int] | None:
        for key in keys:
            found = self.people.get(matching.fold(key)) if key else None
            if found is not None:
                return TechnicianRule, found
        return None


def _wanted(kind: str, key: str) -> str:
    # sessions carry the keys of computers and groups as the tool wrote them
    return matching.fold(key) if kind == Kind.TECHNICIAN else key


def _target(kind: str) -> str:
    return "technician_id" if kind == Kind.TECHNICIAN else "group_id"
