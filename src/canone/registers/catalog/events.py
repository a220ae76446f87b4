"""What others may hear of the catalog."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TariffRevised:
    """A tariff has a new version; `number` is its number, one above the version before."""

    tariff_id: int
    number: int
