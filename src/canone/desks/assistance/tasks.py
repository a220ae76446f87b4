"""Background work of the desk."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, IntegerField, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.base.firm import queries as firms
from canone.base.tasks.models import Job
from canone.base.tasks.registry import Work, job
from canone.desks.assistance.models import Accounting
from canone.desks.assistance.queries import profiles
from canone.desks.assistance.queries.scope import Scope, sessions
from canone.desks.assistance.services import accounting
from canone.desks.assistance.services.booking import MovedError

ACCOUNT_ALL = "assistance.account_all"
MOST_LISTED = 500
RETRIES = 20


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
            now = timezone.now()
            outcome = _next(chosen, user, now, after, raters)
            tally.add(outcome)
            if outcome.is_last:
                return
            after = outcome.after


def _next(
    chosen: Scope,
    user: User,
    now: datetime,
    after: accounting.Place | None,
    raters: profiles.Raters,
) -> accounting.Outcome:
    day = now.astimezone(firms.zone()).date()
    for attempt in range(RETRIES):
        try:
            return accounting.account_next(
                chosen, user=user, day=day, at=now, after=after, raters=raters
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
    """Counts what a run did, and keeps it in the job's report."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.total = int(work.params.get("total", 0))
        self.seen = 0
        self.count, self.cents, self.minutes = _before(work)
        self.skipped: dict[str, int] = {}
        self.listed: list[tuple[int, str]] = []

    def add(self, outcome: accounting.Outcome) -> None:
        """Add a batch, report it, and end here when somebody asked for it."""
        self.count += len(outcome.accounted)
        self.cents += outcome.cents
        self.minutes += outcome.minutes
        self.seen += len(outcome.accounted) + len(outcome.skipped)
        for code, count in accounting.reasons(outcome.skipped).items():
            self.skipped[code] = self.skipped.get(code, 0) + count
        room = MOST_LISTED - len(self.listed)
        self.listed += [(key, skip.value) for key, skip in outcome.skipped[:room]]
        tally = {"count": self.count, "cents": self.cents, "minutes": self.minutes}
        self.work.report({"tally": tally, "skipped": self.skipped, "listed": self.listed})
        done = now_("%(count)s accounted") % {"count": self.count}
        self.work.progress(self.seen, max(self.total, self.seen), done)


def _before(work: Work) -> tuple[int, int, int]:
    """Return sessions, cents and minutes that earlier attempts at this job accounted."""
    if work.attempt == 1:
        return 0, 0, 0
    since = Job.objects.values_list("created_at", flat=True).get(pk=work.job_id)
    sums = Accounting.objects.filter(by_id=work.user_id, at__gte=since).aggregate(
        count=Count("id"),
        cents=Sum("price", output_field=IntegerField()),
        minutes=Sum("total_minutes"),
    )
    return sums["count"], sums["cents"] or 0, sums["minutes"] or 0
