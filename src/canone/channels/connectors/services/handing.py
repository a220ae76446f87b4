"""Sessions of any tool, handed over to the assistance desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from canone.channels.connectors.models import Source
from canone.channels.connectors.rules.port import RawSession
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.services import ingest
from canone.desks.assistance.services import sessions as desk

BATCH = 1_000


def row(session: RawSession) -> ingest.IngestRow:
    """Return the session in the desk's words, within its bounds."""
    return ingest.IngestRow(
        external_id=session.external_id,
        technician=session.technician_name[:150],
        technician_key=session.technician_mail or session.user_id,
        device_key=session.device_id[:160],
        device_name=session.device_name[:160],
        group_hint=session.group_name[:200],
        started_at=session.started_at,
        ended_at=session.ended_at,
        seconds=session.seconds,
        note=session.note,
    )


def add_late_notes(source: Source, sessions: Sequence[RawSession], at: datetime) -> None:
    """Give a note to the session that came in before it was written, unless it has one."""
    notes = {session.external_id: session.note for session in sessions if session.note}
    keys = list(notes)
    for start in range(0, len(keys), BATCH):
        bare = RemoteSession.objects.filter(
            source=source.key, external_id__in=keys[start : start + BATCH], note=""
        ).values_list("id", "external_id")
        for session_id, external_id in bare:
            desk.edit(session_id=session_id, note=notes[external_id], at=at)
