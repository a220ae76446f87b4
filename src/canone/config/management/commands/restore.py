"""`./canone restore FILE`: the firm again, in an empty place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from canone.base.backups.rules.about import UnreadableError
from canone.base.backups.services import moving, restoring
from canone.config import backups, set_up
from canone.config.management.commands import backup


class Command(BaseCommand):
    """Reads an archive, compares every sum, and puts everything in its place."""

    help = "Bring a firm back from a backup, into an empty data folder and database"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file")
        parser.add_argument(
            "--replace", action="store_true", help="in the place of the firm that is there now"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what came back."""
        path = Path(options["file"])
        try:
            found = restoring.restore(
                path,
                data=Path(settings.DATA),
                passphrase=backup.asked(path),
                replace=options["replace"],
            )
        except restoring.NotEmptyError as error:
            raise CommandError(
                "There is a firm here already. Name an empty folder with --data,"
                " or an empty database in DATABASE_URL; --replace sets it aside."
            ) from error
        except (UnreadableError, OSError, moving.DifferentError) as error:
            raise CommandError(backups.why(error)) from error
        set_up.settle()
        made = found.about.made_at.isoformat(" ", "seconds")
        self.stdout.write(f"{found.about.firm} is back as of {made}, {found.files} stored files")
        if found.other_secret:
            self.stdout.write(
                "CANONE_SECRET_KEY is not the one of the backup: passwords of other tools have"
                " to be entered again."
            )
