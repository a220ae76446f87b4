from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from canone.base.backups.rules import about as words
from canone.base.backups.rules.about import About, Member, UnreadableError

SAID = About("1.2", datetime(2026, 11, 21, tzinfo=UTC), "sqlite", "Rossi", (("a", "0002_x"),))


def test_what_is_written_is_read_again() -> None:
    assert words.read(SAID.text().encode()) == SAID
    sums = {"a": Member(3, "ff"), "b/c": Member(0, "00")}
    assert words.read_checksums(words.checksums_text(sums).encode()) == sums


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": 2}, "format"),
        ({"format": None}, "format"),
        ({"made_at": "yesterday"}, "not_ours"),
        ({"made_at": "2026-11-21T00:00:00"}, "not_ours"),
        ({"made_at": 5}, "not_ours"),
        ({"engine": "oracle"}, "not_ours"),
        ({"migrations": [1]}, "not_ours"),
    ],
)
def test_what_is_not_ours_is_refused(change: dict[str, object], code: str) -> None:
    text = json.dumps(json.loads(SAID.text()) | change).encode()
    with pytest.raises(UnreadableError) as refused:
        words.read(text)
    assert refused.value.code == code


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"{}", b"null"])
def test_garbage_is_refused(text: bytes) -> None:
    with pytest.raises(UnreadableError):
        words.read(text)


@pytest.mark.parametrize("text", [b"", b"[]", b'{"a": 1}', b'{"a": ["x", "y"]}', b'{"a": [1]}'])
def test_garbage_in_the_sums_is_refused(text: bytes) -> None:
    with pytest.raises(UnreadableError):
        words.read_checksums(text)


def test_a_newer_archive_is_known_by_its_migrations() -> None:
    assert words.newer(SAID, {"a": {"0001_y", "0002_x"}}) == []
    assert words.newer(SAID, {"a": {"0001_y"}}) == ["a.0002_x"]
    assert words.newer(SAID, {}) == ["a.0002_x"]
