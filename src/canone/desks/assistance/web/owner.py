"""What the owner reads of remote assistance: six numbers and twelve months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import BigIntegerField, Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_

from canone.base.access.models import User
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.queries.totals import totals
from canone.desks.assistance.rules.states import State
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Charge
from canone.ui import formats, zones
from canone.ui.charts import Bars, Point
from canone.ui.queues import Figure

MONTHS = 12
FIXED = ("contract", "subscription", "top_up")
"""What is agreed beforehand; everything else follows from what was done or used."""


def _first(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def figures(user: User, day: date) -> Iterator[Figure]:
    """Yield what is to account, and this month's sessions, hours and value beside last month's."""
    now = timezone.now()
    sums = totals(Scope(state=State.PENDING), user=user, day=day, now=now)
    pending = f"{reverse('assistance:list')}?state={State.PENDING.value}"
    yield Figure(now_("to account"), formats.money(sums.whole.price), pending)
    this, last = _month(_first(day, 0)), _month(_first(day, 1))
    yield Figure(now_("sessions this month"), formats.number(this[0]), "", _last(last[0]))
    yield Figure(
        now_("hours of assistance this month"),
        formats.duration(this[1] // 60),
        "",
        now_("last month %(value)s") % {"value": formats.duration(last[1] // 60)},
    )
    customers = RemoteSession.objects.filter(
        started_at__gte=_midnight(_first(day, 0)), group__isnull=False
    ).aggregate(count=Count("group__party", distinct=True))
    yield Figure(now_("customers helped this month"), formats.number(customers["count"]))


def _last(count: int) -> str:
    return now_("last month %(value)s") % {"value": formats.number(count)}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=zones.zone())


def _month(first: date) -> tuple[int, int]:
    """Return sessions and seconds of a month."""
    after = (first + timedelta(days=32)).replace(day=1)
    found = RemoteSession.objects.filter(
        started_at__gte=_midnight(first), started_at__lt=_midnight(after)
    ).aggregate(count=Count("id"), seconds=Sum("seconds"))
    return found["count"], found["seconds"] or 0


def chart(user: User, day: date) -> Bars | None:  # noqa: ARG001 (what every provider gets)
    """Return what was charged in the last twelve months: fees and prepaid, and by consumption."""
    since = _first(day, MONTHS - 1)
    rows = (
        Charge.objects.filter(service_start__gte=since)
        .values_list("service_start", "kind")
        .annotate(cents=Sum("amount", output_field=BigIntegerField()))
    )
    sums: dict[date, list[int]] = {_first(day, n): [0, 0] for n in reversed(range(MONTHS))}
    for day_, kind, cents in rows:
        month = day_.replace(day=1)
        if month in sums:
            sums[month][0 if kind in FIXED else 1] += int(cents)
    if not any(any(parts) for parts in sums.values()):
        return None
    points = [
        Point(formats.short_month(month), parts, [formats.money(Money(part)) for part in parts])
        for month, parts in sums.items()
    ]
    most = max(sum(parts) for parts in sums.values())
    step = _step(most)
    axis = [(value, formats.number(value // 100)) for value in range(0, most + step, step)]
    newest = formats.money(Money(sum(sums[_first(day, 0)])))
    return Bars(
        now_("What was charged month by month, before VAT"),
        [now_("fees and prepaid hours"), now_("pay per use")],
        points,
        axis,
        newest,
    )


def _step(most: int) -> int:
    """Return a round distance of the axis, in cents, that gives few lines."""
    step = 1_000
    while True:
        for factor in (1, 2, 5):
            if most <= 4 * factor * step:
                return factor * step
        step *= 10
