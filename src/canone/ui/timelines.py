"""What happened to a thing, as a timeline shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after, as text."""

    field: StrOrPromise
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what and when."""

    at: datetime
    who: str = ""
    what: StrOrPromise = ""
    changes: Sequence[Change] = ()
    reason: str = ""
    url: str = ""
