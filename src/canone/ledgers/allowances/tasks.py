"""The daily work of this ledger, looked for every hour: midnight comes in the firm's zone."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base import tasks
from canone.base.firm import queries as firm
from canone.ledgers.allowances.services import expiry
from canone.ledgers.allowances.services.expiry import Swept


@tasks.every("allowances.expire", hours=1)
@tasks.job("allowances.expire", title=_("Let prepaid hours expire"))
def expire(work: tasks.Work) -> None:
    """Return nothing after ending what is past its last day; a second run finishes the first."""
    now = timezone.now()
    day = now.astimezone(firm.zone()).date()
    total = Swept()
    while (swept := expiry.expire(day=day, at=now, by=work.user_id)).lots:
        total += swept
        work.progress(total.lots, total.lots)
    work.report({"lines": [[now_("Ended"), total.lots]]})
