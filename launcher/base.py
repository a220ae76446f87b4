"""What every part of the launcher needs: places, messages, locks and atomic files."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class StopError(Exception):
    """Ends the launcher with one line that says what is wrong and what to do."""


def say(text: str) -> None:
    """Tell the person at the keyboard; answers of commands own the standard output."""
    print(text, file=sys.stderr, flush=True)


def data_folder(given: str | None = None) -> Path:
    """Return the folder that holds all state, made if missing."""
    folder = Path(given or os.environ.get("CANONE_DATA") or ROOT / "var").expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StopError(f"The data folder {folder} cannot be made: {error.strerror}") from None
    return folder


def write(path: Path, content: bytes | str) -> None:
    """Put `content` in place whole: a reader, or a kill, never meets half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    partial.write_bytes(content.encode() if isinstance(content, str) else content)
    partial.replace(path)


def read(path: Path) -> str:
    """Return the text of a file; empty when there is none."""
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def digest(paths: Iterable[Path], *words: str) -> str:
    """Return one hash over the words and the names and contents of the files."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        total.update(f"\0{path}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


@contextmanager
def lock(path: Path, *, busy: str | None = None) -> Iterator[None]:
    """Hold a lock that ends with the process, however it ends.

    Somebody else's lock is waited for, or, with `busy`, answered by stopping with that line.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError:
            raise StopError(busy or "") from None
        yield
