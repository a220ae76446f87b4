"""What every test stands on: no network but this machine's own."""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseOperations
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed
from pytest_django.plugin import DjangoDbBlocker
from tests import database

from canone.config import catalogs

# A busy machine is no fault of the code: examples have no deadline.
hypothesis.settings.register_profile("canone", deadline=None)
hypothesis.settings.load_profile("canone")
# Collecting after every 700 new objects was a seventh of what the tests cost.
gc.set_threshold(50_000, 20, 20)
DATABASES = {"db", "transactional_db", "live_server", "house", "model_house"}
TESTS = Path(__file__).parent
SCHEMAS = Path(
    os.environ.get("CANONE_SCHEMAS", Path(__file__).parents[2] / "shared" / "formats")
).resolve()


def pytest_configure(config: pytest.Config) -> None:
    # nothing that a loaded machine can fail
    hypothesis.settings.register_profile("canone", deadline=None)
    hypothesis.settings.load_profile("canone")
    if not hasattr(config, "workerinput"):
        database.open_run()
        # Django may have read the older ones while it was set up.
        for path in catalogs.compile_all():
            translation_file_changed(None, path)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        database.close_run()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    for item in items:
        parts = item.path.relative_to(TESTS).parts
        if parts[0] == "kernel" or "rules" in parts or item.path.name.startswith("test_rules"):
            item.add_marker("rules")
        uses = getattr(item, "fixturenames", [])
        if item.get_closest_marker("django_db") or DATABASES.intersection(uses):
            item.add_marker("database")
        if item.get_closest_marker("peer") and "peer" not in parts:
            raise pytest.UsageError(f"{item.nodeid}: what asks a peer stands in a folder `peer`")
    yield  # who is asked for by mark is chosen here
    # Playwright's event loop stays in the process: who needs one of their own must come before.
    items.sort(key=lambda item: "browser" in item.path.relative_to(TESTS).parts)


def pytest_collection_finish() -> None:
    gc.freeze()  # what was loaded stays: nobody need look at it again


def _is_here(host: object) -> bool:
    if host in ("", None, "localhost", b"localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def _usual_language() -> None:
    """Begin in the usual language: a request of the test before may have left its own."""
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse connections that leave this machine."""
    connect, connect_ex, lookup = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(sock: socket.socket, address: Any) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise OSError(f"tests stay on this machine, they do not reach {address[0]}")

    def guarded(sock: socket.socket, address: Any) -> None:
        check(sock, address)
        return connect(sock, address)

    def guarded_ex(sock: socket.socket, address: Any) -> int:
        check(sock, address)
        return connect_ex(sock, address)

    def guarded_lookup(host: Any, *args: Any, **options: Any) -> Any:
        if not _is_here(host):
            raise socket.gaierror(f"tests stay on this machine, they do not look up {host}")
        return lookup(host, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket.socket, "connect_ex", guarded_ex)
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        yield


@pytest.fixture(scope="session")
def schemas() -> Path:
    """Return the folder of official schemas; without it CI fails and other machines skip."""
    if not SCHEMAS.is_dir():
        reason = f"no official schemas in {SCHEMAS}; CANONE_SCHEMAS names another folder"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return SCHEMAS


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Return with a database of this process: a copy of the one that was made for the run."""
    name = connection.creation._get_test_db_name()
    with django_db_blocker.unblock():
        database.copy(name)
        database.point_at(name)
    yield
    with django_db_blocker.unblock():
        connection.close()
        database.drop(name)


@pytest.fixture(autouse=True, scope="session")
def _emptying_passes_the_triggers() -> Iterator[None]:
    """Tests that commit end by emptying all tables: the triggers are set aside for that moment.

    On PostgreSQL emptying is TRUNCATE, which fires no row trigger.
    """
    plain = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drops = [f"DROP TRIGGER {name}" for name, _ in triggers]
        return [*drops, *plain(self, *args, **kwargs), *(sql for _, sql in triggers)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield
