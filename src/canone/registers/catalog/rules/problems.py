"""What is wrong, as English sentences; pages translate them by `queries.words.problem`."""

from __future__ import annotations

from canone.registers.catalog.rules.terms import Problem


def gettext_noop(text: str) -> str:
    """Return `text`; the name lets the tools that collect messages find it."""
    return text


SENTENCES = {
    "negative": gettext_noop("This cannot be below zero."),
    "too_much": gettext_noop("At most %(value)s."),
    "too_large": gettext_noop("This number is too large."),
    "not_whole": gettext_noop("A whole number is needed."),
    "not_an_amount": gettext_noop("An amount is needed, such as 20.00, with at most six decimals."),
    "beyond_cents": gettext_noop("An amount has at most two decimals."),
    "not_yes_or_no": gettext_noop("Yes or no (true or false) is needed."),
    "not_a_text": gettext_noop("A short text is needed."),
    "not_a_choice": gettext_noop("This is none of the choices."),
    "not_a_list": gettext_noop("A list is needed."),
    "not_a_band": gettext_noop(
        "A band needs from and to (such as 18:00), a percentage and days (mon to sun)."
    ),
    "step_of_zero": gettext_noop("With zero minutes no price can be worked out. Enter at least 1."),
    "overage_without_price": gettext_noop("What is over the prepaid hours needs a price an hour."),
    "tolerance_needs_up": gettext_noop("A tolerance goes with started minutes only."),
    "unknown_country": gettext_noop("The holidays of this country are not known: %(value)s."),
    "not_a_percentage": gettext_noop("Percentages from 0 to 100 are needed."),
    "band_times": gettext_noop("The band %(value)s needs two different times of the day."),
    "band_days": gettext_noop("The band %(value)s needs at least one day."),
    "band_percent": gettext_noop("The band %(value)s needs a percentage from 0 to 10000."),
    "holidays_of_nowhere": gettext_noop("Choose whose public holidays the bands mean."),
    "cap_below_initial": gettext_noop(
        "The highest price is below the price of the initial step, %(value)s."
    ),
    "total_below_zero": gettext_noop(
        "At most −%(value)s minutes: the total would fall below zero."
    ),
    "ends_before_start": gettext_noop("The end comes before the start."),
    "too_long": gettext_noop("Longer than %(value)s days: check start and end."),
    "too_much_extra": gettext_noop("At most %(value)s extra minutes."),
    "exhausted": gettext_noop("The prepaid hours do not suffice: %(value)s minutes are left."),
}


def sentence(problem: Problem) -> str:
    """Return the English sentence of a problem."""
    return SENTENCES[problem.code] % {"value": problem.value}
