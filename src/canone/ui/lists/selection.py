"""The rows that a bulk action concerns: ticked ones, or all that a filter leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import QueryDict

from canone.ui import reading
from canone.ui.pages import PageRequest

if TYPE_CHECKING:
    from canone.ui.lists.shows import List


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen rows as a queryset, whether they are all of the filter, and the way back."""

    rows: QuerySet[Any]
    everything: bool
    back: str


def selected(request: PageRequest, shown: type[List]) -> Selection:
    """Return what a list's bulk form sent: rows within what this user may see."""
    parameters = QueryDict(request.POST.get("filter", "").lstrip("?"))
    page = shown(request, parameters)
    back = f"{request.POST.get('back') or ''}?{parameters.urlencode()}"
    if request.POST.get("all") == "1":
        return Selection(page.filtered(), everything=True, back=back)
    rows = page.rows().filter(pk__in=reading.keys(request.POST.getlist("ids")))
    return Selection(rows, everything=False, back=back)
