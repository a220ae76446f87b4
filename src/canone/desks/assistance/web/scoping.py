"""The filter of the list, and the scope that it stands for."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import STAFF
from canone.base.access.models import User
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries.scope import Scope
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.web import looks
from canone.registers.parties.models import Group
from canone.ui import lists, zones


def _groups(request: Any) -> Any:
    # without a request it is background work, over what a page of its starter chose
    seen = Group.objects.visible_to(request.user) if request else Group.objects.all()
    return seen.filter(is_active=True).select_related("party").order_by("name")


def _technicians(_request: Any) -> Any:
    return User.objects.filter(grants__role__in=list(STAFF)).distinct().order_by("name")


class SessionFilters(lists.FilterSet):
    """What the list can be narrowed to; `sessions()` of the scope does the work."""

    group = lists.ModelFilter(_("Group (customer)"), _groups, shown=lambda group: group.name)
    start = lists.DayFilter(_("From"), field="started_at", first=True, instants=True)
    end = lists.DayFilter(_("To"), field="started_at", first=False, instants=True)
    state = lists.ChoiceFilter(_("State"), looks.CHOICES, field="id")
    technician = lists.ModelFilter(
        _("Technician"), _technicians, shown=lambda user: user.name, field="technician"
    )
    device = lists.TextFilter(_("Computer"), ["device_name"])
    text = lists.TextFilter(_("Text"), ["note"], hint=_("computer, note"))
    together = lists.ChoiceFilter(
        _("Priced"), [("yes", _("together with others")), ("no", _("alone"))], field="id"
    )

    class Meta:
        model = RemoteSession
        fields: list[str] = []


def scope_of(filters: SessionFilters) -> Scope:
    """Return what the filter's readable values leave; days are those of the firm's zone."""
    form = filters.form
    _faults = form.errors
    data = form.cleaned_data if filters.is_bound else {}
    group, technician = data.get("group"), data.get("technician")
    last = data.get("end")
    return Scope(
        group_id=group.pk if group else None,
        technician_id=technician.pk if technician else None,
        device=(data.get("device") or "").strip(),
        start=_midnight(data.get("start")),
        end=_midnight(last + timedelta(days=1) if last else None),
        state=State(data["state"]) if data.get("state") else None,
        text=(data.get("text") or "").strip(),
        together={"yes": True, "no": False}.get(data.get("together") or ""),
    )


def scope_from(query: str) -> Scope:
    """Return the scope of a list's query string."""
    filters = SessionFilters(QueryDict(query), queryset=RemoteSession.objects.none())
    return scope_of(filters)


def _midnight(day: Any) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), tzinfo=zones.zone())
