"""The daily work of this desk, looked for every hour: midnight comes in the firm's zone."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base import tasks
from canone.base.firm import queries as firm
from canone.desks.contracts.services import granting
from canone.desks.contracts.services.granting import Granted


@tasks.every("contracts.grant", hours=1)
@tasks.job("contracts.grant", title=_("Grant what contracts include"))
def grant(work: tasks.Work) -> None:
    """Return nothing after granting what began; a second run finishes the first."""
    now = timezone.now()
    day = now.astimezone(firm.zone()).date()
    total = Granted()
    while True:
        total += granting.grant_next(after=total.after, day=day, at=now, by=work.user_id)
        work.progress(total.made + total.back, total.made + total.back)
        if not total.after:
            break
    work.report({"lines": [[now_("Granted"), total.made], [now_("Taken back"), total.back]]})
