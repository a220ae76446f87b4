import os

import pytest
from launcher.base import StopError

from launcher import system


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A machine without a browser; what apt is asked is written down."""
    calls: list[tuple[str, ...]] = []

    def apt(*words: str) -> str:
        calls.append(words)
        return ""

    needs = {"chromium": lambda: False, "npm": lambda: True}
    monkeypatch.setattr(system, "NEEDS", needs)
    monkeypatch.setattr(system, "_apt", apt)
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return calls


def test_what_is_missing_is_installed(asked: list[tuple[str, ...]]) -> None:
    system.ensure()
    assert asked[-1][-2:] == ("install", "chromium")


def test_a_machine_that_has_all_is_left_alone(
    asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "NEEDS", {"npm": lambda: True})
    system.ensure()
    assert asked == []


def test_who_may_not_install_is_told_what_to_install(
    asked: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    system.ensure()
    assert asked == []
    assert capsys.readouterr().err.endswith("apt install chromium\n")


def test_an_installation_that_fails_says_why_and_what(
    asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "_apt", lambda *_: "no space left")
    with pytest.raises(StopError, match=r"no space left\n.*apt install chromium"):
        system.ensure()
