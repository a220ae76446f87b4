"""Whether a text speaks of somebody: their name, address or number stands in it as a whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SHORTEST = 4
"""Shorter words would be found in everything."""


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody is known by; capitals do not count."""

    known: frozenset[str]

    @classmethod
    def of(cls, values: Iterable[str]) -> Words:
        """Return the values that are long enough to mean somebody."""
        folded = (value.strip().casefold() for value in values)
        return cls(frozenset(value for value in folded if len(value) >= SHORTEST))

    def are_in(self, text: str) -> bool:
        """Whether one of them stands in the text, not as a part of a longer word."""
        folded = text.casefold()
        return any(
            re.search(rf"(?<!\w){re.escape(word)}(?!\w)", folded)
            for word in self.known
            if word in folded
        )

    def are_in_data(self, data: Any) -> bool:
        """Whether one of them stands anywhere in what JSON can hold."""
        return self.are_in(json.dumps(data, ensure_ascii=False, default=str))
