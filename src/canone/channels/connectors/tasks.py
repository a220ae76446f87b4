"""Pulls in the background: by hand, by schedule, and as sessions happen."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base import tasks
from canone.base.tasks import runner
from canone.channels.connectors import queries
from canone.channels.connectors.models import PullLog
from canone.channels.connectors.queries import wording
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import listening, pulling, telling
from canone.channels.connectors.services.receiving import deliveries, messages

PULL = "connectors.pull"


@tasks.job(PULL, title=gettext_lazy("Fetch sessions"), max_attempts=1)
def pull(work: tasks.Work) -> None:
    """Return nothing after asking one source, for somebody who waits for the result."""
    source_id, now = int(work.params["source"]), timezone.now()
    if work.again:
        pulling.let_go(trigger=PullLog.Trigger.HAND, at=now, source_id=source_id)
    reason = pulling.Reason(PullLog.Trigger.HAND, now, work.user_id)
    try:
        log = pulling.pull(
            source_id=source_id,
            reason=reason,
            step=work.progress,
        )
    except Trouble as trouble:
        raise tasks.JobError(wording.trouble(trouble.code, trouble.values)) from trouble
    if log.outcome == PullLog.Outcome.FAILED:
        raise tasks.JobError(wording.trouble(log.trouble, log.values))
    work.report(
        {
            "lines": [
                [_("Sessions seen"), log.seen],
                [_("New sessions"), log.new],
                [_("Ended since the last time"), log.closed],
                [_("Without a customer"), log.unassigned],
                [_("Without an end for more than a day"), log.orphaned],
            ],
            "notes": wording.notices(log.warnings),
        }
    )


@tasks.every("connectors.pull_due", minutes=1)
@tasks.job("connectors.pull_due", title=gettext_lazy("Fetch sessions from the sources due"))
def pull_due(work: tasks.Work) -> None:
    """Return nothing after asking every source whose turn has come; troubles stand in its log."""
    if work.again:
        pulling.let_go(trigger=PullLog.Trigger.SCHEDULE, at=timezone.now())
    turn = queries.due(timezone.now())

    def watched(_done: int, _total: int) -> None:
        work.check_cancelled()

    for number, source_id in enumerate(turn):
        work.progress(number, len(turn))
        reason = pulling.Reason(PullLog.Trigger.SCHEDULE, timezone.now())
        try:
            pulling.pull(source_id=source_id, reason=reason, step=watched)
        except Trouble:
            continue  # somebody else is asking it now


@tasks.every("connectors.listen", minutes=1)
@tasks.job("connectors.listen", title=gettext_lazy("Listen to the sources"))
def listen(work: tasks.Work) -> None:
    """Return nothing after seeing that every live source has a listener in some worker."""
    for source_id in queries.unheard(timezone.now()):
        ear = listening.Ear(source_id, timezone.now, runner.stopping.is_set)
        threading.Thread(target=_hear, args=(ear,), name=f"ear-{source_id}", daemon=True).start()
    work.check_cancelled()


@tasks.every("connectors.write_back", minutes=15)
@tasks.job("connectors.write_back", title=gettext_lazy("Tell the tools what was billed"))
def write_back(work: tasks.Work) -> None:
    """Return nothing after telling every tool that wants to know; troubles stand on its page."""
    turn = queries.writing_back()
    count = 0
    for number, source_id in enumerate(turn):
        work.progress(number, len(turn))
        count += telling.tell(source_id=source_id, at=timezone.now())
    work.report({"lines": [[_("Sessions told"), count]]})


@tasks.every("connectors.prune", days=1)
@tasks.job("connectors.prune", title=gettext_lazy("Forget old entries of the sources’ log"))
def prune(work: tasks.Work) -> None:
    """Return nothing after forgetting what nobody reads any more."""
    now = timezone.now()
    old = pulling.prune(at=now), deliveries.prune(at=now), messages.prune(at=now)
    work.report({"lines": [[_("Entries"), sum(old)]]})


def _hear(ear: Any) -> None:
    try:
        ear.listen()
    finally:
        connection.close()
