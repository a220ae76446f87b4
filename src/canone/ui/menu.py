"""Areas on top, the pages of the area below; the table itself is given in settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from canone.base.access.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an area; `also` are the beginnings of further addresses that belong to it."""

    title: StrOrPromise
    url_name: str
    permission: str
    icon: str = "document"
    also: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where the page is."""
        return reverse(self.url_name)


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the work; `key` follows `g` on the keyboard."""

    title: StrOrPromise
    key: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page as the menu shows it to one person."""

    title: StrOrPromise
    url: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class ShownArea:
    """An area as the menu shows it to one person."""

    title: StrOrPromise
    key: str
    url: str
    current: bool
    pages: tuple[ShownPage, ...]


@cache
def table(name: str) -> Sequence[Area]:
    """Return the table of areas called `name` in settings.UI: `menu` or `own`."""
    areas: Sequence[Area] = import_string(settings.UI[name])
    return areas


def shown(user: User, path: str, name: str = "menu") -> list[ShownArea]:
    """Return the areas that `user` may enter, with the page of `path` marked."""
    allowed = [
        (area, [page for page in area.pages if user.may(page.permission)]) for area in table(name)
    ]
    here = _current([page for _, pages in allowed for page in pages], path)
    return [
        ShownArea(
            area.title,
            area.key,
            pages[0].url,
            here in pages,
            tuple(ShownPage(page.title, page.url, page.icon, page is here) for page in pages),
        )
        for area, pages in allowed
        if pages
    ]


def _current(pages: list[Page], path: str) -> Page | None:
    best: tuple[int, Page | None] = (0, None)
    for page in pages:
        for start in (page.url, *page.also):
            fits = path == start or (start != "/" and path.startswith(start))
            if fits and len(start) > best[0]:
                best = (len(start), page)
    return best[1]
