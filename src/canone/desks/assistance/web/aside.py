"""What stands beside the list: the profile of the chosen group in words, its prepaid hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as now_

from canone.base.access.models import User
from canone.desks.assistance import permissions
from canone.desks.assistance.queries import profiles, scope, totals
from canone.desks.assistance.queries.profiles import Profile
from canone.desks.contracts import permissions as contracts
from canone.ledgers.allowances import queries as allowances
from canone.registers.catalog.queries import words
from canone.registers.parties.models import Group
from canone.ui import formats
from canone.ui.gauges import Gauge
from canone.ui.heads import Link
from canone.ui.states import State

EXAMPLES = (5, 37, 120)


@dataclass(frozen=True, slots=True)
class Aside:
    """The panels beside the list; `profile` is None for a group without one."""

    group: Group
    profile: Profile | None
    kind: State | None = None
    sentence: str = ""
    origin: str = ""
    examples: tuple[tuple[str, str], ...] = ()
    options: tuple[str, ...] = ()
    gauge: Gauge | None = None
    balance: tuple[tuple[str, str], ...] = ()
    top_up_url: str = ""
    tariff_url: str = ""
    contract: Link | None = None


def of(chosen: scope.Scope, sums: totals.Totals, *, user: User, day: date) -> Aside | None:
    """Return the panels for the group of the filter; nothing without one, or for technicians."""
    if chosen.group_id is None or not user.may(permissions.PRICES):
        return None
    group = Group.objects.select_related("party").get(pk=chosen.group_id)
    last = scope.last_day(chosen, day=day)
    profile = profiles.of_group(group.pk, day, work=last)
    if profile is None:
        return Aside(group, None)
    terms, version = profile.rater.terms, profile.version
    is_pool = profile.is_subscription
    return Aside(
        group,
        profile,
        State("done", now_("Subscription") if is_pool else now_("Pay per use"), "euro"),
        words.sentence_bold(terms),
        _origin(profile),
        () if is_pool else tuple(_example(profile, minutes) for minutes in EXAMPLES),
        tuple(words.options(terms)),
        _gauge(profile, sums) if is_pool else None,
        _balance(profile, sums) if is_pool else (),
        reverse("assistance:top_up", args=[version.tariff_id])
        if is_pool and profile.agreed is None and user.may(permissions.ASSIGN)
        else "",
        reverse("catalog:profile", args=[version.tariff_id]),
        _contract(profile, user),
    )


def _origin(profile: Profile) -> str:
    """Return which profile it is and who says so: a contract, or the assignment."""
    told = {
        "name": profile.version.tariff.name,
        "version": profile.version.number,
        "day": formats.date_of(profile.starts_on),
    }
    if profile.agreed is None:
        text = now_("Profile %(name)s, version %(version)s, assigned to the group since %(day)s.")
        return text % told
    text = now_("Profile %(name)s, version %(version)s, by contract %(number)s since %(day)s.")
    return text % (told | {"number": profile.agreed.number})


def _contract(profile: Profile, user: User) -> Link | None:
    agreed = profile.agreed
    if agreed is None or not user.may(contracts.VIEW):
        return None
    text = now_("Contract %(number)s") % {"number": agreed.number}
    return Link(text, reverse("contracts:detail", args=[agreed.contract_id]))


def _example(profile: Profile, minutes: int) -> tuple[str, str]:
    price = profile.for_minutes(minutes).price
    return words.minutes(minutes), formats.money(price)


def _pending(profile: Profile, sums: totals.Totals) -> int:
    return sums.pools.get(profile.pool, 0)


def _gauge(profile: Profile, sums: totals.Totals) -> Gauge | None:
    found = allowances.balances([profile.pool]).get(profile.pool)
    if found is None:
        return None
    whole = max(found.granted + found.topped_up - found.expired, 1)
    pending = _pending(profile, sums)
    return Gauge(
        now_("Prepaid hours"),
        Fraction(found.consumed, whole),
        pool_state(found.balance, whole),
        now_("%(used)s used of %(whole)s")
        % {"used": formats.duration(found.consumed), "whole": formats.duration(whole)},
        Fraction(pending, whole),
    )


def pool_state(balance: int, whole: int) -> State:
    """Return how a pool stands, in the words that every page uses."""
    if balance < 0:
        over = formats.duration(-balance)
        return State("stop", now_("Over by %(time)s") % {"time": over})
    if balance == 0:
        return State("warn", now_("Used up"))
    if balance * 5 <= whole:
        return State("warn", now_("Nearly used up"))
    return State("done", now_("Regular"))


def _balance(profile: Profile, sums: totals.Totals) -> tuple[tuple[str, str], ...]:
    found = allowances.balances([profile.pool]).get(profile.pool)
    if found is None:
        return ()
    pending = _pending(profile, sums)
    return (
        (now_("Granted"), formats.duration(found.granted)),
        (now_("Topped up"), formats.duration(found.topped_up)),
        (now_("Consumed"), formats.duration(found.consumed)),
        (now_("Balance"), formats.duration(found.balance)),
        (now_("To account in the filter"), formats.duration(pending)),
        (now_("Balance after that"), formats.duration(found.balance - pending)),
    )
