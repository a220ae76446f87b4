"""`python -m django worker`: runs background work until it is asked to stop."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from canone.base.tasks import queries as tasks
from canone.base.tasks.worker import Worker, drain


class Command(BaseCommand):
    """Runs jobs, delivers events, keeps the schedule, takes up what a dead worker left."""

    help = "Run background work until SIGTERM; jobs at work are finished or given back."
    # they load every page and the whole API: half of a start, and 50 MB that most work never needs
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--threads", type=int, default=2, help="jobs at the same time")
        parser.add_argument("--poll", type=float, default=0.5, help="seconds between looks")
        parser.add_argument(
            "--check", action="store_true", help="only say whether this machine's worker is alive"
        )
        parser.add_argument("--drain", action="store_true", help="run what is due, then end")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run until stopped."""
        if options["check"]:
            if not tasks.worker_alive(timezone.now(), host=socket.gethostname()):
                raise CommandError("no worker of this machine gives a sign of life")
            return
        if options["drain"]:
            self.stdout.write(f"{drain()} jobs run")
            return
        Worker(
            threads=max(1, options["threads"]),
            poll=max(0.05, options["poll"]),
            rescue_after=timedelta(seconds=settings.RESCUE_SECONDS),
        ).run()
