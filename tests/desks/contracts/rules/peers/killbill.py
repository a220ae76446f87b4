"""Cases of Kill Bill through our rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from tests.desks.contracts.rules.peers.reading import (
    Adapter,
    Case,
    Seen,
    charges,
    cycle,
    day,
    first,
    terms,
)

from canone.desks.contracts.rules import differences, proration, schedule
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.rules.terms import DayBasis, LineTerms, check
from canone.kernel.money import Money
from canone.kernel.periods import (
    Cycle,
    Period,
    Rhythm,
    Unit,
    add_months,
    in_month,
    month_index,
)


def _sum(found: list[Charge]) -> str:
    """Return the ratios as the peer adds them up: each rounded to nine digits first."""
    total = sum(Fraction(proration.digits(c.ratio)) for c in found)
    return proration.digits(Fraction(total))


def cycles(case: Case) -> Seen:
    line = terms(case)
    found = charges(line, case["bill_up_to"])
    got, wanted = _sum(found), case["expected_cycles"]
    if got != wanted and case["anchor_day"] > 28 and found[0].number == -1:
        anchor = found[0].whole.end
        # the peer steps back from the clamped anchor, and stays on the clamped day
        drifted = Period(add_months(anchor, -line.cycle.months), anchor)  # type: ignore[union-attr]
        theirs = Fraction(found[0].period.days, drifted.days)
        if _sum([found[0]._replace(ratio=theirs), *found[1:]]) == wanted:
            return Seen(got, wanted, "anchor_kept")
    return Seen(got, wanted)


def interval(case: Case) -> Seen:
    line = terms(case)
    beat = schedule.rhythm(line)
    assert beat is not None
    got: dict[str, Any] = {"first_anchor_date": beat.at(0).isoformat()}
    found = (
        [] if case.get("bill_up_to") in (None, "targetDate") else charges(line, case["bill_up_to"])
    )
    billed = found[-1].period.end if found else None
    if case.get("bill_up_to") == "targetDate":
        # the day asked for was not published: the dates must still be bounds that follow each other
        told = day(case["expected_billed_to"]) if case["expected_billed_to"] else None
        whole = [c.period.end for c in charges(replace(line, end=None), told)] if told else []
        billed = told if told in [*whole, line.end] else None
    got["billable"] = billed is not None
    got["billed_to"] = billed and billed.isoformat()
    upcoming = beat.at(0) if billed is None else beat.at(beat.number(max(billed, beat.at(-1))) + 1)
    got["next_anchor_date"] = upcoming.isoformat()
    wanted = {k.removeprefix("expected_"): v for k, v in case.items() if k.startswith("expected_")}
    return Seen({key: got[key] for key in wanted}, wanted)


def align_next(case: Case) -> Seen:
    if "origin" in case:
        beat = Rhythm.of(cycle(case), day(case["origin"]))
        here = beat.number(day(case["date"]))
        at = beat.at(here) if beat.at(here) == day(case["date"]) else beat.at(here + 1)
    else:
        found = schedule.rhythm(terms(case, start=day(case["date"])))
        assert found is not None
        at = found.at(0)
    return Seen(at.isoformat(), case["expected_date"])


def align_same(case: Case) -> Seen:
    at = in_month(month_index(day(case["date"])), case["anchor_day"])
    return Seen(at.isoformat(), case["expected_date"])


def shift(case: Case) -> Seen:
    at = Rhythm.of(cycle(case), day(case["start"])).at(case["periods"])
    return Seen(at.isoformat(), case["expected_date"])


def whole_periods(case: Case) -> Seen:
    beat = Rhythm.of(cycle(case), day(case["start"]))
    return Seen(beat.number(day(case["end_exclusive"])), case["expected_whole_periods"])


def _basis(case: Case) -> DayBasis:
    return DayBasis.THIRTY if case["month_days"].startswith("fixed") else DayBasis.ACTUAL


def _is_other_month(case: Case) -> bool:
    return case["month_days"] not in ("actual", "fixed30")


def days_between(case: Case) -> Seen:
    part = Period(day(case["start"]), day(case["end_exclusive"]))
    beat = Rhythm.of(Cycle(Unit.YEAR, 10), part.start.replace(day=1))
    got = proration.share(part, 0, beat, _basis(case)).part
    return Seen(got, case["expected_days"], "thirty_days_only" if _is_other_month(case) else "")


def before_first(case: Case) -> Seen:
    part = Period(day(case["start"]), day(case["end_exclusive"]))
    got = proration.share(part, -1, Rhythm.of(cycle(case), part.end), _basis(case)).ratio
    return _ratio(case, got)


def after_last(case: Case) -> Seen:
    part = Period(day(case["start"]), day(case["end_exclusive"]))
    got = proration.share(part, 0, Rhythm.of(cycle(case), part.start), _basis(case)).ratio
    return _ratio(case, got)


def _ratio(case: Case, got: Fraction) -> Seen:
    rule = "thirty_days_only" if _is_other_month(case) else ""
    return Seen(proration.digits(got), case["expected_ratio"], rule)


def reject(case: Case) -> Seen:
    line = terms(case)
    if check(line):
        return Seen("rejected", case["expected"])
    found = charges(line, case["bill_up_to"])
    is_early = day(case["bill_up_to"]) < line.start and not found
    return Seen(found, case["expected"], "before_start_is_nothing" if is_early else "")


def amount(case: Case) -> Seen:
    steps = case.get("price_steps") or [[case["start"], case["price"]]]
    found: list[Charge] = []
    for place, (start, price) in enumerate(steps):
        more: dict[str, Any] = {"start": day(start), "amount": Fraction(price)}
        if place + 1 < len(steps):
            more["end"] = day(steps[place + 1][0])
        found += charges(terms(case, **more), case["bill_up_to"])
    got = {
        "items": [
            [c.period.start.isoformat(), c.period.end.isoformat(), str(c.amount)] for c in found
        ],
        "item_count": len(found),
        "cycles": _sum(found),
        "total": str(sum((c.amount for c in found), Money.zero())),
    }
    wanted = {k.removeprefix("expected_"): v for k, v in case.items() if k.startswith("expected_")}
    return Seen({key: got[key] for key in wanted}, wanted)


def addon(case: Case) -> Seen:
    return Seen(str(first(terms(case)).amount), case["expected_first_amount"])


def _cut(line: LineTerms, end: date) -> Money:
    """Return what a whole billed period gives back when the line ends before it does."""
    [whole] = charges(line, line.start)
    kept = charges(replace(line, end=end), line.start)
    billed = {whole.period.start: differences.Billed(whole.period, whole.amount)}
    return sum((d.amount for d in differences.differences(kept, billed)), Money.zero())


def cancel_credit(case: Case) -> Seen:
    start = day(case["billed_period"][0])
    line = terms(case, start=start)
    if "cancel_on" in case:
        given = -_cut(line, day(case["cancel_on"]))
    else:
        window = Period(*(day(text) for text in case["credited_window"]))
        beat = schedule.rhythm(line)
        assert beat is not None
        out = proration.share(window, 0, beat, line.day_basis).ratio
        given = Money.of(line.amount) - Money.of(line.amount * (1 - out))
    return Seen(str(given), case["expected_credit"])


def change_term(case: Case) -> Seen:
    old, new = case["old"], case["new"]
    left = _cut(terms(old, start=day(old["billed_period"][0])), day(case["change_on"]))
    begun = first(terms(new, start=day(case["change_on"]))).amount
    return Seen(str(begun + left), case["expected_net_invoice"])


def idempotent(case: Case) -> Seen:
    line = terms(case)
    once = charges(line, case["first_run_up_to"])
    billed = {c.period.start: differences.Billed(c.period, c.amount) for c in once}
    again = list(differences.differences(charges(line, case["second_run_up_to"]), billed))
    return Seen(len(again), case["expected_second_run_items"])


def ledger(case: Case) -> Seen:
    billed: dict[tuple[int, int], dict[date, differences.Billed]] = {}
    got = []
    for text, _expected in case["expected_runs"]:
        run, total = day(text), Money.zero()
        for service in case["services"]:
            # who runs on that day knows what has happened by then
            known = [step for step in service["steps"] if day(step[0]) <= run]
            for place, (start, unit, price) in enumerate(known):
                if unit is None:
                    continue
                days = service.get("anchor_days") or [service["anchor_day"]] * len(known)
                ends = day(known[place + 1][0]) if place + 1 < len(known) else None
                step = {"cycle": unit, "price": price, "anchor_day": days[place]}
                line = terms(step, start=day(start), end=ends)
                past = billed.setdefault((service["id"], place), {})
                for item in differences.differences(charges(line, run), past):
                    total += item.amount
                    if item.charge:
                        past[item.origin] = differences.Billed(
                            item.charge.period, item.charge.amount
                        )
                    else:
                        past.pop(item.origin)
        got.append([text, str(total)])
    return Seen(got, case["expected_runs"])


ADAPTERS: dict[str, Adapter] = {
    "kb_cycles_in_advance": cycles,
    "kb_cycles_in_arrears": cycles,
    "kb_interval": interval,
    "kb_align_day_next": align_next,
    "kb_align_day_same_month": align_same,
    "kb_shift_periods": shift,
    "kb_whole_periods": whole_periods,
    "kb_days_between_fixed_month": days_between,
    "kb_prorate_before_first": before_first,
    "kb_prorate_after_last": after_last,
    "kb_reject": reject,
    "kb_amount": amount,
    "kb_addon_first_period": addon,
    "kb_cancel_credit": cancel_credit,
    "kb_change_term": change_term,
    "kb_idempotent": idempotent,
    "kb_ledger": ledger,
}
