"""What others may hear of allowances."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AllowanceLow:
    """A balance came to a threshold (`20%` or a number of units) or below it."""

    owner: str
    customer_id: int
    balance: int
    threshold: str
    allowance_id: int
