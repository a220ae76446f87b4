import json
from pathlib import Path

import pytest

from launcher import environment

Calls = list[str]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    """An environment that is made in a moment; what was done to it is written down."""
    done: Calls = []
    folder = tmp_path / ".venv"
    locks = {
        "run": tmp_path / "requirements.lock",
        "extras": tmp_path / "requirements-extras.lock",
        "test": tmp_path / "requirements-dev.lock",
    }
    locks["run"].write_text("a==1")
    locks["extras"].write_text("a==1 c==1")
    locks["test"].write_text("a==1 b==1 c==1")
    for name in environment.EXTRAS:
        monkeypatch.delenv(name, raising=False)

    def make() -> None:
        done.append("make")
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "bin" / "python").touch()

    def install(requirements: Path) -> None:
        done.append(requirements.name)
        if requirements.read_text() == "breaks":
            raise KeyboardInterrupt

    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", folder)
    monkeypatch.setattr(environment, "PYTHON", folder / "bin" / "python")
    monkeypatch.setattr(environment, "STAMP", folder / "canone.json")
    monkeypatch.setattr(environment, "LOCKS", locks)
    monkeypatch.setattr(environment, "_make", make)
    monkeypatch.setattr(environment, "_install", install)
    return done


def test_the_second_start_installs_nothing(calls: Calls) -> None:
    environment.ensure()
    environment.ensure()
    assert calls == ["make", "requirements.lock"]


def test_a_changed_lock_is_installed_into_what_is_there(calls: Calls, tmp_path: Path) -> None:
    environment.ensure()
    (tmp_path / "requirements.lock").write_text("a==2")
    environment.ensure()
    assert calls == ["make", "requirements.lock", "requirements.lock"]


def test_what_the_tests_need_covers_what_a_run_needs(calls: Calls) -> None:
    environment.ensure("test")
    environment.ensure("run")
    environment.ensure("test")
    assert calls == ["make", "requirements-dev.lock"]


@pytest.mark.parametrize("setting", environment.EXTRAS)
def test_a_setting_that_needs_more_has_it_installed(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(setting, "")
    environment.ensure()
    monkeypatch.setenv(setting, "x")
    environment.ensure()
    environment.ensure()
    monkeypatch.delenv(setting)
    environment.ensure()
    assert calls == ["make", "requirements.lock", "requirements-extras.lock"]


def test_the_tests_have_what_a_setting_needs(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.ensure("test")
    monkeypatch.setenv(environment.EXTRAS[0], "x")
    environment.ensure()
    assert calls == ["make", "requirements-dev.lock"]


def test_a_run_is_not_enough_for_the_tests(calls: Calls) -> None:
    environment.ensure("run")
    environment.ensure("test")
    assert calls == ["make", "requirements.lock", "requirements-dev.lock"]


def test_an_interrupted_installation_is_made_anew(calls: Calls, tmp_path: Path) -> None:
    environment.ensure()
    (tmp_path / "requirements.lock").write_text("breaks")
    with pytest.raises(KeyboardInterrupt):
        environment.ensure()
    (tmp_path / "requirements.lock").write_text("a==1")
    environment.ensure()
    assert calls[-2:] == ["make", "requirements.lock"]


@pytest.mark.parametrize("stamp", ["", "{", '{"python": "2.7 vax /elsewhere"}'])
def test_a_stamp_of_something_else_counts_for_nothing(calls: Calls, stamp: str) -> None:
    environment.ensure()
    environment.STAMP.write_text(stamp)
    environment.ensure()
    assert calls == ["make", "requirements.lock", "make", "requirements.lock"]


def test_an_environment_without_its_python_is_made_anew(calls: Calls) -> None:
    environment.ensure()
    assert json.loads(environment.STAMP.read_text())["run"]
    environment.PYTHON.unlink()
    environment.ensure()
    assert calls[-2:] == ["make", "requirements.lock"]
