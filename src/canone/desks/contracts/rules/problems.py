"""What is wrong with the terms of a line, as English sentences."""

from __future__ import annotations

from canone.desks.contracts.rules.terms import Problem

SENTENCES = {
    "missing": "Something is needed here.",
    "not_an_object": "An object with unit and every is needed.",
    "not_an_amount": "An amount is needed, such as 300.00, with at most six decimals.",
    "too_large": "This number is too large.",
    "too_much": "At most %(value)s.",
    "not_whole": "A whole number is needed.",
    "not_yes_or_no": "Yes or no (true or false) is needed.",
    "not_a_choice": "This is none of the choices: %(value)s.",
    "not_a_date": "A date such as 2026-02-10 is needed.",
    "not_our_time": "The date %(value)s is too far from our time.",
    "ends_before_start": "The line ends before it starts.",
    "cycle_of_zero": "A cycle has at least 1.",
    "too_long": "A cycle has at most %(value)s of these.",
    "not_a_day_of_month": "A day of the month from 1 to 31 is needed.",
    "not_an_offset": "A number of months from 0 to 11 is needed.",
    "not_a_month": "Months are numbers from 1 to 12.",
    "once_has_no_year": "What is charged once has no amount a year.",
}


def sentence(problem: Problem) -> str:
    """Return the English sentence of a problem."""
    return SENTENCES[problem.code] % {"value": problem.value}
