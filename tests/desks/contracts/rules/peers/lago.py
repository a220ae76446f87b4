"""Cases of Lago through our rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from tests.desks.contracts.rules.peers.reading import (
    Adapter,
    Case,
    Seen,
    after,
    charges,
    day,
    first,
    inclusive,
    terms,
)

from canone.desks.contracts.rules import differences, schedule, usage
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.rules.terms import LineTerms, Timing
from canone.kernel.money import Money, UnitPrice, half_up
from canone.kernel.periods import Period


def _line(case: Case) -> LineTerms:
    return terms(case, start=day(case["started_on"]), activation=day(case["anchor_date"]))


def _around(line: LineTerms, on: date, shift: int = 0) -> Period:
    """Return the part of the period around a day, or of one before it, that the line covers."""
    beat = schedule.rhythm(line)
    assert beat is not None
    part = beat.period(beat.number(on) + shift).within(line.start, line.end)
    assert part is not None
    return part


def period(case: Case) -> Seen:
    line = _line(case)
    is_running = line.timing is Timing.IN_ADVANCE or case.get("current_open_period")
    found = _around(line, day(case["bill_run_on"]), 0 if is_running else -1)
    return _named(case, {"period_start": found.start, "period_end": found.last})


def calendar(case: Case) -> Seen:
    line, on = _line(case), day(case["bill_run_on"])
    now, past = _around(line, on), _around(line, on, -1)
    beat = schedule.rhythm(line)
    assert beat is not None
    return _named(
        case,
        {
            "current_period_start": now.start,
            "current_period_end": now.last,
            "previous_period_start": past.start,
            "previous_period_end": past.last,
            "billed_period_days": beat.period(beat.number(on) - 1).days,
        },
    )


def _named(case: Case, got: dict[str, Any]) -> Seen:
    wanted = {k.removeprefix("expected_"): v for k, v in case.items() if k.startswith("expected_")}
    words = {k: v.isoformat() if isinstance(v, date) else v for k, v in got.items()}
    return Seen({key: words[key] for key in wanted}, wanted)


def billing_days(case: Case) -> Seen:
    line = terms({"timing": "in_arrears"} | case)
    days = {c.invoice_date.isoformat() for c in charges(line, max(_days(case)))}
    got = (
        [text for text in case["expected_bill_days"] if text in days],
        [text for text in case.get("expected_no_bill_days", []) if text in days],
        _new_in_runs(line, day(case["expected_bill_days"][0]), case.get("runs_same_day", 1)),
    )
    return Seen(got, (case["expected_bill_days"], [], case.get("expected_invoices", 1)))


def _days(case: Case) -> list[str]:
    return [*case["expected_bill_days"], *case.get("expected_no_bill_days", [])]


def _new_in_runs(line: LineTerms, on: date, runs: int) -> int:
    """Return how many charges several runs of one day post that earlier days had not."""
    billed: dict[date, differences.Billed] = {}
    new = 0
    for _run in range(runs):
        for item in differences.differences(charges(line, on), billed):
            assert item.charge is not None
            billed[item.origin] = differences.Billed(item.period, item.amount)
            new += item.charge.invoice_date == on
    return new


def run(case: Case) -> Seen:
    wanted = case["expected_invoices"]
    found = charges(terms(case), wanted[-1][0])
    got = [
        [c.invoice_date.isoformat(), span] for c, span in zip(found, inclusive(found), strict=True)
    ]
    return Seen(got, wanted)


def minimum(case: Case) -> Seen:
    found: Charge = charges(terms(case), case["bill_run_on"])[-1]
    billed = half_up(found.ratio * case["fee_cents"]) + case["usage_cents"]
    got = usage.true_up(Money(case["minimum_cents"]), Money(billed), found.ratio)
    return Seen(got.minor, case["expected_true_up_cents"])


def counter_minimum(case: Case) -> Seen:
    ratio = Fraction(*case.get("days_ratio", (1, 1)))
    got = usage.true_up(Money(case["minimum_cents"]), Money(case["used_cents"]), ratio)
    return Seen(got.minor, case["expected_true_up_cents"])


def _tiers(case: Case) -> list[usage.Tier]:
    return [
        usage.Tier(top, UnitPrice.of(unit), Money.of(flat))
        for _from, top, unit, flat in case["tiers_from_to_unit_flat"]
    ]


def graduated(case: Case) -> Seen:
    got = usage.graduated(Fraction(case["quantity"]), _tiers(case))
    return Seen(got, Money.of(case["expected_amount"]))


def volume(case: Case) -> Seen:
    got = usage.volume(Fraction(case["quantity"]), _tiers(case))
    return Seen(got, Money.of(case["expected_amount"]))


def package(case: Case) -> Seen:
    price = UnitPrice.of(case["package_price"])
    got = usage.package(Fraction(case["quantity"]), case["package_size"], price, case["free_units"])
    return Seen(got, Money.of(case["expected_amount"]))


def _cents(case: Case, **more: Any) -> LineTerms:
    return terms(case, amount=Fraction(case["price_cents"], 100), **more)


def terminate_arrears(case: Case) -> Seen:
    line = _cents(case, start=day(case["started_on"]), end=after(case["terminate_on"]))
    return Seen(first(line).amount.minor, case["expected_fee_cents"])


def terminate_credit(case: Case) -> Seen:
    line = _cents(case)
    whole = first(line)
    kept = first(replace(line, end=after(case["terminate_on"])))
    billed = {whole.period.start: differences.Billed(whole.period, whole.amount)}
    [given] = differences.differences([kept], billed)
    rate = Fraction(case["vat_percent"], 100)
    vat = (-given.amount).times(rate).minor
    got = {
        "first_invoice_gross_cents": (whole.amount + whole.amount.times(rate)).minor,
        "credit_net_cents": -given.amount.minor,
        "credit_vat_cents": vat,
        "credit_gross_cents": vat - given.amount.minor,
    }
    return _named(case, got)


ADAPTERS: dict[str, Adapter] = {
    "lago_period": period,
    "lago_calendar": calendar,
    "lago_billing_days": billing_days,
    "lago_run": run,
    "lago_minimum_true_up": minimum,
    "lago_counter_minimum": counter_minimum,
    "lago_overage_graduated": graduated,
    "lago_overage_volume": volume,
    "lago_overage_package": package,
    "lago_terminate_arrears": terminate_arrears,
    "lago_terminate_credit": terminate_credit,
}
