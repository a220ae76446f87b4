"""Turns a template and data into PDF. One compiler is kept and used by one thread at a time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import font_hanken_grotesk

STANDARD = "a-3b"
_lock = threading.Lock()
_compilers: dict[Path, Any] = {}
_KEPT = 4
_IMAGES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


class TemplateError(Exception):
    """A template cannot be set; the message says where and why."""


def environment(source: Path) -> dict[str, str]:
    """Return the environment of a program of ours that finds us under `source`."""
    return {**os.environ, "PYTHONPATH": str(source)}


def fonts() -> Path:
    """Return the folder of the typefaces that documents are set in."""
    return Path(font_hanken_grotesk.font_directory)


def compilers() -> Any:
    """Return the module of the compiler: who prints nothing has none of its 7 MB in memory."""
    return import_module("typst")


def folder(root: Path, sources: Mapping[str, str], logo: tuple[bytes, str] | None) -> Path:
    """Return a folder under `root` that holds exactly these sources, made when it is missing.

    The folder is named by its content, so that what is in it never changes.
    """
    picture = logo or (b"", "")
    content = json.dumps(sorted(sources.items())).encode() + picture[0]
    target = root / hashlib.sha256(content).hexdigest()[:24]
    if (target / "whole").exists():
        return target
    for key, source in sources.items():
        path = target / f"{key}.typ"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    if logo:
        (target / f"logo.{_IMAGES[logo[1]]}").write_bytes(logo[0])
    (target / "whole").touch()
    return target


def logo_name(logo: tuple[bytes, str] | None) -> str:
    """Return the path under which a template finds the logo; empty without one."""
    return f"/logo.{_IMAGES[logo[1]]}" if logo else ""


def pdf(place: Path, key: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return the document; `data` reaches the template as JSON in `sys.inputs.data`."""
    return compiled(place, key, as_text(data), at=at)


def as_text(data: Mapping[str, Any]) -> str:
    """Return the data as templates read them."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def compiled(place: Path, key: str, text: str, *, at: datetime) -> bytes:
    """Return the document of data that are written as JSON already."""
    typst = compilers()
    with _lock:
        try:
            made = _compiler(place).compile(
                input=str(place / f"{key}.typ"),
                format="pdf",
                sys_inputs={"data": text},
                pdf_standards=[STANDARD],
                timestamp=at.astimezone(UTC).replace(microsecond=0),
            )
        except typst.TypstError as error:
            raise TemplateError(_words(error, place)) from error
    if not isinstance(made, bytes):
        raise TemplateError("no PDF came out")
    return made


def _compiler(place: Path) -> Any:
    compiler = _compilers.get(place)
    if compiler is None:
        while len(_compilers) >= _KEPT:
            _compilers.pop(next(iter(_compilers)))
        nowhere = str(place / "packages")
        compiler = _compilers[place] = compilers().Compiler(
            root=str(place),
            font_paths=[str(fonts())],
            ignore_system_fonts=True,
            package_path=nowhere,
            package_cache_path=nowhere,
        )
    return compiler


def _words(error: Any, place: Path) -> str:
    lines = [str(error.message), *(f"→ {hint}" for hint in error.hints or ())]
    lines.append(str(error.diagnostic or ""))
    text = "\n".join(line for line in lines if line)
    return re.sub(rf"[^\s`\"]*/{place.name}/", "/", text)
