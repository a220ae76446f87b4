"""Pages that ask once more who is there, before what matters."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponseBase

from canone.ui.pages import PageRequest

P = ParamSpec("P")
View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def confirmed(view: View[P]) -> View[P]:
    """Return the page, open to who signed in or gave their password within a quarter of an hour.

    Others are asked first; what they sent goes on afterwards.
    """

    @wraps(view)
    def asking(request: PageRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        must_be_fresh(request)
        return view(request, *args, **kwargs)

    asking.confirmed = True  # type: ignore[attr-defined]  # for whoever goes through all pages
    return asking  # type: ignore[return-value]  # wraps() hides that it is the same kind of function


def must_be_fresh(request: HttpRequest) -> None:
    """Return nothing; raises ReauthenticationRequired when the person showed it too long ago.

    Who has no way to show it, such as a program's user, is let through.
    """
    records = get_authentication_records(request, request.user)
    latest = max((record["at"] for record in records), default=0)
    fresh = time.time() - latest < app_settings.REAUTHENTICATION_TIMEOUT
    if not fresh and get_adapter(request).get_reauthentication_methods(request.user):
        raise ReauthenticationRequired
