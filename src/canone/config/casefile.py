"""Cases as JSON lines: read one, answer one, go on; no database, no Django."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import IO, Any

LINE = 16 * 1024 * 1024
Case = dict[str, Any]


class CaseError(ValueError):
    """A line cannot be answered; `id` is that of the case where it could be read."""

    def __init__(self, message: str, case_id: str | int | None = None) -> None:
        super().__init__(message)
        self.id = case_id


def run(source: IO[bytes], target: IO[bytes], work: Callable[[Case], Case]) -> int:
    """Return the exit status after answering every line of `source` on `target` with `work`."""
    status = 0
    try:
        for line in lines(source):
            reply, failed = answer(line, work)
            status = status or int(failed)
            target.write(json.dumps(reply, separators=(",", ":")).encode() + b"\n")
            target.flush()
    except BrokenPipeError:
        # nobody reads on: leave without a word, also when Python closes its output
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, sys.stdout.fileno())
    return status


def lines(source: IO[bytes]) -> Iterator[bytes | None]:
    """Return the lines that hold something, without the mark of a BOM; None for one too long."""
    first = True
    while line := source.readline(LINE + 1):
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        if len(line) > LINE and not line.endswith(b"\n"):
            while (rest := source.readline(LINE)) and not rest.endswith(b"\n"):
                pass
            yield None
        elif line.strip():
            yield line


def answer(line: bytes | None, work: Callable[[Case], Case]) -> tuple[Case, bool]:
    """Return the answer to a line, and whether the line was in error."""
    name = None
    try:
        case = read(line)
        name = case.get("id")
        return work(case), False
    except CaseError as error:
        return {"id": name if error.id is None else error.id, "error": str(error)}, True


def read(line: bytes | None) -> Case:
    """Return the case of a line as it stands there, numbers without loss; raises CaseError."""
    if line is None:
        raise CaseError(f"the line is longer than {LINE} bytes")
    faults: list[str] = []
    try:
        case = json.loads(
            line.decode(),
            parse_float=Decimal,
            parse_constant=lambda text: faults.append(f"{text} is not a number"),
            object_pairs_hook=lambda pairs: _once(pairs, faults),
        )
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise CaseError(f"the line cannot be read: {_short(error)}") from error
    if not isinstance(case, dict):
        raise CaseError("the line is not an object")
    name = case.get("id")
    if name is not None and (not isinstance(name, str | int) or isinstance(name, bool)):
        raise CaseError("id: a text or a whole number is needed")
    if faults:
        raise CaseError(faults[0], name)
    return case


def _once(pairs: list[tuple[str, Any]], faults: list[str]) -> Case:
    found: Case = {}
    for key, value in pairs:
        if key in found:
            faults.append(f"the key {key[:40]!r} stands twice")
        found[key] = value
    return found


def _short(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
