"""An import is taken back, whole or not at all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from canone.base.exchange import importers
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.services.batches import ImportRefusedError

State = ImportBatch.State


@transaction.atomic
def undo(batch: ImportBatch, *, reason: str, at: datetime, by: int) -> int:
    """Return how many records were taken back; raises UndoRefusedError naming those in use."""
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state not in (State.DONE, State.STOPPED):
        raise ImportRefusedError(_("Only an import that has written rows can be undone."))
    if not reason.strip():
        raise ImportRefusedError(_("Give the reason why the import is undone."))
    ids = list(locked.rows.order_by("id").values_list("row", flat=True))
    importer = importers.get(locked.importer)
    count = importer.undo(batch=locked.pk, ids=ids, reason=reason.strip(), at=at, by=by)
    locked.state, locked.undone_at, locked.undone_by_id = State.UNDONE, at, by
    locked.undo_reason = reason.strip()[:400]
    locked.save(update_fields=["state", "undone_at", "undone_by", "undo_reason"])
    return count
