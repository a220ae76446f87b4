from __future__ import annotations

import json
from pathlib import Path

import pytest
from launcher.logs import Log


def test_every_line_is_an_object_where_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANONE_LOG_FORMAT", "json")
    log = Log(tmp_path)
    ours = '{"time": "2026-01-01T00:00:00+00:00", "message": "x"}'
    for text in (ours, "a banner", "", '{"not": "ours"}'):
        log.line("web", text)
    log.close()
    first, *others = log.path.read_text().splitlines()
    assert first == ours
    said = [json.loads(line) for line in others]
    assert [(one["process"], one["message"]) for one in said] == [
        ("web", "a banner"), ("web", '{"not": "ours"}')
    ]  # fmt: skip


def test_text_names_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CANONE_LOG_FORMAT", raising=False)
    log = Log(tmp_path)
    log.line("web", "up")
    log.close()
    assert log.path.read_text().endswith(" web    up\n")
