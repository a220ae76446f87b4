"""Charges in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.rules import units
from canone.ledgers.invoicing.rules.states import Age, State
from canone.registers.catalog.queries import words
from canone.ui import explain, formats, origins
from canone.ui import states as looks

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATES = {
    State.TO_INVOICE: looks.State("todo", _("To invoice")),
    State.ON_DOCUMENT: looks.State("done", _("On a document"), "lock"),
    State.REVERSED: looks.State("idle", _("Reversed")),
    State.REVERSAL: looks.State("idle", _("Reversal"), "undo"),
}
AGES: dict[Age, StrOrPromise] = {
    Age.UP_TO_30: _("up to 30 days"),
    Age.UP_TO_60: _("31 to 60 days"),
    Age.UP_TO_90: _("61 to 90 days"),
    Age.OLDER: _("more than 90 days"),
}
MICRO = 1_000_000


def state(charge: Charge) -> looks.State:
    """Return the state of a charge as colour, icon and word."""
    return STATES[State(charge.state)]


def quantity(charge: Charge) -> str:
    """Return `3 h × 20,00 €`; a single thing without a unit is nothing to say."""
    if abs(charge.quantity_micros) == MICRO and not charge.unit:
        return ""
    told = counted(charge.quantity_micros, charge.unit)
    return f"{told} × {formats.unit_price(charge.unit_price)}"


def counted(quantity_micros: int, unit: str) -> str:
    """Return how many of what, such as `3 h` or `884 mesi`."""
    number = formats.number(Decimal(quantity_micros) / MICRO)
    word = units.agreeing(unit, Fraction(quantity_micros, MICRO))
    return f"{number}{formats.NO_BREAK}{word}" if word else number


def period(charge: Charge) -> str:
    """Return the days of the service, the last included."""
    return formats.period(charge.service_start, charge.service_end)


def last_day(charge: Charge) -> date:
    """Return the last day of the service."""
    return charge.service_end - timedelta(days=1)


def count(charge: Charge) -> Decimal:
    """Return the quantity as a number."""
    return Decimal(charge.quantity_micros) / MICRO


def explanation(charge: Charge) -> explain.Explanation:
    """Return how the amount came about, step by step."""
    steps = [_step(data) for data in charge.explanation if isinstance(data, dict)]
    if not steps:
        told = quantity(charge) or charge.description
        steps = [explain.Step(told, formats.money(charge.amount))]
    return explain.Explanation(
        formats.money(charge.amount),
        steps,
        now_("Amount, before VAT"),
        lead=charge.description,
        foot=now_("Posted on %(when)s, revision %(revision)s.")
        % {"when": formats.date_of(charge.posted_at.date()), "revision": charge.revision},
    )


def _step(data: Mapping[str, Any]) -> explain.Step:
    code = str(data.get("code", ""))
    if code == "difference":
        before = Money.of(str(data.get("before", "0")))
        text = now_("%(before)s were charged before")
        if before.minor < 0:
            text, before = now_("%(before)s were credited before"), -before
        told = text % {"before": formats.money(before)}
        return explain.Step(told, words.figure(data))
    kind = dict(origins.kinds()).get(code)
    if kind is None:
        return explain.Step(words.step(data) or now_("Step"), words.figure(data))
    minutes = data.get("minutes")
    told = f"{kind} {formats.duration(int(minutes))}" if minutes else str(kind)
    return explain.Step(told, words.figure(data))
