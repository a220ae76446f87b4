from pathlib import Path
from typing import Any

import pytest
from tests.make import exchange as make

from canone.base.exchange import importers


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"


@pytest.fixture
def counters(monkeypatch: pytest.MonkeyPatch) -> make.Counters:
    importer = make.Counters()
    monkeypatch.setitem(importers._registered, importer.key, importer)
    return importer
