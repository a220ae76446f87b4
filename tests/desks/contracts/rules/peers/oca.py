"""Cases of OCA/contract through our rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from tests.desks.contracts.rules.peers.reading import (
    FAR,
    Adapter,
    Case,
    Seen,
    after,
    charges,
    cycle,
    day,
    first,
    inclusive,
    terms,
)

from canone.desks.contracts.rules import schedule
from canone.desks.contracts.rules.terms import ArrearsOn, Timing
from canone.kernel.periods import ONE_DAY, Period, Rhythm, in_month, month_index


def _pointer_end(case: Case) -> date:
    """Return the first day after the period that the peer's next invoice date means."""
    at, length = day(case["next_invoice_date"]), cycle(case)
    if case["timing"] == "in_arrears":
        found = at + ONE_DAY if case["cycle"] == "month_end" else at
    elif case["cycle"] == "month_end":
        found = in_month(month_index(at) + length.months, 1)
    else:
        found = Rhythm.of(length, at).at(1)
    end = after(case.get("end"))
    return min(found, end) if end else found


def _begin(case: Case) -> date:
    """Return the first day that is not billed."""
    return after(case.get("billed_through")) or day(case["start"])


def after_one_run(case: Case) -> Seen:
    at = day(case["next_invoice_date"])
    line = terms(case, start=at)
    if line.timing is Timing.IN_ARREARS:
        beat = schedule.rhythm(line)
        assert beat is not None
        line = replace(line, start=beat.at(-1), activation=line.counted_from)
    found = charges(line, FAR.replace(year=at.year + 3))[:2]
    got = (found[0].period.last.isoformat(), found[1].invoice_date.isoformat())
    wanted = (case["expected_billed_through"], case["expected_next_invoice_date"])
    if case["cycle"] == "month_end" and (at + ONE_DAY).day != 1:
        return Seen(got, wanted, "pointer")
    return Seen(got, wanted)


def first_invoice_date(case: Case) -> Seen:
    line = terms(case, start=day(case["period_start"]), end=after(case.get("period_end_cap")))
    follows = case["offset_days_after_period_end"] == 1
    line = replace(line, arrears_on=ArrearsOn.DAY_AFTER if follows else ArrearsOn.LAST_DAY)
    return Seen(first(line).invoice_date.isoformat(), case["expected_invoice_date"])


def next_period(case: Case) -> Seen:
    line = terms(case, go_live=after(case.get("billed_through")))
    ours = next(schedule.charges(line, FAR), None)
    got = (*inclusive([ours])[0], ours.invoice_date.isoformat()) if ours else None
    names = ("period_start", "period_end", "next_invoice_date")
    wanted = tuple(case[f"expected_{name}"] for name in names)
    if ours is None:
        return Seen((None, None, None), wanted)
    if got == wanted:
        return Seen(got, wanted)
    theirs = Period(_begin(case), _pointer_end(case))
    told = (theirs.start.isoformat(), theirs.last.isoformat(), case["next_invoice_date"])
    is_longer = wanted[:2] != got[:2] and ours.period.end < theirs.end
    rule = "one_charge_a_period" if is_longer else "pointer"
    return Seen(got, wanted, rule if told == wanted else "")


def prorated(case: Case) -> Seen:
    at = day(case["next_invoice_date"])
    counted = at.replace(day=1) if case["cycle"] == "month_end" else at
    found = charges(terms(case, start=_begin(case), activation=counted, end=_pointer_end(case)))
    got = sum((c.ratio for c in found), Fraction(0))
    wanted, tolerance = Fraction(case["expected_ratio"]), Fraction(case["tolerance"])
    if abs(got - wanted) <= tolerance:
        return Seen(wanted, wanted)
    # the peer measures the stub and its neighbour together, by the neighbour's days
    together = Fraction((found[-1].period.end - found[0].period.start).days, found[-1].whole.days)
    is_merged = len(found) > 1 and abs(together - wanted) <= tolerance
    return Seen(got, wanted, "one_charge_a_period" if is_merged else "")


def run_to_end(case: Case) -> Seen:
    found = charges(terms(case))
    got = {
        "periods": inclusive(found),
        "invoice_dates": [c.invoice_date.isoformat() for c in found],
        "extra_run_new_invoices": len(charges(terms(case))) - len(found),
    }
    wanted = {k.removeprefix("expected_"): v for k, v in case.items() if k.startswith("expected_")}
    return Seen({key: got[key] for key in wanted}, wanted)


def skip_ahead(case: Case) -> Seen:
    line = terms(case, go_live=_begin(case))
    theirs = Period(day(case["expected_period_start"]), after(case["expected_period_end"]) or FAR)
    found = [c for c in charges(line) if c.period.end <= theirs.end]
    got = inclusive(found)
    wanted = [[theirs.start.isoformat(), theirs.last.isoformat()]]
    covers = found[0].period.start == theirs.start and found[-1].period.end == theirs.end
    return Seen(got, wanted, "one_charge_a_period" if covers else "")


def stop(case: Case) -> Seen:
    line = terms(case, end=after(case["stop_on"]))
    last = charges(line)[-1]
    got = (last.period.last.isoformat(), last.invoice_date.isoformat())
    return Seen(got, (case["expected_end"], case["expected_next_invoice_date"]))


def reject(case: Case) -> Seen:
    is_credited = day(case["stop_on"]) < day(case["billed_through"])
    return Seen("credited", case["expected"], "stop_is_credited" if is_credited else "")


ADAPTERS: dict[str, Adapter] = {
    "oca_after_one_run": after_one_run,
    "oca_first_invoice_date": first_invoice_date,
    "oca_next_period": next_period,
    "oca_proration": prorated,
    "oca_run_to_end": run_to_end,
    "oca_skip_ahead": skip_ahead,
    "oca_stop": stop,
    "oca_reject": reject,
}
