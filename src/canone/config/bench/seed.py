"""Customers, profiles and sessions for measurements: seeded, so that runs compare."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.firm.models import Firm
from canone.desks.assistance.services import assignments, ingest
from canone.kernel.money import UnitPrice
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.rules.terms import Terms
from canone.registers.catalog.services import tariffs
from canone.registers.parties.models import Group, Party

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
FIRST = datetime(2026, 1, 1, 7, 0, tzinfo=UTC)
CUSTOMERS = 60


def owner() -> User:
    """Return the owner who does the work, made once."""
    found = User.objects.filter(email="bench@example.com").first()
    if found is not None:
        return found
    Firm.objects.update_or_create(pk=1, defaults={"name": "Bench"})
    user = User.objects.create_user("bench@example.com", "bench", name="Bench Owner")
    user.grants.create(role=Role.OWNER)
    return user


def groups(user: User) -> list[Group]:
    """Return sixty groups, each priced by one of four tariffs."""
    profiles = [_tariff(number, user) for number in range(4)]
    made = []
    for number in range(CUSTOMERS):
        party = Party.objects.create(code=f"B{number:04d}", name=f"Cliente {number:04d} S.r.l.")
        group = Group.objects.create(party=party, name=party.name)
        assignments.assign(
            tariff_id=profiles[number % 4].pk,
            group_ids=[group.pk],
            starts_on=date(2025, 1, 1),
            by=user.pk,
            at=FIRST,
        )
        made.append(group)
    return made


def _tariff(number: int, user: User) -> Tariff:
    terms = Terms(
        minimum_minutes=number,
        initial_minutes=15,
        initial_price=UnitPrice.of(20 + number),
        step_minutes=5,
        step_price=UnitPrice.of(4),
    )
    return tariffs.create(name=f"Profilo {number}", terms=terms, at=FIRST, by=user.pk)


def rows(
    count: int, hints: list[str], *, seed: int = 1, in_order: bool = False
) -> Iterator[ingest.IngestRow]:
    """Return sessions of 2026, each half an hour in the middle, with notes of usual length.

    `in_order` of their start, as they come in over the years, is faster to write.
    """
    chance = random.Random(seed)  # noqa: S311 (no secret hangs on it)
    span = int((AT - FIRST).total_seconds()) - 86_400
    for number in range(count):
        place = span * number // count if in_order else chance.randrange(span)
        start = FIRST + timedelta(seconds=place)
        length = min(int(chance.lognormvariate(6.9, 0.9)), 30_000)
        yield ingest.IngestRow(
            external_id=f"b{seed}-{number}",
            technician=f"Tecnico {chance.randrange(8)}",
            started_at=start,
            ended_at=start + timedelta(seconds=length),
            device_key=f"PC-{chance.randrange(900):03d}",
            device_name=f"PC-{chance.randrange(900):03d}",
            group_hint=hints[chance.randrange(len(hints))],
            note="Ripristino stampante di rete e verifica del salvataggio notturno",
        )


def sessions(count: int, hints: list[str], *, seed: int = 1, in_order: bool = False) -> None:
    """Write `count` pending sessions."""
    resolver = ingest.Resolver("bench")
    batch: list[ingest.IngestRow] = []
    for row in rows(count, hints, seed=seed, in_order=in_order):
        batch.append(row)
        if len(batch) == 5_000:
            ingest.write(batch, source="bench", at=AT, resolver=resolver)
            batch = []
    ingest.write(batch, source="bench", at=AT, resolver=resolver)
    analyse()


def analyse() -> None:
    """Let the engine look at its tables, as it does by itself in service."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
