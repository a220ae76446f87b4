"""What a contract bills month by month: billed, to bill, foreseen, foreseen if it is renewed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries.agreed import LineRow
from canone.desks.contracts.queries.course import FEE, Course, charged_of, renewed
from canone.desks.contracts.rules import schedule
from canone.desks.contracts.rules.terms import LineTerms
from canone.kernel.money import Money
from canone.kernel.periods import ONE_DAY, add_months, month_index

MONTHS = 12
NOTHING = Money(0)


@dataclass(slots=True)
class Month:
    """What is invoiced in a month, by its first day; before VAT."""

    day: date
    billed: Money = NOTHING
    to_bill: Money = NOTHING
    foreseen: Money = NOTHING
    if_renewed: Money = NOTHING


def of_contract(
    contract: Contract, *, today: date, first: date, course: Course | None = None
) -> list[Month]:
    """Return twelve months from that of `first` on.

    What is billed counts where its charge is invoiced, which is where its period is due. Usage
    lines count what they charged; what they will charge nobody knows.
    """
    course = course or Course(contract)
    begin = first.replace(day=1)
    after = add_months(begin, MONTHS)
    found = {add_months(begin, n): Month(add_months(begin, n)) for n in range(MONTHS)}
    last = after - ONE_DAY
    for row in course.billed:
        for day, charge in course.charges(row.agreed, begin, last):
            month = found[charge.invoice_date.replace(day=1)]
            _place(month, row, charge, course.charged.get(f"line:{row.pk}:{day}"), today)
        for charge in course.renewals(row.agreed, begin, last):
            found[charge.invoice_date.replace(day=1)].if_renewed += charge.amount
    return list(found.values())


class Cell(NamedTuple):
    """A charge in the calendar: where it begins and how many months wide it is, both counted.

    Of several that begin in one month it is the first, at the sum of all.
    """

    first: int
    span: int
    amount: Money
    state: str
    charge: schedule.Charge
    is_one: bool = True


@dataclass(slots=True)
class Row:
    """A line of the contract with its charges over the months."""

    line: Line
    cells: list[Cell]


def calendar(
    contract: Contract,
    *,
    today: date,
    first: date,
    lines: Iterable[Line] | None = None,
    charged: Mapping[str, Money] | None = None,
) -> list[Row]:
    """Return what each line of fees charges over twelve months from that of `first` on.

    All of the contract's lines, unless some are given.

    A charge stands at the months of its period; states are `billed`, `to_bill`, `foreseen` and
    `if_renewed`.
    """
    begin = first.replace(day=1)
    after = add_months(begin, MONTHS)
    charged = charged_of(contract) if charged is None else charged
    found = []
    for line in contract.lines.all() if lines is None else lines:
        if line.is_on_request or line.kind != Line.Kind.FEE:
            continue
        line.contract = contract
        terms = line.terms()
        # what is invoiced in arrears may belong to a period that began long before
        through = add_months(after, MONTHS)
        told = [
            (charge, _state(line, charge, charged, today))
            for charge in schedule.charges(terms, through)
        ]
        told += [(charge, "if_renewed") for charge in _if_renewed(line, terms, through)]
        row = Row(line, _cells(told, begin))
        if row.cells:
            found.append(row)
    return found


def _state(line: Line, charge: schedule.Charge, charged: Mapping[str, Money], today: date) -> str:
    if f"line:{line.pk}:{charge.period.start.isoformat()}" in charged:
        return "billed"
    return "to_bill" if charge.invoice_date <= today else "foreseen"


def _cells(told: list[tuple[schedule.Charge, str]], begin: date) -> list[Cell]:
    """Return the charges that touch the twelve months; of several in one month, their sum."""
    zero, cells = month_index(begin), list[Cell]()
    for charge, state in told:
        start, last = (
            month_index(charge.period.start) - zero,
            month_index(charge.period.last) - zero,
        )
        if last < 0 or start >= MONTHS:
            continue
        start, last = max(start, 0), min(last, MONTHS - 1)
        before = cells[-1] if cells else None
        if before is not None and before.first == start:
            total = before.amount + charge.amount
            span = max(before.span, last - start + 1)
            cells[-1] = before._replace(amount=total, span=span, is_one=False)
            continue
        if before is not None and before.first + before.span > start:
            cells[-1] = before._replace(span=start - before.first)
        cells.append(Cell(start, last - start + 1, charge.amount, state, charge))
    return cells


def _place(
    month: Month, row: LineRow, charge: schedule.Charge, was: Money | None, today: date
) -> None:
    is_fee = row.agreed.kind == FEE
    if was is not None:
        month.billed += was
    elif is_fee and charge.invoice_date <= today:
        month.to_bill += charge.amount
    elif is_fee:
        month.foreseen += charge.amount


def _if_renewed(line: Line, terms: LineTerms, through: date) -> Iterator[schedule.Charge]:
    going_on = renewed(line.contract, line.kind, line.end, terms)
    if going_on is not None:
        yield from schedule.charges(going_on, through)


def of_the_pause(contract: Contract, *, today: date) -> Money:
    """Return what billing the pause of a suspended contract as well comes to by today."""
    pause, course = contract.suspended_from, Course(contract)
    if pause is None:
        return NOTHING
    total = NOTHING
    for row in course.billed:
        if row.agreed.kind == FEE:
            for day, charge in course.charges(row.agreed, pause, today):
                is_open = f"line:{row.pk}:{day}" not in course.charged
                total += charge.amount if is_open and charge.period.start >= pause else NOTHING
    return total


def given_back(contract: Contract, *, last_day: date) -> Money:
    """Return what ending the contract with a day would give back of what is billed."""
    charged: dict[str, dict[str, Money]] = {}
    for origin, amount in charged_of(contract).items():
        charged.setdefault(origin.rpartition(":")[0], {})[origin] = amount
    total = Money.zero()
    for line in contract.lines.all():
        line.contract = contract
        terms = line.terms()
        ends = min(terms.end or last_day + ONE_DAY, last_day + ONE_DAY)
        owed: dict[str, Money] = {}
        if ends > terms.start:
            for charge in schedule.charges(replace(terms, end=ends), date(2200, 12, 31)):
                owed[f"line:{line.pk}:{charge.period.start.isoformat()}"] = charge.amount
        for origin, amount in charged.get(f"line:{line.pk}", {}).items():
            total += amount - owed.get(origin, Money.zero())
    return total
