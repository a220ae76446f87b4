"""How documents and due items are searched: by their words, and by what documents name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from canone.ui import lists

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KEYS = "number date order order_date cig cup"
"""Words that every mention of a contract holds: who searches for them means something else."""


class MentionFilter(lists.TextFilter):
    """Rows that hold every word of the text, in a field or in the contracts and orders named."""

    def __init__(
        self, label: StrOrPromise, fields: Sequence[str], mentions: str, *, hint: StrOrPromise
    ) -> None:
        super().__init__(label, fields, hint)
        self.mentions = mentions

    def matches(self, word: str) -> Q:
        """Return the test for one word."""
        found = super().matches(word)
        return found if word.casefold() in KEYS else found | Q(mentioned__icontains=word)

    def filter(self, qs: Any, value: str) -> Any:
        """Return the rows that hold every word."""
        return super().filter(qs.alias(mentioned=Cast(self.mentions, TextField())), value)
