"""Where a fact of a ledger comes from: the table of origins is given in settings.

A ledger carries an opaque text such as `session:812`; the table says what its first part is
called and on which page the thing stands. The ledger imports nothing of its owner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from canone.base.access.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Way:
    """A page of the owner that a ledger's page leads to, for holders of `permission`."""

    title: StrOrPromise
    url_name: str
    permission: str
    icon: str = ""

    def url(self, number: int, user: User) -> str:
        """Return its address for a thing or fact; nothing for who may not open it."""
        return reverse(self.url_name, args=[number]) if user.may(self.permission) else ""


@dataclass(frozen=True, slots=True)
class Origin:
    """What texts that begin with `prefix:` stand for.

    `url_name` is the page of the thing, reversed with the number after the prefix, for holders of
    `permission`; `name` tells what the thing of a number is called. `kinds` are the kinds of facts
    it raises. `remedy` says where its facts are corrected; without it the ledger's own pages
    correct them. `undo` is the owner's page that takes a fact back, reversed with the fact's id;
    `ways` are pages about the thing itself; `mends` are, by the code of what stands in the way of
    its facts, pages that clear it: they are told the rest of the origin as `of`.
    """

    prefix: str
    title: StrOrPromise
    url_name: str = ""
    permission: str = ""
    name: Callable[[int], str] | None = None
    kinds: tuple[str, ...] = ()
    remedy: StrOrPromise = ""
    undo: Way | None = None
    ways: tuple[Way, ...] = ()
    mends: Mapping[str, Way] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """An origin in words, with its address where the reader may follow it."""

    words: StrOrPromise
    url: str = ""


@cache
def table() -> Sequence[Origin]:
    """Return the table of origins."""
    rows: Sequence[Origin] = import_string(settings.UI["origins"])
    return rows


def find(origin: str) -> Origin | None:
    """Return what an origin is; None for one that the table does not know."""
    prefix = origin.partition(":")[0]
    return next((row for row in table() if row.prefix == prefix), None)


def number_of(origin: str) -> int | None:
    """Return the number after the prefix; None where there is none."""
    parts = origin.split(":")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else None


def place(origin: str, user: User, *, named: dict[str, str] | None = None) -> Place:
    """Return an origin in words, as a link for who may open it.

    Lists pass `named`, which keeps the names that were asked for.
    """
    row = find(origin)
    if row is None:
        return Place(origin)
    number = number_of(origin)
    words = str(row.title) if number is None else f"{row.title} {_called(row, number, named)}"
    if number is None or not row.url_name or not user.may(row.permission):
        return Place(words)
    return Place(words, reverse(row.url_name, args=[number]))


def called(origin: str, named: dict[str, str]) -> str:
    """Return what the thing of an origin is called: its number or name, for files.

    `named` keeps the names that were asked for.
    """
    row, number = find(origin), number_of(origin)
    return origin if row is None or number is None else _called(row, number, named)


def _called(row: Origin, number: int, named: dict[str, str] | None) -> str:
    """Return the name of a thing; its number where it has none."""
    if row.name is None:
        return f"{number}"
    kept = {} if named is None else named
    key = f"{row.prefix}:{number}"
    if key not in kept:
        kept[key] = row.name(number)
    return kept[key] or f"{number}"


def mend(origin: str, code: str, user: User | None = None) -> Place | None:
    """Return the page that clears what stands in the way of an origin's facts; None without one.

    With a `user` it is told to who may open it only; rows of lists leave the question to the page.
    """
    row, number = find(origin), number_of(origin)
    way = row.mends.get(code) if row is not None else None
    if way is None or number is None or not (user is None or user.may(way.permission)):
        return None
    rest = origin.split(":", 2)[2:]
    query = f"?{urlencode({'of': rest[0]})}" if rest else ""
    return Place(way.title, reverse(way.url_name, args=[number]) + query)


def kinds() -> list[tuple[str, StrOrPromise]]:
    """Return every kind of fact with its word."""
    return [(kind, row.title) for row in table() for kind in row.kinds]


def kind_word(kind: str) -> StrOrPromise:
    """Return the word of a kind; the kind itself where the table does not know it."""
    return dict(kinds()).get(kind, kind)
