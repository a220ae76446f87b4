"""One contract with all its lines and what was charged from them, read once for its whole page.

Lines are plain rows, and lines that are billed alike are worked out once: ten thousand of them are
one query and little work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

from django.db.models import Sum

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import agreed
from canone.desks.contracts.queries.agreed import LineRow
from canone.desks.contracts.rules import schedule
from canone.desks.contracts.rules.agreed import TARIFF, Agreed, Within
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.rules.terms import LineTerms
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge as Charged

FEE = Line.Kind.FEE.value
KEPT = 1_000
"""So many different lines are kept worked out; more would only fill the memory."""
Dated = tuple[str, Charge]
"""A charge, with its first day as origins write it."""


class Course:
    """What the page of a contract asks about its lines."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.rows: list[LineRow] = agreed.lines([contract.pk])
        self.charged = charged_of(contract)
        self._within = Within(contract.start, contract.end, contract.go_live, contract.arrears_on)
        self.terms = lru_cache(maxsize=KEPT)(self._terms)
        self.charges = lru_cache(maxsize=KEPT)(self._charges)
        self.renewals = lru_cache(maxsize=KEPT)(self._renewals)

    @property
    def billed(self) -> Iterator[LineRow]:
        """The lines that runs bill: neither on request nor pricing work."""
        for row in self.rows:
            if not row.is_on_request and row.agreed.kind != TARIFF:
                yield row

    def in_force(self, day: date) -> int:
        """Return how many lines are in force on a day."""
        if day < self.contract.start:
            return 0
        ends = self.contract.end
        return sum(
            row.agreed.start <= day and not ((last := row.agreed.end or ends) and last <= day)
            for row in self.rows
        )

    def _terms(self, line: Agreed) -> LineTerms:
        """Return how a line is billed inside the contract."""
        return line.terms(self._within)

    def _charges(self, line: Agreed, first: date, last: date) -> list[Dated]:
        """Return what a line has invoiced from a day through another."""
        found = schedule.invoiced(self.terms(line), first, last)
        return [(one.period.start.isoformat(), one) for one in found]

    def _renewals(self, line: Agreed, first: date, last: date) -> list[Charge]:
        """Return what a line would have invoiced then, if the contract went on as it is."""
        going_on = renewed(self.contract, line.kind, line.end, self.terms(line))
        return list(schedule.invoiced(going_on, first, last)) if going_on else []


def renewed(
    contract: Contract, kind: str, own_end: date | None, terms: LineTerms
) -> LineTerms | None:
    """Return the terms of a line after its contract ends, if it is renewed as it is.

    None where it ends by itself, is charged once, or its contract has no end or was cancelled.
    """
    if contract.end is None or contract.cancelled_on is not None:
        return None
    if kind != FEE or not terms.cycle or terms.end != contract.end:
        return None
    return replace(terms, end=own_end, go_live=contract.end, activation=terms.counted_from)


def charged_of(contract: Contract) -> dict[str, Money]:
    """Return what stands charged from each origin of the contract, corrections included."""
    rows = Charged.objects.filter(customer_id=contract.customer_id, origin__startswith="line:")
    sums = rows.order_by().values_list("origin").annotate(total=Sum("amount"))
    return {origin: amount for origin, amount in sums if amount}
