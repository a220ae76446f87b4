"""Cells as they leave and enter: nothing that a spreadsheet would run as a formula."""

from __future__ import annotations

import re

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*%?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def safe(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula; plain numbers stay as is.

    `original(safe(text))` gives the text back.
    """
    lead = text.lstrip("'")[:1]
    if lead not in FORMULA_STARTS or _NUMBER.fullmatch(text):
        return text
    return f"'{text}"


def original(text: str) -> str:
    """Return the text without the apostrophe that `safe` put in front."""
    if text[:1] == "'" and text.lstrip("'")[:1] in FORMULA_STARTS:
        return text[1:]
    return text


def printable(text: str) -> str:
    """Return `text` without control characters other than tab and line ends."""
    return CONTROL.sub("", text)
