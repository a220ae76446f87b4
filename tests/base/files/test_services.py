import errno
import io
import os
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from canone.base.files import queries, rules, services
from canone.base.files.models import StoredFile

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
PDF = b"%PDF-1.7\n%content"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.FILES = tmp_path
    return tmp_path


def store(source: Any, name: str = "Contratto.pdf", **more: Any) -> StoredFile:
    return services.store(source, name=name, owner="parties.party:1", at=AT, by=None, **more)


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_under_a_random_name(folder: Path) -> None:
    file = store(io.BytesIO(PDF), "../Contratto\u202e.pdf")
    assert file.name == "Contratto.pdf"
    assert file.content_type == "application/pdf"
    assert file.size == len(PDF)
    (path,) = left(folder)
    assert "Contratto" not in str(path.relative_to(folder))
    assert path.stat().st_mode & 0o077 == 0
    with queries.open_file(file) as opened:
        assert opened.read() == PDF
    assert list(queries.of_owner("parties.party:1")) == [file]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.exe", b"MZ\x90\x00" + bytes(50)),
        ("invoice.pdf", b"MZ\x90\x00" + bytes(50)),
        ("page.csv", b"<html><script>alert(1)</script></html>"),
        ("picture.svg", b"<svg onload='x'>"),
        ("picture.png", b"<svg onload='x'>"),
        ("table.xlsx", b"a;b"),
        ("table.csv", b"PK\x03\x04" + bytes(60)),
        ("nothing.pdf", b""),
    ],
)
def test_what_is_not_taken_leaves_nothing(folder: Path, name: str, content: bytes) -> None:
    with pytest.raises(services.FileError) as caught:
        store(content, name)
    assert str(caught.value.message)
    assert left(folder) == []
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "Tecnico;Inizio\r\nè;1".encode("cp1252")),
        ("a.csv", "Tecnico;Inizio\r\nè;1".encode("utf-16")),
        ("a.txt", b"plain"),
        ("a.json", b"{}"),
    ],
)
def test_what_is_taken(name: str, content: bytes) -> None:
    assert store(content, name).pk


def test_too_large_is_refused_while_it_comes(folder: Path) -> None:
    seen = []

    def pieces() -> Any:
        for number in range(100):
            seen.append(number)
            yield PDF

    with pytest.raises(services.FileError):
        store(pieces(), taken=rules.Taken(rules.DOCUMENTS.types, 3 * len(PDF)))
    assert len(seen) == 4
    assert left(folder) == []


def test_a_full_disk_is_said_and_leaves_no_half_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(services.DiskFullError):
        store(PDF)
    assert left(folder) == []


def test_deleting_waits_for_the_transaction(
    folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    file = store(PDF)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        services.delete(file)
        assert len(left(folder)) == 1
    assert left(folder) == []


def test_sweeping_takes_only_old_bytes_without_a_record(folder: Path) -> None:
    kept = queries.path(store(PDF))
    young, old = folder / "aa" / "young", folder / "bb" / "old"
    for path in (young, old):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"12345")
    for path in (old, kept):
        os.utime(path, (0, 0))
    now = datetime.fromtimestamp(time.time(), UTC) + timedelta(hours=1)
    assert services.sweep(at=now) == 5
    assert sorted(left(folder)) == sorted([kept, young])


def test_only_sheets_where_sheets_are_asked() -> None:
    with pytest.raises(services.FileError) as caught:
        store(PDF, taken=rules.SHEETS)
    assert "csv" in str(caught.value.message)


def archive(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/sheet1.xml", content)
    return packed.getvalue()


def test_an_archive_that_blows_up_or_is_damaged_is_not_taken(folder: Path) -> None:
    whole = archive(b"<row/>" * 1_000)
    assert store(whole, "sessions.xlsx").size == len(whole)
    for content, word in ((archive(bytes(60_000_000)), "unpacks"), (whole[:-30], "damaged")):
        with translation.override("en"), pytest.raises(services.FileError, match=word):
            store(content, "sessions.xlsx")
    assert len(left(folder)) == 1
