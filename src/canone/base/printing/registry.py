"""Which documents exist, so that the firm sees what it can replace, and with which data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a context; `sample` returns data with which a template is tried."""

    key: str
    title: StrOrPromise
    sample: Callable[[], Mapping[str, Any]]


_declared: dict[str, Document] = {}


def declare(key: str, title: StrOrPromise, sample: Callable[[], Mapping[str, Any]]) -> str:
    """Return `key` after making the document known."""
    _declared[key] = Document(key, title, sample)
    return key


def get(key: str) -> Document:
    """Return the document called `key`; KeyError when nobody declared it."""
    return _declared[key]


def all_documents() -> list[Document]:
    """Return every document, ordered by key."""
    return sorted(_declared.values(), key=lambda document: document.key)
