"""The writer of saved views and of how often programs ask."""

from __future__ import annotations

from urllib.parse import unquote_plus

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When
from django.http import QueryDict

from canone.base.access.models import User
from canone.kernel.mentions import Words
from canone.ui.models import RequestCount, SavedView

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


def forget_views_about(words: Words) -> int:
    """Return how many views of anybody are gone because name or filter speak of somebody."""
    about = [
        view.pk
        for view in SavedView.objects.iterator()
        if words.are_in(f"{view.name} {unquote_plus(view.query)}")
    ]
    gone, _by_model = SavedView.objects.filter(pk__in=about).delete()
    return gone


def forget_views_of(user_id: int) -> int:
    """Return how many views of a person are gone."""
    gone, _by_model = SavedView.objects.filter(user_id=user_id).delete()
    return gone


def take_requests(*, key: str, window: int, share: int, limit: int) -> int | None:
    """Return how many requests of the window were given out before this share; None for no more.

    One statement decides, so two processes never take the same share.
    """
    rows = RequestCount.objects.filter(key=key)
    free = rows.filter(~Q(window=window) | Q(taken__lt=limit))
    with transaction.atomic():
        before = Case(When(window=window, then=F("taken")), default=Value(0))
        if free.update(taken=before + share, window=window):
            return rows.values_list("taken", flat=True).get() - share
    if rows.exists():
        return None
    try:
        with transaction.atomic():
            RequestCount.objects.create(key=key, window=window, taken=share)
    except IntegrityError:
        return take_requests(key=key, window=window, share=share, limit=limit)
    return 0


def forget_requests(*, before: int) -> int:
    """Return how many callers were forgotten that last asked before that window."""
    return RequestCount.objects.filter(window__lt=before).delete()[0]
