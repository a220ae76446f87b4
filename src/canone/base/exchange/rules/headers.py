"""Which column of a file is which field: by its title, in five languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
_NEAR = 0.86


def normal(title: str) -> str:
    """Return a title without case, accents, signs and what stands in brackets."""
    bare = _BRACKETS.sub(" ", title).strip() or title
    plain = unicodedata.normalize("NFKD", bare)
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _NOT_WORD.sub(" ", letters.casefold()).strip()


def propose(titles: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return for each field that is recognised the index of its column, no column twice.

    `names` holds, by field, the titles under which it is known; earlier ones count more.
    """
    found = [normal(title) for title in titles]
    scores: list[tuple[float, int, int, str]] = []
    for order, (field, known) in enumerate(names.items()):
        wanted = [normal(name) for name in known]
        for index, title in enumerate(found):
            score = _score(title, wanted)
            if score > 0:
                scores.append((-score, order, index, field))
    chosen: dict[str, int] = {}
    taken: set[int] = set()
    for _, _, index, field in sorted(scores):
        if field not in chosen and index not in taken:
            chosen[field] = index
            taken.add(index)
    return chosen


def _score(title: str, wanted: Sequence[str]) -> float:
    if not title:
        return 0
    for place, name in enumerate(wanted):
        if title == name:
            return 3 - place / 1000
    for name in wanted:
        if len(name) > 3 and (title.startswith(f"{name} ") or title.endswith(f" {name}")):
            return 2
    near = max((_likeness(title, name) for name in wanted), default=0)
    return near if near >= _NEAR else 0


def _likeness(title: str, name: str) -> float:
    """Return how alike two titles are; 0 without a look where their lengths rule it out."""
    if 2 * min(len(title), len(name)) < _NEAR * (len(title) + len(name)):
        return 0
    return SequenceMatcher(None, title, name).ratio()
