"""A program that the demo firm tells; it exists on paper only and is therefore switched off."""

from __future__ import annotations

from datetime import datetime, timedelta

from canone.base.access.models import User
from canone.base.events import facts
from canone.channels.webhooks.models import Hook
from canone.channels.webhooks.services import delivering, hooks
from canone.config.demo.land import House
from canone.kernel.money import Money
from canone.ledgers.invoicing.events import ChargePosted
from canone.ledgers.invoicing.models import Charge

ONE_DAY = timedelta(days=1)
TOLD = ("charge.posted", "charge.reversed", "party.created", "party.changed", "job.failed")
TAKEN = delivering.Outcome(200, "", 84, b'{"accepted": true}')
BUSY = delivering.Outcome(503, "", 1213, b"Maintenance until 6:00")
OUTCOMES = (TAKEN, TAKEN, TAKEN, BUSY, TAKEN, TAKEN, BUSY)
"""What it answered, one after the other; the last one waits."""


def load(house: House, owner: User, *, at: datetime) -> Hook:
    """Return the webhook with a log of the last charges."""
    start = at - timedelta(hours=9)
    hook, _secret = hooks.create(
        name="ERP",
        url=f"https://erp.{house.domain}/canone",
        facts=TOLD,
        is_inside_allowed=False,
        at=start,
        by=owner,
    )
    latest = list(Charge.objects.filter(is_reversal=False).order_by("-pk")[:6])
    facts.tell(ChargePosted, map(_told, reversed(latest)), at=start)
    moment = start
    for outcome in OUTCOMES:
        moment += timedelta(minutes=1)
        for parcel in delivering.parcels(busy=(), among=[hook.pk], at=moment):
            delivering.record(parcel, outcome, at=moment)
    return hooks.switch_off(hook_id=hook.pk, at=moment, by=owner)


def _told(charge: Charge) -> ChargePosted:
    return ChargePosted(
        charge_id=charge.pk,
        origin=charge.origin,
        revision=charge.revision,
        customer_id=charge.customer_id,
        kind=charge.kind,
        description=charge.description,
        amount=Money(charge.amount.minor),
        first_day=charge.service_start,
        last_day=charge.service_end - ONE_DAY,
    )
