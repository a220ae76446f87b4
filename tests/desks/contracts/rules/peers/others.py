"""Cases of Estatio, silver, ERPNext, Tryton and published pages through our rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.desks.contracts.rules.peers.reading import (
    FAR,
    Adapter,
    Case,
    Seen,
    after,
    charges,
    day,
    first,
    inclusive,
    terms,
    waits,
)

from canone.desks.contracts.rules import differences, proration, schedule, usage
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.rules.terms import ArrearsOn, DayBasis, LineTerms
from canone.kernel.money import Money, UnitPrice
from canone.kernel.periods import ONE_DAY, Cycle, Period, Rhythm, Unit, in_month, month_index
from canone.ledgers.invoicing.rules import dues
from canone.registers.parties.rules.terms import Terms, due_dates

LONG_AGO = date(2000, 1, 1)


def _estatio(case: Case, **more: Any) -> LineTerms:
    ends = [after(case.get(key)) for key in ("term_end_inclusive", "terminated_on")]
    known = [end for end in ends if end]
    cut = case.get("go_live_cutoff")
    return terms(
        case,
        start=day(case["term_start"]),
        end=min(known) if known else None,
        arrears_on=ArrearsOn.LAST_DAY,
        go_live=day(cut) if cut else None,
        **more,
    )


def _amounts(found: list[Charge]) -> list[str]:
    return [str(c.amount) for c in found if c.amount] or ["0.00"]


def estatio_amount(case: Case) -> Seen:
    line, wanted = _estatio(case), case["expected_amounts"]
    every = charges(line, date(2030, 1, 1))
    if "period_from" in case:
        whole = Period(day(case["period_from"]), day(case["period_to_exclusive"]))
        found = [c for c in every if c.whole == whole]
        got: Any = (_amounts(found), *_effective(case, found[0].period if found else None))
        return Seen(got, (wanted, *_effective_wanted(case)))
    due = range(day(case["due_from"]).toordinal(), day(case["due_to_exclusive"]).toordinal())
    got = _amounts([c for c in every if c.invoice_date.toordinal() in due])
    by_whole = [
        c
        for c in every
        if schedule.invoice_date(replace(line, end=None), c.whole).toordinal() in due
    ]
    is_stub = _amounts(by_whole) == wanted
    return Seen(got, wanted, "stub_due_when_it_begins" if got != wanted and is_stub else "")


def _effective(case: Case, found: Period | None) -> list[list[str]]:
    if "expected_effective_period" not in case:
        return []
    return [[found.start.isoformat(), found.end.isoformat()]] if found else [[]]


def _effective_wanted(case: Case) -> list[list[str]]:
    return [case["expected_effective_period"]] if "expected_effective_period" in case else []


def estatio_calendar(case: Case) -> Seen:
    line = terms(case, start=day(case["date"]))
    beat = schedule.rhythm(line)
    assert beat is not None
    whole = beat.period(beat.number(line.start))
    got = (whole.start.isoformat(), whole.end.isoformat())
    return Seen(got, (case["expected_start"], case["expected_end_exclusive"]))


def estatio_credit(case: Case) -> Seen:
    line = _estatio(case)
    running = first(replace(line, end=None))
    assert str(running.amount) == case["already_invoiced"]
    billed = {running.period.start: differences.Billed(running.period, running.amount)}
    [given] = differences.differences([first(line)], billed)
    got = (str(given.amount), [given.period.start.isoformat(), given.period.end.isoformat()])
    return Seen(got, (case["expected_amount"], case["expected_effective_period"]))


def estatio_due_count(case: Case) -> Seen:
    line = terms(case, start=LONG_AGO, arrears_on=ArrearsOn.LAST_DAY)
    since, until = day(case["due_from"]), day(case["due_to_exclusive"])
    found = [c for c in charges(line, until) if since <= c.invoice_date < until]
    return Seen(len(found), case["expected_count"])


def estatio_due_date(case: Case) -> Seen:
    line = terms(case, start=day(case["period_start"]), arrears_on=ArrearsOn.LAST_DAY)
    return Seen(first(line).invoice_date.isoformat(), case["expected_due"])


def erpnext_first(case: Case) -> Seen:
    return Seen(first(terms(case)).period.last.isoformat(), case["expected_first_period_end"])


def erpnext_catch_up(case: Case) -> Seen:
    return Seen(len(charges(terms(case), case["run_after"])), case["expected_invoice_count"])


def erpnext_next(case: Case) -> Seen:
    found = charges(terms(case), date(2030, 1, 1))
    return Seen(inclusive(found)[1 if case["after_first_invoice"] else 0], case["expected_period"])


def erpnext_proration(case: Case) -> Seen:
    part = Period.through(*(day(text) for text in case["period"]))
    beat = Rhythm.of(Cycle(Unit.YEAR, 10), part.start.replace(day=1))
    months = proration.share(part, 0, beat, DayBasis.MONTHS_AND_DAYS).part
    got = Money.of(Fraction(case["monthly_amount"]) * months)
    return Seen(str(got), case["expected_amount"])


def silver_periods(case: Case) -> Seen:
    wanted = case["expected_periods"]
    line, last = terms(case), day(wanted[-1][1]) + ONE_DAY
    lines = [line]
    if "forced_split_after" in case:
        split = day(case["forced_split_after"]) + ONE_DAY
        lines = [replace(line, end=split), replace(line, start=split, activation=line.start)]
    found = [c for one in lines for c in charges(one, FAR.replace(year=last.year + 1))]
    got = [span for span, c in zip(inclusive(found), found, strict=True) if c.period.start < last]
    return Seen(got, wanted)


def silver_amount(case: Case) -> Seen:
    fee, unit = case.get("price", "100.00"), UnitPrice.of(case.get("unit_price", "2.50"))
    offered = int(case.get("included_units", "20"))
    line = terms({**case, "price": fee})
    stub, whole = charges(line, case["run_dates"][1])
    inside = usage.included(offered, stub.ratio)
    spent = int(
        case.get("used_units_first_period", inside if case.get("used_below_included") else 0)
    )
    more = unit.times(max(spent - inside, 0))
    second = whole.amount + more
    got = {
        "totals": [str(stub.amount), str(second)],
        "included_after_proration": str(inside),
        "second_total_equals_price": second == Money.of(fee),
    }
    wanted = {k.removeprefix("expected_"): v for k, v in case.items() if k.startswith("expected_")}
    return Seen({key: got[key] for key in wanted}, wanted)


def silver_due(case: Case) -> Seen:
    line = terms(case, go_live=after(case.get("billed_through")))
    return Seen(bool(charges(line, case["run_on"])), case["expected_billable"])


def silver_months(case: Case) -> Seen:
    wanted = sum(Fraction(part) for part in case["expected_months"].split("+"))
    got = proration.months_between(day(case["start"]), day(case["end_exclusive"]))
    return Seen(got, wanted)


def tryton_before(case: Case) -> Seen:
    wanted = case["expected_invoice_dates"]
    found = charges(terms(case), date(2030, 1, 1))[: len(wanted)]
    early = timedelta(days=case["invoice_days_before"])
    is_only_lead = [(c.invoice_date - early).isoformat() for c in found] == wanted
    got = [c.invoice_date.isoformat() for c in found]
    return Seen(got, wanted, "run_decides_lead" if is_only_lead else "")


def _year(text: str) -> str:
    """Return a day of some year as one of 2026."""
    return text.replace("YYYY", "2026")


def due_month_end(case: Case) -> Seen:
    begin, days = day(_year(case["invoice_date"])), case["days"]
    wanted = day(_year(case["expected_due"]))
    [got] = due_dates(Terms(first_days=days, month_end=True), begin)
    # the other reading counts real days first, and goes to the end of the month it meets
    met = begin + timedelta(days=days)
    is_other = wanted == in_month(month_index(met), 31)
    return Seen(got, wanted, "thirty_days_are_a_month" if got != wanted and is_other else "")


def due_from_month_end(case: Case) -> Seen:
    begin = day(_year(case["invoice_date"]))
    days = case["instalments_days"]
    dates = [due_dates(Terms(n, from_month_end=True), begin)[0] for n in days]
    parts = dues.split(Money.of(case["amount"]).minor, dates)
    got = [[at.isoformat(), str(Money(amount))] for at, amount in parts]
    return Seen(got, [[_year(at), amount] for at, amount in case["expected"]])


INDICES = (
    "composite_formula",
    "dynamics_cpi",
    "estatio_carry_forward",
    "estatio_next_index_dates",
    "estatio_revaluation",
    "istat_foi_coefficient",
    "istat_foi_splice",
    "istat_foi_variation",
    "rivaluta_75",
    "syntec",
)
DEFERRALS = ("it_accrual", "oca_deferral_at_date", "oca_deferral_schedule")
WAITING = {
    **dict.fromkeys(INDICES, "indices"),
    **dict.fromkeys(DEFERRALS, "deferrals"),
}
ADAPTERS: dict[str, Adapter] = {
    "estatio_amount": estatio_amount,
    "estatio_calendar_period": estatio_calendar,
    "estatio_credit_on_terminate": estatio_credit,
    "estatio_due_count": estatio_due_count,
    "estatio_due_date": estatio_due_date,
    "erpnext_calendar_first": erpnext_first,
    "erpnext_catch_up": erpnext_catch_up,
    "erpnext_next_period": erpnext_next,
    "erpnext_proration": erpnext_proration,
    "silver_cycles": silver_periods,
    "silver_usage_periods": silver_periods,
    "silver_amount": silver_amount,
    "silver_due": silver_due,
    "silver_months_between": silver_months,
    "tryton_invoice_before_period": tryton_before,
    "it_due_date_end_of_month": due_month_end,
    "it_due_date_end_of_month_first": due_from_month_end,
    **dict.fromkeys(WAITING, waits),
}
