"""Telling a tool which of its sessions were billed: what is accounted here is compared with what
the tool was told, and the difference is written, a bounded part each time.

No transaction is held while the tool is asked. A run that dies tells some sessions again, which
changes nothing there.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from canone.channels.connectors import queries
from canone.channels.connectors.models import Source, Told, WriteBack
from canone.channels.connectors.rules.port import Billed, Informed, Trouble
from canone.channels.connectors.services import tools

MOST = 300  # a quarter of an hour's worth that no limit of a tool minds
BATCH = 25


def tell(*, source_id: int, at: datetime) -> int:
    """Return how many sessions the tool was told of; what failed is kept for the source's page.

    What was accounted before this was first asked for is not told. Credentials that may not write
    are not tried again until the source is edited.
    """
    source = Source.objects.get(pk=source_id)
    back = _begun(source, at)
    if back.refused == _print(source):
        return 0
    waiting = queries.untold(source, back.since)[:MOST]
    if not waiting:
        return 0
    count, trouble = 0, None
    told: list[tuple[Billed, bool]] = []
    try:
        for answer in _asked(source).tell(waiting):
            told.append(answer)
            count += 1
            if len(told) == BATCH:
                _keep(source, told, at)
                told.clear()
    except Trouble as caught:
        trouble = caught
    _keep(source, told, at)
    _end(source, at, trouble)
    return count


def _asked(source: Source) -> Informed:
    tool = tools.tool(source)
    if not isinstance(tool, Informed):
        raise Trouble("only_asked", final=True)
    return tool


@transaction.atomic
def _begun(source: Source, at: datetime) -> WriteBack:
    return WriteBack.objects.get_or_create(source=source, defaults={"since": at})[0]


@transaction.atomic
def _keep(source: Source, told: list[tuple[Billed, bool]], at: datetime) -> None:
    rows = [
        Told(
            source=source, external_id=each.external_id, billed=each.billed, taken=taken, told_at=at
        )
        for each, taken in told
    ]
    Told.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["source", "external_id"],
        update_fields=["billed", "taken", "told_at"],
    )


@transaction.atomic
def _end(source: Source, at: datetime, trouble: Trouble | None) -> None:
    may_not = trouble is not None and trouble.code == "refused"
    code = "may_not_write" if may_not else trouble.code if trouble else ""
    WriteBack.objects.filter(source=source).update(
        trouble=code,
        trouble_values=trouble.values if trouble else {},
        refused=_print(source) if trouble and trouble.final else "",
        told_at=at,
    )


def _print(source: Source) -> str:
    """Return what tells these credentials from others; they are sealed anew by every edit."""
    return hashlib.sha256(source.credentials.encode()).hexdigest()
