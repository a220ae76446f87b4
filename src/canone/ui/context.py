"""What every template knows: the menu, the person, the appearance."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from canone.base.access.models import User
from canone.ui import menu


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's part of the context; it asks nothing of the database by itself.

    The menu is put together where a template shows it: cells of a list are templates too.
    """
    user = getattr(request, "user", None)
    appearance: dict[str, Any] = {
        "languages": settings.LANGUAGES,
        "theme": "system",
        "density": "compact",
        "single_keys": True,
        "areas": [],
        "own_areas": [],
    }
    if not isinstance(user, User):
        return appearance
    return appearance | {
        "theme": user.theme,
        "density": user.density,
        "single_keys": user.single_keys,
        "areas": SimpleLazyObject(partial(menu.shown, user, request.path)),
        "own_areas": SimpleLazyObject(partial(menu.shown, user, request.path, "own")),
    }
