"""Sessions that are not accounted: what they will come to, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop as later_

from canone.base.firm import queries as firms
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import previews, profiles
from canone.desks.assistance.queries.previews import CHUNK, Preview, Row
from canone.desks.assistance.rules.states import State
from canone.ledgers.invoicing.rules.ports import LeftOut
from canone.registers.parties.models import Group
from canone.ui import formats, sentences

KIND = "remote_session"
REASONS: dict[State, str] = {
    State.PENDING: later_("The session is not accounted yet. Account it."),
    State.ORPHAN: later_("The session never ended. Enter when it ended."),
    State.NO_PROFILE: later_("Its group has no profile. Assign one."),
    State.UNASSIGNED: later_("Nobody knows whose session it is. Assign it to a customer."),
}


class Unready:
    """What this desk answers to `invoicing.rules.ports.Unready`."""

    def unready(self, *, day: date, at: datetime) -> Iterator[LeftOut]:
        """Yield every session that is to be accounted, or would be if it were complete."""
        open_ = RemoteSession.objects.filter(accounting__isnull=True)
        rows = previews.rows(open_.order_by("started_at", "id"))
        owners = dict(Group.objects.values_list("pk", "party_id"))
        at_work, zone = profiles.current(day), firms.zone()
        while batch := list(islice(rows, CHUNK)):
            seen = previews.of_rows(batch, at_work, now=at)
            for row in batch:
                found = seen[row.id]
                if found.state in REASONS and not _is_free(found):
                    yield _left_out(row, found, owners.get(row.group_id or 0, 0), zone)


def _is_free(found: Preview) -> bool:
    """Whether it costs nothing by itself: drawn from prepaid hours, or part of another."""
    price = found.price
    return found.state is State.PENDING and (price is None or not price.minor)


def _left_out(row: Row, found: Preview, customer: int, zone: ZoneInfo) -> LeftOut:
    day = row.started_at.astimezone(zone).date()
    title = formats.span(row.started_at, row.ended_at, zone)
    return LeftOut(
        customer,
        f"session_{found.state.value}",
        sentences.keep(REASONS[found.state]),
        origin=f"session:{row.id}",
        title=" · ".join(filter(None, (row.device_name, title))),
        amount_minor=found.price.minor if found.price is not None else None,
        kind=KIND,
        service_end=day + timedelta(days=1),
        invoice_on=day,
    )
