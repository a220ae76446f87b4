"""Balances and movements in the reader's words."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from canone.ledgers.allowances import queries
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.rules.thresholds import State, Threshold
from canone.ui import formats
from canone.ui import states as looks
from canone.ui.gauges import Gauge

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Unit = Allowance.Unit
Kind = Entry.Kind
STATES: dict[State, tuple[str, StrOrPromise]] = {
    State.REGULAR: ("done", _("In order")),
    State.LOW: ("warn", _("Nearly used up")),
    State.USED_UP: ("warn", _("Used up")),
    State.OVER: ("stop", _("Over")),
}
KINDS: dict[str, tuple[str, StrOrPromise]] = {
    Kind.GRANT: ("done", _("Granted")),
    Kind.TOP_UP: ("done", _("Top-up")),
    Kind.DRAW: ("run", _("Consumed")),
    Kind.REVERSAL: ("idle", _("Reversed")),
    Kind.EXPIRY: ("warn", _("Expired")),
    Kind.ROLLOVER: ("done", _("Carried over")),
    Kind.RESTORED: ("done", _("Restored")),
}
ICONS = {Kind.REVERSAL: "undo", Kind.GRANT: "plus", Kind.TOP_UP: "plus", Kind.ROLLOVER: "plus"}


def quantity(value: int, unit: str, *, signed: bool = False) -> str:
    """Return a quantity: minutes as `2:43`, the rest as a number."""
    if unit == Unit.MINUTE:
        return formats.duration(value, signed=signed)
    return formats.number(value, signed=signed)


def with_unit(value: int, unit: str) -> str:
    """Return a quantity with its word: `2:43 hours`, `3 tickets`."""
    if unit == Unit.MINUTE:
        return now_("%(hours)s hours") % {"hours": formats.duration(value)}
    count = formats.number(value)
    size = abs(value)
    told = {
        Unit.TICKET: ngettext("%(count)s ticket", "%(count)s tickets", size),
        Unit.VISIT: ngettext("%(count)s visit", "%(count)s visits", size),
        Unit.COPY: ngettext("%(count)s copy", "%(count)s copies", size),
    }
    return told[Unit(unit)] % {"count": count}


def state(pool: Allowance) -> looks.State:
    """Return the state of a balance as colour, icon and word: `Over by 0:30`."""
    found = queries.state_of(pool)
    kind, word = STATES[found]
    if found is State.OVER:
        left = quantity(-pool.balance, pool.unit)
        word = now_("Over by %(quantity)s") % {"quantity": left}
    return looks.State(kind, word)


def given(pool: Allowance) -> int:
    """Return all that was granted and topped up."""
    return pool.granted + pool.topped_up


def used_share(pool: Allowance) -> Fraction:
    """Return how much of what was given is consumed or expired; 1 is all."""
    if given(pool) <= 0:
        return Fraction(1 if pool.balance <= 0 else 0)
    return Fraction(pool.consumed + pool.expired, given(pool))


def gauge(pool: Allowance, *, pending: int = 0) -> Gauge:
    """Return the balance as a bar; `pending` is what will be drawn."""
    whole = given(pool)
    told = now_("%(left)s left of %(given)s")
    if pool.balance < 0:
        told = now_("%(used)s used of %(given)s")
    words = told % {
        "left": quantity(pool.balance, pool.unit),
        "used": quantity(pool.consumed + pool.expired, pool.unit),
        "given": with_unit(whole, pool.unit),
    }
    share = Fraction(pending, whole) if whole > 0 else Fraction(0)
    return Gauge(pool.title, used_share(pool), state(pool), words, share)


def movement(entry: Entry) -> looks.State:
    """Return the kind of a movement; what was reversed says so."""
    if getattr(entry, "reversal", None) is not None:
        return looks.State("idle", now_("%(kind)s, reversed") % {"kind": KINDS[entry.kind][1]})
    kind, word = KINDS[entry.kind]
    return looks.State(kind, word, ICONS.get(Kind(entry.kind), ""))


def threshold(text: str, unit: str) -> str:
    """Return a threshold in words: `20 %` or `1:00 hours`."""
    found = Threshold.of(text)
    if found.is_percent:
        return formats.percent(Fraction(found.value, 100), decimals=0)
    return with_unit(found.value, unit)


def typed(text: str, unit: str) -> str:
    """Return a threshold as people type it: `20%` or `1:00`."""
    found = Threshold.of(text)
    return str(found) if found.is_percent else quantity(found.value, unit)


def rollover(pool: Allowance) -> str:
    """Return in words what is carried over at the end of a lot."""
    rule = pool.rollover
    if rule is None:
        return now_("none: what is left is lost")
    months = ngettext("for %(count)s month", "for %(count)s months", rule.months)
    told = months % {"count": rule.months}
    if rule.cap is None:
        return told
    return now_("%(months)s, at most %(most)s") % {
        "months": told,
        "most": with_unit(rule.cap, pool.unit),
    }


def note(entry: Entry, unit: str) -> str:
    """Return the movement's note, and what was needed beyond the pool."""
    beyond = ""
    if entry.overage:
        beyond = now_("%(quantity)s beyond the balance") % {
            "quantity": with_unit(entry.overage, unit)
        }
    return " · ".join(part for part in (entry.note, beyond) if part)
