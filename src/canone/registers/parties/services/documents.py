"""Documents of a party are written here; the bytes are kept by base.files."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from canone.base.files import services as files
from canone.base.history import services as history
from canone.registers.parties.models import Document, Party
from canone.registers.parties.services import records


@transaction.atomic
def add(
    *, party_id: int, source: files.Source, name: str, title: str, at: datetime, by: int | None
) -> Document:
    """Return the document; FileError where the file cannot be taken.

    Without a title it is called like its file.
    """
    party = Party.objects.get(pk=party_id)
    file = files.store(source, name=name, owner=f"party:{party_id}", at=at, by=by)
    document = Document(party=party, file=file, title=title.strip() or file.name)
    return records.keep(document, records.faults(document, {}), at=at, by=by)


@transaction.atomic
def remove(*, document_id: int, by: int | None) -> None:
    """Take the document and its file away; the history keeps that it was there."""
    with history.acting(by):
        remove_row(Document.objects.select_related("file").get(pk=document_id))


def remove_row(document: Document) -> None:
    """Take a row and its file away, inside the caller's transaction."""
    file = document.file
    document.delete()
    files.delete(file)
