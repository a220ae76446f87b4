"""What a run of billing is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from canone.ledgers.invoicing.rules.ports import Ask

A_YEAR = 366


@dataclass(frozen=True, slots=True)
class Order:
    """Bill through a date, on documents of another, what the filters leave.

    `through` is the last day whose charges come along. Filters that are empty filter nothing;
    `kinds` are kinds of charges, `bundles` opaque keys, `group` a key that proposers understand.
    `without` are the keys of documents that somebody left out of the preview.
    """

    through: date
    issue_date: date
    posting_date: date | None = None
    series: str = ""
    credit_series: str = ""
    customers: tuple[int, ...] = ()
    kinds: frozenset[str] = frozenset()
    bundles: frozenset[str] = frozenset()
    zone_id: int | None = None
    group: str = ""
    without: frozenset[str] = frozenset()

    @property
    def is_posted_far_away(self) -> bool:
        """Whether documents would be posted more than a year before or after their date."""
        return abs(((self.posting_date or self.issue_date) - self.issue_date).days) > A_YEAR

    def ask(self) -> Ask:
        """Return the part that is put to proposers."""
        return Ask(self.through, self.customers, self.bundles, self.group, self.zone_id)

    def filters(self) -> dict[str, Any]:
        """Return the filters as plain data, those that filter something."""
        given = {
            "customers": list(self.customers),
            "kinds": sorted(self.kinds),
            "bundles": sorted(self.bundles),
            "zone": self.zone_id,
            "group": self.group,
            "without": sorted(self.without),
        }
        return {name: value for name, value in given.items() if value}

    @classmethod
    def of(cls, filters: Mapping[str, Any], **fields: Any) -> Order:
        """Return the order with the filters that `filters()` gave."""
        return cls(
            customers=tuple(filters.get("customers", ())),
            kinds=frozenset(filters.get("kinds", ())),
            bundles=frozenset(filters.get("bundles", ())),
            zone_id=filters.get("zone"),
            group=filters.get("group", ""),
            without=frozenset(filters.get("without", ())),
            **fields,
        )
