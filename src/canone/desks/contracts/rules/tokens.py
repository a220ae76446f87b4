"""Words of a line's description that stand for its period: `Canone {period}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

TOKENS = ("period", "from", "to", "month", "year", "contract", "instalment", "instalments")
TOKEN = re.compile(r"\{([^{}]*)\}")
AT_THE_END = re.compile(r"(?:[\s,;:–-]*\{(?:period|month|year)\})+\s*$")


def unknown(text: str) -> list[str]:
    """Return the words in braces that stand for nothing."""
    return [word for word in TOKEN.findall(text) if word not in TOKENS]


def has_period(text: str) -> bool:
    """Return whether the text already says for which days it is."""
    return bool({"period", "from", "to", "month"} & set(TOKEN.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its words filled in; what is not known stays as it stands."""
    return TOKEN.sub(lambda found: values.get(found[1], found[0]), text)


def without_period(text: str) -> str:
    """Return the text without the words at its end that say which days: they are not its name."""
    return AT_THE_END.sub("", text)


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before each word in braces, and the word; the rest comes with none."""
    at = 0
    for found in TOKEN.finditer(text):
        yield text[at : found.start()], found[1]
        at = found.end()
    if at < len(text):
        yield text[at:], ""
