"""Background work of the desk."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.base.firm import queries as firms
from canone.base.tasks.registry import Work, job
from canone.desks.assistance.queries import profiles
from canone.desks.assistance.queries.scope import Scope, sessions
from canone.desks.assistance.services import accounting
from canone.desks.assistance.services.booking import Booked, MovedError, Seal

ACCOUNT_ALL = "assistance.account_all"
MOST_LISTED = 500
RETRIES = 20
SUMS = ("count", "cents", "minutes")


@job(ACCOUNT_ALL, title=_("Account sessions"))
def account_all(work: Work) -> None:
    """Account the pending sessions of the filter, batch by batch.

    What is accounted leaves the filter, so an attempt that was cut short is simply repeated; what
    it did counts on in the report.
    """
    user = User.objects.get(pk=work.user_id or 0)
    chosen = Scope.from_params(work.params["scope"])
    tally = _Tally(work)
    after: accounting.Place | None = None
    raters = profiles.Raters()
    with translation.override(user.language):
        while True:
            outcome = _next(chosen, user, after, raters, tally.seal)
            tally.add(outcome)
            if outcome.is_last:
                return
            after = outcome.after


def _next(
    chosen: Scope,
    user: User,
    after: accounting.Place | None,
    raters: profiles.Raters,
    seal: Seal,
) -> accounting.Outcome:
    now = timezone.now()
    day = now.astimezone(firms.zone()).date()
    for attempt in range(RETRIES):
        try:
            return accounting.account_next(
                chosen, user=user, day=day, at=now, after=after, raters=raters, seal=seal
            )
        except MovedError:
            if attempt == RETRIES - 1:
                raise
    raise AssertionError("unreachable")


def pending(chosen: Scope, *, user: User, now: datetime) -> int:
    """Return how many sessions a run will look at."""
    day = now.astimezone(firms.zone()).date()
    found = sessions(chosen, user=user, day=day, now=now)
    return int(found.filter(accounting__isnull=True).count())


class _Tally:
    """Counts what a run did, and keeps it in the job's report.

    The sums are sealed with each batch: they outlive a worker that dies, and no batch is counted
    of a worker that was taken for dead.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.total = int(work.params.get("total", 0))
        self.seen = 0
        self.sums: dict[str, int] = work.result.get("tally", dict.fromkeys(SUMS, 0))
        self.skipped: dict[str, int] = {}
        self.listed: list[tuple[int, str]] = []

    def seal(self, booked: Booked) -> None:
        """Keep the sums together with what they count."""
        more = (len(booked.sessions), booked.cents, booked.minutes)
        self.sums = {name: self.sums[name] + value for name, value in zip(SUMS, more, strict=True)}
        self.work.seal({"tally": self.sums})

    def add(self, outcome: accounting.Outcome) -> None:
        """Report the batch, and end here when somebody asked for it."""
        self.seen += len(outcome.accounted) + len(outcome.skipped)
        for code, count in accounting.reasons(outcome.skipped).items():
            self.skipped[code] = self.skipped.get(code, 0) + count
        room = MOST_LISTED - len(self.listed)
        self.listed += [(key, skip.value) for key, skip in outcome.skipped[:room]]
        self.work.report({"tally": self.sums, "skipped": self.skipped, "listed": self.listed})
        done = now_("%(count)s accounted") % {"count": self.sums["count"]}
        self.work.progress(self.seen, max(self.total, self.seen), done)
