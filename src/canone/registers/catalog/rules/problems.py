"""What is wrong, as English sentences; pages translate them by `queries.words.problem`."""

from __future__ import annotations

from canone.registers.catalog.rules.terms import Problem


def _(text: str) -> str:
    """Return `text`; the name lets the tools that collect messages find it."""
    return text


SENTENCES = {
    "negative": _("This cannot be below zero."),
    "too_much": _("At most %(value)s."),
    "too_large": _("This number is too large."),
    "not_whole": _("A whole number is needed."),
    "not_an_amount": _("An amount is needed, such as 20.00, with at most six decimals."),
    "beyond_cents": _("An amount has at most two decimals."),
    "not_yes_or_no": _("Yes or no (true or false) is needed."),
    "not_a_text": _("A short text is needed."),
    "not_a_choice": _("This is none of the choices."),
    "not_a_list": _("A list is needed."),
    "not_a_band": _(
        "A band needs from and to (such as 18:00), a percentage and days (mon to sun)."
    ),
    "step_of_zero": _("With zero minutes no price can be worked out. Enter at least 1."),
    "overage_without_price": _("What is over the prepaid hours needs a price an hour."),
    "tolerance_needs_up": _("A tolerance goes with started minutes only."),
    "unknown_country": _("The holidays of this country are not known: %(value)s."),
    "not_a_percentage": _("Percentages from 0 to 100 are needed."),
    "too_many_bands": _("At most %(value)s bands."),
    "band_times": _("The band %(value)s needs two different times of the day."),
    "band_days": _("The band %(value)s needs at least one day."),
    "band_percent": _("The band %(value)s needs a percentage from 0 to 10000."),
    "holidays_of_nowhere": _("Choose whose public holidays the bands mean."),
    "cap_below_initial": _("The highest price is below the price of the initial step, %(value)s."),
    "total_below_zero": _("At most −%(value)s minutes: the total would fall below zero."),
    "ends_before_start": _("The end comes before the start."),
    "too_long": _("Longer than %(value)s days: check start and end."),
    "too_much_extra": _("At most %(value)s extra minutes."),
    "exhausted": _("The prepaid hours do not suffice: %(value)s minutes are left."),
}


def sentence(problem: Problem) -> str:
    """Return the English sentence of a problem."""
    return SENTENCES[problem.code] % {"value": problem.value}
