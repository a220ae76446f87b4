"""What the tax system refuses at the gate was not issued: its number is used once more, or left."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from canone.base.history import services as history
from canone.ledgers.invoicing.models import Charge, Document, DueItem
from canone.ledgers.invoicing.services import claims, drafts
from canone.ledgers.invoicing.services.drafts import DraftError

State = Document.State


@transaction.atomic
def refuse(*, document_id: int, reason: str, at: datetime, by: int | None) -> Document:
    """Return the document, refused: it was never issued, and its due items are void.

    Its number stays reserved and its charges stay with it, until `correct` or `replace`. What is
    paid already has to be reversed first: that is a DraftError.
    """
    row = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if row.state != State.ISSUED or row.kind == Document.Kind.PRO_FORMA:
        raise DraftError(_("Only an issued document can have been refused."))
    if not reason.strip():
        raise DraftError({"reason": _("Write why it was refused: the reason stays on record.")})
    if row.credit_notes.exclude(state=State.REFUSED).exists():
        raise DraftError(_("A credit note reduces this document: it was accepted then."))
    items = list(DueItem.objects.select_for_update().filter(document=row))
    if any(item.settled for item in items):
        raise DraftError(_("Something is booked on it. Reverse that first."))
    DueItem.objects.filter(document=row).update(is_void=True)
    row.state, row.refused_at, row.refusal = State.REFUSED, at, reason.strip()[:400]
    row.save(update_fields=["state", "refused_at", "refusal"])
    payload = history.canonical({"label": row.label, "reason": row.refusal})
    history.append([history.Fact("document.refused", row.key, payload)], at=at, by=by)
    return row


@transaction.atomic
def correct(*, document_id: int, at: datetime, by: int | None) -> Document:
    """Return a draft of the next version, which takes number and date of the refused one."""
    return _again(document_id, at=at, by=by, keeps_number=True)


@transaction.atomic
def replace(*, document_id: int, at: datetime, by: int | None) -> Document:
    """Return a draft that takes a new number; the refused one stays on record as its source."""
    return _again(document_id, at=at, by=by, keeps_number=False)


def _again(document_id: int, *, at: datetime, by: int | None, keeps_number: bool) -> Document:
    row = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if row.state != State.REFUSED:
        raise DraftError(_("Only a refused document is corrected like this."))
    if row.kind != Document.Kind.INVOICE:
        text = _("Release the charges of this credit note and issue another.")
        raise DraftError(text)
    if row.successors.exclude(state=State.REFUSED).exists():
        raise DraftError(_("Its correction has been written already."))
    if Charge.objects.on_document(row.key).exists():
        claims.release(document=row.key, at=at, by=by)
    draft = drafts.create(drafts.copy_of(row), at=at, by=by)
    if keeps_number:
        draft.series, draft.year, draft.number = row.series, row.year, row.number
        draft.version, draft.issue_date = row.version + 1, row.issue_date
        draft.save(update_fields=["series", "year", "number", "version", "issue_date"])
    return draft
