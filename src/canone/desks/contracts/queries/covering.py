"""Which work contracts price by a tariff of their own: for whom, from when until when.

Also the port by which a page of a line learns how much work that is not accounted it touches: only
the desks above know of work. `config/wiring.py` binds the answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from django.db.models import QuerySet

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.rules import covering, pausing
from canone.desks.contracts.rules.covering import Claim
from canone.desks.contracts.rules.pausing import Days
from canone.kernel.money import Money
from canone.registers.parties.models import Group

COLUMNS = (
    "pk", "contract_id", "contract__number", "contract__customer_id", "tariff_id", "group_id",
    "start", "end", "contract__start", "contract__end", "contract__suspended_from",
)  # fmt: skip
NEWEST = 1 << 62
"""The key of the first line that has none yet."""


class Covered(NamedTuple):
    """A group whose work a line prices on some days; `end` is the first day after them."""

    group_id: int
    customer_id: int
    start: date
    end: date | None
    line_id: int
    tariff_id: int
    contract_id: int
    number: str

    @property
    def pool(self) -> str:
        """The key of the prepaid hours that the contract grants, for a subscription."""
        return hours_of(self.contract_id)


def hours_of(contract_id: int) -> str:
    """Return the key under which the ledger knows the hours that a contract grants."""
    return f"contract:{contract_id}:{Line.Grants.MINUTE.value}"


def covered(*, groups: Iterable[int] | None = None, instead: Sequence[Line] = ()) -> list[Covered]:
    """Return what contracts cover, never two for a group and a day; of all `groups`, or of these.

    Lines given `instead` count as they are in memory, in the place of those with their keys.
    """
    rows = Line.objects.filter(tariff__isnull=False)
    chosen = Group.objects.all()
    if groups is not None:
        chosen = chosen.filter(pk__in=list(groups))
        rows = rows.filter(contract__customer_id__in=chosen.values("party_id"))
    given = {line.pk for line in instead}
    found = [row for row in rows.values_list(*COLUMNS) if row[0] not in given]
    found += [
        _in_memory(line, NEWEST + place)
        for place, line in enumerate(instead)
        if line.tariff_id is not None
    ]
    return _stretched(found, chosen) if found else []


def _in_memory(line: Line, newest: int) -> tuple[Any, ...]:
    contract = line.contract
    key = line.pk or newest
    within = (contract.start, contract.end, contract.suspended_from)
    own = (line.tariff_id, line.group_id, line.start, line.end)
    return (key, contract.pk, contract.number, contract.customer_id, *own, *within)


def _stretched(found: Sequence[tuple[Any, ...]], chosen: QuerySet[Group]) -> list[Covered]:
    claims: dict[int, list[Claim]] = defaultdict(list)
    agreed: dict[int, tuple[int, int, str]] = {}
    for line, contract, number, customer, tariff, group, start, end, *within in found:
        span = covering.days((start, end), (within[0], within[1]), within[2])
        if span is not None:
            claims[customer].append(Claim(line, group, *span))
            agreed[line] = (tariff, contract, number)
    known = chosen.filter(party_id__in=list(claims)).values_list("pk", "party_id")
    return [
        Covered(group, customer, one.start, one.end, one.name, *agreed[one.name])
        for group, customer in known
        for one in covering.stretches(claims[customer], group)
    ]


@dataclass(frozen=True, slots=True)
class Touched:
    """Work not accounted that a change prices otherwise: how much, before and after, and where."""

    pending: int
    before: Money
    after: Money
    url: str = ""
    drawing: int = 0
    """How many sessions, of all that wait, draw on the hours that the contract includes."""


class TouchedBy(Protocol):
    """Answers which pending work of a customer is priced otherwise once lines are as in memory."""

    def __call__(self, lines: Sequence[Line], *, at: datetime) -> Touched: ...


_bound: dict[str, TouchedBy] = {}


def bind(answer: TouchedBy) -> None:
    """Return nothing; the pages of lines ask this from now on."""
    _bound["touched"] = answer


def touched_by_ending(contract: Contract, *, at: datetime) -> Touched | None:
    """Return what a contract in memory touches, that ends or pauses otherwise than it is kept.

    None where it prices no work, or while nobody can say.
    """
    lines = _pricing(contract)
    return touched(lines, at=at) if lines else None


def touched_by_resuming(contract: Contract, day: date | None, *, at: datetime) -> Touched | None:
    """Return what taking a suspended contract up again touches; without a `day`, pause and all.

    None where it prices no work, or while nobody can say.
    """
    pause, contract.suspended_from = contract.suspended_from, None
    lines = _pricing(contract)
    if day is not None and pause is not None:
        followed = {line.follows_id for line in lines}
        for line in tuple(lines):
            days = Days(line.start, line.end)
            kept, after = pausing.cut(days, pause, day, is_followed=line.pk in followed)
            line.start, line.end = kept
            if after is not None:
                own = {"tariff_id": line.tariff_id, "group_id": line.group_id}
                lines.append(Line(contract=contract, **own, **after._asdict()))
    return touched(lines, at=at) if lines else None


def _pricing(contract: Contract) -> list[Line]:
    """Return the contract's lines that price work, with the contract as it is in memory."""
    lines = list(Line.objects.filter(contract_id=contract.pk, tariff__isnull=False))
    for line in lines:
        line.contract = contract
    return lines


def touched(lines: Sequence[Line], *, at: datetime) -> Touched | None:
    """Return what lines in memory, of one contract, would touch; None while nobody can say."""
    answer = _bound.get("touched")
    return answer(lines, at=at) if answer else None
