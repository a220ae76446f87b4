"""Puts many PDFs one behind the other, in a process of its own: the memory it takes goes with it.

`python -m canone.base.printing.joining TARGET` reads the paths from its input. Joining takes about
0.2 MB for every invoice, so whoever joins thousands makes several files.
"""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from canone.base.printing import typesetting

ROOT = Path(__file__).resolve().parents[3]
OPEN = 100
"""So many files are open at once."""
FULL = 28


class JoinError(ConnectionError):
    """The process that joins is gone; the work is tried again."""


def join(target: Path, parts: Sequence[Path]) -> None:
    """Write the parts into one file; a full disk is an OSError, as it would be here."""
    done = subprocess.run(  # noqa: S603 (our own program, arguments as a list)
        [sys.executable, "-m", __name__, str(target)],
        input="\n".join(map(str, parts)),
        env=typesetting.environment(ROOT),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    if done.returncode == FULL:
        raise OSError(errno.ENOSPC, "No space left on device", str(target))
    if done.returncode:
        raise JoinError(done.stderr[-2_000:])


def joined(target: Path, parts: Sequence[Path]) -> None:
    """Write the parts into one file here and now: some into one, and such files into one again."""
    level, between = 0, list[Path]()
    try:
        while len(parts) > OPEN:
            level += 1
            made = []
            for number in range(0, len(parts), OPEN):
                part = target.with_name(f"{target.name}.{level}.{number}.half")
                between.append(part)
                _join(part, parts[number : number + OPEN])
                made.append(part)
            parts = made
        _join(target, parts)
    finally:
        for part in between:
            part.unlink(missing_ok=True)


def _join(target: Path, parts: Sequence[Path]) -> None:
    import pikepdf  # noqa: PLC0415 (it takes long to load, and is asked for here alone)

    with ExitStack() as opened:
        pdf = opened.enter_context(pikepdf.Pdf.new())
        for part in parts:
            pdf.pages.extend(opened.enter_context(pikepdf.Pdf.open(part)).pages)
        pdf.save(target, deterministic_id=True)


def main() -> int:
    """Return 0 after joining what the input names, and a status of its own for a full disk."""
    try:
        joined(Path(sys.argv[1]), [Path(line) for line in sys.stdin.read().splitlines()])
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return FULL
        raise
    except RuntimeError as error:  # qpdf says it in words
        if "No space left" in str(error):
            return FULL
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
