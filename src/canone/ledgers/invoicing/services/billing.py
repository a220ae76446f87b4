"""The run of billing: some customers at a time, in short transactions, and never twice.

What a run bills leaves what there is to bill, and how far it came stands in its row, written with
the documents. So a run that was killed is simply continued, and two at once share the work.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from canone.base import bulk
from canone.base.history import services as history
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import BillingRun, RunLeftOut
from canone.ledgers.invoicing.queries import planning
from canone.ledgers.invoicing.rules.documents import Kind
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.rules.plan import Plan
from canone.ledgers.invoicing.rules.ports import LeftOut
from canone.ledgers.invoicing.services import issuing, series
from canone.ledgers.invoicing.services.issuing import MovedError, Stamp

RETRIES = 20
LEFT_OUT = ("run_id", "customer_id", "bundle", "origin", "code", "title", "reason", "amount")
DEADLOCK = "40P01"


@dataclass(slots=True)
class Step:
    """What was done with some customers."""

    documents: int = 0
    gross: int = 0
    customers: int = 0
    remarks: list[str] = field(default_factory=list)
    is_last: bool = False


@transaction.atomic
def open_run(order: Order, *, day: date, at: datetime, by: int | None) -> BillingRun:
    """Return a new run, on which `advance` works; nothing is issued yet.

    A date of the documents after `day`, which is today, is a ValidationError, and so is one before
    the last document of the series: the tax system refuses the one, the order of numbers the
    other. So is a posting date more than a year away.
    """
    faults: dict[str, list[str]] = {}
    if order.issue_date > day:
        faults["issue_date"] = [_("No document can bear a date that is still to come.")]
    if order.is_posted_far_away:
        text = _("The posting date is more than a year away from the invoice date.")
        faults["posting_date"] = [text]
    codes: dict[str, str] = {}
    for name, kind in (("series", Kind.INVOICE), ("credit_series", Kind.CREDIT_NOTE)):
        try:
            codes[name] = series.find(kind.value, getattr(order, name)).code
            series.check_day(codes[name], order.issue_date)
        except series.SeriesError as error:
            faults.setdefault("issue_date" if name in codes else name, []).extend(error.messages)
    if faults:
        raise ValidationError(faults)
    run = BillingRun.objects.create(
        through=order.through,
        issue_date=order.issue_date,
        posting_date=order.posting_date or order.issue_date,
        filters=order.filters(),
        created_at=at,
        created_by_id=by,
        **codes,
    )
    payload = history.canonical(
        {
            "filters": run.filters,
            "issue_date": order.issue_date.isoformat(),
            "through": order.through.isoformat(),
        }
    )
    history.append([history.Fact("billing.started", f"run:{run.pk}", payload)], at=at, by=by)
    return run


def order_of(run: BillingRun) -> Order:
    """Return what the run was asked to do."""
    return Order.of(
        run.filters,
        through=run.through,
        issue_date=run.issue_date,
        posting_date=run.posting_date,
        series=run.series,
        credit_series=run.credit_series,
    )


def advance(run_id: int, *, at: datetime, by: int | None) -> Step:
    """Return what billing the next customers of the run did; the last step closes it.

    Reading and working out hold no lock. What somebody else changed in between is worked out
    again. Raises SeriesError when no number can be given: nothing of that batch is written then.
    """
    run = BillingRun.objects.get(pk=run_id)
    if run.state == BillingRun.State.DONE:
        return Step(is_last=True)
    order = order_of(run)
    customers = planning.next_customers(order, after=run.after_customer)
    if not customers:
        _close(run, at=at, by=by)
        return Step(is_last=True)
    step = Step(customers=len(customers))
    for attempt in range(1, RETRIES + 1):
        try:
            plan = planning.plan(order, customers)
            _issue(run, plan, step, at=at, by=by)
        except (MovedError, OperationalError) as error:
            if attempt == RETRIES or not _is_overtaken(error):
                raise
        else:
            _pass(run, customers[-1], plan.left_out)
            break
    return step


def _is_overtaken(error: Exception) -> bool:
    """Return whether somebody else came first, and working it out again leads further."""
    return isinstance(error, MovedError) or getattr(error.__cause__, "sqlstate", "") == DEADLOCK


def _issue(run: BillingRun, plan: Plan, step: Step, *, at: datetime, by: int | None) -> None:
    stamp = Stamp(
        day=run.issue_date,
        at=at,
        by=by,
        posting_day=run.posting_date,
        run_id=run.pk,
        series=run.series,
        credit_series=run.credit_series,
    )
    for part in issuing.chunks(plan.documents):
        with transaction.atomic():
            issued = issuing.issue(part, stamp)
            _count(run, issued)
        step.documents += len(issued.ids)
        step.gross += issued.gross
        step.remarks += issued.remarks


def _count(run: BillingRun, issued: issuing.Issued) -> None:
    """Let the run's figures grow in the transaction that issues its documents."""
    row = BillingRun.objects.select_for_update().get(pk=run.pk)
    row.documents_made += len(issued.ids)
    row.charges_made += issued.charges
    row.net = Money(row.net.minor + issued.net)
    row.gross = Money(row.gross.minor + issued.gross)
    row.remarks = [*row.remarks, *issued.remarks]
    row.save(update_fields=["documents_made", "charges_made", "net", "gross", "remarks"])


@transaction.atomic
def _pass(run: BillingRun, customer: int, left_out: list[LeftOut]) -> None:
    """Note down that these customers are done, and what of theirs was left out."""
    row = BillingRun.objects.select_for_update().get(pk=run.pk)
    fresh = bulk.insert_missing(
        RunLeftOut,
        LEFT_OUT,
        (
            (
                run.pk, left.customer_id, left.bundle, left.origin, left.code[:40],
                left.title[:200], left.reason[:400], left.amount_minor,
            )
            for left in left_out
        ),
    )  # fmt: skip
    row.left_out_count += max(fresh, 0)
    row.after_customer = max(row.after_customer, customer)
    row.save(update_fields=["left_out_count", "after_customer"])


@transaction.atomic
def _close(run: BillingRun, *, at: datetime, by: int | None) -> None:
    row = BillingRun.objects.select_for_update().get(pk=run.pk)
    if row.state == BillingRun.State.DONE:
        return
    row.state, row.finished_at = BillingRun.State.DONE, at
    row.save(update_fields=["state", "finished_at"])
    told: dict[str, Any] = {
        "charges": row.charges_made,
        "documents": row.documents_made,
        "gross": row.gross.minor,
        "left_out": row.left_out_count,
        "net": row.net.minor,
    }
    fact = history.Fact("billing.finished", f"run:{row.pk}", history.canonical(told))
    history.append([fact], at=at, by=by)
