"""An archive is read as it was written, or refused: cut off, altered, or somebody else's."""

from __future__ import annotations

import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.base.backups.rules.about import About, UnreadableError
from canone.base.backups.services import archive, sealing
from canone.base.backups.services.sealing import PIECE, Opener, Sealer

ABOUT = About("1", datetime(2026, 1, 1, tzinfo=UTC), "sqlite", "Rossi", ())
PHRASE = "correct horse battery"
CONTENT = {"database.sqlite3": b"x" * 100_000, "secret": b"s", "files/ab/abc": b"", "files/z": b"z"}


@pytest.fixture(autouse=True)
def _quick_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "LOG_N", 4)


def nobody(_count: int) -> None:
    pass


def written(path: Path, phrase: str = "") -> Path:
    with path.open("wb") as file, archive.writing(file, ABOUT, phrase, nobody) as writer:
        for name, content in CONTENT.items():
            writer.text(name, content)
    return path


def read(path: Path, phrase: str = "") -> dict[str, bytes]:
    with archive.reading(path, phrase, nobody) as reader:
        assert reader.about == ABOUT
        return {name: content.read() for name, content in reader.members()}


def code(path: Path, phrase: str = "") -> str:
    with pytest.raises(UnreadableError) as refused:
        read(path, phrase)
    return refused.value.code


@pytest.mark.parametrize("phrase", ["", PHRASE])
def test_what_is_written_is_read_again(tmp_path: Path, phrase: str) -> None:
    assert read(written(tmp_path / "a", phrase), phrase) == CONTENT


def test_an_open_archive_is_a_plain_tar(tmp_path: Path) -> None:
    with tarfile.open(written(tmp_path / "a")) as tar:
        assert tar.getnames() == ["about.json", *CONTENT, "checksums.json"]


@pytest.mark.parametrize("phrase", ["", PHRASE])
def test_a_byte_that_changed_anywhere_is_noticed(tmp_path: Path, phrase: str) -> None:
    whole = written(tmp_path / "a", phrase).read_bytes()
    for place in range(0, len(whole) - 10_240, 7_919):  # not in the padding at a tar's end
        (tmp_path / "b").write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert read_or_none(tmp_path / "b", phrase) in (None, CONTENT)
    middle = len(whole) // 2
    (tmp_path / "b").write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    assert read_or_none(tmp_path / "b", phrase) is None


def read_or_none(path: Path, phrase: str) -> dict[str, bytes] | None:
    try:
        return read(path, phrase)
    except UnreadableError:
        return None


@pytest.mark.parametrize("phrase", ["", PHRASE])
@pytest.mark.parametrize("part", [0.0, 0.001, 0.3, 0.9])
def test_an_archive_that_was_cut_off_is_refused(tmp_path: Path, phrase: str, part: float) -> None:
    whole = written(tmp_path / "a", phrase).read_bytes()
    (tmp_path / "b").write_bytes(whole[: int(len(whole) * part)])
    assert code(tmp_path / "b", phrase) in {"cut_off", "not_ours", "passphrase", "sealed"}


def test_a_sealed_archive_wants_its_passphrase(tmp_path: Path) -> None:
    path = written(tmp_path / "a", PHRASE)
    assert b"about.json" not in path.read_bytes()
    assert code(path) == "sealed"
    assert code(path, "another") == "passphrase"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\0" * 20_480, b"hello" * 4_000])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert code(tmp_path / "a") == "not_ours"


def test_a_member_that_would_climb_out_is_refused(tmp_path: Path) -> None:
    for name in ("../evil", "/etc/evil", "files/../../evil"):
        with (
            (tmp_path / "a").open("wb") as file,
            archive.writing(file, ABOUT, "", nobody) as writer,
        ):
            writer.text(name, b"x")
        assert code(tmp_path / "a") == "not_ours"


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a", "w") as tar:
        text = ABOUT.text().encode()
        info = tarfile.TarInfo("about.json")
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
        link = tarfile.TarInfo("files/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    assert code(tmp_path / "a") in {"not_ours", "cut_off", "altered"}


def test_an_archive_that_was_given_up_is_not_whole(tmp_path: Path) -> None:
    for phrase in ("", PHRASE):
        with pytest.raises(RuntimeError):
            give_up(tmp_path / "a", phrase)
        assert code(tmp_path / "a", phrase) in {"cut_off", "passphrase"}


def give_up(path: Path, phrase: str) -> None:
    with path.open("wb") as file, archive.writing(file, ABOUT, phrase, nobody) as writer:
        writer.text("secret", b"s")
        raise RuntimeError


@given(st.lists(st.sampled_from([0, 1, 1000, PIECE - 1, PIECE, PIECE + 1]), max_size=4))
def test_pieces_of_any_size_come_back(sizes: list[int]) -> None:
    target = io.BytesIO()
    with Sealer(target, PHRASE) as sealer:
        for number, size in enumerate(sizes):
            sealer.write(bytes([number]) * size)
    target.seek(0)
    opened = io.BufferedReader(Opener(target, PHRASE)).read()
    assert opened == b"".join(bytes([number]) * size for number, size in enumerate(sizes))


def test_pieces_cannot_change_places() -> None:
    target = io.BytesIO()
    with Sealer(target, PHRASE) as sealer:
        sealer.write(b"a" * PIECE + b"b" * PIECE + b"c")
    sealed = target.getvalue()
    start = len(sealing.MAGIC) + sealing.SALT + sealing.PREFIX
    size = PIECE + sealing.TAG
    first, second, last = (
        sealed[start : start + size], sealed[start + size : start + 2 * size],
        sealed[start + 2 * size :],
    )  # fmt: skip
    for order in ((second, first, last), (first, last), (first, second)):
        with pytest.raises(UnreadableError):
            io.BufferedReader(Opener(io.BytesIO(sealed[:start] + b"".join(order)), PHRASE)).read()
