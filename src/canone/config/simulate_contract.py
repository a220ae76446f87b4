"""`canone simulate contract`: lines of a contract in, their charges out (docs/algorithms)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from canone.config.casefile import CaseError
from canone.desks.contracts.rules import codec, problems, proration, schedule
from canone.desks.contracts.rules.terms import FIRST_YEAR, LAST_YEAR, LineTerms

MOST_LINES = 10_000
MOST_CHARGES = 250_000


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """Return the charges of a case's lines; raises CaseError with everything that is wrong."""
    faults: list[str] = []
    through = _through(case.get("bill_through"), faults)
    lines = _lines(case, faults)
    if faults or through is None:
        raise CaseError("; ".join(faults))
    if sum(schedule.periods_through(terms, through) for terms in lines) > MOST_CHARGES:
        raise CaseError(f"bill_through: more than {MOST_CHARGES} charges; give an earlier day")
    found = (_charges(number, terms, through) for number, terms in enumerate(lines))
    return {"id": case.get("id"), "charges": [charge for line in found for charge in line]}


def _charges(number: int, terms: LineTerms, through: date) -> Iterator[dict[str, Any]]:
    for charge in schedule.charges(terms, through):
        yield {
            "line": number,
            "period_start": charge.period.start.isoformat(),
            "period_end": charge.period.last.isoformat(),
            "ratio": proration.digits(charge.ratio),
            "amount": str(charge.amount),
            "invoice_date": charge.invoice_date.isoformat(),
        }


def _through(value: Any, faults: list[str]) -> date | None:
    if value is None:
        faults.append("bill_through: is missing")
        return None
    try:
        through = codec.day(value)
    except ValueError:
        faults.append("bill_through: a date such as 2026-12-31 is needed")
        return None
    if not FIRST_YEAR <= through.year <= LAST_YEAR:
        faults.append(f"bill_through: {through} is too far from our time")
    return through


def _lines(case: dict[str, Any], faults: list[str]) -> list[LineTerms]:
    given = case.get("lines")
    if not isinstance(given, list):
        faults.append("lines: a list is needed")
        return []
    if len(given) > MOST_LINES:
        faults.append(f"lines: at most {MOST_LINES}")
        return []
    found = []
    for number, line in enumerate(given):
        if not isinstance(line, dict):
            faults.append(f"lines[{number}]: an object is needed")
            continue
        usual = {"arrears_on": case.get("arrears_on")}
        own = {key: value for key, value in line.items() if value is not None}
        try:
            found.append(codec.read(usual | own))
        except codec.UnreadableError as error:
            for problem in error.problems:
                place = f"lines[{number}].{problem.field}"
                faults.append(f"{place}: {problems.sentence(problem)}")
    return found
