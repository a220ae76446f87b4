"""The command passes on what it was told: an upgrade's way back leans on it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from canone.base.backups.services import restoring
from canone.config.management.commands import backup


@pytest.mark.parametrize("replace", [True, False])
def test_only_who_says_replace_sets_a_firm_aside(
    replace: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[bool] = []

    def restore(*_: Any, replace: bool = False, **_more: Any) -> None:
        told.append(replace)
        raise restoring.NotEmptyError

    monkeypatch.setattr(restoring, "restore", restore)
    monkeypatch.setattr(backup, "asked", lambda _path: "")
    with pytest.raises(CommandError, match="--replace sets it aside"):
        call_command("restore", str(tmp_path / "x.canone"), replace=replace)
    assert told == [replace]
