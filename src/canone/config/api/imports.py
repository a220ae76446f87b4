"""Files on their way in: upload, columns, check, write, undo."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Form
from ninja.files import UploadedFile
from pydantic import Field

from canone.base.exchange import importers, queries, services
from canone.base.exchange.importers import Importer, UndoRefusedError
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.permissions import IMPORT
from canone.base.exchange.rules.durations import DurationUnit
from canone.base.exchange.rules.moments import DateOrder
from canone.base.exchange.rules.rows import Notation
from canone.base.files.services import FileError
from canone.config.web.imports import forms
from canone.ui import api

router = api.Router(tags=["imports"])
ZONES = frozenset(name for name, _words in forms.zones())


class FieldOut(api.Schema):
    """A thing that an importer takes."""

    name: str
    label: str
    kind: str
    required: bool


class KindOut(api.Schema):
    """A kind of file that can be imported."""

    kind: str
    title: str
    fields: list[FieldOut]
    options: dict[str, dict[str, str]]


class NotationIn(api.Schema):
    """How cells are written."""

    date_order: DateOrder = DateOrder.DAY_FIRST
    zone: Annotated[str, Field(max_length=64)] = "Europe/Rome"
    decimal: Literal[",", "."] = ","
    duration_unit: DurationUnit = DurationUnit.MINUTES


class ColumnsIn(api.Schema):
    """Which columns (counted from 0) make up each field; two of an instant are date and time."""

    source: str = Field(min_length=1, max_length=70)
    columns: dict[str, list[int]]
    notation: NotationIn = NotationIn()
    options: dict[str, str] = {}


class WriteIn(api.Schema):
    """Whether rows with faults are left out; without it they refuse the whole file."""

    good_only: bool = False


class UndoIn(api.Schema):
    """Why an import is taken back."""

    reason: str = Field(min_length=1, max_length=400)


class ProblemOut(api.Schema):
    """A cell that cannot be taken."""

    row: int
    column: str
    value: str
    text: str


class ImportOut(api.Schema):
    """An import; `columns`, `notation` and `options` are proposals until they are chosen."""

    id: int
    kind: str
    state: str
    file: str
    source: str
    titles: list[str]
    columns: dict[str, list[int]]
    notation: dict[str, str]
    options: dict[str, str]
    total: int
    good: int
    bad: int
    new: int
    changed: int
    known: int
    problems: list[ProblemOut]
    message: str
    job: int | None
    created_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None

    @staticmethod
    def resolve_kind(batch: ImportBatch) -> str:
        """Return the importer's name."""
        return batch.importer

    @staticmethod
    def resolve_file(batch: ImportBatch) -> str:
        """Return the name of the file."""
        return batch.file.name

    @staticmethod
    def resolve_source(batch: ImportBatch) -> str:
        """Return the program that the file comes from; empty before it is named."""
        return batch.profile.name if batch.profile else ""

    @staticmethod
    def resolve_titles(batch: ImportBatch) -> list[str]:
        """Return the titles of the columns."""
        return list(batch.layout.get("titles", []))


@router.get("/imports/kinds", response=api.Paged[KindOut], summary="List what can be imported")
@api.allows(IMPORT)
def list_kinds(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return the kinds of files that you may import, with their fields."""
    found = [
        {
            "kind": importer.key,
            "title": str(importer.title),
            "fields": [
                {
                    "name": field.name,
                    "label": str(field.label),
                    "kind": field.kind.value,
                    "required": field.required,
                }
                for field in importer.fields
            ],
            "options": {
                option.name: {value: str(words) for value, words in option.choices()}
                for option in importer.options
            },
        }
        for importer in _allowed(request)
    ]
    return api.part(found, page)


@router.get("/imports", response=api.Paged[ImportOut], summary="List imports")
@api.allows(IMPORT)
def list_imports(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return the imports of the kinds that you may import, newest first."""
    found = queries.batches([importer.key for importer in _allowed(request)])
    return api.cut(found, page, newest_first=True)


@router.get("/imports/{import_id}", response=ImportOut, summary="Read an import")
@api.allows(IMPORT)
def read_import(request: api.Request, import_id: api.Id) -> ImportBatch:
    """Return one import."""
    return _batch(request, import_id)[0]


@router.post("/imports", response={201: ImportOut}, summary="Upload a file")
@api.allows(IMPORT)
def upload(
    request: api.Request,
    kind: Form[str],
    file: File[UploadedFile],
) -> api.Answer[ImportBatch]:
    """Return the draft, with the columns and the notation that are proposed; nothing is checked."""
    importer = next((known for known in _allowed(request) if known.key == kind), None)
    if importer is None:
        raise api.invalid("kind", "unknown", kind)
    try:
        batch = services.create(
            file, name=file.name or "", importer=kind, at=timezone.now(), by=request.user.pk
        )
    except (FileError, services.ImportRefusedError) as error:
        raise api.invalid("file", "unreadable", str(error.message)) from error
    rows, _lines = queries.sample(batch)
    found = queries.propose(batch, importer, rows, language=request.user.language)
    batch.columns, batch.options = found.columns, found.options
    batch.notation = {
        "date_order": found.notation.date_order.value,
        "zone": found.notation.zone,
        "decimal": found.notation.decimal,
        "duration_unit": found.notation.duration_unit.value,
    }
    return api.Answer(201, batch)


@router.put("/imports/{import_id}/columns", response=ImportOut, summary="Choose the columns")
@api.allows(IMPORT)
def choose_columns(request: api.Request, import_id: api.Id, body: ColumnsIn) -> ImportBatch:
    """Return the import, whose check has started as a job."""
    batch, importer = _batch(request, import_id)
    choice = _choice(importer, body)
    now = timezone.now()
    with _Refused():
        services.configure(batch, choice, at=now, by=request.user.pk)
        services.start_check(batch, url=f"/imports/{batch.pk}/check/", at=now, by=request.user.pk)
    return _batch(request, import_id)[0]


@router.post("/imports/{import_id}/check", response=ImportOut, summary="Check the file again")
@api.allows(IMPORT)
def check_again(request: api.Request, import_id: api.Id) -> ImportBatch:
    """Return the import, whose check has started once more; without columns it is 409."""
    batch, _importer = _batch(request, import_id)
    with _Refused():
        services.start_check(
            batch,
            url=f"/imports/{batch.pk}/check/",
            at=timezone.now(),
            by=request.user.pk,
        )
    return _batch(request, import_id)[0]


@router.post("/imports/{import_id}/write", response=ImportOut, summary="Write the checked rows")
@api.allows(IMPORT)
def write(request: api.Request, import_id: api.Id, body: WriteIn) -> ImportBatch:
    """Return the import, whose write has started, or goes on, as a job."""
    batch, _importer = _batch(request, import_id)
    with _Refused():
        services.start_write(
            batch,
            good_only=body.good_only,
            url=f"/imports/{batch.pk}/",
            at=timezone.now(),
            by=request.user.pk,
        )
    return _batch(request, import_id)[0]


@router.post("/imports/{import_id}/undo", response=ImportOut, summary="Take an import back")
@api.allows(IMPORT)
def undo(request: api.Request, import_id: api.Id, body: UndoIn) -> ImportBatch:
    """Return the import, taken back whole; a 409 names the records in use."""
    batch, _importer = _batch(request, import_id)
    try:
        with _Refused():
            services.undo(batch, reason=body.reason, at=timezone.now(), by=request.user.pk)
    except UndoRefusedError as error:
        named = "; ".join(f"{item.subject}: {item.reason}" for item in error.refused[:10])
        raise api.Problem(409, "in_use", named) from error
    return _batch(request, import_id)[0]


@router.delete("/imports/{import_id}", response={204: None}, summary="Throw an import away")
@api.allows(IMPORT)
def discard(request: api.Request, import_id: api.Id) -> api.Answer[None]:
    """Return nothing; an import that has written rows is undone instead."""
    batch, _importer = _batch(request, import_id)
    with _Refused():
        services.discard(batch)
    return api.Answer(204, None)


class _Refused:
    """Turns a refusal of the services into the API's answer."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise the Problem for a refusal."""
        if isinstance(error, services.ImportRefusedError):
            raise api.Problem(409, "not_possible", str(error.message)) from error


def _allowed(request: api.Request) -> list[Importer]:
    return [
        importer
        for importer in importers.all_importers()
        if request.user.may(importer.permission)
        and (request.token is None or request.token.covers(importer.permission))
    ]


def _batch(request: api.Request, pk: int) -> tuple[ImportBatch, Importer]:
    found = ImportBatch.objects.select_related("file", "profile", "report")
    batch: ImportBatch = get_object_or_404(found, pk=pk)
    for importer in _allowed(request):
        if importer.key == batch.importer:
            return batch, importer
    raise Http404


def _choice(importer: Importer, body: ColumnsIn) -> services.Choice:
    known = {field.name for field in importer.fields}
    if unknown := sorted(set(body.columns) - known):
        raise api.invalid("columns", "unknown", ", ".join(unknown))
    if body.notation.zone not in ZONES:
        raise api.invalid("notation.zone", "unknown", body.notation.zone)
    for option in importer.options:
        given = body.options.get(option.name, option.default)
        if given not in {value for value, _words in option.choices()}:
            raise api.invalid(f"options.{option.name}", "unknown", given)
    notation = Notation(
        body.notation.date_order,
        body.notation.zone,
        body.notation.decimal,
        body.notation.duration_unit,
    )
    return services.Choice(body.source, body.columns, notation, body.options)
