"""What hangs on a contract: agents, machines covered, papers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponseBase
from ninja import File, Form
from ninja.files import UploadedFile

from canone.base.files import queries as files
from canone.base.files.services import FileError
from canone.desks.contracts.api import shared
from canone.desks.contracts.api.part_shapes import (
    AgentsIn,
    AgentsOut,
    CoverIn,
    CoverMade,
    CoverUntilIn,
    PaperOut,
)
from canone.desks.contracts.models import Cover, Paper
from canone.desks.contracts.permissions import CHANGE, VIEW
from canone.desks.contracts.services import parts
from canone.ui import api

router = api.Router(tags=["contracts"])
FILE = {
    "responses": {
        200: {
            "description": "The file",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    }
}


@router.put("/contracts/{contract_id}/agents", response=AgentsOut, summary="Set the agents")
@api.allows(CHANGE)
def set_agents(request: api.Request, contract_id: api.Id, body: AgentsIn) -> dict[str, Any]:
    """Return the agents; who is not sent has no part any more, and all parts are at most 100 %."""
    contract = shared.one(shared.contracts(request), contract_id)
    for agent in body.agents:
        shared.linked(request, "party_id", agent.party_id)
    shares = {agent.party_id: agent.share_basis_points for agent in body.agents}
    with shared.told():
        parts.set_agents(contract_id=contract.pk, shares=shares, **shared.stamp(request))
    return {
        "agents": [
            {"party_id": agent.party_id, "share_basis_points": agent.share_bp}
            for agent in contract.agents.all()
        ]
    }


@router.post(
    "/contracts/{contract_id}/covers", response={201: CoverMade}, summary="Cover a machine"
)
@api.allows(CHANGE)
def add_cover(
    request: api.Request, contract_id: api.Id, body: CoverIn
) -> api.Answer[dict[str, Any]]:
    """Return the machine as covered, from the activation unless a day is sent."""
    contract = shared.one(shared.contracts(request), contract_id)
    shared.linked(request, "asset_id", body.asset_id)
    with shared.told():
        row = parts.cover(
            contract_id=contract.pk,
            asset_id=body.asset_id,
            start=body.first_day,
            **shared.stamp(request),
        )
    return api.Answer(201, _cover(row))


@router.patch(
    "/contract-covers/{cover_id}",
    response=CoverMade,
    summary="Change how long a machine is covered",
)
@api.allows(CHANGE)
def change_cover(request: api.Request, cover_id: api.Id, body: CoverUntilIn) -> dict[str, Any]:
    """Return the cover; null is as long as the contract."""
    row = shared.one(_covers(request), cover_id)
    with shared.told():
        row = parts.uncover(cover_id=row.pk, last_day=body.last_day, **shared.stamp(request))
    return _cover(row)


@router.delete(
    "/contract-covers/{cover_id}", response={204: None}, summary="Remove a machine from a contract"
)
@api.allows(CHANGE)
def remove_cover(request: api.Request, cover_id: api.Id, reason: str = "") -> api.Answer[None]:
    """Return nothing; for one that was entered by mistake."""
    row = shared.one(_covers(request), cover_id)
    parts.remove_cover(cover_id=row.pk, reason=reason, **shared.stamp(request))
    return api.Answer(204, None)


@router.get(
    "/contracts/{contract_id}/papers",
    response=api.Paged[PaperOut],
    summary="List the papers of a contract",
)
@api.allows(VIEW)
def list_papers(
    request: api.Request, contract_id: api.Id, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the papers, such as the signed contract."""
    contract = shared.one(shared.contracts(request), contract_id)
    cut = api.cut(contract.papers.select_related("file").order_by("pk"), page)
    return cut | {"items": [_paper(row) for row in cut["items"]]}


@router.post(
    "/contracts/{contract_id}/papers", response={201: PaperOut}, summary="Add a paper to a contract"
)
@api.allows(CHANGE)
def add_paper(
    request: api.Request,
    contract_id: api.Id,
    file: File[UploadedFile],
    title: Form[str] = "",
    signed: Form[bool] = False,  # noqa: FBT002 (a field of the form)
) -> api.Answer[dict[str, Any]]:
    """Return the paper; without a title it is called like its file."""
    contract = shared.one(shared.contracts(request), contract_id)
    try:
        with shared.told():
            row = parts.add_paper(
                contract_id=contract.pk,
                source=file,
                name=file.name or "",
                title=title,
                is_signed=signed,
                **shared.stamp(request),
            )
    except FileError as error:
        raise api.invalid("file", "unreadable", str(error.message)) from error
    return api.Answer(201, _paper(row))


@router.get(
    "/contract-papers/{paper_id}/file", summary="Read the file of a paper", openapi_extra=FILE
)
@api.allows(VIEW)
def read_paper(request: api.Request, paper_id: api.Id) -> HttpResponseBase:
    """Return the file as it was stored."""
    row = shared.one(_papers(request), paper_id)
    try:
        content = files.open_file(row.file)
    except FileNotFoundError as error:
        raise Http404 from error
    name, kind = row.file.name, row.file.content_type
    return FileResponse(content, as_attachment=True, filename=name, content_type=kind)


@router.delete(
    "/contract-papers/{paper_id}", response={204: None}, summary="Remove a paper of a contract"
)
@api.allows(CHANGE)
def remove_paper(request: api.Request, paper_id: api.Id, reason: str = "") -> api.Answer[None]:
    """Return nothing; the file is gone, the history keeps the paper's title."""
    row = shared.one(_papers(request), paper_id)
    parts.remove_paper(paper_id=row.pk, reason=reason, **shared.stamp(request))
    return api.Answer(204, None)


def _covers(request: api.Request) -> QuerySet[Cover]:
    return Cover.objects.filter(contract__in=shared.contracts(request))


def _papers(request: api.Request) -> QuerySet[Paper]:
    return Paper.objects.filter(contract__in=shared.contracts(request)).select_related("file")


def _cover(row: Cover) -> dict[str, Any]:
    return {
        "id": row.pk,
        "contract_id": row.contract_id,
        "asset_id": row.asset_id,
        "first_day": row.start,
        "last_day": shared.last(row.end),
    }


def _paper(row: Paper) -> dict[str, Any]:
    return {
        "id": row.pk,
        "contract_id": row.contract_id,
        "title": row.title,
        "is_signed": row.is_signed,
        "file_name": row.file.name,
        "size": row.file.size,
        "uploaded_at": row.file.uploaded_at,
    }
