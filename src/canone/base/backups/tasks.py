"""Backups in the background: by hand, and when the plan says so."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base import tasks
from canone.base.backups import queries
from canone.base.backups.models import Backup
from canone.base.backups.services import keeping
from canone.base.firm import queries as firm
from canone.base.tasks import services as jobs

MAKE = "backups.make"
TOLD = 8 * 1024 * 1024


@tasks.job(MAKE, title=gettext_lazy("Back up"), counts_bytes=True)
def make(work: tasks.Work) -> None:
    """Return nothing after making a backup; its log is the report."""
    counter = _Counter(work)
    # one job at a time makes backups, so whatever still runs belonged to a worker that died
    whole = keeping.settle(at=timezone.now())
    wanted = keeping.Wanted(at=timezone.now(), by=work.user_id)
    # the attempt before this one had made it already, when its worker died
    log = whole if work.again else None
    log = log or keeping.make(wanted, clock=timezone.now, step=counter.add)
    if log.outcome == Backup.Outcome.FAILED:
        raise tasks.JobError(log.trouble)
    work.report({"lines": [[_("File"), log.path], [_("Files inside"), log.files]]})


@tasks.every("backups.due", minutes=5)
@tasks.job("backups.due", title=gettext_lazy("See whether a backup is due"))
def due(_work: tasks.Work) -> None:
    """Return nothing after starting a backup, if the plan's hour has come."""
    if queries.is_due(timezone.now(), firm.zone()):
        start(by=None)


def start(*, by: int | None) -> int:
    """Return the job that makes a backup, begun now or at work already."""
    return jobs.start(MAKE, params={}, by=by, at=timezone.now(), key=MAKE).pk


class _Counter:
    """Tells the job how far it is, every few megabytes."""

    def __init__(self, work: tasks.Work) -> None:
        self.work, self.done, self.told = work, 0, 0
        last = queries.latest_good()
        self.total = last.size if last else 0

    def add(self, count: int) -> None:
        """Count bytes."""
        self.done += count
        if self.done - self.told >= TOLD:
            self.told = self.done
            self.work.progress(self.done, max(self.total, self.done))
