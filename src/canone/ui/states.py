"""A state is always three things: a colour, an icon and a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canone.ui.icons import ICONS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KINDS: dict[str, str] = {
    "todo": "clock",
    "done": "check",
    "warn": "alert",
    "stop": "octagon",
    "run": "play",
    "idle": "minus",
}


@dataclass(frozen=True, slots=True)
class State:
    """What a thing is, in colour (`kind`), icon and word.

    Kinds: `todo` someone must act, `done` closed and right, `warn` nearly late or incomplete,
    `stop` overdue or refused, `run` happening now or draft open, `idle` left out with a reason.
    """

    kind: str
    word: StrOrPromise
    icon: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such kind of state: {self.kind}")
        if self.icon and self.icon not in ICONS:
            raise ValueError(f"no such icon: {self.icon}")

    @property
    def drawing(self) -> str:
        """The icon's name; the kind's own where none was given."""
        return self.icon or KINDS[self.kind]
