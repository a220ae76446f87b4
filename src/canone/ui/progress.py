"""Long work on a page: count, bar, time left, the last thing done, stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from canone.ui import formats
from canone.ui.heads import Action
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is; `poll` is the address that answers this fragment again.

    `write` writes `done` and `total`; `seconds_left` is None when nobody knows; `report` replaces
    `message` when it has ended.
    """

    title: StrOrPromise
    state: State
    done: int
    total: int
    poll: str
    running: bool
    write: Callable[[int], str] = formats.number
    message: StrOrPromise = ""
    seconds_left: int | None = None
    stop: Action | None = None
    further: tuple[Action, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def share(self) -> int:
        """The part done, in hundredths."""
        return 0 if self.total <= 0 else max(0, min(100, self.done * 100 // self.total))

    @property
    def left(self) -> str:
        """The time left in words."""
        if not self.running or self.seconds_left is None:
            return ""
        if self.seconds_left < 60:
            words = ngettext("about %(n)s second", "about %(n)s seconds", self.seconds_left)
            return words % {"n": self.seconds_left}
        minutes = round(self.seconds_left / 60)
        return ngettext("about %(n)s minute", "about %(n)s minutes", minutes) % {"n": minutes}

    @property
    def count(self) -> str:
        """How many of how many."""
        if self.total <= 0:
            return gettext("starting") if self.running else self.write(self.done)
        figures = {"done": self.write(self.done), "total": self.write(self.total)}
        return gettext("%(done)s of %(total)s") % figures


def fragment(request: HttpRequest, progress: Progress) -> HttpResponse:
    """Return the bar alone, which asks again while the work runs."""
    return render(request, "ui/progress.html", {"progress": progress})
