"""Brings a data folder up to date: tables, messages, front-end files, the demo firm."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from launcher import assets, environment, processes
from launcher.base import ROOT, StopError, digest, read, say, write

PACKAGE = ROOT / "src" / "canone"
SOURCES = (
    "**/migrations/*.py",
    "**/locale/*/LC_MESSAGES/*.po",
    "**/static/**/*",
    "config/settings.py",
)
DJANGO: list[str | Path] = [environment.PYTHON, "-m", "django"]
COUNTRIES = ("it", "fr")
"""Of which there is a demo firm."""


def environ(data: Path) -> dict[str, str]:
    """Return the variables that our own processes run with."""
    return os.environ | {
        "CANONE_DATA": str(data),
        "CANONE_ASSETS": str(assets.folder(data)),
        "DJANGO_SETTINGS_MODULE": "canone.config.settings",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def bring_up(data: Path) -> None:
    """Make the data folder fit this version; costs nothing when it does already."""
    assets.ensure(assets.folder(data))
    stamp = data / "prepared"
    wanted = _fingerprint()
    embedded = "DATABASE_URL" not in os.environ
    if read(stamp) == wanted and embedded and (data / "canone.sqlite3").exists():
        return
    # Of a database elsewhere nobody knows here whether it is the one of last time.
    only_tables = ["--tables"] if read(stamp) == wanted and not embedded else []
    say("Preparing the database and the pages…")
    processes.must(
        [*DJANGO, "prepare", *only_tables],
        environ(data),
        "The data folder could not be prepared (see above)",
    )
    write(stamp, wanted)


def _fingerprint() -> str:
    files = {path for pattern in SOURCES for path in PACKAGE.glob(pattern) if path.is_file()}
    return digest(files | {assets.LOCK, environment.LOCKS["run"]})


def load_demo(data: Path, country: str | None = None) -> None:
    """Load the demo firm unless it is there; what the loader prints is how to log in.

    The loader can be started again after an interruption, so the marker is written at its end. It
    is asked again when a country was named: it knows whose firm lies in the folder.
    """
    marker = data / "demo.txt"
    if marker.exists() and country is None:
        return
    if not has_command("demo_load"):
        return
    if not marker.exists():
        say("Loading the demo firm…")
    chosen = ["--country", country] if country else []
    fault = "The demo firm could not be loaded (see above); --data names another, empty folder"
    write(marker, processes.output([*DJANGO, "demo_load", *chosen], environ(data), fault))


def how_to_log_in(data: Path, url: str) -> str:
    """Return the lines for the person at the keyboard; empty when the accounts are their own."""
    secret = read(data / "set-up").strip()
    if secret:
        return f"Set up your firm (the address works once): {url}/set-up/{secret}/"
    return read(data / "demo.txt").strip()


def program(command: str) -> list[str | Path]:
    """Return what runs `command`: a management command, or a module that needs no Django."""
    if command == "manage":
        return DJANGO
    name = command.replace("-", "_")
    if has_command(name):  # also where a module has the same name
        return [*DJANGO, name]
    return [environment.PYTHON, "-m", f"canone.config.{name}"]


def has_command(name: str) -> bool:
    """Return whether the product has a management command called `name`."""
    return any(PACKAGE.glob(f"**/management/commands/{name}.py"))


def emptied(folder: Path) -> Path:
    """Return the folder, there and empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def must_be_writable(data: Path) -> None:
    """Stop with one line when the data folder cannot be written."""
    if not os.access(data, os.W_OK):
        raise StopError(f"The data folder {data} cannot be written by this user: --data DIR")
