"""The port that says what a new version of a tariff would touch.

Who is priced by which tariff is known by desks only. `config/wiring.py` binds the answer; without
one a page shows no consequences.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from canone.kernel.money import Money
from canone.registers.catalog.rules.terms import Terms


@dataclass(frozen=True, slots=True)
class Impact:
    """What changes: customers and work not yet accounted, its price before and after."""

    customers: int
    pending: int
    before: Money
    after: Money
    customers_url: str = ""
    pending_url: str = ""


class ImpactOf(Protocol):
    """Answers what the terms would change if they were the tariff's new version at `at`."""

    def __call__(self, *, tariff_id: int, terms: Terms, at: datetime) -> Impact: ...


class GroupsOf(Protocol):
    """Answers, by tariff id, how many groups of the address book it prices at `at`."""

    def __call__(self, *, tariffs: list[int], at: datetime) -> dict[int, int]: ...


_bound: dict[str, ImpactOf] = {}
_groups: dict[str, GroupsOf] = {}


def bind(*, impact: ImpactOf, groups: GroupsOf) -> None:
    """Return nothing; the pages ask these from now on."""
    _bound["impact"] = impact
    _groups["groups"] = groups


def of(*, tariff_id: int, terms: Terms, at: datetime) -> Impact | None:
    """Return what the terms would touch; None while nobody is bound to say."""
    answer = _bound.get("impact")
    return answer(tariff_id=tariff_id, terms=terms, at=at) if answer else None


def groups(*, tariffs: list[int], at: datetime) -> dict[int, int]:
    """Return how many groups each tariff prices; tariffs without any are missing."""
    answer = _groups.get("groups")
    return answer(tariffs=tariffs, at=at) if answer else {}
