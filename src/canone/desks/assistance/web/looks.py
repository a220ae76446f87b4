"""How sessions look: states in words, periods, explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from canone.desks.assistance.queries import listing
from canone.desks.assistance.queries.listing import Shown
from canone.desks.assistance.rules.states import Skip, State
from canone.desks.assistance.services.accounting import Outcome
from canone.kernel.money import Money
from canone.registers.catalog.queries import words
from canone.ui import explain, formats, states, zones

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATES: dict[State, states.State] = {
    State.RUNNING: states.State("run", _("Running")),
    State.PENDING: states.State("todo", _("To account")),
    State.ORPHAN: states.State("warn", _("To close")),
    State.NO_PROFILE: states.State("warn", _("Without profile")),
    State.UNASSIGNED: states.State("warn", _("Without customer")),
    State.IGNORED: states.State("idle", _("Below the minimum")),
    State.ACCOUNTED: states.State("done", _("Accounted"), "lock"),
}
CHOICES = [(state.value, look.word) for state, look in STATES.items()]

SKIPS: dict[Skip, StrOrPromise] = {
    Skip.ACCOUNTED: _("already accounted"),
    Skip.IGNORED: _("below the minimum"),
    Skip.RUNNING: _("still running"),
    Skip.ORPHAN: _("without an end: close it first"),
    Skip.NO_PROFILE: _("the group has no profile"),
    Skip.UNASSIGNED: _("without a customer"),
    Skip.NOTE_MISSING: _("the profile asks for a note"),
    Skip.BELOW_ZERO: _("the total falls below zero"),
    Skip.POOL_EXHAUSTED: _("the prepaid hours are used up"),
    Skip.MOVED: _("somebody changed it at this moment: try again"),
    Skip.GROUP_OUTSIDE: _("belongs together with a session outside the filter"),
}


def state(row: Shown) -> states.State:
    """Return the row's state in colour, icon and word."""
    return STATES[row.state]


def when(row: Shown) -> str:
    """Return start and end, with both dates across midnight."""
    return formats.span(row.session.started_at, row.session.ended_at, zones.zone())


def connection(row: Shown) -> str:
    """Return the connected time, or for how long it has been running."""
    if row.state is State.RUNNING:
        minutes = listing.open_minutes(row.session, now=timezone.now())
        return now_("for %(minutes)s min") % {"minutes": minutes}
    return formats.duration(row.connection_minutes) if row.session.ended_at else formats.MISSING


def lead(row: Shown) -> str:
    """Return in words how the minutes add up."""
    extra = row.session.extra_minutes
    given = {
        "connection": row.connection_minutes,
        "extra": abs(extra),
        "total": row.total_minutes,
    }
    if not extra:
        return now_("%(connection)s min of connection, no extra minutes") % given
    if extra > 0:
        return now_("%(connection)s min of connection + %(extra)s extra = %(total)s min") % given
    return now_("%(connection)s min of connection − %(extra)s extra = %(total)s min") % given


def explanation(row: Shown) -> explain.Explanation | None:
    """Return how the price, or the draw on the prepaid hours, comes about."""
    if row.version is None or not row.explanation:
        return None
    profile = {"profile": row.version.tariff.name, "version": row.version.number}
    if row.is_preview:
        foot = now_(
            "Preview at today’s tariff (%(profile)s, version %(version)s). "
            "It is fixed when you account."
        )
    else:
        foot = now_("Accounted with %(profile)s, version %(version)s.")
    if row.price is not None:
        figure, sum_word = formats.money(row.price), now_("Price")
    else:
        figure, sum_word = formats.duration(row.pool_minutes), now_("From the prepaid hours")
    return explain.Explanation(
        figure, words.steps(row.explanation), sum_word, lead(row), foot % profile
    )


def together(row: Shown) -> str:
    """Return that a session is priced with others, or nothing."""
    if not row.leads:
        return now_("priced together with another session")
    if len(row.members) > 1:
        many = len(row.members) - 1
        return ngettext("with %(count)s more session", "with %(count)s more sessions", many) % {
            "count": many
        }
    return ""


def reasons(counts: dict[str, int]) -> str:
    """Return in words how many were left out and why."""
    parts = [f"{count} {SKIPS[Skip(code)]}" for code, count in counts.items()]
    return ", ".join(parts)


def accounted(outcome: Outcome) -> str:
    """Return what an accounting came to, with the number."""
    count = len(outcome.accounted)
    return ngettext(
        "%(count)s session accounted, %(amount)s.",
        "%(count)s sessions accounted, %(amount)s.",
        count,
    ) % {"count": formats.number(count), "amount": formats.money(Money(outcome.cents))}
