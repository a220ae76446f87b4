"""How documents and due items are searched: by their words, and by what documents name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from canone.ledgers.invoicing.queries import mentions
from canone.ui import lists

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class MentionFilter(lists.TextFilter):
    """Rows that hold every word of the text, in a field or in the contracts and orders named."""

    def __init__(
        self, label: StrOrPromise, fields: Sequence[str], path: str, *, hint: StrOrPromise
    ) -> None:
        super().__init__(label, fields, hint)
        self.path = path

    def matches(self, word: str) -> Q:
        """Return the test for one word."""
        return super().matches(word) | mentions.holds(word)

    def filter(self, qs: Any, value: str) -> Any:
        """Return the rows that hold every word."""
        return super().filter(mentions.readable(qs, path=self.path), value)
