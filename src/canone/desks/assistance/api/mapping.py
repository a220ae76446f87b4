"""Mapping rules: learn, change, forget, apply to the past, undo; technicians nobody knows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from canone.base.access.functions import STAFF
from canone.base.access.models import User
from canone.base.firm import queries as firms
from canone.desks.assistance import permissions
from canone.desks.assistance.models import Application, ApplicationChange, RemoteSession
from canone.desks.assistance.queries import mapping as queries
from canone.desks.assistance.queries.mapping import Kind, Rule, Worth
from canone.desks.assistance.services import applying
from canone.desks.assistance.services import mapping as services
from canone.kernel.money import Money
from canone.registers.parties.models import Group
from canone.ui import api

router = api.Router(tags=["mapping rules"])
Source = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
Key = Annotated[str, Field(min_length=1, max_length=160, pattern=r"^[^\x00]*\S[^\x00]*$")]
Name = Annotated[str, Field(max_length=160, pattern=r"^[^\x00]*$")]


class RuleOut(api.Schema):
    """Sessions of `source` that carry `key` belong to a group, or were made by a technician."""

    id: int
    kind: str
    source: str
    key: str
    name: str
    group_id: int | None
    technician_id: int | None
    placed: int
    learned_at: datetime
    learned_by: int | None


class RuleIn(api.Schema):
    """A rule: `group_id` for computers and groups of the tool, `technician_id` for technicians."""

    source: Source
    key: Key
    name: Name = ""
    group_id: api.Id | None = None
    technician_id: api.Id | None = None


class TargetIn(api.Schema):
    """To whom a rule gives its sessions from now on."""

    group_id: api.Id | None = None
    technician_id: api.Id | None = None


class WorthOut(api.Schema):
    """What sessions come to: how many in which state, price, prepaid minutes."""

    states: dict[str, int]
    price: str | None
    pool_minutes: int


class ForeseenOut(api.Schema):
    """What applying a rule would change; `waiting` are all, of which `sessions` go at once."""

    sessions: int
    waiting: int
    minutes: int
    before: WorthOut
    after: WorthOut
    priced_with: int
    first: list[int]


class ApplyIn(api.Schema):
    """Whether sessions of another group or technician are moved too."""

    elsewhere: bool = False


class ApplicationOut(api.Schema):
    """A rule that was applied to the past; it can be undone as long as `undone` < `sessions`."""

    id: int
    kind: str
    source: str
    key: str
    name: str
    group_id: int | None
    technician_id: int | None
    sessions: int
    minutes: int
    at: datetime
    by: int | None
    undone: int


class ChangeOut(api.Schema):
    """One session that an application moved, and where it was before."""

    id: int
    session_id: int
    before_group_id: int | None
    before_technician_id: int | None
    state: str


class UndoneOut(api.Schema):
    """Sessions that went back, and those that stay: accounted since, or changed by somebody."""

    back: list[int]
    accounted: list[int]
    moved: list[int]


class UnknownOut(api.Schema):
    """A technician of a tool who is no user; `learned` is the key that a rule would wait for."""

    source: str
    key: str
    name: str
    learned: str
    sessions: int
    minutes: int
    last: datetime
    guess: int | None


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.pk,
        "kind": queries.kind_of(rule).value,
        "source": rule.source,
        "key": queries.key_of(rule),
        "name": queries.name_of(rule),
        "group_id": getattr(rule, "group_id", None),
        "technician_id": getattr(rule, "technician_id", None),
        "placed": rule.placed,
        "learned_at": rule.created_at,
        "learned_by": rule.created_by_id,
    }


def _one(kind: Kind, rule_id: int) -> Rule:
    manager: Any = queries.MODELS[kind]._default_manager  # noqa: SLF001 (three models, one word)
    rule: Rule | None = manager.filter(pk=rule_id).first()
    if rule is None:
        raise Http404
    return rule


def target(kind: Kind, *, group_id: int | None = None, technician_id: int | None = None) -> int:
    """Return the group or user that a rule of this kind needs, or a Problem at its field."""
    if kind == Kind.TECHNICIAN:
        people = User.objects.filter(grants__role__in=list(STAFF), is_active=True)
        if technician_id and people.filter(pk=technician_id).exists():
            return technician_id
        raise api.invalid("technician_id", "technician_id", _("There is no such technician."))
    if group_id and Group.objects.filter(pk=group_id, is_active=True).exists():
        return group_id
    raise api.invalid("group_id", "group_id", _("There is no such group."))


def _target(kind: Kind, body: RuleIn | TargetIn) -> int:
    return target(kind, group_id=body.group_id, technician_id=body.technician_id)


@router.get("/mapping-rules/{kind}", response=api.Paged[RuleOut])
@api.allows(permissions.ASSIGN)
def list_rules(request: api.Request, kind: Kind, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001
    """Return the rules of a kind, by id."""
    manager: Any = queries.MODELS[kind]._default_manager  # noqa: SLF001
    cut = api.cut(manager.all(), page)
    return cut | {"items": [_rule(rule) for rule in cut["items"]]}


@router.post("/mapping-rules/{kind}", response={201: RuleOut})
@api.allows(permissions.ASSIGN)
def learn(request: api.Request, kind: Kind, body: RuleIn) -> Any:
    """Learn a rule; it holds for sessions that come in from now on."""
    target = _target(kind, body)
    try:
        rule = services.learn(
            kind=kind,
            source=body.source,
            key=body.key,
            name=body.name,
            target_id=target,
            by=request.user.pk,
            at=timezone.now(),
            replace=False,
        )
    except services.KnownError as error:
        text = _("There is a rule for this already: change that one.")
        raise api.Problem(409, "known", text) from error
    return api.Answer(201, _rule(rule))


@router.patch("/mapping-rules/{kind}/{rule_id}", response=RuleOut)
@api.allows(permissions.ASSIGN)
def revise(request: api.Request, kind: Kind, rule_id: api.Id, body: TargetIn) -> dict[str, Any]:
    """Give a rule another target; sessions stay until it is applied."""
    rule = _one(kind, rule_id)
    target = _target(kind, body)
    now = timezone.now()
    return _rule(services.revise(rule=rule, target_id=target, by=request.user.pk, at=now))


@router.delete("/mapping-rules/{kind}/{rule_id}", response={204: None})
@api.allows(permissions.ASSIGN)
def forget(request: api.Request, kind: Kind, rule_id: api.Id) -> Any:  # noqa: ARG001
    """Forget a rule; what it placed stays where it is."""
    services.forget(rule=_one(kind, rule_id))
    return api.Answer(204, None)


@router.get("/mapping-rules/{kind}/{rule_id}/past", response=ForeseenOut)
@api.allows(permissions.ASSIGN)
def foresee(
    request: api.Request,
    kind: Kind,
    rule_id: api.Id,
    elsewhere: bool = False,  # noqa: FBT001, FBT002 (a query parameter)
) -> dict[str, Any]:
    """Return what applying the rule would change, at today's profiles; nothing is written."""
    now = timezone.now()
    day = now.astimezone(firms.zone()).date()
    seen = queries.foresee(
        _one(kind, rule_id), user=request.user, elsewhere=elsewhere, day=day, now=now
    )
    prices = request.user.may(permissions.PRICES)
    return {
        "sessions": seen.count,
        "waiting": seen.total,
        "minutes": seen.minutes,
        "before": _worth(seen.before, prices=prices),
        "after": _worth(seen.after, prices=prices),
        "priced_with": seen.others,
        "first": [session.pk for session in seen.rows],
    }


def _worth(worth: Worth, *, prices: bool) -> dict[str, Any]:
    price = None if worth.cents is None or not prices else str(Money(worth.cents))
    return {
        "states": {state.value: count for state, count in worth.states.items()},
        "price": price,
        "pool_minutes": worth.pool_minutes if prices else 0,
    }


@router.post("/mapping-rules/{kind}/{rule_id}/apply", response={201: ApplicationOut})
@api.allows(permissions.ASSIGN)
def apply(request: api.Request, kind: Kind, rule_id: api.Id, body: ApplyIn) -> Any:
    """Apply a rule to pending sessions that came in before; the oldest 5,000 at once."""
    rule = _one(kind, rule_id)
    try:
        done = applying.apply(
            rule=rule,
            user=request.user,
            by=request.user.pk,
            at=timezone.now(),
            elsewhere=body.elsewhere,
        )
    except applying.MovedError as error:
        raise moved() from error
    if done is None:
        raise api.Problem(409, "nothing", _("No session waits for this rule."))
    return api.Answer(201, _application(done))


def moved() -> api.Problem:
    """Return what a caller gets when a session was accounted while it was moved."""
    text = _("One of them was accounted at this moment. Nothing was changed: look again.")
    return api.Problem(409, "moved", text)


def _application(row: Application) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "source": row.source,
        "key": row.key,
        "name": row.name,
        "group_id": row.group_id,
        "technician_id": row.technician_id,
        "sessions": row.count,
        "minutes": row.minutes,
        "at": row.at,
        "by": row.by_id,
        "undone": row.undone,
    }


def _applied(application_id: int) -> Application:
    row = Application.objects.filter(pk=application_id).first()
    if row is None:
        raise Http404
    return row


@router.get("/mapping-applications", response=api.Paged[ApplicationOut])
@api.allows(permissions.ASSIGN)
def list_applications(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001
    """Return what was applied to the past, by id."""
    cut = api.cut(Application.objects.all(), page)
    return cut | {"items": [_application(row) for row in cut["items"]]}


@router.get("/mapping-applications/{application_id}", response=ApplicationOut)
@api.allows(permissions.ASSIGN)
def get_application(request: api.Request, application_id: api.Id) -> dict[str, Any]:  # noqa: ARG001
    """Return one application."""
    return _application(_applied(application_id))


@router.get("/mapping-applications/{application_id}/changes", response=api.Paged[ChangeOut])
@api.allows(permissions.ASSIGN)
def list_changes(
    request: api.Request, application_id: api.Id, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return which sessions an application moved, and where they were before."""
    mine = RemoteSession.objects.visible_to(request.user)
    changes = ApplicationChange.objects.filter(
        application=_applied(application_id), session__in=mine.values("id")
    )
    return api.cut(changes, page)


@router.post("/mapping-applications/{application_id}/undo", response=UndoneOut)
@api.allows(permissions.ASSIGN)
def undo_application(request: api.Request, application_id: api.Id) -> dict[str, Any]:
    """Take an application back; what was accounted since stays and is named."""
    _applied(application_id)
    try:
        undone = applying.undo(application_id=application_id, user=request.user, at=timezone.now())
    except applying.NothingToUndoError as error:
        text = _("Nothing can go back. %(why)s")
        why = _("%(accounted)s were accounted since, %(moved)s were changed by somebody.")
        shown = {"accounted": len(error.accounted), "moved": len(error.moved)}
        raise api.Problem(409, "nothing", text % {"why": why % shown}) from error
    except applying.MovedError as error:
        raise moved() from error
    return {
        "back": list(undone.back),
        "accounted": list(undone.accounted),
        "moved": list(undone.moved),
    }


@router.get("/unmatched-technicians", response=api.Paged[UnknownOut])
@api.allows(permissions.ASSIGN)
def unmatched_technicians(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:
    """Return technicians of pending sessions who are no user yet, the latest first."""
    found = [
        {
            "source": one.source,
            "key": one.key,
            "name": one.name,
            "learned": one.learned,
            "sessions": one.count,
            "minutes": one.minutes,
            "last": one.last,
            "guess": one.guess,
        }
        for one in queries.unknown_technicians(request.user)
    ]
    return api.part(found, page)
