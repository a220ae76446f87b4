"""What a new version of a tariff, or a line of a contract, would touch: answers to their ports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from canone.base.firm import queries as firms
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import previews, profiles
from canone.desks.assistance.queries.previews import Preview
from canone.desks.assistance.queries.profiles import AtWork
from canone.desks.assistance.rules.states import State
from canone.desks.contracts.queries.covering import Touched, hours_of
from canone.kernel.money import Money
from canone.registers.catalog.queries.impact import Impact
from canone.registers.catalog.rules.rating import Rater
from canone.registers.catalog.rules.terms import Terms
from canone.registers.parties.models import Group

if TYPE_CHECKING:
    from canone.desks.contracts.models import Line

LIST = "/sessions/"


def of_tariff(*, tariff_id: int, terms: Terms, at: datetime) -> Impact:
    """Return how many customers and pending sessions the terms touch, and their price."""
    day = at.astimezone(firms.zone()).date()
    now = profiles.current(day)
    then = now.with_rater(tariff_id, Rater(terms, zone=firms.zone()))
    priced = [one for one in now.every() if one.version.tariff_id == tariff_id]
    groups = {one.group_id for one in priced}
    count, before = _worth(now, groups, tariff_id, at)
    _count, after = _worth(then, groups, tariff_id, at)
    query = urlencode({"state": State.PENDING.value})
    return Impact(
        customers=len({one.customer_id for one in priced}),
        pending=count,
        before=Money(before),
        after=Money(after),
        pending_url=f"{LIST}?{query}",
    )


def _worth(
    at_work: AtWork, groups: Collection[int], tariff_id: int, now: datetime
) -> tuple[int, int]:
    """Return how many pending sessions of the groups the tariff prices, and what they come to."""
    count = cents = 0
    for batch in _batches(groups):
        for preview in previews.of_rows(batch, at_work, now=now).values():
            profile = preview.profile
            is_priced = profile is not None and profile.version.tariff_id == tariff_id
            if is_priced and preview.state is State.PENDING:
                count += 1
                cents += _cents(preview)
    return count, cents


def _batches(groups: Collection[int]) -> Iterator[list[previews.Row]]:
    found = RemoteSession.objects.filter(
        group_id__in=list(groups), accounting__isnull=True, ended_at__isnull=False
    )
    rows = previews.rows(found.order_by("started_at", "id"))
    while batch := list(islice(rows, previews.CHUNK)):
        yield batch


def _cents(preview: Preview) -> int:
    return preview.price.minor if preview.price is not None else 0


def of_lines(lines: Sequence[Line], *, at: datetime) -> Touched:
    """Return which pending sessions are priced otherwise once contract lines are as in memory."""
    contract = lines[0].contract
    day = at.astimezone(firms.zone()).date()
    groups = list(Group.objects.filter(party_id=contract.customer_id).values_list("pk", flat=True))
    now = profiles.current(day, groups=groups)
    then = profiles.current(day, groups=groups, instead=lines)
    count = before = after = drawing = 0
    hours = hours_of(contract.pk)
    for batch in _batches(groups):
        seen = previews.of_rows(batch, now, now=at)
        drawing += sum(one.state is State.PENDING and one.pool == hours for one in seen.values())
        for key, following in previews.of_rows(batch, then, now=at).items():
            if _worth_of(seen[key]) != _worth_of(following):
                count += 1
                before += _cents(seen[key])
                after += _cents(following)
    query = {"state": State.PENDING.value} | ({"group": groups[0]} if len(groups) == 1 else {})
    url = f"{LIST}?{urlencode(query)}"
    return Touched(count, Money(before), Money(after), url, drawing)


def _worth_of(preview: Preview) -> tuple[Any, ...]:
    return preview.state, _cents(preview), preview.billed_minutes, preview.pool


def groups_of(*, tariffs: list[int], at: datetime) -> dict[int, int]:
    """Return how many groups each tariff prices."""
    day = at.astimezone(firms.zone()).date()
    wanted = set(tariffs)
    at_work = profiles.current(day)
    held = (at_work.on(group, day) for group in at_work.groups())
    found = Counter(one.version.tariff_id for one in held if one is not None)
    return {key: count for key, count in found.items() if key in wanted}
