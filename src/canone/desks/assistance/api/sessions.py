"""Sessions: list, write, account, undo, sums."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.access.functions import STAFF
from canone.base.access.models import User
from canone.base.firm import queries as firms
from canone.base.printing import services as printing
from canone.base.tasks import services as jobs
from canone.desks.assistance import permissions, tasks
from canone.desks.assistance.api import shapes
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import listing, scope, statements
from canone.desks.assistance.queries import totals as sums
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.rules import lengths
from canone.desks.assistance.services import accounting, splitting, undoing
from canone.desks.assistance.services import sessions as services
from canone.ledgers.invoicing.services.charges import ChargeError
from canone.registers.parties.models import Group
from canone.ui import api

router = api.Router(tags=["remote sessions"])
CHOSEN: Any = api.Query(...)
PDF = {
    "responses": {
        200: {
            "description": "The PDF.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


def _clock() -> tuple[datetime, date]:
    now = timezone.now()
    return now, now.astimezone(firms.zone()).date()


def _scope(chosen: shapes.Filter) -> Scope:
    data = chosen.model_dump()
    return Scope(party_id=data.pop("customer_id"), **data)


def _out(request: api.Request, *ids: int) -> list[dict[str, Any]]:
    now, day = _clock()
    found = RemoteSession.objects.visible_to(request.user).in_bulk(ids)
    rows = listing.shown([found[key] for key in ids if key in found], day=day, now=now)
    prices = request.user.may(permissions.PRICES)
    near = {key for row in rows for key in row.members} | set(ids)
    mine = RemoteSession.objects.visible_to(request.user).filter(pk__in=near)
    seen = set(mine.values_list("id", flat=True)) if len(near) > len(found) else near
    return [shapes.session(row, prices=prices, seen=seen) for row in rows]


def _one(request: api.Request, session_id: int) -> RemoteSession:
    found = RemoteSession.objects.visible_to(request.user).filter(pk=session_id).first()
    if found is None:
        raise Http404
    return found


@router.get("/sessions", response=api.Paged[shapes.SessionOut])
@api.allows(permissions.VIEW)
def list_sessions(
    request: api.Request,
    chosen: shapes.Filter = CHOSEN,
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return sessions of the filter, by id."""
    now, day = _clock()
    cut = api.cut(scope.sessions(_scope(chosen), user=request.user, day=day, now=now), page)
    return cut | {"items": _out(request, *(one.pk for one in cut["items"]))}


@router.get("/sessions/totals", response=shapes.TotalsOut)
@api.allows(permissions.VIEW)
def session_totals(
    request: api.Request,
    chosen: shapes.Filter = CHOSEN,
) -> dict[str, Any]:
    """Return minutes and money of the filter by state."""
    now, day = _clock()
    found = sums.totals(_scope(chosen), user=request.user, day=day, now=now)
    return shapes.totals(found, prices=request.user.may(permissions.PRICES))


@router.get("/sessions/statement", openapi_extra=PDF, summary="Read a statement as PDF")
@api.allows(permissions.VIEW)
def read_statement(request: api.Request, chosen: shapes.Filter = CHOSEN) -> HttpResponse:
    """Return what of the filter is accounted or to account, for the customer; it names a group."""
    groups = Group.objects.visible_to(request.user).select_related("party")
    group = groups.filter(pk=chosen.group_id or 0).first()
    if group is None:
        raise _invalid("group_id", _("There is no such group."))
    now, day = _clock()
    try:
        data = statements.data(_scope(chosen), group, user=request.user, day=day, now=now)
    except statements.TooLongError as error:
        text = _("More than %(most)s sessions do not fit on a statement: choose fewer days.")
        raise api.Problem(409, "too_long", text % {"most": statements.MOST}) from error
    content = printing.pdf(statements.KEY, data, language=group.party.language, at=now)
    return HttpResponse(content, content_type="application/pdf")


@router.post("/sessions/account", response={202: shapes.RunOut})
@api.allows(permissions.ACCOUNT)
def account_all(request: api.Request, body: shapes.Filter) -> Any:
    """Account all pending sessions of the filter in the background."""
    now, _day = _clock()
    chosen = _scope(body)
    total = tasks.pending(chosen, user=request.user, now=now)
    job = jobs.start(
        tasks.ACCOUNT_ALL,
        params={"scope": chosen.to_params(), "total": total},
        by=request.user.pk,
        at=now,
        key=f"{tasks.ACCOUNT_ALL}:{request.user.pk}",
    )
    return api.Answer(202, {"job_id": job.pk, "sessions": total})


@router.get("/sessions/{session_id}", response=shapes.SessionOut)
@api.allows(permissions.VIEW)
def get_session(request: api.Request, session_id: api.Id) -> dict[str, Any]:
    """Return one session."""
    return _out(request, _one(request, session_id).pk)[0]


@router.post("/sessions", response={201: shapes.SessionOut})
@api.allows(permissions.EDIT)
def add_session(request: api.Request, body: shapes.ManualIn) -> Any:
    """Write a session of telephone or on-site help."""
    now, _day = _clock()
    people = User.objects.filter(grants__role__in=list(STAFF), is_active=True)
    if not request.user.may(permissions.VIEW_ALL):
        people = people.filter(pk=request.user.pk)
    technician = people.filter(pk=body.technician_id).first()
    if technician is None:
        raise _invalid("technician_id", _("There is no such technician."))
    groups = Group.objects.visible_to(request.user)
    if not groups.filter(pk=body.group_id, is_active=True).exists():
        raise _invalid("group_id", _("There is no such group."))
    try:
        session = services.add_manual(
            technician=technician,
            group_id=body.group_id,
            kind=body.kind,
            started_at=body.started_at,
            ended_at=body.ended_at,
            device_name=body.device,
            extra_minutes=body.extra_minutes,
            note=body.note,
            at=now,
        )
    except lengths.LengthError as error:
        raise _length(error) from error
    return api.Answer(201, _out(request, session.pk)[0])


@router.patch("/sessions/{session_id}", response=shapes.SessionOut)
@api.allows(permissions.EDIT)
def edit_session(
    request: api.Request, session_id: api.Id, body: shapes.SessionPatch
) -> dict[str, Any]:
    """Change extra minutes, note, end, group, or count a session below the minimum."""
    _one(request, session_id)
    now, _day = _clock()
    try:
        _write(request, session_id, body, now)
    except services.LockedError as error:
        text = _("The session is accounted: undo that first.")
        raise api.Problem(409, "accounted", text) from error
    except lengths.LengthError as error:
        raise _length(error) from error
    return _out(request, session_id)[0]


def _write(request: api.Request, session_id: int, body: shapes.SessionPatch, now: datetime) -> None:
    if body.group_id is not None:
        if not request.user.may(permissions.ASSIGN):
            raise api.Problem(403, "forbidden", _("You may not assign sessions to customers."))
        groups = Group.objects.visible_to(request.user)
        if not groups.filter(pk=body.group_id, is_active=True).exists():
            raise _invalid("group_id", _("There is no such group."))
        services.assign(
            session_ids=[session_id],
            group_id=body.group_id,
            remember=body.remember_device,
            by=request.user.pk,
            at=now,
        )
    if body.ended_at is not None:
        services.close(session_id=session_id, ended_at=body.ended_at, at=now)
    if body.included is not None:
        services.include(session_id=session_id, included=body.included, at=now)
    if body.extra_minutes is not None or body.note is not None:
        services.edit(
            session_id=session_id, extra_minutes=body.extra_minutes, note=body.note, at=now
        )


@router.post("/sessions/{session_id}/account", response=shapes.Outcome)
@api.allows(permissions.ACCOUNT)
def account_session(request: api.Request, session_id: api.Id) -> dict[str, Any]:
    """Account one session, with those it is priced together with."""
    _one(request, session_id)
    now, day = _clock()
    try:
        outcome = accounting.account_one(
            session_id=session_id, day=day, at=now, by=request.user.pk, user=request.user
        )
    except accounting.NotAccountableError as error:
        text = _("The session cannot be accounted: %(reason)s.")
        shown = {"reason": error.skip.value}
        raise api.Problem(409, f"not_accountable.{error.skip.value}", text % shown) from error
    return {
        "accounted": outcome.accounted,
        "amount": f"{outcome.cents // 100}.{outcome.cents % 100:02d}",
        "minutes": outcome.minutes,
    }


@router.post("/sessions/{session_id}/take-apart", response=list[shapes.SessionOut])
@api.allows(permissions.SPLIT)
def take_apart(
    request: api.Request, session_id: api.Id, body: shapes.ApartIn
) -> list[dict[str, Any]]:
    """Let a session count alone, or all of its piece of work; what counts alone comes back."""
    _one(request, session_id)
    now, day = _clock()
    try:
        if body.whole:
            ids = splitting.take_all_apart(
                session_id=session_id, user=request.user, day=day, at=now
            )
        else:
            splitting.take_apart(session_id=session_id, user=request.user, day=day, at=now)
            ids = [session_id]
    except splitting.LockedError as error:
        text = _("The session is accounted: undo that first.")
        raise api.Problem(409, "accounted", text) from error
    except splitting.NotTogetherError as error:
        text = _("This session counts alone already: nothing was changed.")
        raise api.Problem(409, "not_together", text) from error
    return _out(request, *ids)


@router.post("/sessions/{session_id}/put-together", response=shapes.SessionOut)
@api.allows(permissions.SPLIT)
def put_together(request: api.Request, session_id: api.Id) -> dict[str, Any]:
    """Let the profile decide again with which sessions this one is priced."""
    _one(request, session_id)
    now, _day = _clock()
    try:
        splitting.put_together(session_id=session_id, user=request.user, at=now)
    except splitting.LockedError as error:
        text = _("The session is accounted: undo that first.")
        raise api.Problem(409, "accounted", text) from error
    return _out(request, session_id)[0]


@router.post("/sessions/{session_id}/undo", response=list[shapes.SessionOut])
@api.allows(permissions.UNDO)
def undo_accounting(
    request: api.Request, session_id: api.Id, body: shapes.Reason
) -> list[dict[str, Any]]:
    """Undo an accounting; the sessions that are pending again come back."""
    _one(request, session_id)
    now, _day = _clock()
    try:
        ids = undoing.undo(session_id=session_id, reason=body.reason, at=now, by=request.user)
    except undoing.ReasonMissingError as error:
        raise _invalid("reason", _("Write why it is undone.")) from error
    except undoing.NotAccountedError as error:
        text = _("The session is not accounted.")
        raise api.Problem(409, "not_accounted", text) from error
    except ChargeError as error:
        raise api.Problem(409, "charge", str(error)) from error
    return _out(request, *ids)


def _invalid(field: str, text: str) -> api.Problem:
    return api.Problem(422, "invalid", text, [{"field": field, "error": field, "detail": text}])


def _length(error: lengths.LengthError) -> api.Problem:
    if isinstance(error, lengths.BelowZeroError):
        text = _("At most %(minutes)s minutes: the total would fall below zero.")
        return _invalid("extra_minutes", text % {"minutes": error.lowest})
    if isinstance(error, lengths.TooMuchExtraError):
        return _invalid("extra_minutes", _("More minutes than a month has. Check the number."))
    if isinstance(error, lengths.EndBeforeStartError):
        return _invalid("ended_at", _("The end lies before the start. Check date and time."))
    return _invalid("ended_at", _("Longer than a year. Check the dates."))
