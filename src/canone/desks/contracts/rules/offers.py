"""A charge as a document shows it: quantity, price, discount, and the steps to its amount."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from canone.desks.contracts.rules import instalments, proration, schedule
from canone.desks.contracts.rules.metering import Priced
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.rules.terms import AmountPer, LineTerms
from canone.kernel.money import MICRO, Money
from canone.kernel.periods import Rhythm

POINTS = 10_000
MICROS_OF_CENT = MICRO // 100
Step = dict[str, Any]


class Figures(NamedTuple):
    """What stands in the columns of a line; they multiply to the amount."""

    quantity_micros: int
    unit_price_micros: int
    discount_bp: int


def figures(
    charge: Charge,
    plan: instalments.Plan,
    quantity_micros: int,
    price_micros: int,
    discount_bp: int,
) -> Figures:
    """Return the columns of a charge: those of its line, where they give its amount.

    Where they do not (a part, a remainder), it is one piece at its amount.
    """
    if charge.ratio == 1:
        exact = quantity_micros * price_micros * (POINTS - discount_bp)
        agreed = Fraction(exact, MICRO * MICRO * POINTS)
        full = plan.full(charge.number)
        price = price_micros * full / agreed if agreed and full != agreed else price_micros
        if isinstance(price, int) or price.denominator == 1:
            return Figures(quantity_micros, int(price), discount_bp)
    return Figures(MICRO, charge.amount.minor * MICROS_OF_CENT, 0)


def steps(
    terms: LineTerms, beat: Rhythm | None, plan: instalments.Plan, charge: Charge
) -> list[Step]:
    """Return how the amount of a fee came about, as data."""
    full = plan.full(charge.number) if beat else terms.amount
    fee: Step = {"code": "contract_fee", "amount": str(Money.of(full)), "per": "cycle"}
    if beat and terms.amount_per is AmountPer.YEAR:
        fee |= {"per": "year", "of": str(Money.of(terms.amount))}
    found = [fee]
    if beat and plan.closing is not None and full == plan.closing != plan.usual:
        fee["amount"] = str(Money.of(plan.usual))
        rest = Money.of(full) - Money.of(plan.usual)
        found.append({"code": "contract_remainder", "amount": str(rest)})
    if beat and charge.ratio != 1:
        found.append(_share(charge, beat, terms))
    return found


def _share(charge: Charge, beat: Rhythm, terms: LineTerms) -> Step:
    part = proration.share(charge.period, charge.number, beat, terms.day_basis)
    basis = terms.day_basis.value if beat.cycle.months else "actual"
    return {
        "code": "contract_share",
        "part": str(part.part),
        "whole": str(part.whole),
        "basis": basis,
        "amount": str(charge.amount),
    }


def usage_steps(priced: Priced) -> list[Step]:
    """Return how the amount of what was used came about, as data."""
    use = priced.use
    used: Step = {"code": "contract_used", "used": str(use.units if use else 0)}
    used |= {"included": str(priced.included)}
    if use and use.is_estimated:
        used["estimated"] = True
    found = [used]
    if priced.over:
        over = {"code": "contract_over", "over": str(priced.over), "amount": str(priced.amount)}
        found.append(over)
    if priced.true_up:
        found.append({"code": "contract_minimum", "amount": str(priced.true_up)})
    return found


def rhythm_and_plan(terms: LineTerms) -> tuple[Rhythm | None, instalments.Plan]:
    """Return what the periods of a line are counted by, and what they cost."""
    beat = schedule.rhythm(terms)
    return beat, instalments.plan(terms, beat) if beat else instalments.Plan(terms.amount)
