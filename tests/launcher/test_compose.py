"""compose.yaml and Dockerfile say what the launcher does: nothing has drifted."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import resolve
from launcher.base import ROOT

from launcher import commands

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
OURS = ("web", "worker")
MANUAL = (ROOT / "docs" / "operations.md").read_text()


def _steps(word: str) -> list[str]:
    return re.findall(rf"^{word} (.+)$", DOCKERFILE, re.MULTILINE)


def _health(service: str) -> str:
    return " ".join(COMPOSE["services"][service]["healthcheck"]["test"])


def test_there_are_pages_work_and_a_database_each_with_its_health() -> None:
    assert set(COMPOSE["services"]) == {"database", *OURS}
    assert all("healthcheck" in service for service in COMPOSE["services"].values())
    for service in OURS:
        waits = COMPOSE["services"][service]["depends_on"]["database"]
        assert waits["condition"] == "service_healthy"


def test_the_commands_are_the_launchers() -> None:
    web = commands._parser().parse_args(COMPOSE["services"]["web"]["command"])
    assert (web.command, web.pages, web.host, web.port) == ("serve", True, "0.0.0.0", 8000)
    assert COMPOSE["services"]["worker"]["command"] == ["worker"]
    assert "worker" in commands.PASSED_ON
    entry = json.loads(_steps("ENTRYPOINT")[0])
    assert (ROOT / entry[0]).is_file()
    assert commands._parser().parse_args(json.loads(_steps("CMD")[0])).port == web.port


def test_the_health_checks_ask_what_is_there() -> None:
    port = COMPOSE["services"]["web"]["command"][-1]
    (path,) = re.findall(rf"http://127\.0\.0\.1:{port}(/\w+)", _health("web"))
    assert resolve(path).view_name == "readyz"
    assert COMPOSE["services"]["web"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert _steps("EXPOSE") == [port]
    assert _health("worker").endswith(f"worker {commands.CHECK}")


@pytest.mark.parametrize("service", OURS)
def test_every_setting_is_one_of_ours(service: str) -> None:
    given = COMPOSE["services"][service]["environment"]
    assert {"DATABASE_URL", "CANONE_SECRET_KEY", "CANONE_HOSTS"} <= given.keys()
    assert not [name for name in given if f"| `{name}` |" not in MANUAL]
    assert given["DATABASE_URL"].startswith("postgres://")
    assert given["DATABASE_URL"].endswith("@database:5432/canone")


@pytest.mark.parametrize("service", OURS)
def test_nothing_is_written_but_to_volumes_and_memory(service: str) -> None:
    one = COMPOSE["services"][service]
    assert one["read_only"] is True
    places = [volume.split(":") for volume in one["volumes"]]
    assert {name for name, _place in places} <= set(COMPOSE["volumes"])
    data = next(step for step in _steps("ENV") if "CANONE_DATA" in step)
    settings = dict(pair.split("=", 1) for pair in shlex.split(data))
    kept = {Path(place) for _name, place in places}
    assert kept == {Path(settings["CANONE_DATA"], name) for name in ("files", "backups")}
    assert {Path(place) for place in json.loads(_steps("VOLUME")[0])} == kept
    assert any(place.startswith(f"{settings['CANONE_DATA']}:") for place in one["tmpfs"])
    assert not Path(settings["CANONE_ASSETS"]).is_relative_to(settings["CANONE_DATA"])


def test_the_image_is_made_by_the_launcher_and_runs_as_nobody_in_particular() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    least = tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))
    (base,) = _steps("FROM")
    version = re.fullmatch(r"python:(\d+)\.(\d+)-slim-\w+", base)
    assert version is not None
    assert (int(version[1]), int(version[2])) >= least
    assert DOCKERFILE.index("USER canone") < DOCKERFILE.index("COPY")
    made = [shlex.split(step)[1] for step in _steps("RUN") if step.startswith("./canone")]
    assert made == ["build"]
    assert set(made) <= set(commands.OWN)


def test_the_image_holds_what_a_start_reads() -> None:
    left_out = {line for line in (ROOT / ".dockerignore").read_text().splitlines() if line}
    for name in (
        "canone",
        "launcher",
        "src",
        "assets.lock",
        "requirements.lock",
        "requirements-extras.lock",
        "pyproject.toml",
    ):
        assert name not in left_out
        assert (ROOT / name).exists()
    assert {".git", ".venv", "var", "**/*.mo"} <= left_out
