"""The only writer of stored files: whole or not at all."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import puremagic
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base.files import images, queries, rules
from canone.base.files.models import StoredFile
from canone.base.files.rules import DOCUMENTS, Taken
from canone.base.room import is_full

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PIECE = 256 * 1024
FULL = _("The disk is full: the file was not stored. Make room and try again.")
_STRANGE = frozenset(range(9)) | frozenset(range(14, 27)) | frozenset(range(28, 32))

Source = IO[bytes] | Iterable[bytes] | bytes


class FileError(Exception):
    """A file was not stored; `message` says why and what to do."""

    def __init__(self, message: StrOrPromise) -> None:
        super().__init__(message)
        self.message = message


class DiskFullError(FileError):
    """The disk has no room; nothing of the file was kept."""


def store(
    source: Source,
    *,
    name: str,
    owner: str,
    at: datetime,
    by: int | None,
    taken: Taken = DOCUMENTS,
) -> StoredFile:
    """Return the stored file; raises FileError when it is empty, too large or of another type."""
    shown = rules.clean_name(name)
    key = secrets.token_hex(20)
    target = Path(settings.FILES) / key[:2] / key
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        size, digest = _write(target, source, taken.largest)
        kind = _kind(shown, target, taken)
        _must_unpack(shown, target)
        if kind in images.FORMATS:
            size, digest = _redrawn(target, kind, taken.largest)
        with transaction.atomic():
            return StoredFile.objects.create(
                key=key,
                name=shown,
                content_type=kind,
                size=size,
                sha256=digest,
                owner=owner,
                uploaded_at=at,
                uploaded_by_id=by,
            )
    except BaseException as error:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        if is_full(error):
            raise DiskFullError(FULL) from error
        raise


def take_over(
    path: Path, *, name: str, content_type: str, owner: str, at: datetime, by: int | None
) -> StoredFile:
    """Return the stored file that `path` becomes: one that Canone itself made, of any size.

    It is moved and not copied, so it should lie under the data folder; nothing in it is checked.
    """
    key = secrets.token_hex(20)
    target = Path(settings.FILES) / key[:2] / key
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
            os.fsync(file.fileno())
        size = path.stat().st_size
        shutil.move(path, target)
        target.chmod(0o600)
        with transaction.atomic():
            return StoredFile.objects.create(
                key=key,
                name=rules.clean_name(name),
                content_type=content_type,
                size=size,
                sha256=digest.hexdigest(),
                owner=owner,
                uploaded_at=at,
                uploaded_by_id=by,
            )
    except BaseException as error:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        if is_full(error):
            raise DiskFullError(FULL) from error
        raise


@transaction.atomic
def delete(file: StoredFile, *, at_once: bool = False) -> None:
    """Take the record away now and the bytes once the transaction is through.

    With `at_once` the bytes go first: what must not outlive a crash in between.
    """
    target = queries.path(file)
    if at_once:
        target.unlink(missing_ok=True)
    file.delete()

    def remove() -> None:
        with suppress(OSError):
            target.unlink(missing_ok=True)

    transaction.on_commit(remove)


@transaction.atomic
def hand_over(file: StoredFile, *, owner: str) -> StoredFile:
    """Return the file after giving it to another record."""
    file.owner = owner
    file.save(update_fields=["owner"])
    return file


def sweep(*, at: datetime) -> int:
    """Return how many bytes without a record were removed; only what is older than a day."""
    root, before = Path(settings.FILES), (at - timedelta(days=1)).timestamp()
    removed = 0
    for path in root.glob("??/*"):
        with suppress(OSError):
            lost = path.stat()
            if lost.st_mtime < before and not StoredFile.objects.filter(key=path.name).exists():
                path.unlink()
                removed += lost.st_size
    return removed


def _write(target: Path, source: Source, largest: int) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for piece in _pieces(source):
            size += len(piece)
            if size > largest:
                raise FileError(
                    _("The file is larger than %(limit)s MB.") % {"limit": largest // 1024 // 1024}
                )
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise FileError(_("The file is empty."))
    return size, digest.hexdigest()


def _pieces(source: Source) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    if hasattr(source, "chunks"):  # Django's uploads
        yield from source.chunks(PIECE)
        return
    reader: Any = source
    if hasattr(reader, "read"):
        while piece := reader.read(PIECE):
            yield piece
        return
    yield from source


def _looks(path: Path) -> set[str]:
    """Return the content types that the first bytes may be; text when nothing speaks against."""
    with path.open("rb") as file:
        head = file.read(8192)
    looks: set[str] = set()
    if head.startswith(b"PK\x03\x04"):
        looks.add("application/zip")
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        looks.add("ole")
    with suppress(puremagic.PureError, ValueError):
        looks.update(match.mime_type for match in puremagic.magic_string(head))
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        head[1:2] == b"\x00" and head[0:1] != b"\x00"
    )
    page = "text/html" in looks or head.lstrip()[:9].lower().startswith(b"<!doctype")
    if (utf16 or not _STRANGE.intersection(head)) and not page:
        looks.add(rules.TEXT)
    return looks


def _must_unpack(name: str, path: Path) -> None:
    """Return nothing; raises FileError for an archive that is broken or blows up when opened."""
    with path.open("rb") as file:
        if not file.read(4).startswith(b"PK\x03\x04"):
            return
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        text = _("%(name)s is damaged. Save it again from the program it comes from.")
        raise FileError(text % {"name": name}) from error
    unpacked = sum(entry.file_size for entry in entries)
    if rules.is_bomb(path.stat().st_size, unpacked, len(entries)):
        text = _("%(name)s unpacks to far more than it is. Split it, or save it as CSV.")
        raise FileError(text % {"name": name})


def _redrawn(path: Path, kind: str, largest: int) -> tuple[int, str]:
    """Return size and digest of the picture that takes the place of what came."""
    try:
        with path.open("rb") as file:
            content = images.redrawn(file, kind)
    except images.ImageError as error:
        raise FileError(error.message) from error
    path.unlink()
    return _write(path, content, largest)


def _kind(name: str, path: Path, taken: Taken) -> str:
    kind = rules.content_type(name, _looks(path), taken)
    if kind is not None:
        return kind
    if rules.ending(name) in taken.types:
        message = _(
            "%(name)s does not hold what its ending says. Save it again from the program it "
            "comes from."
        ) % {"name": name}
    else:
        message = _("%(name)s cannot be taken. Possible are: %(endings)s.") % {
            "name": name,
            "endings": ", ".join(ending[1:] for ending in taken.types),
        }
    raise FileError(message)
