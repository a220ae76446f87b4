"""Applies a learned rule to sessions that came in before it, and takes the whole of it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from canone.desks.assistance.models import (
    Application,
    ApplicationChange,
    RemoteSession,
    TechnicianRule,
)
from canone.desks.assistance.queries import mapping
from canone.desks.assistance.queries.mapping import MODELS, Rule
from canone.desks.assistance.rules import lengths
from canone.desks.assistance.services import mapping as rules
from canone.desks.assistance.services import moving
from canone.desks.assistance.services.moving import MovedError

if TYPE_CHECKING:
    from canone.base.access.models import User

__all__ = ["MovedError", "NothingToUndoError", "Undone", "apply", "undo"]
State = ApplicationChange.State


class NothingToUndoError(Exception):
    """No session can go back: `accounted` were accounted since, `moved` changed by somebody."""

    def __init__(self, accounted: Sequence[int], moved: Sequence[int]) -> None:
        super().__init__(f"{len(accounted)} accounted, {len(moved)} moved")
        self.accounted = accounted
        self.moved = moved


@dataclass(frozen=True, slots=True)
class Undone:
    """Sessions that went back, and those that stay: accounted since, or changed by somebody."""

    back: Sequence[int]
    accounted: Sequence[int]
    moved: Sequence[int]


@transaction.atomic
def apply(
    *,
    rule: Rule,
    at: datetime,
    by: int | None,
    user: User | None = None,
    elsewhere: bool = False,
) -> Application | None:
    """Return the record of what changed; None when no session of `user` waits for the rule.

    At most `mapping.MOST` sessions, the oldest first. `elsewhere` moves those of another group or
    technician too. Raises MovedError when one is accounted at this moment: nothing was written.
    """
    found = mapping.touched(rule, user=user, elsewhere=elsewhere)
    ids = list(found.order_by("started_at", "id").values_list("id", flat=True)[: mapping.MOST])
    held = list(RemoteSession.objects.select_for_update(of=("self",)).filter(pk__in=ids))
    if not held:
        return None
    application = _record(rule, held, at=at, by=by)
    by_person = isinstance(rule, TechnicianRule)
    ApplicationChange.objects.bulk_create(
        [
            ApplicationChange(
                application=application,
                session_id=session.pk,
                before_group_id=None if by_person else session.group_id,
                before_technician_id=session.technician_id if by_person else None,
            )
            for session in held
        ],
        batch_size=500,
    )
    target = rule.technician_id if isinstance(rule, TechnicianRule) else rule.group_id
    moving.move(
        held,
        field="technician" if by_person else "group",
        to=dict.fromkeys((session.pk for session in held), target),
        at=at,
        by=by,
    )
    rules.count({(type(rule), rule.pk): len(held)})
    return application


def _record(
    rule: Rule, held: Sequence[RemoteSession], *, at: datetime, by: int | None
) -> Application:
    return Application.objects.create(
        kind=mapping.kind_of(rule),
        source=rule.source,
        key=mapping.key_of(rule),
        name=mapping.name_of(rule),
        group_id=None if isinstance(rule, TechnicianRule) else rule.group_id,
        technician_id=rule.technician_id if isinstance(rule, TechnicianRule) else None,
        count=len(held),
        minutes=sum(lengths.begun_minutes(session.seconds or 0) for session in held),
        at=at,
        by_id=by,
    )


@transaction.atomic
def undo(*, application_id: int, user: User, at: datetime) -> Undone:
    """Return which sessions went back to where they were before the application.

    What was accounted since stays, and can go back once its accounting is undone; what somebody
    moved since stays for good. Raises NothingToUndoError when none can go back.
    """
    application = Application.objects.select_for_update().get(pk=application_id)
    changes = {
        change.session_id: change for change in application.changes.filter(state=State.APPLIED)
    }
    held = list(
        RemoteSession.objects.visible_to(user)
        .select_for_update(of=("self",))
        .filter(pk__in=list(changes))
        .order_by("id")
    )
    by_person = application.kind == Application.Kind.TECHNICIAN
    back, accounted, moved = _sorted(application, held)
    if not back:
        raise NothingToUndoError(accounted, moved)
    moving.move(
        back,
        field="technician" if by_person else "group",
        to={
            session.pk: changes[session.pk].before_technician_id
            if by_person
            else changes[session.pk].before_group_id
            for session in back
        },
        at=at,
        by=user.pk,
    )
    ids = [session.pk for session in back]
    application.changes.filter(session_id__in=ids).update(state=State.UNDONE)
    application.changes.filter(session_id__in=moved).update(state=State.MOVED)
    Application.objects.filter(pk=application.pk).update(
        undone=F("undone") + len(ids), undone_at=at, undone_by=user
    )
    _uncount(application, len(ids))
    return Undone(ids, accounted, moved)


def _sorted(
    application: Application, held: Sequence[RemoteSession]
) -> tuple[list[RemoteSession], list[int], list[int]]:
    back: list[RemoteSession] = []
    accounted: list[int] = []
    moved: list[int] = []
    for session in held:
        here = (
            session.technician_id == application.technician_id
            if application.kind == Application.Kind.TECHNICIAN
            else session.group_id == application.group_id
        )
        if session.accounting_id is not None:
            accounted.append(session.pk)
        elif here:
            back.append(session)
        else:
            moved.append(session.pk)
    return back, accounted, moved


def _uncount(application: Application, number: int) -> None:
    model = MODELS[application.kind]
    key = {mapping.KEYS[Application.Kind(application.kind)]: application.key}
    rule = model._default_manager.filter(source=application.source, **key).first()  # noqa: SLF001
    if rule is not None:
        rules.count({(model, rule.pk): -min(number, rule.placed)})
