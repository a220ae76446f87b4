"""Sets many documents at once: a compiler for every core, each in a process of its own.

typst holds the interpreter while it compiles, so threads would only take turns. A process that is
run (`python -m canone.base.printing.press PLACE KEY`) reads a line of JSON and answers with one,
followed by the PDF. It ends with its input: whoever asked may be killed, and it goes too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, Self, TypeVar

from canone.base.printing import typesetting
from canone.base.printing.typesetting import TemplateError

ROOT = Path(__file__).resolve().parents[3]
AHEAD = 3
"""So many documents for each process are read before they can be set."""
T = TypeVar("T")


def cores() -> int:
    """Return how many processors this process may use; not every system can tell which."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class PressError(ConnectionError):
    """A process that sets documents is gone; the work is tried again."""


@dataclass(frozen=True, slots=True)
class Order(Generic[T]):
    """A document to be set; `what` comes back with it."""

    what: T
    data: Mapping[str, Any]
    at: datetime


class Hand:
    """One process with a compiler of its own."""

    def __init__(self, place: Path, key: str) -> None:
        command = [sys.executable, "-m", __name__, str(place), key]
        self.process = subprocess.Popen(  # noqa: S603 (our own program, arguments as a list)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=typesetting.environment(ROOT),
            start_new_session=True,
        )

    def set(self, data: Mapping[str, Any], at: datetime) -> bytes:
        """Return the PDF; raises TemplateError, or PressError when the process is gone."""
        if self.process.stdin is None or self.process.stdout is None:
            raise PressError
        asked = {"text": typesetting.as_text(data), "at": at.isoformat()}
        try:
            self.process.stdin.write(json.dumps(asked).encode() + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise PressError from error
        head = self.process.stdout.readline()
        if not head:
            raise PressError
        told = json.loads(head)
        if "error" in told:
            raise TemplateError(told["error"])
        pdf = self.process.stdout.read(told["size"])
        if len(pdf) != told["size"]:
            raise PressError
        return pdf

    def close(self) -> None:
        """Let go of what is left of the process."""
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        self.process.wait()


class Press:
    """Compilers for one template, for as long as the `with` lasts."""

    def __init__(
        self, place: Path, key: str, common: Mapping[str, Any], *, hands: int | None = None
    ) -> None:
        self.common, self.count = common, hands or cores()
        self._hands = [Hand(place, key) for _number in range(self.count)]
        self._free: SimpleQueue[Hand] = SimpleQueue()
        for hand in self._hands:
            self._free.put(hand)
        self._threads = ThreadPoolExecutor(self.count)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        for hand in self._hands:
            hand.process.kill()
        self._threads.shutdown(cancel_futures=True)
        for hand in self._hands:
            hand.close()

    def pdfs(self, orders: Iterable[Order[T]]) -> Iterator[tuple[T, bytes]]:
        """Yield what was ordered with its PDF, in the same order; only some are read ahead."""
        begun: deque[tuple[T, Future[bytes]]] = deque()
        for order in orders:
            begun.append((order.what, self._threads.submit(self._set, order)))
            if len(begun) >= self.count * AHEAD:
                what, made = begun.popleft()
                yield what, made.result()
        for what, made in begun:
            yield what, made.result()

    def _set(self, order: Order[Any]) -> bytes:
        hand = self._free.get()
        try:
            return hand.set({**order.data, **self.common}, order.at)
        finally:
            self._free.put(hand)


def main(place: Path, key: str) -> None:
    """Set what is asked for until nobody asks any more."""
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        try:
            at = datetime.fromisoformat(asked["at"])
            pdf = typesetting.compiled(place, key, asked["text"], at=at)
        except TemplateError as error:
            out.write(json.dumps({"error": str(error)}).encode() + b"\n")
        else:
            out.write(json.dumps({"size": len(pdf)}).encode() + b"\n")
            out.write(pdf)
        out.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
