"""Which names and contents are taken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

NAME_LENGTH = 150
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_RESERVED = re.compile(r'[<>:"/\\|?*]')


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that is taken: its content type, and what the first bytes must look like."""

    content_type: str
    looks: frozenset[str]


def _type(content_type: str, *looks: str) -> FileType:
    return FileType(content_type, frozenset(looks or (content_type,)))


@dataclass(frozen=True, slots=True)
class Taken:
    """What a place takes: types by the ending of the name, and the largest size in bytes."""

    types: Mapping[str, FileType]
    largest: int


_ZIP = "application/zip"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
TEXT = "text/plain"
_SHEETS = {
    ".csv": _type("text/csv", TEXT),
    ".tsv": _type("text/tab-separated-values", TEXT),
    ".txt": _type(TEXT),
    ".xlsx": _type(f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    ".xlsm": _type("application/vnd.ms-excel.sheet.macroEnabled.12", _ZIP),
    ".xls": _type("application/vnd.ms-excel", "ole"),
    ".ods": _type(f"{_OPEN}.spreadsheet", _ZIP),
}
_DOCUMENTS = {
    **_SHEETS,
    ".pdf": _type("application/pdf"),
    ".png": _type("image/png"),
    ".jpg": _type("image/jpeg"),
    ".jpeg": _type("image/jpeg"),
    ".gif": _type("image/gif"),
    ".webp": _type("image/webp"),
    ".docx": _type(f"{_OFFICE}.wordprocessingml.document", _ZIP),
    ".odt": _type(f"{_OPEN}.text", _ZIP),
    ".xml": _type("application/xml", "application/xml", TEXT),
    ".p7m": _type("application/pkcs7-mime", "", TEXT),
    ".eml": _type("message/rfc822", TEXT),
    ".json": _type("application/json", TEXT),
}
MEGABYTE = 1024 * 1024
SHEETS = Taken(MappingProxyType(_SHEETS), 300 * MEGABYTE)
DOCUMENTS = Taken(MappingProxyType(_DOCUMENTS), 25 * MEGABYTE)
IMAGES = Taken(
    MappingProxyType(
        {name: _DOCUMENTS[name] for name in (".png", ".jpg", ".jpeg", ".gif", ".webp")}
    ),
    10 * MEGABYTE,
)


LARGEST_UNPACKED = 2 * 1024 * MEGABYTE
MOST_ENTRIES = 20_000
SQUEEZED = 250
"""More bytes out of one byte than any sheet or letter has; a small archive may have more."""


def is_bomb(size: int, unpacked: int, entries: int) -> bool:
    """Whether an archive of `size` bytes holds more than an honest document would."""
    blown_up = unpacked > 50 * MEGABYTE and unpacked > size * SQUEEZED
    return blown_up or unpacked > LARGEST_UNPACKED or entries > MOST_ENTRIES


def clean_name(name: str) -> str:
    """Return a name that is safe to show and to save under: no path, no invisible signs."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = _RESERVED.sub("_", _INVISIBLE.sub("", last)).strip(" .")
    if not plain:
        return "file"
    stem, dot, ending = plain.rpartition(".")
    if dot and stem and len(ending) <= 10:
        return f"{stem[: NAME_LENGTH - len(ending) - 1]}.{ending}"
    return plain[:NAME_LENGTH]


def ending(name: str) -> str:
    """Return the ending with its point, in small letters; empty without one."""
    stem, dot, last = name.rpartition(".")
    return f".{last.lower()}" if dot and stem else ""


def content_type(name: str, looks: Iterable[str], taken: Taken) -> str | None:
    """Return the content type of a file that looks like `looks`; None when it is not taken.

    The ending and the content must agree: a program called `invoice.pdf` is not taken.
    """
    kind = taken.types.get(ending(name))
    return kind.content_type if kind and kind.looks & frozenset(looks) else None
