"""What waits at this desk, for the start page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import ngettext

from canone.base.access.models import User
from canone.desks.assistance.models.sessions import SessionQuerySet
from canone.desks.assistance.queries.scope import Scope, sessions
from canone.desks.assistance.queries.totals import totals
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.web import looks
from canone.ui import formats, zones
from canone.ui.queues import Queue


def office(user: User, day: date) -> Iterator[Queue]:
    """Return sessions to account, without a customer, without a profile, and to close."""
    now = timezone.now()
    open_ = Scope(state=State.PENDING)
    sums = totals(open_, user=user, day=day, now=now)
    for state, url in (
        (State.PENDING, f"{reverse('assistance:list')}?state=pending"),
        (State.UNASSIGNED, reverse("assistance:inbox")),
        (State.NO_PROFILE, f"{reverse('assistance:list')}?state=no_profile"),
        (State.ORPHAN, f"{reverse('assistance:list')}?state=orphan"),
    ):
        found = sessions(Scope(state=state), user=user, day=day, now=now)
        count = found.count()
        if count:
            yield Queue(
                looks.STATES[state],
                TITLES[state](),
                url,
                count,
                sums.whole.price if state is State.PENDING else None,
                _remark(state, found),
            )


def technician(user: User, day: date) -> Iterator[Queue]:
    """Return the technician's own sessions that ask for something."""
    now = timezone.now()
    mine = f"{reverse('assistance:list')}?technician={user.pk}"
    for state in (State.RUNNING, State.ORPHAN, State.PENDING):
        chosen = Scope(state=state, technician_id=user.pk)
        count = sessions(chosen, user=user, day=day, now=now).count()
        if count:
            url = f"{mine}&state={state.value}"
            yield Queue(looks.STATES[state], TITLES[state](), url, count)


TITLES = {
    State.PENDING: lambda: now_("Remote sessions to account"),
    State.UNASSIGNED: lambda: now_("Sessions without a customer"),
    State.NO_PROFILE: lambda: now_("Sessions of groups without a profile"),
    State.ORPHAN: lambda: now_("Sessions without an end"),
    State.RUNNING: lambda: now_("Sessions that are running"),
}


def _remark(state: State, rows: SessionQuerySet) -> str:
    if state is State.UNASSIGNED:
        return now_("computers that are not in the address book yet")
    first = rows.aggregate(first=Min("started_at"))["first"]
    groups = rows.order_by().values("group_id").distinct().count()
    many = ngettext("%(count)s group", "%(count)s groups", groups) % {"count": groups}
    oldest = formats.date_of(first.astimezone(zones.zone()).date())
    return now_("%(groups)s, the oldest of %(day)s") % {"groups": many, "day": oldest}
