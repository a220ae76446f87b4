"""What hangs on a customer besides places and people: documents, and who looks into the portal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import FileResponse, Http404, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form
from ninja.files import UploadedFile

from canone.base.files import queries as files
from canone.base.files.services import FileError
from canone.registers.parties import permissions, queries
from canone.registers.parties.api import shared
from canone.registers.parties.models import Document, Party, PortalLogin
from canone.registers.parties.services import documents
from canone.registers.parties.services import logins as services
from canone.ui import api

router = api.Router(tags=["parties"])
FILE = {
    "responses": {
        200: {
            "description": "The file.",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    }
}


class PartyDocumentOut(api.Schema):
    """A file that belongs to a party; `GET /party-documents/{id}/file` fetches it."""

    id: int
    party_id: int
    title: str
    file: str
    size: int
    added_at: datetime

    @staticmethod
    def resolve_file(row: Document) -> str:
        """Return the name of the file."""
        return row.file.name

    @staticmethod
    def resolve_size(row: Document) -> int:
        """Return its bytes."""
        return row.file.size

    @staticmethod
    def resolve_added_at(row: Document) -> datetime:
        """Return when it was stored."""
        return row.file.uploaded_at


class PortalLoginIn(api.Schema):
    """A user of the customer role."""

    user_id: api.Id


class PortalLoginOut(api.Schema):
    """A user who sees a party's data in the portal."""

    user_id: int
    name: str
    email: str

    @staticmethod
    def resolve_name(row: PortalLogin) -> str:
        """Return the user's name."""
        return row.user.name

    @staticmethod
    def resolve_email(row: PortalLogin) -> str:
        """Return the user's address."""
        return row.user.email


@router.get(
    "/parties/{party_id}/documents",
    response=api.Paged[PartyDocumentOut],
    summary="List documents of a party",
)
@api.allows(permissions.VIEW_COMMERCIAL)
def list_party_documents(
    request: api.Request, party_id: api.Id, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the documents, such as signed contracts, the newest first."""
    party = _party(request, party_id)
    return api.cut(party.documents.select_related("file"), page, newest_first=True)


@router.post(
    "/parties/{party_id}/documents",
    response={201: PartyDocumentOut},
    summary="Add a document to a party",
)
@api.allows(permissions.CHANGE)
def add_party_document(
    request: api.Request, party_id: api.Id, file: File[UploadedFile], title: Form[str] = ""
) -> api.Answer[Document]:
    """Return the document; without a title it is called like its file."""
    party, name = _party(request, party_id), file.name or ""
    try:
        row = documents.add(
            party_id=party.pk, source=file, name=name, title=title, **shared.stamp(request)
        )
    except FileError as error:
        raise api.invalid("file", "unreadable", str(error.message)) from error
    return api.Answer(201, row)


@router.get(
    "/party-documents/{document_id}/file",
    openapi_extra=FILE,
    summary="Fetch a document of a party",
)
@api.allows(permissions.VIEW_COMMERCIAL)
def read_party_document(request: api.Request, document_id: api.Id) -> HttpResponseBase:
    """Return the file as it was stored."""
    file = _document(request, document_id).file
    try:
        content = files.open_file(file)
    except FileNotFoundError as error:
        raise Http404 from error
    kind = file.content_type
    return FileResponse(content, as_attachment=True, filename=file.name, content_type=kind)


@router.delete(
    "/party-documents/{document_id}", response={204: None}, summary="Remove a document of a party"
)
@api.allows(permissions.CHANGE)
def remove_party_document(request: api.Request, document_id: api.Id) -> api.Answer[None]:
    """Return nothing; the file cannot be brought back, the history keeps its title."""
    row = _document(request, document_id)
    documents.remove(document_id=row.pk, by=request.user.pk)
    return api.Answer(204, None)


@router.get(
    "/parties/{party_id}/logins",
    response=api.Paged[PortalLoginOut],
    summary="List who sees a party in the portal",
)
@api.allows(permissions.LOGINS)
def list_logins(
    request: api.Request, party_id: api.Id, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the users who see this party's data, and nobody else's."""
    return api.cut(_party(request, party_id).logins.select_related("user"), page)


@router.post(
    "/parties/{party_id}/logins",
    response={201: PortalLoginOut},
    summary="Let somebody see a party in the portal",
)
@api.allows(permissions.LOGINS)
def allow_login(
    request: api.Request, party_id: api.Id, body: PortalLoginIn
) -> api.Answer[PortalLogin]:
    """Return the tie; who sees the party already is told again."""
    party = _party(request, party_id)
    if not queries.portal_users().filter(pk=body.user_id).exists():
        text = _("There is no active user of the customer role with this id.")
        raise api.invalid("user_id", "unknown", text)
    return api.Answer(201, services.allow(user_id=body.user_id, party_id=party.pk))


@router.delete(
    "/parties/{party_id}/logins/{user_id}",
    response={204: None},
    summary="Take a party from somebody's portal",
)
@api.allows(permissions.LOGINS)
def withdraw_login(request: api.Request, party_id: api.Id, user_id: api.Id) -> api.Answer[None]:
    """Return nothing; the user sees this party's data no more."""
    party = _party(request, party_id)
    if not services.withdraw(user_id=user_id, party_id=party.pk):
        raise Http404
    return api.Answer(204, None)


def _party(request: api.Request, pk: int) -> Party:
    return shared.one(Party.objects.visible_to(request.user), pk)


def _document(request: api.Request, pk: int) -> Document:
    rows: Any = Document.objects.visible_to(request.user).select_related("file")
    found: Document = shared.one(rows, pk)
    return found
