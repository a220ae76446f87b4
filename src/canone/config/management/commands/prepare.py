"""Brings messages, tables and served files up to this version."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import BaseCommand, call_command
from django.core.management.base import CommandParser
from django.db import connection

from canone.config import catalogs, set_up

TURN = 2_026_041
"""The number of the lock under which tables are changed."""


class Command(BaseCommand):
    """Compiles messages, migrates, collects static files; may be interrupted and run again."""

    help = "Bring messages, tables and served files up to this version"

    def add_arguments(self, parser: CommandParser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--tables", action="store_true", help="only migrate")
        only.add_argument("--messages", action="store_true", help="only compile the messages")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["tables"]:
            catalogs.compile_all()
        if options["messages"]:
            return
        with _one_at_a_time():
            call_command("migrate", interactive=False, verbosity=0)
        set_up.settle()
        if not options["tables"]:
            call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let the others that start on the same PostgreSQL wait; a file is locked by the launcher."""
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [TURN])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [TURN])
