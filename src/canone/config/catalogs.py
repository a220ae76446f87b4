"""Turns the message catalogs (.po) into what gettext reads (.mo)."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import canone

PACKAGE = Path(canone.__file__).resolve().parent


def all_catalogs() -> list[Path]:
    """Return every .po file of the product, ordered by path."""
    return sorted(PACKAGE.glob("**/locale/*/LC_MESSAGES/*.po"))


def compile_all() -> list[Path]:
    """Return the .mo files that were written: those older than their .po, or missing."""
    return [compile_one(source) for source in all_catalogs() if not _is_fresh(source)]


def compile_one(source: Path) -> Path:
    """Return the .mo file written beside `source`; a reader never meets half a file."""
    target = source.with_suffix(".mo")
    with source.open("rb") as file:
        catalog = read_po(file, locale=source.parents[1].name, abort_invalid=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    with partial.open("wb") as file:
        write_mo(file, catalog)
    partial.replace(target)
    return target


def _is_fresh(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns
