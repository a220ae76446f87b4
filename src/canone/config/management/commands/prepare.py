"""Brings messages, tables and served files up to this version."""

from typing import Any

from django.core.management import BaseCommand, call_command
from django.core.management.base import CommandParser

from canone.config import catalogs, set_up


class Command(BaseCommand):
    """Compiles messages, migrates, collects static files; may be interrupted and run again."""

    help = "Bring messages, tables and served files up to this version"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tables", action="store_true", help="only migrate")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["tables"]:
            catalogs.compile_all()
        call_command("migrate", interactive=False, verbosity=0)
        set_up.settle()
        if not options["tables"]:
            call_command("collectstatic", interactive=False, verbosity=0)
