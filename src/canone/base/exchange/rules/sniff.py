"""What kind of text a file is: encoding, separator, where the table begins."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence

from canone.base.exchange.rules import headers

DELIMITERS = (";", ",", "\t", "|")
_SEP = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
_TELLING = re.compile(r"[\d\s:./,;+\-€%]+")


def declared_encoding(head: bytes) -> str | None:
    """Return the encoding that a byte order mark or the pattern of zero bytes gives away."""
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = head[:4096]
    half = len(sample) // 2
    if half >= 2:
        even, odd = sample[0 : half * 2 : 2].count(0), sample[1 : half * 2 : 2].count(0)
        if odd > half * 0.6 and even < half * 0.1:
            return "utf-16-le"
        if even > half * 0.6 and odd < half * 0.1:
            return "utf-16-be"
    return None


def is_binary(head: bytes) -> bool:
    """Whether `head`, not being UTF-16, holds bytes that no text has."""
    strange = sum(head.count(code) for code in (*range(9), 11, *range(14, 27), *range(28, 32)))
    return b"\x00" in head or strange > len(head) / 100


def is_html(head: str) -> bool:
    """Whether a web page stands behind the name of a table."""
    start = head.lstrip("\ufeff \r\n\t").lower()
    return start.startswith(("<!doctype html", "<html", "<table", "<meta", "<?xml"))


def sep_line(line: str) -> str | None:
    """Return the separator that Excel's `sep=` line names; None for any other line."""
    found = _SEP.fullmatch(line.strip("\r\n\ufeff"))
    return found[1] if found else None


def delimiter(lines: Sequence[str]) -> str:
    """Return the separator by which most lines have the same number of cells, more than one."""
    best, best_score = ";", (0.0, 0)
    for sign in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=sign) if row)
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
        score = (count / sum(widths.values()) if width > 1 else 0.0, width)
        if score > best_score:
            best, best_score = sign, score
    return best


def header_row(rows: Sequence[Sequence[object]], words: frozenset[str] = frozenset()) -> int | None:
    """Return the index of the row of titles; None when the data starts at once.

    A row with a title that is known (`words`, normalised) wins; else the first row as wide as
    the table whose cells are all text, none twice.
    """
    filled = [sum(1 for cell in row if str(cell).strip()) for row in rows]
    if not filled:
        return None
    for index, row in enumerate(rows[:20]):
        if sum(headers.normal(str(cell)) in words for cell in row) >= min(2, filled[index] or 2):
            return index
    usual = Counter(filled).most_common(1)[0][0]
    for index, row in enumerate(rows[:20]):
        if filled[index] >= max(usual, 1) * 0.8:
            return index if _titles(row) else None
    return None


def _titles(row: Sequence[object]) -> bool:
    texts = [str(cell).strip() for cell in row if str(cell).strip()]
    if not texts or any(not isinstance(cell, str) for cell in row):
        return False
    return len(set(texts)) == len(texts) and not any(_TELLING.fullmatch(text) for text in texts)
