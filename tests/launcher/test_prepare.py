import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from launcher.base import StopError

from canone.config.demo.lands import LANDS
from launcher import assets, commands, environment, prepare, processes

Calls = list[list[str]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    """A product without Django; what would be run is written down."""
    done: Calls = []
    package = tmp_path / "src"
    migration = package / "base" / "firm" / "migrations" / "0001_initial.py"
    for path in (migration, tmp_path / "requirements.lock", tmp_path / "assets.lock"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")

    def must(command: list[object], *_: object) -> None:
        done.append([str(part) for part in command[3:]])
        (tmp_path / "data" / "canone.sqlite3").touch()

    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(prepare, "PACKAGE", package)
    monkeypatch.setattr(environment, "LOCKS", {"run": tmp_path / "requirements.lock"})
    monkeypatch.setattr(assets, "LOCK", tmp_path / "assets.lock")
    monkeypatch.setattr(assets, "ensure", lambda _: None)
    monkeypatch.setattr(processes, "must", must)
    (tmp_path / "data").mkdir()
    return done


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_the_second_start_prepares_nothing(calls: Calls, data: Path) -> None:
    prepare.bring_up(data)
    prepare.bring_up(data)
    assert calls == [["prepare"]]


@pytest.mark.parametrize(
    "path",
    [
        "src/base/firm/migrations/0002_more.py",
        "src/ui/static/ui/page.css",
        "src/ui/locale/it/LC_MESSAGES/django.po",
        "assets.lock",
        "requirements.lock",
    ],
)
def test_what_has_changed_is_prepared_again(calls: Calls, data: Path, path: str) -> None:
    prepare.bring_up(data)
    changed = data.parent / path
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_text("2")
    prepare.bring_up(data)
    assert calls == [["prepare"], ["prepare"]]


def test_a_database_that_was_removed_is_made_again(calls: Calls, data: Path) -> None:
    prepare.bring_up(data)
    (data / "canone.sqlite3").unlink()
    prepare.bring_up(data)
    assert calls == [["prepare"], ["prepare"]]


def test_tables_elsewhere_are_looked_at_every_time(
    calls: Calls, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres:///canone")
    prepare.bring_up(data)
    prepare.bring_up(data)
    assert calls == [["prepare"], ["prepare", "--tables"]]


def test_a_preparation_that_failed_is_done_again(
    calls: Calls, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StopError("no")

    with monkeypatch.context() as patch:
        patch.setattr(processes, "must", fail)
        with pytest.raises(StopError):
            prepare.bring_up(data)
    prepare.bring_up(data)
    assert calls == [["prepare"]]


def _loader(calls: Calls, text: str) -> Callable[..., str]:
    def load(command: list[object], *_: object) -> str:
        calls.append([str(part) for part in command[3:]])
        if not text:
            raise KeyboardInterrupt
        return text

    return load


def test_the_demo_is_loaded_once_and_says_how_to_log_in(
    calls: Calls, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "has_command", lambda _: True)
    monkeypatch.setattr(processes, "output", _loader(calls, ""))
    with pytest.raises(KeyboardInterrupt):
        prepare.load_demo(data)
    monkeypatch.setattr(processes, "output", _loader(calls, "Log in as demo\n"))
    prepare.load_demo(data)
    prepare.load_demo(data)
    assert calls == [["demo_load"], ["demo_load"]]
    assert prepare.how_to_log_in(data, "http://x") == "Log in as demo"


def test_a_named_country_is_asked_for_although_a_demo_is_there(
    calls: Calls, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "has_command", lambda _: True)
    monkeypatch.setattr(processes, "output", _loader(calls, "Log in as demo\n"))
    prepare.load_demo(data, "fr")
    prepare.load_demo(data)
    prepare.load_demo(data, "it")
    assert calls == [["demo_load", "--country", "fr"], ["demo_load", "--country", "it"]]


def test_the_launcher_knows_the_countries_of_the_demo() -> None:
    assert set(prepare.COUNTRIES) == set(LANDS)


def test_without_the_demo_the_first_owner_is_told_what_to_do(data: Path, calls: Calls) -> None:
    assert not prepare.how_to_log_in(data, "http://x")
    (data / "set-up").write_text("secret")
    assert prepare.how_to_log_in(data, "http://x").endswith(" http://x/set-up/secret/")


def test_commands_become_what_runs_them() -> None:
    python = environment.PYTHON
    assert prepare.program("manage") == [python, "-m", "django"]
    assert prepare.program("worker") == [python, "-m", "django", "worker"]
    assert prepare.program("simulate") == [python, "-m", "canone.config.simulate"]
    assert prepare.program("bench") == [python, "-m", "canone.config.bench"]


@pytest.mark.parametrize("command", sorted(commands.PASSED_ON))
def test_every_command_that_is_passed_on_starts(command: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [*map(str, prepare.program(command)), "--help"],
        env=prepare.environ(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert not done.stderr


def test_a_folder_of_somebody_else_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StopError, match="--data DIR"):
        prepare.must_be_writable(data)
