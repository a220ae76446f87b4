"""Undoes an accounting by reversals; what it was worth stays on record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from canone.base.events import facts as outside
from canone.base.firm import queries as firms
from canone.base.history import services as history
from canone.desks.assistance.events import SessionUndone
from canone.desks.assistance.models import Accounting, AccountingReversal, RemoteSession
from canone.desks.assistance.services import booking
from canone.ledgers.allowances.services import entries as allowances
from canone.ledgers.invoicing.queries import charges as charged
from canone.ledgers.invoicing.services import charges

if TYPE_CHECKING:
    from canone.base.access.models import User


class NotAccountedError(Exception):
    """There is nothing to undo."""


class ReasonMissingError(Exception):
    """An undoing says why."""


@transaction.atomic
def undo(*, session_id: int, reason: str, at: datetime, by: User) -> list[int]:
    """Return the sessions that are pending again: the whole piece of work.

    The charge is reversed and prepaid minutes are given back. Raises NotAccountedError,
    ReasonMissingError, and `charges.OnDocumentError` once the charge is on a document.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissingError
    session = (
        RemoteSession.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("accounting")
        .get(pk=session_id)
    )
    if session.accounting is None:
        raise NotAccountedError
    head_id = session.accounting.head_id or session.accounting.pk
    head = Accounting.objects.get(pk=head_id)
    records = [head, *Accounting.objects.filter(head_id=head_id).order_by("id")]
    ids = sorted(record.session_id for record in records)
    list(RemoteSession.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("id"))
    _give_back(head, reason, at=at, by=by.pk)
    for record in records:
        AccountingReversal.objects.create(accounting=record, reason=reason, at=at, by=by)
    RemoteSession.objects.filter(pk__in=ids).update(
        accounting=None, price=None, total_minutes=None, updated_at=at
    )
    facts = [
        history.Fact(
            "session.undone",
            booking.origin(record.session_id),
            history.canonical({"accounting": record.pk, "reason": reason}),
        )
        for record in records
    ]
    history.append(facts, at=at, by=by.pk)
    told = (SessionUndone(record.session_id, record.pk, reason) for record in records)
    outside.tell(SessionUndone, told, at=at)
    return ids


def _give_back(head: Accounting, reason: str, *, at: datetime, by: int) -> None:
    origin = booking.origin(head.session_id)
    raised = charged.standing(origin)
    if raised is not None:
        charges.reverse(charge_ids=[raised.pk], reason=reason, at=at, by=by)
    allowances.reverse_draws(
        keys=[(origin, head.revision)],
        reason=reason,
        day=at.astimezone(firms.zone()).date(),
        at=at,
        by=by,
    )
