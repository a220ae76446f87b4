"""Contracts in the reader's words: faults, explanations, descriptions for a period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as later_

from canone.desks.contracts.rules import problems, tokens
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.rules.terms import DayBasis, Problem
from canone.kernel.money import Money
from canone.kernel.periods import Period
from canone.registers.catalog.queries import words as catalog
from canone.ui import formats, sentences

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BASES: dict[str, StrOrPromise] = {
    DayBasis.ACTUAL: _("%(part)s of %(whole)s days"),
    DayBasis.MONTHS_AND_DAYS: _("%(part)s of %(whole)s months"),
    DayBasis.THIRTY: _("%(part)s of %(whole)s days, months of 30"),
}


def problem(found: Problem) -> str:
    """Return what is wrong, in the reader's language."""
    return now_(problems.SENTENCES[found.code]) % {"value": found.value}


def declare() -> None:
    """Return nothing; explanations of charges know the steps of contracts from now on."""
    catalog.declare(
        {
            "contract_fee": _fee,
            "contract_share": _share,
            "contract_remainder": lambda _data: now_("Remainder of the annual amount"),
            "contract_used": _used,
            "contract_over": _over,
            "contract_request": lambda _data: now_("Billed on request"),
            "contract_minimum": lambda _data: minimum(),
            "contract_tariff": lambda data: by_contract(str(data.get("number", ""))),
        }
    )


def _fee(data: Mapping[str, Any]) -> str:
    if data.get("per") == "year":
        return now_("Fee of %(amount)s a year") % {"amount": _amount(data, "of")}
    return now_("Fee for a whole period")


def _share(data: Mapping[str, Any]) -> str:
    told = {"part": _number(data, "part"), "whole": _number(data, "whole")}
    return str(BASES[str(data.get("basis", DayBasis.ACTUAL))]) % told


def _used(data: Mapping[str, Any]) -> str:
    told = {"used": _number(data, "used"), "included": _number(data, "included")}
    if data.get("estimated"):
        return now_("%(used)s used (estimated), %(included)s included") % told
    return now_("%(used)s used, %(included)s included") % told


def _over(data: Mapping[str, Any]) -> str:
    return now_("%(over)s over what is included") % {"over": _number(data, "over")}


def used(units: int, included: int) -> str:
    """Return what was used and how much of it is included."""
    return _used({"used": str(units), "included": str(included)})


def over(units: int) -> str:
    """Return how many units lie over what is included."""
    return _over({"over": str(units)})


def by_contract(number: str) -> str:
    """Return which contract says how work is priced."""
    return now_("Tariff of contract %(number)s") % {"number": number}


def minimum() -> str:
    """Return what is charged where the minimum is not reached."""
    return now_("Up to the minimum agreed")


def _number(data: Mapping[str, Any], name: str) -> str:
    value = Fraction(str(data.get(name, "0")))
    return formats.number(value, decimals=0 if value.denominator == 1 else 4)


def _amount(data: Mapping[str, Any], name: str) -> str:
    return formats.money(Money.of(str(data.get(name, "0"))))


class Writer:
    """Writes what a line says on an invoice, in the customers' languages; one a run."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.days: dict[Period, dict[str, str]] = {}

    def description(
        self, text: str, language: str, number: str, charge: Charge, instalments: int
    ) -> str:
        """Return the text of a line for the charge's days, its words filled in.

        One that names no day gets the period behind it.
        """
        days = self._days(charge.period)
        if "{" not in text:
            told = {"what": text, "period": days["period"], "number": number}
            return (self._pattern(language) % told)[:400]
        values = {
            **days,
            "contract": number,
            "instalment": str(max(charge.number, 0) % instalments + 1),
            "instalments": str(instalments),
        }
        if "{month}" in text:
            values["month"] = formats.month(charge.period.start, language)
        filled = tokens.fill(text, values)
        if tokens.has_period(text):
            return filled[:400]
        told = {"what": filled, "period": days["period"], "number": number}
        return (self._pattern(language) % told)[:400]

    def _days(self, period: Period) -> dict[str, str]:
        """Return the words for a period; many lines share one."""
        if period not in self.days:
            self.days[period] = {
                "period": formats.period(period.start, period.end),
                "from": formats.date_of(period.start),
                "to": formats.date_of(period.last),
                "year": str(period.start.year),
            }
        return self.days[period]

    def _pattern(self, language: str) -> str:
        if language not in self.texts:
            with translation.override(language or None):
                self.texts[language] = now_("%(what)s, %(period)s, contract %(number)s")
        return self.texts[language]


REASONS: dict[str, str] = {
    "suspended": later_("The contract is suspended from %(day)s: %(why)s"),
    "not_begun": later_("The contract begins on %(day)s."),
    "before_go_live": later_("It is billed here from %(day)s; before, elsewhere."),
    "ended": later_("The contract ended on %(day)s, and all of it is billed."),
    "no_lines": later_("The contract has no line that is billed. Add one, or end the contract."),
    "on_request": later_("All its lines are billed on request."),
    "only_work": later_("It prices work only: that is charged as it is accounted."),
    "not_due": later_("Nothing is due yet. The next period is invoiced on %(day)s."),
    "missing_reading": later_("The reading of %(what)s for %(period)s is missing. Enter it."),
    "backwards": later_("The meter %(what)s ran backwards. Correct its readings."),
    "unreadable": later_("A line of the contract contradicts itself. Open it and save it again."),
}


def reason(code: str, **values: str | date) -> str:
    """Return why something is left out, kept for a reader of any language."""
    return sentences.keep(REASONS[code], **values)
