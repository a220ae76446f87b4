"""The small parts of a list: foot rows, totals, action bar, bulk actions, the empty state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from canone.ui.heads import Action, Link
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Foot:
    """One line under a list; `cells` are raw values by column name, written by their column.

    `state` draws the label as a state, `count` stands beside it, `sum` marks the whole, `link`
    leads to what the line holds.
    """

    label: StrOrPromise = ""
    cells: Mapping[str, Any] = field(default_factory=dict)
    state: State | None = None
    count: int | None = None
    remark: StrOrPromise = ""
    sum: bool = False
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows the filter leaves, and the foot that sums them."""

    count: int
    feet: Sequence[Foot] = ()
    data: Any = None


@dataclass(frozen=True, slots=True)
class Bulk:
    """A button for chosen rows: posts `ids` (and the list's query as `filter`) to `url`."""

    title: StrOrPromise
    url: str
    icon: str = ""
    main: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands in the action bar: the strong words, the rest of the sentence, the buttons."""

    strong: StrOrPromise = ""
    text: StrOrPromise = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Empty:
    """What would stand here and the first step, or what was found and how to get on."""

    title: StrOrPromise
    text: StrOrPromise = ""
    actions: Sequence[Action] = ()
