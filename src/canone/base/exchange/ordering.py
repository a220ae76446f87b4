"""Staged rows put in the order of a field, in a file larger than the memory.

Rows that lie together in the indexes are written together: a chunk of rows in any order touches a
page of each index for nearly every row, and the more there is, the more is written for each.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

RUN = 8 * 1024 * 1024
BLOCK = 100
Row = Sequence[Any]
Key = Callable[[Row], Any]


class Watch:
    """Sees rows pass and knows whether they all came in the order of the field at `place`."""

    def __init__(self, place: int | None) -> None:
        self.place = place
        self.in_order = True
        self._last: Any = None

    def see(self, rows: Sequence[Row]) -> None:
        """Look at further rows, which hold a value in that field."""
        if self.place is None or not self.in_order or not rows:
            return
        keys = list(map(itemgetter(self.place), rows))
        started = self._last is None or self._last <= keys[0]
        self.in_order = started and all(a <= b for a, b in pairwise(keys))
        self._last = keys[-1]


def sort(path: Path, place: int, *, size: int, step: Callable[[], None]) -> None:
    """Put the chunks of `path` in the order of the field at `place`, in chunks of `size` rows.

    Rows that are equal in it keep their order. `step` is called now and then and may raise, which
    leaves the file as it was.
    """
    key = itemgetter(place)
    runs, merged = path.with_suffix(".runs"), path.with_suffix(".sorted")
    try:
        with runs.open("wb") as file:
            ends = _write_runs(path, file, key, step)
        parts = [_run(runs, start, end) for start, end in pairwise([0, *ends])]
        with merged.open("wb") as target:
            for chunk in _chunks(heapq.merge(*parts, key=key), size):
                step()
                target.write(_line(chunk))
        merged.replace(path)
    finally:
        runs.unlink(missing_ok=True)
        merged.unlink(missing_ok=True)


def _write_runs(path: Path, target: BinaryIO, key: Key, step: Callable[[], None]) -> list[int]:
    """Return where each run ends: rows in order, as many as a little memory holds."""
    ends: list[int] = []
    rows: list[Row] = []
    taken = 0
    with path.open("rb") as source:
        for line in source:
            step()
            rows += json.loads(line)
            taken += len(line)
            if taken >= RUN:
                ends.append(_write_run(rows, target, key))
                rows, taken = [], 0
    if rows:
        ends.append(_write_run(rows, target, key))
    return ends


def _write_run(rows: list[Row], target: BinaryIO, key: Key) -> int:
    rows.sort(key=key)
    for block in _chunks(iter(rows), BLOCK):
        target.write(_line(block))
    return target.tell()


def _run(path: Path, start: int, end: int) -> Iterator[Row]:
    with path.open("rb") as file:
        file.seek(start)
        while file.tell() < end:
            yield from json.loads(file.readline())


def _line(rows: Sequence[Row]) -> bytes:
    return json.dumps(rows).encode() + b"\n"


def _chunks(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
