"""Outgoing mail: what was sent and what waits; the texts, which the firm may put in its words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.base.access.functions import SETTINGS
from canone.base.mail import queries, registry, services, texts
from canone.base.mail.models import OutgoingMail
from canone.base.mail.permissions import VIEW
from canone.base.mail.services import Source, TextError
from canone.config import logs
from canone.ui import api

router = api.Router(tags=["mail"])
States = OutgoingMail.State
State = Literal["queued", "sending", "sent", "failed", "cancelled"]


class OutgoingMailOut(api.Schema):
    """A mail; `error` is what the server said against it."""

    id: int
    state: State
    to: str
    subject: str
    language: str
    template: str
    attempts: int
    error: str
    created_at: datetime
    sent_at: datetime | None


class OutgoingMailFull(OutgoingMailOut):
    """A mail with its text; the secret part of a link to enter is left out."""

    text: str
    attachments: list[str]

    @staticmethod
    def resolve_text(mail: OutgoingMail) -> str:
        """Return the text as others than its recipient may read it."""
        return logs.without_ways_in(mail.text)

    @staticmethod
    def resolve_attachments(mail: OutgoingMail) -> list[str]:
        """Return the names of the files that go along."""
        return [file.name for file in mail.attachments.all()]


class MailTextOut(api.Schema):
    """The text of a mail in one language; `is_own` once it stands in the firm's words."""

    key: str
    language: str
    title: str
    is_own: bool


class MailTextFull(MailTextOut):
    """The text in use, and what it may say: every word with a sample of its value."""

    subject: str
    body: str
    words: dict[str, str]


class MailTextIn(api.Schema):
    """Subject and text; they know `{{ word }}` and `{% if word %}` with `else` and `endif`."""

    subject: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=20_000)


class MailTextFilled(api.Schema):
    """Subject and text with sample words put in."""

    subject: str
    body: str


@router.get("/mails", response=api.Paged[OutgoingMailOut], summary="List outgoing mail")
@api.allows(VIEW)
def list_mails(
    request: api.Request,  # noqa: ARG001 (of the firm)
    state: State | None = None,
    text: str = api.Query("", max_length=100, description="in the recipient or the subject"),
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return what was sent and what waits, newest first."""
    rows = queries.log()
    if state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(to__icontains=text) | Q(subject__icontains=text))
    return api.cut(rows, page, newest_first=True)


@router.get("/mails/{mail_id}", response=OutgoingMailFull, summary="Read an outgoing mail")
@api.allows(VIEW)
def read_mail(request: api.Request, mail_id: api.Id) -> OutgoingMail:  # noqa: ARG001 (of the firm)
    """Return one mail as it was or will be sent."""
    return _mail(mail_id)


@router.post("/mails/{mail_id}/retry", response=OutgoingMailFull, summary="Send a mail again")
@api.allows(VIEW)
def retry_mail(request: api.Request, mail_id: api.Id) -> OutgoingMail:  # noqa: ARG001 (of the firm)
    """Return the mail, waiting again; one that is sent or being sent is a 409."""
    mail = services.retry(_mail(mail_id), at=timezone.now())
    if mail.state != States.QUEUED:
        raise api.Problem(409, "not_possible", _("It is sent or being sent."))
    return _mail(mail_id)


@router.post("/mails/{mail_id}/withdraw", response=OutgoingMailFull, summary="Withdraw a mail")
@api.allows(VIEW)
def withdraw_mail(request: api.Request, mail_id: api.Id) -> OutgoingMail:  # noqa: ARG001 (of the firm)
    """Return the mail, not to be sent; one that is sent or being sent is a 409."""
    mail = services.withdraw(_mail(mail_id))
    if mail.state != States.CANCELLED:
        raise api.Problem(409, "not_possible", _("It is sent or being sent."))
    return _mail(mail_id)


@router.get("/mail-texts", response=api.Paged[MailTextOut], summary="List texts of mails")
@api.allows(SETTINGS)
def list_mail_texts(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001
    """Return every text in every language."""
    own = queries.replaced()
    languages = [code for code, _name in settings.LANGUAGES]
    kinds = registry.all_mails()
    return api.part([_brief(kind, code, own) for kind in kinds for code in languages], page)


@router.get(
    "/mail-texts/{context}/{name}/{language}",
    response=MailTextFull,
    summary="Read a text of mails",
)
@api.allows(SETTINGS)
def read_mail_text(
    request: api.Request,  # noqa: ARG001 (of the firm)
    context: str,
    name: str,
    language: str,
) -> dict[str, Any]:
    """Return one text in one language."""
    return _full(_kind(context, name, language), language)


@router.put(
    "/mail-texts/{context}/{name}/{language}",
    response=MailTextFull,
    summary="Replace a text of mails",
)
@api.allows(SETTINGS)
def replace_mail_text(
    request: api.Request, context: str, name: str, language: str, body: MailTextIn
) -> dict[str, Any]:
    """Return the text; one with words that the mail does not know is a 422."""
    kind = _kind(context, name, language)
    text, at, by = Source(body.subject, body.body), timezone.now(), request.user.pk
    try:
        services.replace_text(key=kind.key, language=language, text=text, at=at, by=by)
    except TextError as error:
        raise _unusable(error) from error
    return _full(kind, language)


@router.delete(
    "/mail-texts/{context}/{name}/{language}",
    response={204: None},
    summary="Go back to a text as delivered",
)
@api.allows(SETTINGS)
def restore_mail_text(
    request: api.Request,  # noqa: ARG001 (of the firm)
    context: str,
    name: str,
    language: str,
) -> api.Answer[None]:
    """Return nothing; ours is used again."""
    services.restore_text(key=_kind(context, name, language).key, language=language)
    return api.Answer(204, None)


@router.post(
    "/mail-texts/{context}/{name}/{language}/preview",
    response=MailTextFilled,
    summary="Try a text of mails",
)
@api.allows(SETTINGS)
def preview_mail_text(
    request: api.Request,  # noqa: ARG001 (of the firm)
    context: str,
    name: str,
    language: str,
    body: MailTextIn,
) -> Source:
    """Return the text with sample words put in; nothing is kept."""
    kind = _kind(context, name, language)
    try:
        return texts.fill(Source(body.subject, body.body), kind.sample)
    except TextError as error:
        raise _unusable(error) from error


def _mail(pk: int) -> OutgoingMail:
    return get_object_or_404(queries.log().prefetch_related("attachments"), pk=pk)


def _kind(context: str, name: str, language: str) -> registry.MailKind:
    try:
        kind = registry.get(f"{context}/{name}")
    except KeyError as error:
        raise Http404 from error
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return kind


def _unusable(error: TextError) -> api.Problem:
    return api.invalid("body", "text", _("This cannot be used: %(text)s") % {"text": error})


def _brief(
    kind: registry.MailKind, language: str, own: frozenset[tuple[str, str]]
) -> dict[str, Any]:
    is_own = (kind.key, language) in own
    return {"key": kind.key, "language": language, "title": str(kind.title), "is_own": is_own}


def _full(kind: registry.MailKind, language: str) -> dict[str, Any]:
    text = texts.source(kind.key, language)
    said = {"subject": text.subject, "body": text.body, "words": dict(kind.sample)}
    return _brief(kind, language, queries.replaced()) | said
