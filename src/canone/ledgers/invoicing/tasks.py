"""Background work of the ledger."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.tasks.registry import JobError, Work, job
from canone.ledgers.invoicing.models import BillingRun
from canone.ledgers.invoicing.queries import planning
from canone.ledgers.invoicing.services import billing, runs
from canone.ledgers.invoicing.services.series import SeriesError
from canone.ui import formats


@job(runs.JOB, title=_("Issue invoices"))
def bill(work: Work) -> None:
    """Issue the documents of the run, some customers at a time.

    How far it came is kept with the documents, so an attempt that was cut short is simply
    repeated, and one that was stopped can be continued.
    """
    run = BillingRun.objects.get(pk=work.params["run"])
    left = _left(run)
    seen = 0
    try:
        while True:
            step = billing.advance(run.pk, at=timezone.now(), by=work.user_id)
            seen += step.customers
            run.refresh_from_db()
            _report(work, run)
            if step.is_last:
                return
            done = now_("Documents: %(count)s") % {"count": run.documents_made}
            work.progress(seen, max(left, seen), done)
    except SeriesError as error:
        raise JobError("\n".join(error.messages)) from error


def _left(run: BillingRun) -> int:
    """Return how many customers the run still has to look at."""
    order, after, found = billing.order_of(run), run.after_customer, 0
    while customers := planning.next_customers(order, after=after, limit=10_000):
        found += len(customers)
        after = customers[-1]
    return found


def _report(work: Work, run: BillingRun) -> None:
    lines = [
        [now_("Documents"), run.documents_made],
        [now_("Total"), formats.money(run.gross)],
        [now_("Left out"), run.left_out_count],
    ]
    url = reverse("invoicing:run", args=[run.pk])
    work.report({"lines": lines, "notes": list(run.remarks), "run": run.pk, "url": url})
