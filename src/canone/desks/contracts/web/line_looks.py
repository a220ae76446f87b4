"""The lines of a contract as its page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import active, billed, requested
from canone.desks.contracts.web import looks
from canone.kernel.money import Money
from canone.ui import formats
from canone.ui.heads import Action
from canone.ui.states import State


@dataclass(frozen=True, slots=True)
class LineTold:
    """A line in the reader's words; `annual` only of fees in force, so that they sum."""

    line: Line
    words: SafeString
    cycle: str
    quantity: str
    discount: str
    granted: str
    covers: str
    billed_to: date | None
    asked_for: date | None
    annual: Money | None
    state: State
    is_in_force: bool
    actions: list[Action]


def told(
    contract: Contract, lines: Iterable[Line], day: date, *, may_change: bool, may_bill: bool
) -> list[LineTold]:
    """Return some of the lines of a contract on a day."""
    lines = list(lines)
    asked = requested.last(contract) if any(line.is_on_request for line in lines) else {}
    charged = billed.of_customers([contract.customer_id])
    found = []
    for line in lines:
        was = charged.get(line.pk)
        last = looks.last_day(was.end) if was is not None and was.cents else None
        until = last or line.billed_through
        one = _told(line, day, until, asked.get(line.pk), may_change=may_change)
        if may_bill and requested.can_be_billed(line):
            one.actions.insert(0, _bill(line))
        found.append(one)
    return found


def _told(
    line: Line, day: date, billed_to: date | None, asked_for: date | None, *, may_change: bool
) -> LineTold:
    state = _state(line, day)
    counts = line.kind == Line.Kind.FEE and not line.is_on_request
    is_in_force = state is IN_FORCE
    return LineTold(
        line,
        looks.line_text(line),
        looks.cycle_and_timing(line),
        looks.quantity(line) if line.kind == Line.Kind.FEE else "",
        share(line.discount_bp) if line.discount_bp else "",
        looks.granted(line),
        looks.covers(line),
        billed_to,
        asked_for,
        active.worth(line)[0] if counts and is_in_force else None,
        state,
        is_in_force,
        _actions(line) if may_change else [],
    )


def share(basis_points: int) -> str:
    """Return a part of a whole in percent."""
    return formats.percent(Fraction(basis_points, 10_000))


IN_FORCE = State("done", _("Active"))


def _state(line: Line, day: date) -> State:
    end = line.end or line.contract.end
    if end is not None and end <= day:
        return State("idle", _("Ended"))
    if max(line.start, line.contract.start) > day:
        return State("run", _("Not begun"))
    return IN_FORCE


def _actions(line: Line) -> list[Action]:
    name = looks.line_words(line)
    edit, revise = looks.line_url(line, "edit"), looks.line_url(line, "revise")
    end = reverse("contracts:line_end", args=[line.pk])
    pairs = [(_("Correct"), edit)]
    if line.end is None:
        pairs += [(_("Change from a day on"), revise), (_("End the line"), end)]
    return [Action(title, url, label=f"{title}: {name}") for title, url in pairs]


def _bill(line: Line) -> Action:
    title = _("Bill it")
    url = reverse("contracts:line_bill", args=[line.pk])
    return Action(title, url, label=f"{title}: {looks.line_words(line)}")
