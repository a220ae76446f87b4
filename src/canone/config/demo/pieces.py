"""Connections that broke up and are priced as one, and what was learned about a tool's names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from canone.base.access.models import User
from canone.config.demo.land import Words
from canone.config.demo.people import Staff
from canone.desks.assistance.models import Application, Assignment, RemoteSession
from canone.desks.assistance.services import accounting, applying, ingest, mapping
from canone.registers.catalog.models import Tariff
from canone.registers.parties.models import Group

SOURCE = "supremo"


def load(
    words: Words, tariff: Tariff, groups: Sequence[Group], staff: Staff, *, at: datetime
) -> None:
    """Write a broken-up connection of yesterday and one that is accounted, rules and their use."""
    found = Assignment.objects.filter(tariff=tariff, ends_on__isnull=True).order_by("group__name")
    group = found.select_related("group").earliest("group__name").group
    _chain(words, group, "open", staff.technicians[1], at - timedelta(days=1, hours=4), at)
    _chain(words, group, "done", staff.technicians[2], at - timedelta(days=2, hours=3), at)
    done = RemoteSession.objects.get(source=SOURCE, external_id="chain-done-0")
    day = at.date()
    accounting.account_one(session_id=done.pk, day=day, at=at, by=staff.office.pk)
    _learned(words, groups[1], groups[4], staff, at)


def _chain(
    words: Words, group: Group, name: str, technician: User, start: datetime, at: datetime
) -> None:
    rows = [
        _row(
            f"chain-{name}-{number}",
            technician.name,
            start + timedelta(minutes=begin),
            length,
            device_key=f"{group.pk}-SRV-01",
            device_name="SRV-01",
            group_hint=group.name,
            note=note,
        )
        for number, (begin, length, note) in enumerate(words.chain.pieces)
    ]
    ingest.write(rows, source=SOURCE, at=at)


def _row(key: str, technician: str, start: datetime, minutes: int, **more: Any) -> ingest.IngestRow:
    return ingest.IngestRow(
        external_id=key,
        technician=technician,
        started_at=start,
        ended_at=start + timedelta(minutes=minutes),
        **more,
    )


def _learned(words: Words, laptop: Group, branch: Group, staff: Staff, at: datetime) -> None:
    """Write sessions of names that nobody knew, and the rules that have placed most of them."""
    luca, giulia = staff.technicians[:2]
    told = words.chain
    first, last = giulia.name.split()
    alias = f"{first}.{last[0]}".lower()
    start = at - timedelta(days=4, hours=2)
    rows = [
        _row(
            f"laptop-{number}",
            luca.name,
            start + timedelta(hours=20 * number),
            9 + 8 * number,
            device_key="771 204 388",
            device_name=told.laptop,
            note=told.laptop_note if number else "",
        )
        for number in range(3)
    ]
    rows += [
        _row(
            f"branch-{number}",
            alias,
            start + timedelta(hours=7 + 30 * number),
            14 + number,
            device_key=f"602 118 54{number}",
            device_name=f"{told.branch_bench}-{number + 1}",
            group_hint=told.branch,
            technician_key=alias,
            note=told.branch_note,
        )
        for number in range(2)
    ]
    rows += [
        _row(
            f"bench-{number}",
            told.bench[1],
            start + timedelta(hours=3 + 25 * number),
            12 + 9 * number,
            device_key="771 204 388",
            device_name=told.laptop,
            technician_key=told.bench[0],
        )
        for number in range(2)
    ]
    ingest.write(rows, source=SOURCE, at=at)
    for kind, key, target, name in (
        (Application.Kind.DEVICE, "771 204 388", laptop.pk, told.laptop),
        (Application.Kind.GROUP, told.branch, branch.pk, ""),
        (Application.Kind.TECHNICIAN, alias, giulia.pk, alias),
    ):
        rule = mapping.learn(
            kind=kind,
            source=SOURCE,
            key=key,
            name=name,
            target_id=target,
            by=staff.office.pk,
            at=at,
        )
        applying.apply(rule=rule, at=at, by=staff.office.pk)
    mapping.learn(
        kind=Application.Kind.GROUP,
        source=SOURCE,
        key=words.unknown[0][1],
        target_id=laptop.pk,
        by=staff.office.pk,
        at=at,
    )
