"""`./canone backup`: the whole firm in one file, while people work."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from canone.base import vault
from canone.base.backups.models import Backup
from canone.base.backups.rules.about import UnreadableError
from canone.base.backups.services import keeping, restoring
from canone.config import backups

PASSPHRASE = "CANONE_BACKUP_PASSPHRASE"  # noqa: S105 (the name of a variable)


class Command(BaseCommand):
    """Writes an archive, or compares the sums in one that was written before."""

    help = "Write the whole firm into one file, while people work"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--to", metavar="FOLDER", help="default: where the plan says")
        parser.add_argument("--sealed", action="store_true", help="encrypt; asks for a passphrase")
        parser.add_argument("--open", action="store_true", help="plain, whatever the plan says")
        parser.add_argument("--check", metavar="FILE", help="compare every sum in an archive")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print where the archive lies and how large it is."""
        if options["check"]:
            self._check(Path(options["check"]))
            return
        wanted = keeping.Wanted(
            at=timezone.now(),
            folder=Path(options["to"]).resolve() if options["to"] else None,
            passphrase=_chosen(options),
        )
        log = keeping.make(wanted, clock=timezone.now, step=lambda _count: None)
        if log.outcome == Backup.Outcome.FAILED:
            raise CommandError(log.trouble)
        self.stdout.write(f"{log.path}\n{log.size / 1e6:.1f} MB, {log.files} stored files")
        if not log.sealed:
            self.stdout.write("It is not encrypted and holds the firm's secret: keep it safe.")

    def _check(self, path: Path) -> None:
        try:
            about = restoring.check(path, passphrase=asked(path))
        except (UnreadableError, OSError) as error:
            raise CommandError(backups.why(error)) from error
        made = timezone.localtime(about.made_at).isoformat(" ", "seconds")
        self.stdout.write(f"Whole: {about.firm}, {made}, Canone {about.version}, {about.engine}")


def _chosen(options: dict[str, Any]) -> str | None:
    """Return the passphrase that was asked for, empty for none, None for the plan's."""
    if options["sealed"]:
        return passphrase(new=True)
    return "" if options["open"] else None


def asked(path: Path) -> str:
    """Return the passphrase of an archive, empty when it is not sealed."""
    return passphrase() if path.is_file() and restoring.is_sealed(path) else ""


def passphrase(*, new: bool = False) -> str:
    """Return the passphrase from the environment, from the plan, or from the keyboard."""
    if given := os.environ.get(PASSPHRASE):
        return given
    if new:
        try:
            if planned := keeping.passphrase():
                return planned
        except vault.SealError as error:
            raise CommandError("The plan's passphrase cannot be read with this secret.") from error
    if not sys.stdin.isatty():
        raise CommandError(f"The passphrase is taken from {PASSPHRASE}")
    typed = getpass.getpass("Passphrase: ")
    if new and typed != getpass.getpass("Once more: "):
        raise CommandError("The two are not the same")
    if new and len(typed) < keeping.SHORTEST:
        raise CommandError(f"A passphrase has {keeping.SHORTEST} characters or more")
    return typed
