"""Search over everything: each context answers for its own; the table is given in settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from canone.base.access.models import User
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST = 8
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: its name, a quiet remark, where it is."""

    title: str
    url: str
    remark: str = ""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """Who answers for one kind of thing; `ask(user, text)` yields hits that this user may see.

    `ask` is a dotted path, so that the table costs nothing until somebody searches.
    """

    title: StrOrPromise
    ask: str
    permission: str


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind."""

    title: StrOrPromise
    hits: Sequence[Hit]


@cache
def _table() -> Sequence[Provider]:
    providers: Sequence[Provider] = import_string(settings.UI["search"])
    return providers


def find(user: User, text: str) -> list[Found]:
    """Return what every provider finds for `text`, at most eight each; two letters at least."""
    text = " ".join(text.replace("\x00", "").split())[:LONGEST]
    if len(text) < 2:
        return []
    found = []
    for provider in _table():
        if not user.may(provider.permission):
            continue
        ask: Callable[[User, str], Iterable[Hit]] = import_string(provider.ask)
        hits = list(islice(ask(user, text), MOST))
        if hits:
            found.append(Found(provider.title, hits))
    return found
