"""Mails with documents, and papers of several of them, in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.base.files import queries as files
from canone.base.mail.models import OutgoingMail
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import BillingRun, Document, Packet
from canone.ledgers.invoicing.queries import mailing as mails
from canone.ledgers.invoicing.services import mailing, packets
from canone.ui import api

router = api.Router(tags=["documents"])
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


class DocumentMailIn(api.Schema):
    """To whom a document is mailed; what is left out is the customer's, or the template's."""

    to: list[str] = Field(default_factory=list, max_length=mailing.MOST)
    subject: str = Field("", max_length=200)
    text: str = Field("", max_length=10_000)


class MailAgainIn(api.Schema):
    """Which mail of the document is sent once more."""

    mail_id: api.Id


class DocumentMailOut(api.Schema):
    """A mail with a document."""

    id: int
    to: str
    subject: str
    state: Literal["queued", "sending", "sent", "failed", "cancelled"]
    error: str
    created_at: datetime
    sent_at: datetime | None


@router.get(
    "/documents/{document_id}/mails",
    response=api.Paged[DocumentMailOut],
    summary="List the mails with a document",
)
@api.allows(permissions.ISSUE)
def list_document_mails(
    request: api.Request, document_id: api.Id, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return what was mailed of the document, newest first."""
    row = get_object_or_404(Document.objects.visible_to(request.user), pk=document_id)
    return api.cut(mails.mails(row), page, newest_first=True)


@router.post(
    "/documents/{document_id}/mails",
    response={201: list[DocumentMailOut]},
    summary="Send a document by mail",
)
@api.allows(permissions.ISSUE)
def mail_document(
    request: api.Request, document_id: api.Id, body: DocumentMailIn
) -> api.Answer[Any]:
    """Return the mails, one for each address; the PDF is attached, in the customer's language."""
    row = get_object_or_404(Document.objects.visible_to(request.user), pk=document_id)
    message = mailing.Message(body.to, body.subject, body.text)
    occasion = f"{row.key}:{uuid4().hex}"
    return api.Answer(
        201,
        mailing.send(row.pk, message, key=occasion, at=timezone.now(), by=request.user.pk),
    )


@router.post(
    "/documents/{document_id}/mails/again",
    response=DocumentMailOut,
    summary="Send a mail of a document once more",
)
@api.allows(permissions.ISSUE)
def mail_document_again(
    request: api.Request, document_id: api.Id, body: MailAgainIn
) -> OutgoingMail:
    """Return the mail, waiting to be sent again; one that was delivered stays as it is."""
    row = get_object_or_404(Document.objects.visible_to(request.user), pk=document_id)
    found = mailing.again(row, body.mail_id, at=timezone.now())
    if found is None:
        raise api.invalid("mail_id", "unknown", _("The document has no such mail."))
    return found


class PapersIn(api.Schema):
    """Which papers are made of a run; `print` gives a ZIP of files beyond a thousand documents."""

    kind: Literal["zip", "print", "mail"]


class ChosenPapersIn(PapersIn):
    """Which papers are made of which documents; `mail` mails those that were not mailed yet."""

    document_ids: list[api.Id] = Field(min_length=1, max_length=packets.MOST)


class PapersOut(api.Schema):
    """Papers of several documents: `job` makes them, `file` is there once they are done."""

    id: int
    kind: Literal["zip", "print", "mail"]
    state: Literal["open", "done"]
    run_id: int | None
    count: int
    job_id: int | None
    file_name: str
    created_at: datetime
    finished_at: datetime | None

    @staticmethod
    def resolve_file_name(packet: Packet) -> str:
        """Return the name of the file; empty without one."""
        return packet.file.name if packet.file else ""


@router.post(
    "/billing-runs/{run_id}/papers", response={202: PapersOut}, summary="Make papers of a run"
)
@api.allows(permissions.ISSUE)
def make_run_papers(request: api.Request, run_id: api.Id, body: PapersIn) -> api.Answer[Packet]:
    """Return the papers, being made; those that were cut short go on, no mail goes out twice."""
    run = get_object_or_404(BillingRun, pk=run_id)
    made = packets.start(body.kind, run_id=run.pk, at=timezone.now(), by=request.user.pk)
    return api.Answer(202, made)


@router.post("/papers", response={202: PapersOut}, summary="Make papers of chosen documents")
@api.allows(permissions.ISSUE)
def make_papers(request: api.Request, body: ChosenPapersIn) -> api.Answer[Packet]:
    """Return the papers, being made, of those documents that are issued."""
    seen = Document.objects.visible_to(request.user).filter(pk__in=body.document_ids)
    ids = list(seen.values_list("pk", flat=True))
    return api.Answer(202, packets.start(body.kind, ids=ids, at=timezone.now(), by=request.user.pk))


@router.get("/papers/{papers_id}", response=PapersOut, summary="Read whether papers are made")
@api.allows(permissions.ISSUE)
def read_papers(request: api.Request, papers_id: api.Id) -> Packet:  # noqa: ARG001 (of the firm)
    """Return the papers."""
    return get_object_or_404(Packet.objects.select_related("file"), pk=papers_id)


@router.get("/papers/{papers_id}/file", openapi_extra=FILE, summary="Fetch papers")
@api.allows(permissions.ISSUE)
def read_papers_file(request: api.Request, papers_id: api.Id) -> HttpResponseBase:  # noqa: ARG001 (of the firm)
    """Return the ZIP or the PDF itself; a 404 while it is not made."""
    packet = get_object_or_404(Packet.objects.select_related("file"), pk=papers_id)
    if packet.file is None or not files.path(packet.file).exists():
        raise Http404
    kind = packet.file.content_type
    return FileResponse(files.open_file(packet.file), as_attachment=True, content_type=kind)
