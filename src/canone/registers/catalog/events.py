"""What others may hear of the catalog."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from canone.base.events import facts


@facts.declare(
    "tariff.revised",
    title=_("A profile has a new version"),
    sees="catalog.view_tariffs",
    sample={"tariff_id": 7, "number": 3},
)
@dataclass(frozen=True, slots=True)
class TariffRevised:
    """A tariff has a new version; `number` is its number, one above the version before."""

    tariff_id: int
    number: int
