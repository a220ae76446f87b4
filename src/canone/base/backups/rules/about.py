"""What an archive says of itself: its first member and its last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

FORMAT = 1
ABOUT, CHECKSUMS, DATABASE, SECRET = "about.json", "checksums.json", "database.sqlite3", "secret"
FILES, TABLES = "files/", "tables/"
SQLITE, POSTGRES = "sqlite", "postgresql"


class UnreadableError(Exception):
    """The archive is not one, or not whole; `code` says which."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class About:
    """What is in an archive, known before it is read.

    `migrations` names the last migration of every app, sorted by app: the tables it fits.
    """

    version: str
    made_at: datetime
    engine: str
    firm: str
    migrations: tuple[tuple[str, str], ...]

    def text(self) -> str:
        """Return the content of `about.json`."""
        said = asdict(self) | {
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "migrations": dict(self.migrations),
        }
        return json.dumps(said, indent=1, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an archive: bytes and SHA-256."""

    size: int
    digest: str


def read(text: bytes) -> About:
    """Return what `about.json` says; an UnreadableError when it is not ours or newer than us."""
    said = _object(text)
    if said.get("format") != FORMAT:
        raise UnreadableError("format", format=said.get("format"))
    try:
        made_at = datetime.fromisoformat(said["made_at"])
        migrations = tuple(sorted((str(a), str(n)) for a, n in said["migrations"].items()))
        engine, version, firm = (str(said[key]) for key in ("engine", "version", "firm"))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnreadableError("not_ours") from error
    if engine not in {SQLITE, POSTGRES} or made_at.tzinfo is None:
        raise UnreadableError("not_ours")
    return About(version, made_at, engine, firm, migrations)


def checksums_text(members: Mapping[str, Member]) -> str:
    """Return the content of `checksums.json`."""
    return json.dumps({name: [one.size, one.digest] for name, one in members.items()}, indent=0)


def read_checksums(text: bytes) -> dict[str, Member]:
    """Return the members that `checksums.json` names."""
    try:
        return {name: Member(int(size), str(sum_)) for name, (size, sum_) in _object(text).items()}
    except (ValueError, TypeError) as error:
        raise UnreadableError("not_ours") from error


def newer(about: About, known: Mapping[str, set[str]]) -> list[str]:
    """Return the migrations of the archive that this version does not know, as `app.name`."""
    return [f"{app}.{name}" for app, name in about.migrations if name not in known.get(app, set())]


def _object(text: bytes) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError as error:
        raise UnreadableError("not_ours") from error
    if not isinstance(said, dict):
        raise UnreadableError("not_ours")
    return said
