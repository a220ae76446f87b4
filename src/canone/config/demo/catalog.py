"""What the demo firm sells: the profiles by which remote assistance is priced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from canone.kernel.money import UnitPrice
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.rules.terms import Terms
from canone.registers.catalog.services import tariffs

PROFILES = {
    "Standard a scatti": Terms(
        minimum_minutes=3,
        initial_minutes=15,
        initial_price=UnitPrice.of(20),
        step_minutes=5,
        step_price=UnitPrice.of(4),
    ),
    "Tariffa oraria": Terms(step_minutes=60, step_price=UnitPrice.of(55)),
    "Durata effettiva": Terms(minimum_minutes=2, step_price=UnitPrice.of("0.85")),
    "Diritto di chiamata": Terms(initial_price=UnitPrice.of(10), step_price=UnitPrice.of("0.50")),
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """What was written, for the builders of what comes after."""

    profiles: list[Tariff]


def load(*, at: datetime, by: int | None) -> Shelf:
    """Return the catalog after writing it, as old as the firm's first customers."""
    since = at - timedelta(days=1205)
    return Shelf(
        [
            tariffs.create(name=name, terms=terms, at=since, by=by)
            for name, terms in PROFILES.items()
        ]
    )
