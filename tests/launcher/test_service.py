from __future__ import annotations

from pathlib import Path

import pytest
from launcher.base import StopError

from launcher import service


@pytest.fixture
def units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CANONE_UNITS", str(tmp_path / "units"))
    monkeypatch.setattr(service.os, "geteuid", lambda: 0)
    monkeypatch.setattr(service.shutil, "which", lambda _name: None)
    return tmp_path / "units"


def test_the_unit_names_user_data_and_settings(units: Path, tmp_path: Path) -> None:
    data = tmp_path / "firm data"
    options = ["--user", "canone", "--data", str(data), "--port", "80", "--set", "CANONE_HOSTS=a.b"]
    assert service.main(["install", *options]) == 0
    unit = (units / "canone.service").read_text()
    assert "User=canone\n" in unit
    kept = units / "canone.environment"
    assert f"EnvironmentFile={kept}\n" in unit
    assert kept.read_text() == 'CANONE_HOSTS="a.b"\n'
    assert f'canone serve --data "{data}" --host 127.0.0.1 --port 80\n' in unit
    assert "WantedBy=multi-user.target" in unit
    assert service.main(["remove"]) == 0
    assert not list(units.iterdir())


def test_it_does_not_run_as_root(units: Path) -> None:
    for options in ([], ["--user", "root"]):
        with pytest.raises(StopError, match="--user"):
            service.main(["install", *options])
    assert not units.exists()


@pytest.mark.parametrize("pair", ["NAME", "A B=1", "A=1\nExecStart=/bin/sh", "=x"])
def test_a_setting_cannot_add_lines(units: Path, pair: str) -> None:
    with pytest.raises(StopError, match="is no setting"):
        service.main(["install", "--user", "canone", "--set", pair])
    assert not units.exists()


def test_show_writes_nothing(units: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert service.main(["show", "--user", "canone", "--set", "A=50%"]) == 0
    assert f"EnvironmentFile={units / 'canone.environment'}\n" in capsys.readouterr().out
    assert not units.exists()


def test_settings_may_be_secrets_that_only_their_owner_reads(units: Path) -> None:
    options = ["install", "--user", "canone"]
    secret = 'DATABASE_URL=postgres://c:a"b\\c$d`e%@h/n'
    service.main([*options, "--set", "CANONE_SECRET_KEY=first", "--set", secret])
    kept = units / "canone.environment"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.read_text().splitlines() == [
        'CANONE_SECRET_KEY="first"',
        'DATABASE_URL="postgres://c:a\\"b\\\\c\\$d\\`e%@h/n"',
    ]
    assert "first" not in (units / "canone.service").read_text()
    service.main(options)
    assert not kept.exists()
    assert "EnvironmentFile" not in (units / "canone.service").read_text()
