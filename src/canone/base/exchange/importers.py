"""What a context implements to take rows from files, and where it makes itself known.

Rows travel as plain tuples in the order of the importer's fields, in chunks, so that a hundred
thousand of them cost little: text as str, money as cents, unit prices as millionths, durations as
seconds, days as ISO text, instants as microseconds since 1970 in UTC (a pair in the hour that a
clock shows twice), numbers as the text of an exact decimal. Empty cells are None. What `check`
hands back must be made of the same plain values, because it waits in a staging file for the write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from canone.base.exchange.rules.rows import Field, FieldKind, Notation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

__all__ = [
    "Checked",
    "Field",
    "FieldKind",
    "Importer",
    "Option",
    "Problem",
    "Refused",
    "Run",
    "Setup",
    "UndoRefusedError",
    "Written",
    "all_importers",
    "get",
    "register",
]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be taken: where, what is wrong, and what to do about it.

    With an empty `value` the cells of the field are shown as they stand in the file.
    """

    row: int
    field: str
    value: str
    what: StrOrPromise
    hint: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that the user makes for the whole import, such as updating what exists."""

    name: str
    label: StrOrPromise
    choices: Callable[[], Sequence[tuple[str, StrOrPromise]]]
    default: str = ""
    help: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """What is the same for all rows of one import; `source` names where such files come from."""

    source: str
    columns: Mapping[str, Sequence[int]]
    notation: Notation
    options: Mapping[str, str]
    at: datetime
    by: int | None


@dataclass(slots=True)
class Checked:
    """The rows that can be written, ready for `write`, and what is wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows of a chunk were new, changed something, or were there already.

    `ids` are remembered for the undo; leave them out where the rows carry the batch themselves.
    """

    new: int = 0
    changed: int = 0
    known: int = 0
    ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that stands in the way of an undo, and why."""

    subject: str
    reason: StrOrPromise


class UndoRefusedError(Exception):
    """An import cannot be taken back; `refused` says what stands in the way."""

    def __init__(self, refused: Sequence[Refused], count: int | None = None) -> None:
        super().__init__(f"{count or len(refused)} records are in use")
        self.refused = list(refused)
        self.count = count if count is not None else len(self.refused)


class Run(Protocol):
    """One import under way, with what it looked up once."""

    def check(self, rows: list[Row], lines: list[int]) -> Checked:
        """Return the rows as they will be written, and the problems of those that cannot be."""
        ...

    def write(self, rows: list[Row], *, batch: int, at: datetime, by: int | None) -> Written:
        """Return what became of the rows; called inside a transaction that covers the chunk."""
        ...


class Importer(Protocol):
    """A kind of rows that a context takes."""

    key: str
    title: StrOrPromise
    permission: str
    fields: Sequence[Field]
    options: Sequence[Option]

    def prepare(self, setup: Setup) -> Run:
        """Return the import, with the lookups that its rows need already made."""
        ...

    def undo(self, *, batch: int, ids: Sequence[int], reason: str, at: datetime, by: int) -> int:
        """Return how many records were taken back; all of them, or UndoRefusedError."""
        ...


_registered: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Make an importer known; the AppConfig of its context calls this when Django is ready."""
    known = _registered.setdefault(importer.key, importer)
    if type(known) is not type(importer):
        raise ValueError(f"importer {importer.key} is registered twice")


def get(key: str) -> Importer:
    """Return the importer called `key`; KeyError when nobody registered it."""
    return _registered[key]


def all_importers() -> list[Importer]:
    """Return every importer, ordered by key."""
    return sorted(_registered.values(), key=lambda importer: importer.key)
