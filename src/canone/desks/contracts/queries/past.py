"""Everything that happened to a contract: to itself, its lines, agents, machines and papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from canone.base.history import queries as history
from canone.base.history.queries import Change
from canone.desks.contracts.models import Agent, Contract, Cover, Line, Paper
from canone.desks.contracts.queries import naming

MOST = 500


@dataclass(frozen=True, slots=True)
class Happened:
    """A change and what it happened to: a kind (`line`) and its name; empty for the contract."""

    when: datetime
    kind: str
    name: str
    change: Change


def of_contract(contract: Contract, *, limit: int = MOST) -> list[Happened]:
    """Return the last changes, newest first; parts that are gone are among them."""
    found = [Happened(one.when, "", "", one) for one in history.timeline(contract, limit=limit)]
    for kind, model in (("line", Line), ("agent", Agent), ("machine", Cover), ("paper", Paper)):
        told = history.of_parts(model, limit=limit, contract_id=contract.pk)
        found += [Happened(one.when, kind, _name(row), one) for row, one in told]
    found.sort(key=lambda one: one.when, reverse=True)
    return found[:limit]


def _name(version: Any) -> str:
    """Return what a version calls its part."""
    if isinstance(version.instance, Line):
        return naming.plain(version.instance)
    if isinstance(version.instance, Agent):
        return str(version.instance.party.name)
    if isinstance(version.instance, Cover):
        return str(version.instance.asset.name)
    return str(version.instance.title)
