"""Records that may be the same firm twice, at a cost that grows like their number.

Equal numbers are found by sorting them into drawers. Names are compared by their runs of three
letters, rare runs weighing more. Two names can only be alike when they share one of their rarest
runs (prefix filtering), so each is compared with the few that do; drawers that grow too full are
read in order of name, each with its next neighbours only.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from canone.registers.parties.rules import names

ALIKE = 0.80
"""Weighted likeness from which two names are pointed out."""
FULL = 30
"""How many names of a drawer are all compared with each other."""
NEIGHBOURS = 8


class Reason(StrEnum):
    """Why two records may be one firm, strongest first."""

    VAT_NUMBER = "vat_number"
    TAX_CODE = "tax_code"
    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared of a party."""

    key: int
    name: str
    vat_number: str = ""
    tax_code: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one, the smaller key first; likeness of the names in percent."""

    first: int
    second: int
    reason: Reason
    likeness: int


_Words = tuple[str, ...]


class _Weights:
    """How much each run of letters tells: the rarer, the more."""

    def __init__(self, every: Iterable[_Words]) -> None:
        known = list(every)
        self.total = len(known) + 1
        self.seen = Counter(gram for words in known for gram in names.grams(words))
        self._weights = {gram: self._weight(times) for gram, times in self.seen.items()}
        self._wholes: dict[_Words, float] = {}

    def _weight(self, times: int) -> float:
        return 1.0 + math.log(self.total / (1 + times))

    def of(self, gram: str) -> float:
        return self._weights.get(gram) or self._weight(0)

    def sum(self, grams: Iterable[str]) -> float:
        return sum(map(self.of, grams))

    def whole(self, words: _Words) -> float:
        if words not in self._wholes:
            self._wholes[words] = self.sum(names.grams(words))
        return self._wholes[words]

    def prefix(self, words: _Words) -> list[str]:
        """Return the rarest runs, one of which every name alike must share."""
        ranked = sorted(names.grams(words), key=lambda gram: (self.seen[gram], gram))
        slack = self.whole(words) * (1 - ALIKE / (2 - ALIKE))
        chosen: list[str] = []
        spent = 0.0
        for gram in ranked:
            if spent > slack:
                break
            chosen.append(gram)
            spent += self.of(gram)
        return chosen

    def likeness(self, one: _Words, other: _Words) -> float:
        """Return from 0 to 1 how much two names share; different numbers in them make it 0."""
        if names.numbers(one) != names.numbers(other):
            return 0.0
        whole = self.whole(one) + self.whole(other)
        if not whole:
            return 0.0
        return 2 * self.sum(names.grams(one) & names.grams(other)) / whole


def pairs(records: Sequence[Record], *, apart: frozenset[tuple[int, int]]) -> list[Pair]:
    """Return the records that may be one firm, strongest reason first; `apart` were told apart.

    Of many equal records each is paired with the first only, so the answer stays short.
    """
    ordered = sorted(records, key=lambda record: record.key)
    found: dict[tuple[int, int], Pair] = {}
    for pair in (*_by_number(ordered), *_by_name(ordered)):
        place = (pair.first, pair.second)
        if place not in apart:
            found.setdefault(place, pair)
    return _strongest_first(found.values())


def against(record: Record, others: Sequence[Record]) -> list[Pair]:
    """Return which of `others` may be the firm that is being written, strongest first."""
    weights = _Weights({names.core(other.name) for other in others})
    told = (_compare(record, other, weights) for other in others if other.key != record.key)
    return _strongest_first(pair for pair in told if pair)


def _strongest_first(found: Iterable[Pair]) -> list[Pair]:
    order = list(Reason)
    return sorted(found, key=lambda p: (order.index(p.reason), -p.likeness, p.first, p.second))


def _compare(one: Record, other: Record, weights: _Weights) -> Pair | None:
    mine, theirs = names.core(one.name), names.core(other.name)
    likeness = weights.likeness(mine, theirs)
    reason: Reason | None = None
    if one.vat_number and one.vat_number == other.vat_number:
        reason = Reason.VAT_NUMBER
    elif _numbers(one) & _numbers(other):
        reason = Reason.TAX_CODE
    elif mine and mine == theirs:
        reason = Reason.SAME_NAME
    elif likeness >= ALIKE and not _told_apart(one, other):
        reason = Reason.SIMILAR_NAME
    return Pair(one.key, other.key, reason, round(likeness * 100)) if reason else None


def _numbers(record: Record) -> set[str]:
    return {number for number in (record.vat_number, record.tax_code) if number}


def _told_apart(one: Record, other: Record) -> bool:
    """Two different VAT numbers say that a similar name is chance; an equal one is still shown."""
    return bool(one.vat_number and other.vat_number and one.vat_number != other.vat_number)


def _by_number(records: Sequence[Record]) -> Iterator[Pair]:
    drawers: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for number in _numbers(record):
            drawers[number].append(record)
    weights = _Weights(names.core(record.name) for record in records)
    for drawer in drawers.values():
        for other in drawer[1:]:
            pair = _compare(drawer[0], other, weights)
            if pair:
                yield pair


def _by_name(records: Sequence[Record]) -> Iterator[Pair]:
    drawers: dict[_Words, list[Record]] = defaultdict(list)
    for record in records:
        if words := names.core(record.name):
            drawers[words].append(record)
    for drawer in drawers.values():
        first = drawer[0]
        for other in drawer[1:]:
            yield Pair(first.key, other.key, Reason.SAME_NAME, 100)
    weights = _Weights(drawers)
    for words, others in _candidates(drawers, weights):
        left, right = sorted((drawers[words][0], drawers[others][0]), key=lambda r: r.key)
        likeness = weights.likeness(words, others)
        if likeness >= ALIKE and not _told_apart(left, right):
            yield Pair(left.key, right.key, Reason.SIMILAR_NAME, round(likeness * 100))


def _candidates(every: Iterable[_Words], weights: _Weights) -> set[tuple[_Words, _Words]]:
    """Return the names worth comparing: they share one of their rarest runs."""
    drawers: dict[str, list[_Words]] = defaultdict(list)
    for words in every:
        for gram in weights.prefix(words):
            drawers[gram].append(words)
    found: set[tuple[_Words, _Words]] = set()
    for drawer in drawers.values():
        drawer.sort()
        reach = len(drawer) if len(drawer) <= FULL else NEIGHBOURS
        for place, words in enumerate(drawer):
            found.update((words, other) for other in drawer[place + 1 : place + 1 + reach])
    return found
