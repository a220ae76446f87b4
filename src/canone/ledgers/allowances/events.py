"""What others may hear of allowances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from canone.base.events import facts


@facts.declare(
    "allowance.low",
    title=_("Prepaid hours are running out"),
    sees="allowances.view",
    sample={
        "owner": "tariff:7:customer:12",
        "customer_id": 12,
        "balance": 90,
        "threshold": "20%",
        "allowance_id": 31,
    },
)
@dataclass(frozen=True, slots=True)
class AllowanceLow:
    """A balance came to a threshold (`20%` or a number of units) or below it."""

    owner: Annotated[str, "what the allowance belongs to"]
    customer_id: int
    balance: Annotated[int, "units left, negative for a debt"]
    threshold: str
    allowance_id: int
