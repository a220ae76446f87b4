"""Writing and reading an archive: a tar with sums, sealed or not."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from canone.base.backups.rules import about as words
from canone.base.backups.rules.about import About, Member, UnreadableError
from canone.base.backups.services import sealing

PIECE = 1024 * 1024
SMALL = 16 * 1024 * 1024
APART = 128 * 1024

Step = Callable[[int], None]


class Content(Protocol):
    """What a member holds, read from front to back."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, empty at the end."""


@dataclass(slots=True)
class Writer:
    """An archive that is being written; `step(bytes)` hears of every piece and may raise."""

    tar: tarfile.TarFile
    step: Step
    helper: Executor
    members: dict[str, Member] = field(default_factory=dict)

    def text(self, name: str, content: bytes) -> None:
        """Add a small member."""
        self.stream(name, io.BytesIO(content), len(content))

    def file(self, name: str, path: Path) -> None:
        """Add a file as it is now; one that shrinks meanwhile is an OSError."""
        with path.open("rb") as source:
            self.stream(name, source, os.fstat(source.fileno()).st_size)

    def stream(self, name: str, source: Content, size: int) -> None:
        """Add exactly `size` bytes of `source`."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashed = _Hashed(source, self.step, self.helper)
        self.tar.addfile(info, hashed)
        self.members[name] = hashed.member()


@dataclass(slots=True)
class Reader:
    """An archive that is being read from its start to its end; nothing is trusted before that."""

    about: About
    tar: tarfile.TarFile
    step: Step
    helper: Executor
    found: dict[str, Member] = field(default_factory=dict)

    def members(self) -> Iterator[tuple[str, Content]]:
        """Yield every member after `about.json` with its content; what is not read is skipped.

        After the last one all sums have been compared; an UnreadableError says which failed.
        """
        said: dict[str, Member] | None = None
        for info in _entries(self.tar):
            source = self.tar.extractfile(info)
            if source is None or said is not None or not _is_plain(info.name):
                raise UnreadableError("not_ours")
            if info.name == words.CHECKSUMS:
                said = words.read_checksums(source.read(SMALL))
                continue
            hashed = _Hashed(source, self.step, self.helper)
            yield info.name, hashed
            while hashed.read(PIECE):
                pass
            self.found[info.name] = hashed.member()
        if said is None:
            # tarfile takes a head that it cannot read for the end: what follows tells them apart
            goes_on = bool(self.tar.fileobj and self.tar.fileobj.read(1))
            last = next(reversed(self.found), words.ABOUT)
            raise UnreadableError("altered", member=last) if goes_on else UnreadableError("cut_off")
        wrong = sorted(name for name in said | self.found if said.get(name) != self.found.get(name))
        if wrong:
            raise UnreadableError("altered", member=wrong[0])


class _Hashed(io.RawIOBase):
    """Passes a stream on, counting and summing it; large pieces are summed on the other core."""

    def __init__(self, source: Content, step: Step, helper: Executor) -> None:
        super().__init__()
        self.source, self.step, self.taken = source, step, 0
        self._helper, self._sum = helper, hashlib.sha256()
        self._under_way: Future[None] | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next piece; a larger one than what tarfile asks for by itself is faster."""
        piece = self.source.read(size)
        self._settle()
        if len(piece) < APART:
            self._sum.update(piece)
        else:
            self._under_way = self._helper.submit(self._sum.update, piece)
        self.taken += len(piece)
        self.step(len(piece))
        return piece

    def member(self) -> Member:
        """Return what went through, in bytes and sum."""
        self._settle()
        return Member(self.taken, self._sum.hexdigest())

    def _settle(self) -> None:
        if self._under_way is not None:
            self._under_way.result()
            self._under_way = None


@contextmanager
def writing(target: IO[bytes], about: About, passphrase: str, step: Step) -> Iterator[Writer]:
    """Give the writer of an archive, sealed when there is a passphrase; ends it with its sums."""
    sealer = sealing.Sealer(target, passphrase) if passphrase else None
    with (
        ThreadPoolExecutor(1) as helper,
        tarfile.open(fileobj=sealer or target, mode="w", copybufsize=PIECE) as tar,  # type: ignore[call-overload]
    ):
        writer = Writer(tar, step, helper)
        try:
            writer.text(words.ABOUT, about.text().encode())
            yield writer
            sums = words.checksums_text(writer.members).encode()
            writer.text(words.CHECKSUMS, sums)
        except BaseException:
            if sealer:
                sealer.leave()
            raise
    if sealer:
        sealer.close()


@contextmanager
def reading(path: Path, passphrase: str, step: Step) -> Iterator[Reader]:
    """Give the reader of the archive at `path`; an UnreadableError when it is not one."""
    with path.open("rb") as file:
        sealed = sealing.is_sealed(file.read(len(sealing.MAGIC)))
        file.seek(0)
        if sealed and not passphrase:
            raise UnreadableError("sealed")
        source = io.BufferedReader(sealing.Opener(file, passphrase), PIECE) if sealed else file
        try:
            with (
                ThreadPoolExecutor(1) as helper,
                tarfile.open(fileobj=source, mode="r|", bufsize=PIECE) as tar,
            ):
                first = next(_entries(tar), None)
                content = tar.extractfile(first) if first else None
                if first is None or first.name != words.ABOUT or content is None:
                    raise UnreadableError("not_ours")
                text = content.read(SMALL)
                reader = Reader(words.read(text), tar, step, helper)
                reader.found[words.ABOUT] = Member(len(text), hashlib.sha256(text).hexdigest())
                yield reader
        except tarfile.ReadError as error:
            raise UnreadableError("not_ours" if _is_other(path) else "cut_off") from error
        except tarfile.TarError as error:
            raise UnreadableError("cut_off") from error


def _entries(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    while (info := tar.next()) is not None:
        yield info


def _is_plain(name: str) -> bool:
    """Whether a member's name stays below where it is put."""
    parts = name.split("/")
    return not name.startswith("/") and ".." not in parts and "\0" not in name


def _is_other(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(512)
    return not sealing.is_sealed(head) and not head.startswith(words.ABOUT.encode() + b"\0")
