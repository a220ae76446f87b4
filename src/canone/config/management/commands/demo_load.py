"""Loads a demo firm, whole or not at all, and prints how to log in."""

from __future__ import annotations

from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone, translation

from canone.base.access import queries as access
from canone.base.access.models import User
from canone.base.firm import queries as firms
from canone.config import set_up
from canone.config.demo import (
    assistance,
    catalog,
    contracts,
    paper,
    parties,
    people,
    pieces,
    programs,
    sources,
)
from canone.config.demo.land import House, Land
from canone.config.demo.lands import LANDS

SEED = 2026
FIRST = "it"


class Command(BaseCommand):
    """`demo_load`: a firm with its customers and three years of contracts and remote assistance."""

    help = "Load a demo firm into an empty database; a second call changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the country; without one it is Italy, or that of the demo that is there."""
        parser.add_argument("--country", choices=sorted(LANDS))

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load it in one transaction: an interrupted load leaves nothing behind."""
        wanted: str | None = options["country"]
        there = next((land for land in LANDS.values() if _is_there(land.house)), None)
        if there is None:
            there = LANDS[wanted or FIRST]
            self._load(there)
        elif wanted not in (None, there.country):
            raise CommandError(
                f"The demo firm of another country is here already: {there.house.firm['name']}"
                f" ({there.country}). Start it without --country, or give --country {wanted}"
                " a folder of its own: --data DIR"
            )
        set_up.settle()
        self._tell(there.house)

    def _load(self, land: Land) -> None:
        if access.anybody():
            raise CommandError(
                f"A firm works here already: {firms.firm().name}. A demo firm needs a folder"
                " of its own: --data DIR"
            )
        with transaction.atomic(), translation.override(land.language):
            _write(land)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _tell(self, house: House) -> None:
        self.stdout.write(f"{house.firm['name']}, {house.firm['city']}. All that follow sign in")
        self.stdout.write(f"with the password {house.password}")
        for short, name, roles, _aliases in house.staff:
            held = ", ".join(role.value.replace("_", " ") for role in roles)
            self.stdout.write(f"  {people.address(house, short):<28} {name} ({held})")


def _is_there(house: House) -> bool:
    first = people.address(house, house.staff[0][0])
    return User.objects.filter(email=first).exists()


def _write(land: Land) -> None:
    now = timezone.now()
    rng = Random(SEED)  # noqa: S311 (the same seed gives the same firm)
    staff = people.load(land, at=now)
    office = staff.office.pk
    book = parties.load(rng, land, at=now, by=office)
    shelf = catalog.load(land, at=now, by=office)
    clerk = contracts.load(land, shelf, book.customers, at=now, by=office)
    assistance.load(assistance.Past(land, rng, staff, now), book.groups, shelf.profiles)
    contracts.end(clerk)
    pieces.load(land.words, shelf.tariffs["always"], book.groups, staff, at=now)
    made = sources.load(land.house, at=now)
    paper.load(rng, land.words, made, book.groups, staff.technicians, at=now)
    programs.load(land.house, staff.owner, at=now)
    people.customer(land, book.customers[0], at=now, by=office)
