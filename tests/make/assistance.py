"""Sessions and the tariffs that price them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from tests.make import catalog, parties

from canone.base.access.models import User
from canone.desks.assistance.models import Assignment, RemoteSession
from canone.kernel.money import Money
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.rules.terms import Kind
from canone.registers.parties.models import Group

_number = count(1)
NOON = datetime(2026, 11, 16, 11, 0, tzinfo=UTC)
AFTER = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


def session(
    group: Group | None = None,
    *,
    start: datetime = NOON,
    seconds: int | None = 42 * 60,
    technician: User | None = None,
    **fields: Any,
) -> RemoteSession:
    """Return a finished session of 42 minutes; `seconds=None` leaves it open."""
    given: dict[str, Any] = {
        "source": "test",
        "external_id": f"s{next(_number)}",
        "technician": technician,
        "technician_name": technician.name if technician else "Luca Ferrario",
        "device_key": "CAD-PC12",
        "device_name": "CAD-PC12",
        "group": group,
        "started_at": start,
        "ended_at": None if seconds is None else start + timedelta(seconds=seconds),
        "seconds": seconds,
        "updated_at": start,
    }
    return RemoteSession.objects.create(**given | fields)


def assignment(group: Group, tariff: Tariff, starts_on: date = date(2024, 1, 1)) -> Assignment:
    """Return the tariff in force for the group since 2024."""
    return Assignment.objects.create(
        group=group,
        tariff=tariff,
        starts_on=starts_on,
        is_exclusive=tariff.kind == Tariff.Kind.SUBSCRIPTION,
        created_at=NOON,
    )


def priced_group(**terms: Any) -> Group:
    """Return a group whose sessions cost 20.00 for 15 minutes, then 4.00 every 5 minutes."""
    group = parties.group()
    assignment(group, catalog.tariff(**terms))
    return group


def subscription(*, amount: str = "500.00", **terms: Any) -> Tariff:
    """Return a subscription of ten hours for 500.00, in steps of fifteen minutes."""
    given = {"total_minutes": 600, "step_minutes": 15} | terms
    return catalog.tariff(kind=Kind.SUBSCRIPTION, amount=Money.of(amount), **given)
