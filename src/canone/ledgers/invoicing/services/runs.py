"""Starting a run of billing in the background, and going on with one."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from canone.base.tasks import services as jobs
from canone.base.tasks.models import Job
from canone.ledgers.invoicing.models import BillingRun
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.services import billing

JOB = "invoicing.bill"


@transaction.atomic
def start(order: Order, *, day: date, at: datetime, by: int | None) -> tuple[BillingRun, Job]:
    """Return a new run and the job that works on it; `day` is today."""
    run = billing.open_run(order, day=day, at=at, by=by)
    return run, resume(run_id=run.pk, at=at, by=by)


@transaction.atomic
def resume(*, run_id: int, at: datetime, by: int | None) -> Job:
    """Return the job that goes on with the run where it was stopped; one that is at work stays."""
    run = BillingRun.objects.select_for_update().get(pk=run_id)
    job = jobs.start(
        JOB, params={"run": run.pk}, by=by, at=at, key=f"billing:{run.pk}", label=str(run.through)
    )
    run.job = job
    run.save(update_fields=["job"])
    return job
