"""The front-end files: pinned in `assets.lock`, fetched once, kept in the data folder."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import tarfile
import tomllib
from pathlib import Path
from typing import Any, TypedDict

from launcher import registry
from launcher.base import ROOT, StopError, digest, lock, read, say, write

LOCK = ROOT / "assets.lock"
STAMP = ".complete"
SOURCE_MAP = re.compile(rb"\s*(//[#@]|/\*[#@]) sourceMappingURL=[^\n*]*(\*/)?")
TEXT = {".js", ".css", ".mjs"}


class Asset(TypedDict):
    """One package of `assets.lock`; `files` maps its path in the package to the one we serve."""

    name: str
    version: str
    integrity: str
    licence: str
    files: dict[str, str]


def folder(data: Path) -> Path:
    """Return where the front-end files lie."""
    return Path(os.environ.get("CANONE_ASSETS") or data / "assets")


def pinned() -> list[Asset]:
    """Return what `assets.lock` asks for."""
    content: dict[str, Any] = tomllib.loads(LOCK.read_text())
    return [Asset(**one) for one in content["asset"]]  # type: ignore[typeddict-item]


def ensure(target: Path) -> None:
    """Make the folder hold all pinned files and no others; costs nothing when it does already."""
    wanted = digest([LOCK], "1")
    if read(target / STAMP) == wanted:
        return
    with lock(target / ".lock"):
        if read(target / STAMP) == wanted:
            return
        say("Fetching the front-end files; this happens once…")
        known = json.loads(read(target / ".packages") or "{}")
        for asset in pinned():
            mark = json.dumps(asset, sort_keys=True)
            if known.get(asset["name"]) != mark:
                _unpack(asset, target)
                known[asset["name"]] = mark
                write(target / ".packages", json.dumps(known))
        _sweep(target)
        write(target / STAMP, wanted)


def _unpack(asset: Asset, target: Path) -> None:
    name = f"{asset['name']} {asset['version']}"
    content = registry.check(_download(asset), asset["integrity"], name)
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        for inside, outside in asset["files"].items():
            try:
                file = archive.extractfile(f"package/{inside}")
            except KeyError:
                file = None
            if file is None:
                raise StopError(f"{name} holds no {inside}: assets.lock is wrong")
            write(target / outside, _stripped(outside, file.read()))


def _stripped(path: str, content: bytes) -> bytes:
    """Return the content without its source map, which is not there and would be looked for."""
    return SOURCE_MAP.sub(b"", content) if Path(path).suffix in TEXT else content


def _download(asset: Asset) -> bytes:
    base, headers = registry.npm_registry(asset["name"])
    file = f"{asset['name'].split('/')[-1]}-{asset['version']}.tgz"
    try:
        return registry.fetch(f"{base}/{asset['name']}/-/{file}", headers)
    except registry.MissingError:
        pass  # some mirrors keep their files elsewhere and say where
    try:
        about = f"{base}/{asset['name'].replace('/', '%2f')}/{asset['version']}"
        place = json.loads(registry.fetch(about, headers))["dist"]["tarball"]
        return registry.fetch(place, headers)
    except (registry.MissingError, KeyError, ValueError):
        raise StopError(
            f"The npm registry {base} has no {asset['name']} {asset['version']}:"
            " check `npm config get registry`"
        ) from None


def _sweep(target: Path) -> None:
    """Remove what an earlier lock asked for."""
    wanted = {target / path for asset in pinned() for path in asset["files"].values()}
    keep = wanted | {parent for path in wanted for parent in path.parents}
    for path in sorted(target.rglob("[!.]*"), reverse=True):
        if path in keep:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
