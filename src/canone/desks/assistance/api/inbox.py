"""What belongs to nobody yet: computers given to a group, technicians of tools matched."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.desks.assistance import permissions
from canone.desks.assistance.api.mapping import Key, Name, Source, moved, target
from canone.desks.assistance.queries import inbox as queries
from canone.desks.assistance.queries.mapping import Kind
from canone.desks.assistance.services import placing
from canone.ui import api

router = api.Router(tags=["mapping rules"])
Told = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class WaitingOut(api.Schema):
    """A computer whose sessions belong to nobody yet; `group_hint` is how its tool groups it.

    `guess` is the group of which a word of the tool speaks, a proposal.
    """

    source: str
    device_key: str
    device_name: str
    group_hint: str
    sessions: int
    minutes: int
    last: datetime
    guess: int | None


class AssignWaitingIn(api.Schema):
    """To which group the sessions of a computer go, as `GET inbox` tells it, and what to remember.

    `remember` `device`: its sessions to come find the group by themselves; `hint`: those of all
    computers that the tool groups so; empty: these sessions only.
    """

    source: Source
    device_key: Name
    group_hint: Told = ""
    group_id: api.Id
    remember: placing.Remember = ""


class AssignedOut(api.Schema):
    """How many sessions belong to the group now."""

    sessions: int


class MatchIn(api.Schema):
    """Who a technician of a tool is; `key` is `learned` of `GET unmatched-technicians`.

    With `past`, the pending sessions that came in already get their technician too.
    """

    source: Source
    key: Key
    name: Name = ""
    technician_id: api.Id
    past: bool = True


class MatchedOut(api.Schema):
    """The rule that was learned, and how many sessions have their technician now."""

    rule_id: int
    sessions: int


@router.get("/inbox", response=api.Paged[WaitingOut], summary="List sessions without a customer")
@api.allows(permissions.ASSIGN)
def list_inbox(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return the computers whose sessions belong to nobody yet, the latest first; 200 at most."""
    found = [
        {
            "source": one.source,
            "device_key": one.key,
            "device_name": one.name,
            "group_hint": one.hint,
            "sessions": one.count,
            "minutes": one.minutes,
            "last": one.last,
            "guess": one.guess,
        }
        for one in queries.waiting(request.user)
    ]
    return api.part(found, page)


@router.post("/inbox/assign", response=AssignedOut, summary="Assign the sessions of a computer")
@api.allows(permissions.ASSIGN)
def assign_waiting(request: api.Request, body: AssignWaitingIn) -> dict[str, int]:
    """Return how many sessions were assigned; where none waits it is 409, and nothing learned."""
    group_id = target(Kind.DEVICE, group_id=body.group_id)
    wanted = {"device": body.device_key, "hint": body.group_hint}
    if not wanted.get(body.remember, "nothing"):
        text = _("The tool tells nothing that could be remembered.")
        raise api.invalid("remember", "remember", text)
    try:
        count = placing.assign(
            source=body.source,
            device_key=body.device_key,
            hint=body.group_hint,
            group_id=group_id,
            remember=body.remember,
            user=request.user,
            at=timezone.now(),
        )
    except placing.MovedError as error:
        raise moved() from error
    if not count:
        text = _("No session of this computer waits for a customer.")
        raise api.Problem(409, "nothing", text)
    return {"sessions": count}


@router.post(
    "/unmatched-technicians/match", response=MatchedOut, summary="Match a technician of a tool"
)
@api.allows(permissions.ASSIGN)
def match_technician(request: api.Request, body: MatchIn) -> dict[str, int]:
    """Return the rule, new or changed, and how many sessions have their technician now."""
    try:
        rule, count = placing.match(
            source=body.source,
            key=body.key,
            name=body.name,
            technician_id=target(Kind.TECHNICIAN, technician_id=body.technician_id),
            past=body.past,
            user=request.user,
            at=timezone.now(),
        )
    except placing.MovedError as error:
        raise moved() from error
    return {"rule_id": rule.pk, "sessions": count}
