"""Words of a line's description that stand for its period: `Canone {period}`."""

from __future__ import annotations

import re
from collections.abc import Mapping

TOKENS = ("period", "from", "to", "month", "year", "contract", "instalment", "instalments")
TOKEN = re.compile(r"\{([^{}]*)\}")


def unknown(text: str) -> list[str]:
    """Return the words in braces that stand for nothing."""
    return [word for word in TOKEN.findall(text) if word not in TOKENS]


def has_period(text: str) -> bool:
    """Return whether the text already says for which days it is."""
    return bool({"period", "from", "to", "month"} & set(TOKEN.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its words filled in; what is not known stays as it stands."""
    return TOKEN.sub(lambda found: values.get(found[1], found[0]), text)
