"""The top of a page in data: crumbs, title, state, actions, counters, tabs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Link:
    """A word that leads somewhere."""

    title: StrOrPromise
    url: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a page: a link, or with `post` a form that is sent to `url`.

    `key` is its single-key shortcut (`n` new, `e` edit); `main` is the one filled button;
    `name` and `value` travel with the form; `quiet` draws it without a border.
    """

    title: StrOrPromise
    url: str
    icon: str = ""
    main: bool = False
    quiet: bool = False
    post: bool = False
    key: str = ""
    name: str = ""
    value: str = ""
    label: StrOrPromise = ""
    download: bool = False

    @property
    def look(self) -> str:
        """The button's class."""
        return "btn-primary" if self.main else "btn-quiet" if self.quiet else "btn-plain"


@dataclass(frozen=True, slots=True)
class Counter:
    """A number with the word below it; a link where it leads to its list."""

    figure: str
    word: StrOrPromise
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of a detail page with its own address."""

    title: StrOrPromise
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A remark above the page: a kind of state, a sentence (may be safe HTML), an icon."""

    kind: str
    text: StrOrPromise
    icon: str = ""

    @property
    def drawing(self) -> str:
        """The icon's name; the kind's own where none was given."""
        return State(self.kind, self.text, self.icon).drawing


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top of every page."""

    title: StrOrPromise
    crumbs: Sequence[Link] = ()
    subtitle: StrOrPromise = ""
    subject: Link | None = None
    state: State | None = None
    remark: StrOrPromise = ""
    actions: Sequence[Action] = ()
    counters: Sequence[Counter] = ()
    counters_label: StrOrPromise = ""
    tabs: Sequence[Tab] = ()
    tabs_label: StrOrPromise = ""
    notes: Sequence[Note] = field(default=())
