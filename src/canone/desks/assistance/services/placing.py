"""Gives sessions that belong to nobody yet their customer or technician, and remembers why."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from django.db import transaction

from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries.mapping import Kind, Rule
from canone.desks.assistance.services import applying, mapping, sessions
from canone.desks.assistance.services.moving import MovedError

if TYPE_CHECKING:
    from canone.base.access.models import User

__all__ = ["MovedError", "Remember", "assign", "match"]
Remember = Literal["", "device", "hint"]


@transaction.atomic
def assign(  # noqa: PLR0913 (what a row of the inbox is)
    *,
    source: str,
    device_key: str,
    hint: str,
    group_id: int,
    remember: Remember,
    user: User,
    at: datetime,
) -> int:
    """Return how many sessions belong to the group now: the computer's, and what is remembered.

    `remember` the computer, or the tool's group, for the sessions to come and those that wait.
    Where `user` sees none of the computer's, nothing is remembered. Raises MovedError when one is
    accounted at this moment: nothing was written.
    """
    waiting = RemoteSession.objects.visible_to(user).filter(
        source=source, device_key=device_key, group_hint=hint, group=None, accounting=None
    )
    chosen = list(waiting.values_list("id", flat=True))
    if not chosen:
        return 0
    try:
        count = sessions.assign(
            session_ids=chosen,
            group_id=group_id,
            remember=remember == "device",
            by=user.pk,
            at=at,
        )
    except sessions.LockedError as error:
        raise MovedError from error
    if remember == "hint" and hint:
        rule = mapping.learn(
            kind=Kind.GROUP, source=source, key=hint, target_id=group_id, by=user.pk, at=at
        )
        mapping.count({(type(rule), rule.pk): count})
        done = applying.apply(rule=rule, user=user, by=user.pk, at=at)
        count += done.count if done else 0
    return count


@transaction.atomic
def match(  # noqa: PLR0913 (what a technician of a tool is)
    *,
    source: str,
    key: str,
    name: str,
    technician_id: int,
    past: bool,
    user: User,
    at: datetime,
) -> tuple[Rule, int]:
    """Return the rule that says who a technician of a tool is, and how many sessions it placed.

    With `past`, pending sessions that came in already get their technician. Raises MovedError when
    one is accounted at this moment: nothing was written.
    """
    rule = mapping.learn(
        kind=Kind.TECHNICIAN,
        source=source,
        key=key,
        name=name,
        target_id=technician_id,
        by=user.pk,
        at=at,
    )
    done = applying.apply(rule=rule, user=user, by=user.pk, at=at) if past else None
    return rule, done.count if done else 0
