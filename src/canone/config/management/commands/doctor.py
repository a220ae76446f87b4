"""`./canone doctor`: looks the installation over."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from canone.config import doctor

SIGNS = {"ok": "ok     ", "warning": "warning", "fault": "FAULT  "}


class Command(BaseCommand):
    """Prints one line per part; ends with 1 when one is at fault."""

    help = "Look over disk, clock, database, mail, worker, backups, versions, permissions"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what was found."""
        found = doctor.examine(timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps({"findings": [asdict(one) for one in found]}))
        else:
            for one in found:
                self.stdout.write(f"{SIGNS[one.grade]}  {one.part:<12} {one.text}")
        faults = sum(one.grade == "fault" for one in found)
        if faults:
            raise CommandError(f"{faults} at fault, see above")
