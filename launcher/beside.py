"""Commands that run two at a time, and each tells what it found in its turn."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from typing import IO, Self

from launcher import processes

LANES = 2
PAUSE = 0.02
GRACE = 20.0


@dataclass
class _Running:
    child: Popen[bytes]
    said: IO[bytes]
    since: float
    seconds: float = 0.0

    def has_ended(self) -> bool:
        if self.child.poll() is None:
            return False
        self.seconds = self.seconds or time.monotonic() - self.since
        return True


class Beside:
    """Runs commands by name; who leaves the block early ends those still at work."""

    def __init__(
        self,
        commands: Mapping[str, Sequence[str | Path]],
        env: Mapping[str, str],
        *,
        first: str = "",
    ) -> None:
        self.commands = commands
        self.env = env
        self.waiting = sorted(commands, key=lambda name: name != first)
        self.begun: dict[str, _Running] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for running in self.begun.values():
            if running.child.poll() is None:
                # as Ctrl-C does: tests put away the servers that they started
                running.child.send_signal(signal.SIGINT)
        for running in self.begun.values():
            try:
                running.child.wait(GRACE)
            except TimeoutExpired:
                running.child.kill()
                running.child.wait()
            running.said.close()

    def result(self, name: str) -> tuple[int, float]:
        """Return the exit status of a command and its seconds, once all it said is written out."""
        self.fill()
        while name not in self.begun or not self.begun[name].has_ended():
            time.sleep(PAUSE)
            self.fill()
        running = self.begun[name]
        running.said.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(running.said.read())
        sys.stdout.flush()
        return running.child.returncode, running.seconds

    def fill(self) -> None:
        """Start what waits, as far as there is a lane free."""
        at_work = sum(not running.has_ended() for running in self.begun.values())
        for name in self.waiting[: LANES - at_work]:
            said = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the block)
            child = processes.start(self.commands[name], self.env, said=said)
            self.begun[name] = _Running(child, said, time.monotonic())
        self.waiting = [name for name in self.waiting if name not in self.begun]
