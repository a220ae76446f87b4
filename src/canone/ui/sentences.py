"""Sentences that are kept now and read later, by somebody who speaks another language."""

from __future__ import annotations

import json
from datetime import date

from django.utils.translation import gettext

from canone.ui import formats

LONGEST = 400
_START = '["'


def keep(text: str, **values: str | date) -> str:
    """Return the sentence as it is kept: its English `text`, marked for translation, and values.

    At most `LONGEST` characters: the longest value is cut to make room.
    """
    words = {key: value for key, value in values.items() if not isinstance(value, date)}
    days = {key: value.isoformat() for key, value in values.items() if isinstance(value, date)}
    kept = _written(text, words, days)
    while len(kept) > LONGEST and any(words.values()):
        longest = max(words, key=lambda key: len(words[key]))
        over = len(kept) - LONGEST
        words[longest] = words[longest][: -(over + 1) // 2]  # a quote is written as two
        kept = _written(text, words, days)
    return kept


def tell(kept: str) -> str:
    """Return the sentence in the reader's language; what was kept as plain text stays as it is."""
    if not kept.startswith(_START):
        return kept
    try:
        text, words, days = json.loads(kept)
    except ValueError:
        return kept
    values = {key: formats.date_of(date.fromisoformat(day)) for key, day in days.items()}
    told: str = gettext(text) % (words | values)
    return told


def _written(text: str, words: dict[str, str], days: dict[str, str]) -> str:
    return json.dumps([text, words, days], ensure_ascii=False, separators=(",", ":"))
