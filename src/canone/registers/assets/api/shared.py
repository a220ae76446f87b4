"""What the operations share: who asks, one row or none, faults by their field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.registers.parties.models import Party, Site
from canone.ui import api

M = TypeVar("M", bound=Model)
RENAMED = {"customer": "customer_id", "site": "site_id"}


def stamp(request: api.Request) -> dict[str, Any]:
    """Return when and by whom."""
    return {"at": timezone.now(), "by": request.user.pk}


def one(rows: QuerySet[M], pk: int) -> M:
    """Return the row; what is not there, or not theirs, is Http404."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@contextmanager
def told() -> Iterator[None]:
    """Return nothing; faults stand at the names of the API."""
    try:
        yield
    except ValidationError as error:
        by_field = error.update_error_dict({})
        named = {RENAMED.get(name, name): faults for name, faults in by_field.items()}
        raise ValidationError(named) from error


def values(request: api.Request, sent: dict[str, Any]) -> dict[str, Any]:
    """Return what was sent as the services take it: rows for ids; null empties a site alone."""
    found: dict[str, Any] = {}
    for name, value in sent.items():
        if name == "customer_id":
            seen = Party.objects.visible_to(request.user).filter(is_customer=True)
            found["customer"] = _linked(seen, name, value)
        elif name == "site_id":
            sites = Site.objects.visible_to(request.user)
            found["site"] = None if value is None else _linked(sites, name, value)
        elif value is not None:
            found[name] = value
    return found


def _linked(rows: QuerySet[Any], name: str, pk: int | None) -> Model:
    found: Model | None = rows.filter(pk=pk).first() if pk is not None else None
    if found is None:
        raise api.invalid(name, "unknown", _("There is nothing with this id."))
    return found
