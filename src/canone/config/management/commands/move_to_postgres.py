"""`./canone move-to-postgres`: from SQLite's file into an empty PostgreSQL, with proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from canone.base.backups.rules.about import UnreadableError
from canone.base.backups.services import moving, tables
from canone.config import backups


class Command(BaseCommand):
    """Copies every table in one transaction; rows and sums are equal on both sides, or nothing."""

    help = "Copy the firm from SQLite into the empty PostgreSQL that DATABASE_URL names"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--from", dest="source", help="default: the data folder's database")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print every table with rows and what was compared."""
        source = Path(options["source"] or settings.DATA / "canone.sqlite3")
        if tables.is_embedded():
            raise CommandError("DATABASE_URL names the PostgreSQL to move to; it is not set.")
        if not source.is_file():
            raise CommandError(f"{source} is not there.")
        if not tables.is_empty():
            raise CommandError("That PostgreSQL holds a firm already: name an empty database.")
        tables.migrate_forward()
        behind = tables.applied() ^ moving.migrations_of(source)
        if behind:
            app, name = sorted(behind)[0]
            raise CommandError(
                f"The two stand at different versions ({app}.{name}): run"
                " `./canone manage prepare` without DATABASE_URL first."
            )
        try:
            moved = moving.fill(source)
        except (UnreadableError, OSError, moving.DifferentError) as error:
            raise CommandError(backups.why(error)) from error
        for one in moved:
            if one.here.rows:
                sums = len(one.here.sums)
                self.stdout.write(f"{one.here.rows:>12,}  {one.table}, {sums} sums equal")
        rows = sum(one.here.rows for one in moved)
        self.stdout.write(
            f"{rows:>12,}  rows in {len(moved)} tables, equal on both sides.\n"
            "From now on start Canone with this DATABASE_URL; the SQLite file stays as it is."
        )
