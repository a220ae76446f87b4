"""Cells as they leave and enter: nothing that a spreadsheet would run as a formula."""

from __future__ import annotations

import re

FORMULA_STARTS = frozenset("=+-@\t\r")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*%?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def safe(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula; plain numbers stay as is.

    `original(safe(text))` gives the text back.
    """
    lead = text[1:2] if text[:1] == "'" else text[:1]
    if lead not in FORMULA_STARTS or not lead or _NUMBER.fullmatch(text):
        return text
    return f"'{text}"


def original(text: str) -> str:
    """Return the text without the apostrophe that `safe` put in front."""
    if text[:1] != "'":
        return text
    lead = text[2:3] if text[1:2] == "'" else text[1:2]
    return text[1:] if lead and lead in FORMULA_STARTS else text


def printable(text: str) -> str:
    """Return `text` without control characters other than tab and line ends."""
    return CONTROL.sub("", text)
