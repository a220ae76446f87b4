"""Requests a second are counted on the server that the launcher starts."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest

from canone.config.bench import seed, serving
from launcher import commands, environment


def few() -> None:
    """Load less than the demo's three years."""
    seed.sessions(60, [group.name for group in seed.groups(seed.owner())])


@pytest.mark.django_db(transaction=True)
def test_pages_are_asked_of_real_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "ROUNDS", 1)
    monkeypatch.setattr(serving, "load", few)
    found = {result.name: result for result in serving.requests(0.001)}
    assert list(found) == ["start-1", "list-1", "start-2", "list-2"]
    for result in found.values():
        assert (result.limit, result.ratio is not None and result.ratio > 1) == (None, True)
        assert result.peak_mb > 50
        assert "requests a second" in result.note


def test_a_page_that_is_refused_ends_the_measurement() -> None:
    with serving.serving(serving.EMPTY, 1) as server:
        with closing(serving.Connection(serving.Asked(server, "/"))) as page:
            assert page.ask() > 0
            assert page.ask() > 0
        nowhere = serving.Connection(serving.Asked(server, "/nowhere"))
        with closing(nowhere), pytest.raises(AssertionError, match="404"):
            nowhere.ask()


@pytest.mark.parametrize("count", [1, 2])
def test_the_server_is_the_launchers(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setenv("CANONE_WEB_PROCESSES", str(count))
    theirs = [str(part) for part in commands.web("127.0.0.1", 8123)]
    ours = serving.command(serving.OURS, 8123, count)
    assert (Path(theirs[0]), theirs[1:]) == (environment.PYTHON, ours[1:])
    assert ours[0] == sys.executable
