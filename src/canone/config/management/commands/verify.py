"""`python -m django verify`: proves that the journal of closed facts was not altered."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from canone.base.history import queries, services
from canone.base.history.rules import Head, Problem

WORDS = {
    "gap": "is missing",
    "broken": "does not continue the entry before it",
    "altered": "was altered: its content does not give its hash",
    "lost": "should be there: the journal ends before it",
    "extra": "stands after the end of the journal",
    "head": "is not the one whose hash was kept",
}


class Command(BaseCommand):
    """Reads the whole chain and says at which entry something does not hold."""

    help = "Prove the journal of closed facts, against a head kept elsewhere if one is given."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--head", default="", help="a head printed earlier, 812:9f86d0…")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the head when all holds; otherwise name every entry that does not."""
        try:
            kept = Head.of(options["head"]) if options["head"] else None
        except ValueError as error:
            raise CommandError(str(error)) from error
        problems = services.verify(expected_head=kept)
        if problems:
            raise CommandError("\n".join(_said(problem) for problem in problems))
        head = queries.head()
        self.stdout.write(f"{head.seq} entries, all sound. Keep this head elsewhere:\n{head}")


def _said(problem: Problem) -> str:
    return f"entry {problem.seq} {WORDS[problem.code]}"
