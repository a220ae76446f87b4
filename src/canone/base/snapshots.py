"""One picture of the database for several reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Return a context whose reads all see the same state, whatever others write meanwhile.

    For reads alone. Inside a transaction that is open already, its own view holds: on SQLite one
    state for all of it, on PostgreSQL one for each statement.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with _deferred():
            yield


@contextmanager
def _deferred() -> Iterator[None]:
    """Return a transaction of SQLite that waits for no writer, unlike those that services open."""
    engine = cast("Any", connection)  # the stubs do not know the mode yet
    usual = engine.transaction_mode
    engine.transaction_mode = "DEFERRED"
    try:
        with transaction.atomic():
            engine.transaction_mode = usual
            yield
    finally:
        engine.transaction_mode = usual
