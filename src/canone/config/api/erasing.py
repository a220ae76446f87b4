"""Erasing a customer, a contact or a user: what would happen, and the work itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.base.access.models import User
from canone.base.tasks.models import Job
from canone.config.api.jobs import JobOut
from canone.config.erasing import subjects
from canone.config.erasing.services import erasing
from canone.config.erasing.subjects import Subject
from canone.registers.parties.models import Contact, Party
from canone.registers.parties.permissions import ERASE
from canone.registers.parties.rules.erasure import Fate, Of
from canone.ui import api

router = api.Router(tags=["erasure"])


class ErasureLineOut(api.Schema):
    """What becomes of one kind of rows.

    `books` stay for ten years, `open` until what is open is settled. Without a count they are
    looked for during the work.
    """

    code: str
    title: str
    fate: Fate
    count: int | None
    until: date | None


class ErasureOut(api.Schema):
    """What would be erased and what stays; `open` says what is not settled."""

    name: str
    lines: list[ErasureLineOut]
    open: list[str]
    remarks: list[str]
    erased_at: datetime | None = Field(description="when it was done before")


class EraseIn(api.Schema):
    """Why, and the name exactly as it is written, so that nobody else is erased."""

    reason: erasing.ErasureReason
    name: str = Field(max_length=200)


Done = api.Answer[Job]


@router.get("/parties/{party_id}/erasure", response=ErasureOut, summary="Foresee erasing a party")
@api.allows(ERASE)
def foresee_party(request: api.Request, party_id: api.Id) -> dict[str, Any]:
    """Return what would become of everything about a customer or supplier."""
    return _foreseen(_party(request, party_id))


@router.post(
    "/parties/{party_id}/erasure", response={202: JobOut}, summary="Erase a party for good"
)
@api.allows(ERASE, by_name=True)
def erase_party(request: api.Request, party_id: api.Id, body: EraseIn) -> Done:
    """Return the background work; it cannot be undone."""
    return _started(request, _party(request, party_id), body)


@router.get(
    "/contacts/{contact_id}/erasure", response=ErasureOut, summary="Foresee erasing a contact"
)
@api.allows(ERASE)
def foresee_contact(request: api.Request, contact_id: api.Id) -> dict[str, Any]:
    """Return what would become of everything about a contact."""
    return _foreseen(_contact(request, contact_id))


@router.post(
    "/contacts/{contact_id}/erasure", response={202: JobOut}, summary="Erase a contact for good"
)
@api.allows(ERASE, by_name=True)
def erase_contact(request: api.Request, contact_id: api.Id, body: EraseIn) -> Done:
    """Return the background work; it cannot be undone."""
    return _started(request, _contact(request, contact_id), body)


@router.get("/users/{user_id}/erasure", response=ErasureOut, summary="Foresee erasing a user")
@api.allows(ERASE)
def foresee_user(request: api.Request, user_id: api.Id) -> dict[str, Any]:  # noqa: ARG001 (owners see all)
    """Return what would become of everything about a user."""
    return _foreseen(_user(user_id))


@router.post("/users/{user_id}/erasure", response={202: JobOut}, summary="Erase a user for good")
@api.allows(ERASE, by_name=True)
def erase_user(request: api.Request, user_id: api.Id, body: EraseIn) -> Done:
    """Return the background work; it cannot be undone. Yourself and the last owner are a 409."""
    return _started(request, _user(user_id), body)


def _party(request: api.Request, pk: int) -> Subject:
    get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    return subjects.find(Of.PARTY, pk, at=timezone.now())


def _contact(request: api.Request, pk: int) -> Subject:
    get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    return subjects.find(Of.CONTACT, pk, at=timezone.now())


def _user(pk: int) -> Subject:
    get_object_or_404(User, pk=pk)
    return subjects.find(Of.USER, pk, at=timezone.now())


def _foreseen(who: Subject) -> dict[str, Any]:
    return {
        "name": who.name,
        "lines": [
            {
                "code": line.code,
                "title": str(line.title),
                "fate": line.fate,
                "count": line.count,
                "until": line.until,
            }
            for line in erasing.foresee(who)
        ],
        "open": [str(words) for words in who.open],
        "remarks": [str(remark) for remark in erasing.remarks(who)],
        "erased_at": erasing.last_erased(who),
    }


def _started(request: api.Request, who: Subject, body: EraseIn) -> Done:
    if body.name.strip() != who.name.strip():
        raise api.invalid("name", "other", _("This is not the name."))
    try:
        job = erasing.start(who, reason=body.reason, at=timezone.now(), by=request.user.pk)
    except erasing.RefusedError as error:
        raise api.Problem(409, "not_possible", str(error)) from error
    return api.Answer(202, job)
