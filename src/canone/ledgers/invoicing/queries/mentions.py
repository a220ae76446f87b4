"""Documents by the contracts and orders that they name."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

KEYS = "number date order order_date cig cup"
"""Words that every mention of a contract holds: who searches for them means something else."""


def readable(rows: Any, *, path: str = "mentions") -> Any:
    """Return the rows with what `path` names ready to be searched by `holds`."""
    return rows.alias(mentioned=Cast(path, TextField()))


def holds(word: str) -> Q:
    """Return the test whether a contract or an order that is named has a word."""
    return Q(pk__in=[]) if word.casefold() in KEYS else Q(mentioned__icontains=word)
