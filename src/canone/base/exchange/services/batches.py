"""A file arrives, is looked at, and is told how to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from canone.base.exchange import importers, queries, readers, texts
from canone.base.exchange.models import ImportBatch, MappingProfile
from canone.base.exchange.readers import Wish
from canone.base.exchange.rules.faults import BadFileError
from canone.base.exchange.rules.rows import Notation
from canone.base.files import rules as file_rules
from canone.base.files import services as files

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SOURCE_LENGTH = 70
OPEN = (ImportBatch.State.DRAFT, ImportBatch.State.CHECKED, ImportBatch.State.FAILED)


class ImportRefusedError(Exception):
    """A step cannot be taken; `message` says why and what to do."""

    def __init__(self, message: StrOrPromise) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Choice:
    """How the user wants a file to be read: `source` names where such files come from."""

    source: str
    columns: Mapping[str, Sequence[int]]
    notation: Notation = field(default_factory=Notation)
    options: Mapping[str, str] = field(default_factory=dict)


def create(
    upload: files.Source, *, name: str, importer: str, at: datetime, by: int | None
) -> ImportBatch:
    """Return a draft with the file looked at; raises FileError or ImportRefusedError."""
    importers.get(importer)
    file = files.store(
        upload, name=name, owner="exchange.batch:0", at=at, by=by, taken=file_rules.SHEETS
    )
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                importer=importer, file=file, created_at=at, created_by_id=by
            )
            files.hand_over(file, owner=f"exchange.batch:{batch.pk}")
            return look_again(batch, Wish())
    except BaseException:
        files.delete(file)
        raise


def look_again(batch: ImportBatch, wish: Wish) -> ImportBatch:
    """Return the batch after looking at its file as wished; raises ImportRefusedError."""
    _must_be_open(batch)
    try:
        shape, _rows = readers.inspect(
            queries.source(batch),
            batch.file.name,
            spool=queries.spool(batch),
            words=queries.known_titles(importers.get(batch.importer)),
            wish=wish,
        )
    except BadFileError as error:
        raise ImportRefusedError(texts.of_file(error)) from error
    batch.layout = shape.as_json()
    batch.columns, batch.state = {}, ImportBatch.State.DRAFT
    batch.save(update_fields=["layout", "columns", "state"])
    return batch


@transaction.atomic
def configure(batch: ImportBatch, choice: Choice, *, at: datetime, by: int | None) -> ImportBatch:
    """Return the batch with its columns chosen; the choice is kept for the next file."""
    _must_be_open(batch)
    importer = importers.get(batch.importer)
    missing = [
        str(item.label)
        for item in importer.fields
        if item.required and not choice.columns.get(item.name)
    ]
    if missing:
        raise ImportRefusedError(
            _("Choose a column for: %(fields)s.") % {"fields": ", ".join(missing)}
        )
    width = len(batch.layout["titles"])
    if any(not 0 <= place < width for places in choice.columns.values() for place in places):
        raise ImportRefusedError(_("The file has no such column. Choose again."))
    batch.profile = save_profile(batch, choice, at=at, by=by)
    batch.columns = {name: list(places) for name, places in choice.columns.items() if places}
    batch.notation = asdict(choice.notation)
    batch.options = dict(choice.options)
    batch.state = ImportBatch.State.DRAFT
    batch.save(update_fields=["profile", "columns", "notation", "options", "state"])
    return batch


@transaction.atomic
def save_profile(
    batch: ImportBatch, choice: Choice, *, at: datetime, by: int | None
) -> MappingProfile:
    """Return the profile of the source, as it is to be proposed for its next file."""
    name = choice.source.strip()
    if not name:
        raise ImportRefusedError(_("Name the program that the file comes from."))
    titles = batch.layout["titles"]
    profile, _new = MappingProfile.objects.update_or_create(
        importer=batch.importer,
        name=name[:SOURCE_LENGTH],
        defaults={
            "titles": {
                field: [titles[place] for place in places]
                for field, places in choice.columns.items()
                if places
            },
            "layout": {key: batch.layout[key] for key in ("encoding", "delimiter", "sheet")},
            "notation": asdict(choice.notation),
            "options": dict(choice.options),
            "updated_at": at,
            "updated_by_id": by,
        },
    )
    return profile


@transaction.atomic
def discard(batch: ImportBatch) -> None:
    """Throw away an import that has written nothing, with its file."""
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.position or locked.state not in (*OPEN, ImportBatch.State.STOPPED):
        raise ImportRefusedError(_("This import has written rows: undo it instead."))
    file, report = locked.file, locked.report
    paths = queries.working_files(locked)
    locked.delete()
    for stored in filter(None, (file, report)):
        files.delete(stored)

    def remove() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(remove)


def _must_be_open(batch: ImportBatch) -> None:
    if batch.state not in OPEN:
        raise ImportRefusedError(_("This import has begun and cannot be changed any more."))
