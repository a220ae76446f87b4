"""What higher contexts add to pages of lower ones; the table itself is given in settings.

A page names itself (`parties.party`) and its slots; the table says what stands there. The lower
context imports nothing of the higher one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from canone.base.access.models import User
from canone.ui.heads import Action

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Slot:
    """One guest of one page.

    Slots: `panel` and `aside` are loaded with HTMX from `url_name` (with the object's id),
    `action` is a button that leads there, `bulk` a button of a list that receives the chosen ids.
    """

    page: str
    slot: str
    title: StrOrPromise
    url_name: str
    permission: str
    icon: str = ""

    def url(self, pk: object | None = None) -> str:
        """Where the guest is, for the object `pk` where the page has one."""
        return reverse(self.url_name, args=[] if pk is None else [pk])


@dataclass(frozen=True, slots=True)
class GuestColumn:
    """A column of a higher context on a lower list: `cells` answers for all rows of a page."""

    page: str
    title: StrOrPromise
    cells: str
    permission: str
    numeric: bool = False

    def answer(self, ids: Sequence[Any], user: User) -> Mapping[Any, object]:
        """Return a cell for each id that has one."""
        ask: Callable[[Sequence[Any], User], Mapping[Any, object]] = import_string(self.cells)
        return ask(ids, user)


@cache
def _table() -> Sequence[Slot | GuestColumn]:
    rows: Sequence[Slot | GuestColumn] = import_string(settings.UI["slots"])
    return rows


def guests(page: str, slot: str, user: User) -> list[Slot]:
    """Return what stands in a slot of a page for this user."""
    return [
        row
        for row in _table()
        if isinstance(row, Slot)
        and row.page == page
        and row.slot == slot
        and user.may(row.permission)
    ]


def columns(page: str, user: User) -> list[GuestColumn]:
    """Return the columns that higher contexts add to a list."""
    return [
        row
        for row in _table()
        if isinstance(row, GuestColumn) and row.page == page and user.may(row.permission)
    ]


def actions(page: str, user: User, pk: object | None = None) -> list[Action]:
    """Return the buttons that higher contexts add to a page."""
    return [
        Action(guest.title, guest.url(pk), guest.icon) for guest in guests(page, "action", user)
    ]
