"""Profiles of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.firm import queries as firms
from canone.desks.assistance import permissions
from canone.desks.assistance.api import shapes
from canone.desks.assistance.models import Assignment
from canone.desks.assistance.queries import preceding
from canone.desks.assistance.services import assignments as services
from canone.registers.catalog.models import Tariff
from canone.registers.parties.models import Group
from canone.ui import api

router = api.Router(tags=["profiles of groups"])


@router.get("/assignments", response=api.Paged[shapes.AssignmentOut])
@api.allows(permissions.ASSIGN)
def list_assignments(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001
    """Return which profile each group has, had and will have."""
    found = api.cut(Assignment.objects.all(), page)
    _tell(found["items"])
    return found


@router.post("/assignments", response={201: list[shapes.AssignmentOut]})
@api.allows(permissions.ASSIGN)
def assign(request: api.Request, body: shapes.AssignIn) -> Any:
    """Assign a profile to groups; what each had before ends on that day."""
    if not Tariff.objects.filter(pk=body.tariff_id, is_active=True).exists():
        raise _invalid("tariff_id", _("There is no such profile."))
    known = Group.objects.filter(pk__in=body.group_ids, is_active=True).count()
    if known != len(set(body.group_ids)):
        raise _invalid("group_ids", _("There is no such group."))
    try:
        made = services.assign(
            tariff_id=body.tariff_id,
            group_ids=body.group_ids,
            starts_on=body.starts_on,
            by=request.user.pk,
            at=timezone.now(),
        )
    except services.SubscriptionTakenError as error:
        text = _("A subscription belongs to one group: duplicate it for the other.")
        raise api.Problem(409, "subscription_taken", text) from error
    except services.OverlapsError as error:
        text = _("The group has another profile from a later day on. Choose a day after it.")
        raise api.Problem(409, "overlaps", text) from error
    _tell(made)
    return api.Answer(201, made)


@router.post("/assignments/{assignment_id}/end", response={200: shapes.AssignmentOut, 204: None})
@api.allows(permissions.ASSIGN)
def end_assignment(request: api.Request, assignment_id: api.Id, body: shapes.EndIn) -> Any:  # noqa: ARG001
    """End an assignment before a day; one that had not begun is removed."""
    if not Assignment.objects.filter(pk=assignment_id).exists():
        raise Http404
    found = services.end(assignment_id=assignment_id, ends_on=body.ends_on)
    if found is None:
        return api.Answer(204, None)
    _tell([found])
    return api.Answer(200, found)


def _tell(rows: Sequence[Any]) -> None:
    """Write beside each assignment which contract goes before it."""
    day = timezone.now().astimezone(firms.zone()).date()
    first = preceding.of_assignments(rows, day)
    for row in rows:
        row.contract_id = first[row.pk].contract_id if row.pk in first else None


def _invalid(field: str, text: str) -> api.Problem:
    return api.Problem(422, "invalid", text, [{"field": field, "error": field, "detail": text}])
