"""The chain of the journal: how an entry is encoded, and what the chain proves.

The hash of an entry is the SHA-256, in lower-case hex, of the UTF-8 bytes of these seven texts
joined by a line feed (U+000A):

1. the hash of the entry before, 64 zeros for the first;
2. the number of the entry, in decimal;
3. the instant in UTC, `2026-04-01T08:30:00.000000Z`;
4. the id of the user in decimal, empty when nobody asked for it;
5. the kind of the fact;
6. its subject;
7. its payload.

Kind and subject hold no line feed, and the payload comes last, so no two entries share a text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

GENESIS = "0" * 64
KIND_LENGTH = 60
SUBJECT_LENGTH = 120


class Fact(NamedTuple):
    """Something that is closed: `session.accounted`, `session:812`, canonical JSON text."""

    kind: str
    subject: str
    payload: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of the chain; printed as `812:9f86d0…` and kept elsewhere."""

    seq: int = 0
    hash: str = GENESIS

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def of(cls, text: str) -> Head:
        """Return the head that was printed as `text`; anything else is a ValueError."""
        seq, _, digest = text.strip().partition(":")
        if not seq.isdecimal() or len(digest) != len(GENESIS):
            raise ValueError(f"not the head of a journal: {text!r}")
        return cls(int(seq), digest.lower())


class Link(NamedTuple):
    """An entry as it is stored, with the hashes it claims."""

    seq: int
    at: datetime
    by: int | None
    fact: Fact
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not hold, and at which entry.

    Codes: `gap` (a number is missing), `broken` (an entry does not continue the one before),
    `altered` (its content does not give its hash), `lost` (the chain ends before its head),
    `extra` (entries after the head), `head` (the chain does not hold the head that was kept).
    """

    seq: int
    code: str


# `json.dumps` makes another one each time
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Any) -> str:
    """Return `value` as JSON text: sorted keys, no spaces, no escapes that are not needed."""
    return _canonical.encode(value)


def check(fact: Fact) -> None:
    """Return nothing for a fact that can be chained; a ValueError says what is wrong."""
    if not fact.kind or len(fact.kind) > KIND_LENGTH or "\n" in fact.kind:
        raise ValueError(f"a kind has 1 to {KIND_LENGTH} characters on one line: {fact.kind!r}")
    if len(fact.subject) > SUBJECT_LENGTH or "\n" in fact.subject:
        raise ValueError(f"a subject has up to {SUBJECT_LENGTH} characters: {fact.subject!r}")


def stamp(at: datetime) -> str:
    """Return the instant as the encoding writes it; a naive one is a ValueError."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link(head: Head, facts: Sequence[Fact], at: datetime, by: int | None) -> Iterator[Link]:
    """Return the entries that continue the chain after `head`, in the order of the facts."""
    seq, previous = head.seq, head.hash
    middle = f"\n{stamp(at)}\n{'' if by is None else by}\n"
    for fact in facts:
        check(fact)
        seq += 1
        text = f"{previous}\n{seq}{middle}{fact.kind}\n{fact.subject}\n{fact.payload}"
        digest = sha256(text.encode()).hexdigest()
        yield Link(seq, at, by, fact, previous, digest)
        previous = digest


def prove(entries: Iterable[Link], expected: Iterable[Head]) -> Iterator[Problem]:
    """Return what is wrong with the entries, read in order of their numbers.

    `expected` are heads that the chain must hold. Every entry is judged by its own content and by
    the one before it, so one alteration is reported where it is, not at every entry after it.
    """
    heads: dict[int, set[str]] = {}
    for head in expected:
        if head.seq:
            heads.setdefault(head.seq, set()).add(head.hash)
    last = Head()
    for entry in entries:
        yield from _judge(last, entry)
        if heads.pop(entry.seq, {entry.hash}) != {entry.hash}:
            yield Problem(entry.seq, "head")
        last = Head(entry.seq, entry.hash)
    for seq in sorted(heads):
        yield Problem(seq, "lost")


def _judge(last: Head, entry: Link) -> Iterator[Problem]:
    if entry.seq != last.seq + 1:
        yield Problem(last.seq + 1, "gap")
    elif entry.previous != last.hash:
        yield Problem(entry.seq, "broken")
    before = Head(entry.seq - 1, entry.previous)
    (again,) = link(before, [entry.fact], entry.at, entry.by)
    if again.hash != entry.hash:
        yield Problem(entry.seq, "altered")
