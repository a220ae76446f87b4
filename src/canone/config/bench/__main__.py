"""`./canone bench [--only NAME] [--scale X] [--json]`: the table of docs/performance.md.

Each line runs in a process of its own, so that its memory is its own, on a database made for it
and removed afterwards: SQLite, or PostgreSQL where DATABASE_URL names a server.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

NAMES = (
    "import-csv",
    "pull",
    "account-all",
    "totals",
    "list-page",
    "rate",
    "save-during-run",
    "linear-import",
    "linear-account",
    "import-large",
    "backup",
    "requests",
    "issue-10000",
    "issue-linear",
    "preview",
    "invoice-pdf",
    "contract-list",
    "large-contract",
    "save-while-billing",
)


def main() -> int:
    """Return 0 when all is within its limits, 1 when something is not, 2 for a failed line."""
    parser = argparse.ArgumentParser(prog="canone bench", description=__doc__)
    parser.add_argument("--only", choices=NAMES, action="append", help="run this line alone")
    parser.add_argument("--scale", type=float, default=1.0, help="0.1 takes a tenth of the rows")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return _child(options.child, options.scale)
    signal.signal(signal.SIGTERM, _leave)
    rows: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    if not options.json:
        print(f"{'work':<24}{'seconds':>10}{'ratio':>12}{'limit':>8}{'peak MB':>9}  note")
    for name in options.only or NAMES:
        try:
            found = _run(name, options.scale)
        except FailedError as error:
            failed[name] = str(error)
            print(f"{name}: {error}", file=sys.stderr)
            continue
        rows += found
        for row in () if options.json else found:
            _show(row)
    if options.json:
        print(json.dumps({"rows": rows} | ({"failed": failed} if failed else {})))
    over = [what for row in rows for what in _over(row)]
    print(*over, sep="\n", end="\n" if over else "", file=sys.stderr)
    return 2 if failed else 1 if over else 0


def _over(row: dict[str, Any]) -> list[str]:
    """Return what a line takes more of than it may."""
    said = []
    if row["ratio"] is not None and row["limit"] and row["ratio"] > row["limit"]:
        said.append(f"{row['name']}: {row['ratio']:.2f} × is over {row['limit']:g} ×")
    if row["most_mb"] and row["peak_mb"] > row["most_mb"]:
        said.append(f"{row['name']}: {row['peak_mb']:.0f} MB are over {row['most_mb']:g} MB")
    if row["most_s"] and row["seconds"] > row["most_s"]:
        said.append(f"{row['name']}: {row['seconds']:.2f} s are over {row['most_s']:g} s")
    return said


class FailedError(Exception):
    """A line could not be measured; the text says why."""


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End so that what is open closes, and the databases of a measurement go away."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one would cut that short
    raise SystemExit(143)


def _run(name: str, scale: float) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="canone-bench-") as folder:
        (Path(folder) / "static").mkdir()  # where the server looks for files at its start
        environment = os.environ | {
            "CANONE_DATA": folder,
            "CANONE_STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "DJANGO_SETTINGS_MODULE": "canone.config.settings",
        }
        child = subprocess.Popen(  # noqa: S603 (our own module)
            [sys.executable, "-m", "canone.config.bench", "--child", name, "--scale", str(scale)],
            env=environment,
            stdout=subprocess.PIPE,
        )
        try:
            answer, _nothing = child.communicate()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()  # it takes its database away
    if child.returncode < 0:
        raise FailedError(f"ended by {signal.Signals(-child.returncode).name}, out of memory?")
    told: dict[str, Any] = json.loads(answer.splitlines()[-1]) if answer else {}
    if "rows" not in told:
        raise FailedError(told.get("why") or f"ended with status {child.returncode}")
    rows: list[dict[str, Any]] = told["rows"]
    return rows


def _child(name: str, scale: float) -> int:
    signal.signal(signal.SIGTERM, _leave)
    import django  # noqa: PLC0415 (after the environment is set)

    django.setup()
    from canone.config.bench import database, lines  # noqa: PLC0415

    logging.disable()  # the pages of a measurement are of no interest to anybody
    try:
        with database.fresh(Path(os.environ["CANONE_DATA"])):
            results = lines.LINES[name](scale)
    except Exception as error:  # noqa: BLE001 (whatever it was: the line says why)
        traceback.print_exc()
        text = " ".join(str(error).split())
        print(json.dumps({"why": f"{type(error).__name__}: {text}"}))
        return 2
    print(json.dumps({"rows": [result.as_row() for result in results]}))
    return 0


def _show(row: dict[str, Any]) -> None:
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f} ×"
    limit = f"{row['most_s']:g} s" if row["most_s"] else ""
    limit = limit if row["limit"] is None else f"{row['limit']:g} ×"
    print(
        f"{row['name']:<24}{row['seconds']:>10.3f}{ratio:>12}{limit:>8}{row['peak_mb']:>9.0f}"
        f"  {row['note']}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
