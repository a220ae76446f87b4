"""Loads the demo firm, whole or not at all, and prints how to log in."""

from __future__ import annotations

from random import Random
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone, translation

from canone.base.access.models import User
from canone.config import set_up
from canone.config.demo import assistance, catalog, paper, parties, people, pieces, sources

SEED = 2026


class Command(BaseCommand):
    """`demo_load`: the Italian firm with its customers and three years of remote assistance."""

    help = "Load the demo firm into an empty database; a second call changes nothing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load it in one transaction: an interrupted load leaves nothing behind."""
        owner = f"sara@{people.DOMAIN}"
        if not User.objects.filter(email=owner).exists():
            with transaction.atomic(), translation.override("it"):
                self._load()
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        set_up.settle()
        self.stdout.write("Sign in as one of these, all with the password " + people.PASSWORD)
        for short, name, roles, _aliases in people.STAFF:
            held = ", ".join(role.value.replace("_", " ") for role in roles)
            self.stdout.write(f"  {short}@{people.DOMAIN:<22} {name} ({held})")

    def _load(self) -> None:
        now = timezone.now()
        rng = Random(SEED)  # noqa: S311 (the same seed gives the same firm)
        staff = people.load(at=now)
        book = parties.load(rng, at=now, by=staff.office.pk)
        shelf = catalog.load(at=now, by=staff.office.pk)
        assistance.load(rng, book.groups, shelf.profiles, staff, at=now)
        pieces.load(shelf.tariffs["always"], book.groups, staff, at=now)
        paper.load(rng, sources.load(at=now), book.groups, staff.technicians, at=now)
        people.customer(book.customers[0], at=now, by=staff.office.pk)
