"""Which mails exist, and which words a text may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class MailKind:
    """A mail that a context sends; `sample` holds a value for every word of its text."""

    key: str
    title: StrOrPromise
    sample: Mapping[str, str]


_declared: dict[str, MailKind] = {}


def declare(key: str, title: StrOrPromise, sample: Mapping[str, str]) -> str:
    """Return `key` after making the mail known."""
    _declared[key] = MailKind(key, title, sample)
    return key


def get(key: str) -> MailKind:
    """Return the mail called `key`; KeyError when nobody declared it."""
    return _declared[key]


def all_mails() -> list[MailKind]:
    """Return every mail, ordered by key."""
    return sorted(_declared.values(), key=lambda kind: kind.key)
