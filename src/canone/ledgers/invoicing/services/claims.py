"""Puts charges on a document and takes them off again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from canone.base.history import services as history
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.services import charges as services


class DocumentMissingError(services.ChargeError):
    """A claim names the document."""

    def __init__(self) -> None:
        super().__init__(_("Say which document takes the charges."))


@transaction.atomic
def claim(*, charge_ids: Sequence[int], document: str, at: datetime, by: int | None) -> int:
    """Return how many charges the document took; a claimed charge leaves every run.

    All or none: raises UnknownChargeError, AlreadyReversedError or OnDocumentError for the first
    that is not free.
    """
    if not document:
        raise DocumentMissingError
    wanted = sorted(set(charge_ids))
    for part in services.chunks(wanted):
        rows = Charge.objects.select_for_update(of=("self",)).filter(pk__in=part).order_by("pk")
        found = {charge.pk: charge for charge in rows}
        reversed_keys = queries.posted([c.origin for c in found.values()], is_reversal=True)
        for charge_id in part:
            services.check_free(found.get(charge_id), charge_id, reversed_keys)
        Charge.objects.filter(pk__in=part).update(document=document)
    _note("charge.claimed", wanted, document, at=at, by=by)
    return len(wanted)


@transaction.atomic
def release(*, document: str, at: datetime, by: int | None) -> int:
    """Return how many charges the document gave back; they are to invoice again."""
    if not document:
        raise DocumentMissingError
    rows = Charge.objects.on_document(document).select_for_update().order_by("pk")
    held = [charge.pk for charge in rows]
    for part in services.chunks(held):
        Charge.objects.filter(pk__in=part).update(document="")
    _note("charge.released", held, document, at=at, by=by)
    return len(held)


def _note(
    kind: str, charge_ids: Sequence[int], document: str, *, at: datetime, by: int | None
) -> None:
    payload = history.canonical({"document": document})
    facts = [history.Fact(kind, f"charge:{charge_id}", payload) for charge_id in charge_ids]
    history.append(facts, at=at, by=by)
