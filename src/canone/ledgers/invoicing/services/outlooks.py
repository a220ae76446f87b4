"""Looking at everything that is owed, some customers at a time, and keeping what was seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from canone.base import bulk
from canone.base.tasks import services as jobs
from canone.base.tasks.models import Job
from canone.kernel.periods import ONE_DAY, add_months
from canone.ledgers.invoicing.models import Outlook, OwedItem
from canone.ledgers.invoicing.queries import outlooks, planning, ports, unbilled
from canone.ledgers.invoicing.queries.unbilled import Owed
from canone.ledgers.invoicing.rules.orders import Order

JOB = "invoicing.look"
PATIENCE = timedelta(hours=1)
"""After so long a look that was cut short begins anew."""
COLUMNS = (
    "outlook_id", "customer_id", "kind", "bundle", "origin", "revision", "title", "amount",
    "service_end", "invoice_on", "code", "reason",
)  # fmt: skip


def horizon(day: date) -> date:
    """Return the last day that a look on `day` reaches: the end of the month after the next."""
    return add_months(day.replace(day=1), 3) - ONE_DAY


def start(*, at: datetime, by: int | None) -> Job:
    """Return the job that looks anew; one that is at work stays."""
    return jobs.start(JOB, params={}, by=by, at=at, key=JOB)


@transaction.atomic
def begin(*, day: date, at: datetime) -> Outlook:
    """Return a new look, or the one of that day that was cut short."""
    open_ = Outlook.objects.select_for_update().filter(made_at__isnull=True)
    found = open_.filter(day=day, begun_at__gt=at - PATIENCE).order_by("-pk").first()
    if found is not None:
        return found
    charge, document = outlooks.newest()
    return Outlook.objects.create(
        day=day,
        through=horizon(day),
        begun_at=at,
        last_charge=charge,
        last_document=document,
    )


def advance(outlook_id: int) -> int:
    """Return how many customers were looked at; 0 when nobody is left.

    What they owe is worked out before the transaction that writes it.
    """
    look = Outlook.objects.get(pk=outlook_id)
    order = Order(through=look.through, issue_date=look.day)
    customers = planning.next_customers(order, after=look.after_customer)
    if not customers:
        return 0
    found = unbilled.of_plan(planning.plan(order, customers))
    with transaction.atomic():
        now = Outlook.objects.select_for_update().get(pk=outlook_id)
        if now.after_customer == look.after_customer:
            _write(now, found)
            now.after_customer = customers[-1]
            now.save(update_fields=["after_customer"])
    return len(customers)


def finish(outlook_id: int, *, at: datetime) -> Outlook:
    """Return the look after adding what is not ready to be billed; older looks are forgotten."""
    look = Outlook.objects.get(pk=outlook_id)
    waiting = [
        unbilled.of_left_out(left)
        for desk in ports.unready()
        for left in desk.unready(day=look.day, at=at)
    ]
    with transaction.atomic():
        now = Outlook.objects.select_for_update().get(pk=outlook_id)
        if now.made_at is None:
            _write(now, waiting)
            now.made_at = at
            now.save(update_fields=["made_at"])
        OwedItem.objects.exclude(outlook=now).delete()
        Outlook.objects.exclude(pk=now.pk).delete()
    return now


def _write(look: Outlook, found: Iterable[Owed]) -> None:
    bulk.insert(OwedItem, COLUMNS, [_row(look, one) for one in found])


def _row(look: Outlook, one: Owed) -> bulk.Row:
    due = one.invoice_on or (one.service_end - ONE_DAY if one.service_end else look.day)
    end = one.service_end or look.day
    return (
        look.pk, one.customer_id or None, one.kind, one.bundle, one.origin, one.revision,
        one.title[:400], one.amount_minor, _day(end), _day(due), one.code, one.reason[:400],
    )  # fmt: skip


def _day(value: date) -> str:
    return value.isoformat()
