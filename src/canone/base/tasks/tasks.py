"""The context's own work: forgetting what nobody needs any more."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from canone.base.access import services as access
from canone.base.events import services as events
from canone.base.tasks import registry
from canone.base.tasks.services import schedule

SCHEDULED_KEPT = timedelta(days=2)
OTHERS_KEPT = timedelta(days=90)
EVENTS_KEPT = timedelta(days=30)


@registry.every("tasks.prune", hours=1)
@registry.job("tasks.prune", title=_("Forget old background work"))
def prune(work: registry.Work) -> None:
    """Return nothing after taking away ended jobs, delivered events and stored answers."""
    now = timezone.now()
    jobs = schedule.prune(at=now, scheduled_after=SCHEDULED_KEPT, others_after=OTHERS_KEPT)
    told = events.prune(before=now - EVENTS_KEPT)
    answers = access.forget_answers(at=now)
    work.report(
        {
            "lines": [
                [str(_("Jobs")), jobs],
                [str(_("Events")), told],
                [str(_("Stored answers")), answers],
            ]
        }
    )
