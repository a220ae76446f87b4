"""Prepaid hours: what a subscription grants and what is topped up, each with its charge."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from canone.base.history import services as history
from canone.desks.assistance.models import Assignment
from canone.desks.assistance.queries import profiles
from canone.kernel.money import Money
from canone.ledgers.allowances import queries as allowances
from canone.ledgers.allowances.models import Entry
from canone.ledgers.allowances.rules import expiry
from canone.ledgers.allowances.services import entries, pools
from canone.ledgers.invoicing.queries import charges as charged
from canone.ledgers.invoicing.services import charges
from canone.registers.catalog.events import TariffRevised
from canone.registers.catalog.models import Tariff, TariffVersion
from canone.registers.catalog.queries import tariffs as catalog
from canone.registers.catalog.rules.terms import Terms
from canone.registers.parties.models import Group

SUBSCRIPTION = "subscription"
TOP_UP = "top_up"
ONE_DAY = timedelta(days=1)


class NoSubscriptionError(Exception):
    """The tariff is no subscription, or belongs to no group."""


@transaction.atomic
def grant(*, tariff: Tariff, group: Group, day: date, at: datetime, by: int | None) -> None:
    """Open the subscription's pool for the group's customer, grant its hours, charge its amount.

    Doing it twice for the same day changes nothing.
    """
    version = catalog.current_versions(profiles.day_end(day), tariffs=[tariff.pk])[tariff.pk]
    terms = version.terms()
    owner = profiles.pool_key(tariff.pk)
    pools.open_pool(
        owner=owner,
        customer_id=group.party_id,
        title=tariff.name,
        thresholds=_thresholds(terms),
        rollover=_rollover(terms),
        at=at,
        by=by,
    )
    origin = f"{SUBSCRIPTION}:{tariff.pk}:{day.isoformat()}"
    last = expiry.months_after(day, terms.expiry_months) - ONE_DAY if terms.expiry_months else None
    if terms.total_minutes:
        entries.grant(
            owner=owner,
            quantity=terms.total_minutes,
            amount=terms.amount,
            day=day,
            origin=origin,
            expires_on=last,
            at=at,
            by=by,
        )
    draft = _draft(origin, SUBSCRIPTION, group, terms.amount, terms.total_minutes, day)
    charges.post_missing([draft], at=at, by=by)


@transaction.atomic
def follow(event: TariffRevised, *, at: datetime) -> None:  # noqa: ARG001 (handlers are told)
    """Let the pool warn and carry over as the new version says.

    Only what the version changed: the rest may have been set at the pool itself.
    """
    versions = TariffVersion.objects.filter(tariff=event.tariff_id).select_related("tariff")
    by_number = {version.number: version.terms() for version in versions}
    before, now = by_number[event.number - 1], by_number[event.number]
    warns = _thresholds(now) != _thresholds(before)
    carries = _rollover(now) != _rollover(before)
    owner = profiles.pool_key(event.tariff_id)
    if not (warns or carries) or not allowances.balances([owner]):
        return
    pools.set_up(
        owner=owner,
        thresholds=_thresholds(now) if warns else None,
        rollover=_rollover(now),
        keep_rollover=not carries,
    )


@transaction.atomic
def top_up(  # noqa: PLR0913 (what a top-up is)
    *,
    tariff_id: int,
    minutes: int,
    amount: Money,
    day: date,
    at: datetime,
    by: int | None,
    note: str = "",
    expires_on: date | None = None,
    key: str = "",
) -> int:
    """Return the id of the movement that adds `minutes`; the amount is charged to the customer.

    The same `key` again returns the movement on record. Raises NoSubscriptionError and what the
    ledger refuses.
    """
    assignment = _assignment(tariff_id)
    owner = profiles.pool_key(tariff_id)
    origin = f"{TOP_UP}:{tariff_id}:{key or secrets.token_hex(8)}"
    entry_id = entries.top_up(
        owner=owner,
        quantity=minutes,
        amount=amount,
        day=day,
        origin=origin,
        note=note,
        expires_on=expires_on,
        at=at,
        by=by,
    )
    draft = _draft(origin, TOP_UP, assignment.group, amount, minutes, day)
    charges.post_missing([draft], at=at, by=by)
    return entry_id


@transaction.atomic
def reverse_purchase(
    *, entry_id: int, reason: str, day: date, at: datetime, by: int | None
) -> None:
    """Take back a grant or a top-up and its charge; refused once the charge is on a document."""
    entry = Entry.objects.get(pk=entry_id)
    raised = charged.standing(entry.origin)
    if raised is not None:
        charges.reverse(charge_ids=[raised.pk], reason=reason, at=at, by=by)
    entries.reverse(entry_ids=[entry_id], reason=reason, day=day, at=at, by=by)


def _assignment(tariff_id: int) -> Assignment:
    found = (
        Assignment.objects.filter(tariff_id=tariff_id, is_exclusive=True)
        .select_related("group__party")
        .order_by("-starts_on")
        .first()
    )
    if found is None:
        raise NoSubscriptionError
    return found


def _draft(
    origin: str, kind: str, group: Group, amount: Money, minutes: int, day: date
) -> charges.ChargeDraft:
    hours = f"{minutes // 60}:{minutes % 60:02d}"
    with translation.override(group.party.language):
        form = (
            _("Subscription %(name)s, %(hours)s hours")
            if kind == SUBSCRIPTION
            else _("Top-up %(name)s, %(hours)s hours")
        )
    step = {"amount": str(amount), "code": kind, "minutes": minutes}
    return charges.ChargeDraft(
        origin=origin,
        revision=1,
        customer_id=group.party_id,
        kind=kind,
        description=(form % {"name": group.name, "hours": hours})[:400],
        quantity_micros=1_000_000,
        unit="",
        unit_price_micros=amount.minor * 10_000,
        amount_minor=amount.minor,
        vat_id=None,
        service_start=day,
        service_end=day + ONE_DAY,
        explanation=history.canonical([step]),
    )


def _thresholds(terms: Terms) -> list[str]:
    return [f"{percent}%" for percent in terms.warn_at_percent]


def _rollover(terms: Terms) -> expiry.Rollover | None:
    if not terms.rollover_minutes or not terms.expiry_months:
        return None
    return expiry.Rollover(terms.expiry_months, terms.rollover_minutes)
