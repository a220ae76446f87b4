"""Child processes that never outlive the launcher."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from launcher.base import ROOT, StopError

_PR_SET_PDEATHSIG = 1


def _tied() -> Callable[[], None] | None:
    """Return what makes a child end when its parent is killed, where the system can do that."""
    if sys.platform != "linux":
        return None
    control = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def tie() -> None:
        control(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def start(
    command: Sequence[str | Path],
    env: Mapping[str, str],
    *,
    keep: bool = False,
    apart: bool = False,
    said: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Return a running child.

    With `keep` its standard output can be read here. A child that is set `apart` does not get the
    keyboard's Ctrl-C, and its messages come with its output. Into the file `said` goes all of both.
    """
    into = subprocess.PIPE if keep or apart else said
    return subprocess.Popen(
        [str(part) for part in command],
        env=dict(env),
        cwd=ROOT,
        stdout=into,
        stderr=subprocess.STDOUT if apart or said else None,
        stdin=subprocess.DEVNULL if apart else None,
        start_new_session=apart,
        preexec_fn=_tied(),  # noqa: PLW1509 (the launcher has no threads)
    )


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> int:
    """Return the exit status of a child that was waited for."""
    child = start(command, os.environ if env is None else env)
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.terminate()
        child.wait()
        raise


def must(command: Sequence[str | Path], env: Mapping[str, str] | None, fault: str) -> None:
    """Run a child to its end; a failure ends the launcher with the line `fault`."""
    if run(command, env):
        raise StopError(fault)


def output(command: Sequence[str | Path], env: Mapping[str, str], fault: str) -> str:
    """Return what a child wrote on its standard output; its messages go to ours."""
    child = start(command, env, keep=True)
    text, _ = child.communicate()
    if child.returncode:
        raise StopError(fault)
    return text.decode()
