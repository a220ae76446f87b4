"""The new version stays when it answers; otherwise checkout and data are as they were before."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from launcher.base import StopError

from launcher import upgrade


def git(folder: Path, *arguments: str) -> str:
    settings = ["-c", "user.name=T", "-c", "user.email=t@example.com"]
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def version(folder: Path, text: str, *tags: str) -> str:
    (folder / "version").write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", text)
    for tag in tags:
        git(folder, "tag", tag)
    return git(folder, "rev-parse", "HEAD")


class Machine:
    """A checkout with one newer version upstream; what runs in it is noted, not done."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.upstream, self.here, self.data = folder / "up", folder / "here", folder / "data"
        self.data.mkdir()
        self.upstream.mkdir()
        git(self.upstream, "init", "-qb", "main")
        self.old = version(self.upstream, "old", "v1")
        git(folder, "clone", "-q", str(self.upstream), str(self.here))
        self.new = version(self.upstream, "new", "v2")
        self.works = True
        self.done: list[str] = []
        monkeypatch.setattr(upgrade, "ROOT", self.here)
        monkeypatch.setattr(upgrade.environment, "ensure", lambda: None)
        monkeypatch.setattr(upgrade.prepare, "bring_up", lambda _data: self.note("prepare"))
        monkeypatch.setattr(upgrade.processes, "run", self.run)
        monkeypatch.setattr(upgrade.processes, "must", self.must)

    def note(self, what: str) -> None:
        self.done.append(f"{what} {(self.here / 'version').read_text()}")

    def run(self, _command: Any) -> int:
        self.note("try")
        return 0 if self.works else 1

    def must(self, command: list[Any], _env: Any, _fault: str) -> None:
        self.note(str(command[3]))
        if command[3] == "backup":
            folder = Path(command[command.index("--to") + 1])
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "canone-1.canone").write_text("x")

    def head(self) -> str:
        return git(self.here, "rev-parse", "HEAD")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def run(machine: Machine, *options: str) -> int:
    return upgrade.main(["--data", str(machine.data), *options])


def test_a_version_that_answers_stays(machine: Machine) -> None:
    assert run(machine) == 0
    assert machine.head() == machine.new
    assert git(machine.here, "branch", "--show-current") == "main"
    assert machine.done == ["prepare old", "backup old", "try new"]
    assert run(machine) == 0, "nothing newer is no fault"
    assert len(machine.done) == 3


def test_a_version_that_fails_is_taken_back_with_its_data(machine: Machine) -> None:
    machine.works = False
    assert run(machine) == 1
    assert machine.head() == machine.old
    assert git(machine.here, "branch", "--show-current") == "main"
    assert machine.done[2:] == ["try new", "restore old", "prepare old"]
    machine.works = True
    assert run(machine) == 0
    assert machine.head() == machine.new


@pytest.mark.parametrize("works", [True, False])
def test_a_version_can_be_named(machine: Machine, *, works: bool) -> None:
    machine.works = works
    assert run(machine, "--to", "v2") == (0 if works else 1)
    assert machine.head() == (machine.new if works else machine.old)


def test_changed_files_are_not_lost(machine: Machine) -> None:
    (machine.here / "version").write_text("mine")
    with pytest.raises(StopError, match="were changed"):
        run(machine)
    assert (machine.here / "version").read_text() == "mine"
    assert machine.done == []


def test_a_branch_that_went_its_own_way_is_left(machine: Machine) -> None:
    mine = version(machine.here, "own")
    assert run(machine) == 1
    assert machine.head() == mine


def test_an_unknown_version_is_named(machine: Machine) -> None:
    with pytest.raises(StopError, match="v9"):
        run(machine, "--to", "v9")
    assert machine.head() == machine.old


def test_it_waits_for_nobody(machine: Machine) -> None:
    with (
        upgrade.lock(machine.data / ".running"),
        pytest.raises(StopError, match="stop it first"),
    ):
        run(machine)
