from collections.abc import Iterator
from pathlib import Path

import pytest
from launcher.base import StopError
from tests.launcher.server import Registry, registry

from launcher import registry as places


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user without any configuration."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE", "npm_config_registry", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "xdg"))
    monkeypatch.setenv("PREFIX", str(tmp_path / "prefix"))
    monkeypatch.setattr(places.time, "sleep", lambda _: None)


@pytest.fixture
def shelf() -> Iterator[Registry]:
    with registry() as running:
        yield running


def test_the_python_index_comes_from_the_users_file(tmp_path: Path) -> None:
    assert places.python_index() is None
    conf = tmp_path / ".config" / "pip" / "pip.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text("[global]\nindex-url = https://mirror.example/simple/\n")
    assert places.python_index() == "https://mirror.example/simple"


def test_the_environment_beats_the_users_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    conf = tmp_path / ".pip" / "pip.conf"
    conf.parent.mkdir()
    conf.write_text("[install]\nindex-url = https://mirror.example/simple\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://other.example/simple/")
    assert places.python_index() == "https://other.example/simple"


def test_a_file_that_is_no_configuration_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".pip").mkdir()
    (tmp_path / ".pip" / "pip.conf").write_bytes(b"\xff\xfe[]=\n")
    assert places.python_index() is None


def test_npm_is_asked_where_its_file_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    (tmp_path / ".npmrc").write_text(
        "; a comment\nregistry=https://npm.example/\n"
        "@scope:registry = https://scoped.example/npm/\n"
        "//npm.example/:_authToken=${TOKEN}\n"
    )
    assert places.npm_registry("htmx.org") == (
        "https://npm.example",
        {"Authorization": "Bearer secret"},
    )
    assert places.npm_registry("@scope/thing") == ("https://scoped.example/npm", {})
    monkeypatch.setenv("npm_config_registry", "https://env.example")
    assert places.npm_registry("htmx.org") == ("https://env.example", {})


def test_a_server_that_stumbles_is_asked_again(shelf: Registry) -> None:
    shelf.files["/file"] = b"content"
    shelf.failures = 2
    assert places.fetch(f"{shelf.url}/file") == b"content"
    assert len(shelf.asked) == 3


def test_a_server_that_stays_down_ends_with_one_line(shelf: Registry) -> None:
    shelf.failures = 9
    with pytest.raises(StopError, match=r"^127\.0\.0\.1 cannot be reached .*start again$"):
        places.fetch(f"{shelf.url}/file")
    assert len(shelf.asked) == places.TRIES


def test_a_network_that_is_not_there_ends_with_one_line() -> None:
    with pytest.raises(StopError, match="check the network") as stop:
        places.fetch("http://127.0.0.1:1/file")
    assert "\n" not in str(stop.value)


def test_what_is_missing_is_told_apart_from_a_fault(shelf: Registry) -> None:
    with pytest.raises(places.MissingError):
        places.fetch(f"{shelf.url}/nothing")


def test_a_password_in_the_address_goes_into_a_header(shelf: Registry) -> None:
    shelf.files["/file"] = b"content"
    places.fetch(shelf.url.replace("//", "//user:p%40ss@") + "/file")
    assert shelf.headers[0]["Authorization"] == "Basic dXNlcjpwQHNz"


def test_other_kinds_of_address_are_refused() -> None:
    with pytest.raises(StopError, match="no address"):
        places.fetch("ftp://127.0.0.1/file")


def test_an_altered_file_is_refused() -> None:
    digest = "sha256-" + "0" * 64
    with pytest.raises(StopError, match="altered"):
        places.check(b"content", digest, "thing 1.0")
