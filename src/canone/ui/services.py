"""The writer of saved views."""

from __future__ import annotations

from django.http import QueryDict

from canone.base.access.models import User
from canone.ui.models import SavedView

PASSING = ("page", "format", "csrfmiddlewaretoken")


def save_view(*, user: User, page: str, name: str, query: str) -> SavedView:
    """Return the view under `name`, new or overwritten; the page number does not belong to it."""
    parameters = QueryDict(query.lstrip("?"), mutable=True)
    for passing in PASSING:
        parameters.pop(passing, None)
    view, _ = SavedView.objects.update_or_create(
        user=user, page=page[:80], name=name[:80], defaults={"query": parameters.urlencode()}
    )
    return view


def forget_view(*, user: User, pk: int) -> bool:
    """Return whether the person had that view; it is gone now."""
    gone, _ = SavedView.objects.filter(user=user, pk=pk).delete()
    return bool(gone)
