"""What is wrong with the terms of a line, as English sentences."""

from __future__ import annotations

from canone.desks.contracts.rules.terms import Problem


def _(text: str) -> str:
    """Return `text`; the name lets the tools that collect messages find it."""
    return text


SENTENCES = {
    "missing": _("Something is needed here."),
    "not_an_object": _("An object with unit and every is needed."),
    "not_an_amount": _("An amount is needed, such as 300.00, with at most six decimals."),
    "too_large": _("This number is too large."),
    "too_much": _("At most %(value)s."),
    "not_whole": _("A whole number is needed."),
    "not_yes_or_no": _("Yes or no (true or false) is needed."),
    "not_a_choice": _("This is none of the choices: %(value)s."),
    "not_a_date": _("A date such as 2026-02-10 is needed."),
    "not_our_time": _("The date %(value)s is too far from our time."),
    "ends_before_start": _("The line ends before it starts."),
    "cycle_of_zero": _("A cycle has at least 1."),
    "too_long": _("A cycle has at most %(value)s of these."),
    "not_a_day_of_month": _("A day of the month from 1 to 31 is needed."),
    "not_an_offset": _("A number of months from 0 to 11 is needed."),
    "not_a_month": _("Months are numbers from 1 to 12."),
    "once_has_no_year": _("What is charged once has no amount a year."),
    "not_a_list_of_fields": _("A list of at most %(value)s fields is needed."),
    "not_a_field": _("A field needs key, label and kind."),
    "not_a_key": _("%(value)s: a key has small letters, digits and _, and begins with a letter."),
    "no_label": _("The field %(value)s needs a label."),
    "not_a_kind": _("The field %(value)s holds text, number, day, yes or choice."),
    "no_choices": _("The field %(value)s needs its choices."),
    "field_twice": _("The field %(value)s stands twice."),
    "not_own_values": _("Values by the key of their field are needed."),
    "no_such_field": _("The type of the contract has no such field."),
    "own_text": _("A text of at most 1000 characters is needed."),
    "own_number": _("A number is needed."),
    "own_day": _("A date is needed."),
    "own_yes": _("Yes or no is needed."),
    "own_choice": _("One of these is needed: %(value)s."),
    "not_tiers": _("A list of at most %(value)s tiers is needed."),
    "not_a_tier": _(
        "A tier needs the last unit it holds for and a unit price, maybe a flat amount."
    ),
    "tiers_do_not_rise": _("Tiers rise, and only the last holds for all units that follow."),
    "not_a_package": _("Packages need one size of at least 1 and one price."),
    "unknown_token": _("%(value)s stands for nothing in a description."),
}


def sentence(problem: Problem) -> str:
    """Return the English sentence of a problem."""
    return SENTENCES[problem.code] % {"value": problem.value}
