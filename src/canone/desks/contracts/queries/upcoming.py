"""What a contract, or a line that is not saved yet, charges next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice, takewhile
from typing import NamedTuple

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries.agreed import LineRow
from canone.desks.contracts.queries.course import FEE, Course
from canone.desks.contracts.rules import schedule
from canone.kernel.money import Money
from canone.kernel.periods import ONE_DAY, add_months
from canone.ledgers.invoicing.models import Charge

YEAR = 12
LONGEST = 1_200
"""How many months after it begins the longest period is invoiced at most."""
LOOK = 36
"""So many months before and after a day are looked through for the next invoice."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A charge of a line, and whether it was billed or waits until the contract goes on."""

    line: Line
    charge: schedule.Charge
    is_billed: bool = False
    is_suspended: bool = False


def of_contract(contract: Contract, *, since: date, through: date, most: int) -> list[Foreseen]:
    """Return what is invoiced from a day through another, `most` charges at most, in order.

    What is billed on request is not foreseen, nor what meters will show.
    """
    found: list[Foreseen] = []
    for line in contract.lines.all():
        if not line.is_on_request:
            found += of_line(line, contract, since=since, through=through, most=most)
    shown = _ordered(found)[:most]
    billed = _billed(shown)
    return [
        Foreseen(one.line, one.charge, _origin(one) in billed, one.is_suspended) for one in shown
    ]


class Following(NamedTuple):
    """A charge that comes next, with its line as a plain row."""

    line: LineRow
    charge: schedule.Charge


@dataclass(frozen=True, slots=True)
class NextInvoice:
    """What is billed next: on today's date what is due by now, else what the next date brings."""

    day: date
    charges: list[Following]

    @property
    def total(self) -> Money:
        """What it comes to before VAT, without what meters will show."""
        return Money(sum(one.charge.amount.minor for one in self.charges))


def next_invoice(
    contract: Contract, *, today: date, course: Course | None = None
) -> NextInvoice | None:
    """Return what the contract's fees bring next; None where nothing follows within three years.

    What was left lying more than three years ago is told by the run alone.
    """
    course = course or Course(contract)
    since, through = add_months(today, -LOOK), add_months(today, LOOK)
    fees = [row for row in course.billed if row.agreed.kind == FEE]
    due = [
        Following(row, charge)
        for row in fees
        for day, charge in course.charges(row.agreed, since, today)
        if _is_open(course, row, charge, day)
    ]
    if due:
        return NextInvoice(today, _in_order(due))
    firsts = [Following(row, one) for row in fees if (one := _first(course, row, today, through))]
    following = _in_order(firsts)
    if not following:
        return None
    day = following[0].charge.invoice_date
    return NextInvoice(day, [one for one in following if one.charge.invoice_date == day])


def _first(course: Course, row: LineRow, today: date, through: date) -> schedule.Charge | None:
    """Return the first charge after today that nobody has charged yet."""
    for one in schedule.invoiced(course.terms(row.agreed), today + ONE_DAY, through):
        if _is_open(course, row, one, one.period.start.isoformat()):
            return one
    return None


def _is_open(course: Course, row: LineRow, charge: schedule.Charge, day: str) -> bool:
    """Whether a charge is neither charged nor suspended; `day` is the first of its period."""
    pause = course.contract.suspended_from
    is_suspended = pause is not None and charge.period.start >= pause
    return not is_suspended and f"line:{row.pk}:{day}" not in course.charged


def _in_order(found: Iterable[Following]) -> list[Following]:
    return sorted(found, key=lambda one: (one.charge.invoice_date, one.line.sequence, one.line.pk))


def _ordered(found: Iterable[Foreseen]) -> list[Foreseen]:
    return sorted(found, key=lambda one: (one.charge.invoice_date, one.line.sequence, one.line.pk))


def of_line(
    line: Line, contract: Contract, *, since: date, through: date, most: int
) -> list[Foreseen]:
    """Return the same of one line of fees; of usage nothing is foreseen."""
    return list(islice(_foreseen(line, contract, since, through), most))


def _foreseen(line: Line, contract: Contract, since: date, through: date) -> Iterator[Foreseen]:
    line.contract = contract
    if line.kind != Line.Kind.FEE:
        return
    terms = line.terms()
    if terms.end is not None and terms.end <= terms.start:
        return
    pause = contract.suspended_from
    for one in schedule.charges(terms, through):
        if one.invoice_date >= since:
            is_suspended = pause is not None and one.period.start >= pause
            yield Foreseen(line, one, is_suspended=is_suspended)


def of_first_year(line: Line, *, most: int) -> list[Foreseen]:
    """Return the charges of the periods that begin in a line's first year, whenever invoiced."""
    if line.kind != Line.Kind.FEE:
        return []
    terms = line.terms()
    after = add_months(terms.first_day, YEAR)
    charges = schedule.charges(terms, add_months(after, LONGEST))
    first = takewhile(lambda one: one.period.start < after, charges)
    return [Foreseen(line, one) for one in islice(first, most)]


def _origin(one: Foreseen) -> str:
    return f"line:{one.line.pk}:{one.charge.period.start.isoformat()}"


def _billed(found: Iterable[Foreseen]) -> set[str]:
    """Return the origins from which something stands charged, corrections included."""
    sums: dict[str, Money] = {}
    rows = Charge.objects.filter(origin__in=[_origin(one) for one in found])
    for origin, amount in rows.values_list("origin", "amount"):
        sums[origin] = sums.get(origin, Money.zero()) + amount
    return {origin for origin, amount in sums.items() if amount}
