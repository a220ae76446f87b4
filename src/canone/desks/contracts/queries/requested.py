"""What a line that is billed on request would charge, and for which day it was charged last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, Sum

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import naming, words
from canone.desks.contracts.rules import requested, schedule
from canone.desks.contracts.rules.schedule import WHOLE, Charge
from canone.kernel.money import MICRO, Money
from canone.kernel.periods import Period
from canone.ledgers.invoicing.models import Charge as Charged

KIND = "contract_request"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for, on which days; without a description it is called as its line."""

    quantity: Decimal
    period: Period
    description: str = ""

    @property
    def micros(self) -> int:
        """The quantity as charges keep it."""
        return int(self.quantity * MICRO)


def can_be_billed(line: Line) -> bool:
    """Return whether a line is one that is billed on request, at a price of its own."""
    is_priced = line.kind == Line.Kind.FEE and line.unit_price.micros != 0
    return line.is_on_request and is_priced


def amount(line: Line, wanted: Wanted) -> Money:
    """Return what it costs, before VAT."""
    return requested.amount(wanted.micros, line.unit_price.micros, line.discount_bp)


def description(line: Line, wanted: Wanted) -> str:
    """Return what the invoice says, in the customer's language, for these days."""
    language = line.contract.customer.language
    text = wanted.description or line.description
    if not text and line.article is not None:
        text = line.article.title_in(language)
    beat = schedule.rhythm(line.terms())
    number = beat.number(wanted.period.start) if beat is not None else 0
    days, cost = wanted.period, amount(line, wanted)
    charge = Charge(number, days, days, WHOLE, cost, days.start)
    called = line.contract.number
    return words.Writer().description(text, language, called, charge, naming.in_a_year(line))


def of_line(line: Line) -> str:
    """Return how the origins of its charges begin; the key of each follows."""
    return f"request:{line.contract_id}:{line.pk}:"


def last(contract: Contract) -> dict[int, date]:
    """Return the last day for which something stands charged on request, by the line's id."""
    rows = Charged.objects.filter(bundle=contract.bundle, kind=KIND).order_by()
    sums = rows.values_list("origin").annotate(Max("service_start"), Sum("quantity_micros"))
    found: dict[int, date] = {}
    for origin, day, quantity in sums:
        key = int(origin.split(":")[2])
        if quantity:
            found[key] = max(day, found.get(key, day))
    return found
