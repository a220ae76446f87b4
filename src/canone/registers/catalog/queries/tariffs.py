"""Tariffs and which of their versions holds when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from canone.registers.catalog.models import Tariff, TariffVersion


def current_versions(
    at: datetime, *, tariffs: Iterable[int] | None = None
) -> dict[int, TariffVersion]:
    """Return, by tariff id, the version in force at `at`; tariffs that began later are missing."""
    query = TariffVersion.objects.filter(valid_from__lte=at)
    if tariffs is not None:
        query = query.filter(tariff_id__in=list(tariffs))
    # ascending, so that the last one written to the dict is the one that holds
    rows = query.select_related("tariff").order_by("tariff_id", "valid_from", "number")
    return {version.tariff_id: version for version in rows}


def versions_at(tariff_id: int, moments: Iterable[datetime]) -> dict[datetime, TariffVersion]:
    """Return the version in force at each of `moments`; moments before the first are missing."""
    rows = list(
        TariffVersion.objects.filter(tariff_id=tariff_id)
        .select_related("tariff")
        .order_by("valid_from", "number")
    )
    found: dict[datetime, TariffVersion] = {}
    for moment in moments:
        holding = [version for version in rows if version.valid_from <= moment]
        if holding:
            found[moment] = holding[-1]
    return found


def versions(tariff: Tariff) -> QuerySet[TariffVersion]:
    """Return all versions of a tariff, the latest first."""
    return tariff.versions.select_related("tariff", "created_by").order_by("-number")


def name_of(tariff_id: int) -> str:
    """Return the name of a tariff; nothing where there is none."""
    return Tariff.objects.filter(pk=tariff_id).values_list("name", flat=True).first() or ""


def free_name(name: str) -> str:
    """Return `name`, or with the next free number behind it where it is taken."""
    taken = set(Tariff.objects.filter(name__startswith=name[:100]).values_list("name", flat=True))
    if name not in taken:
        return name
    number = 2
    while f"{name[:110]} {number}" in taken:
        number += 1
    return f"{name[:110]} {number}"
