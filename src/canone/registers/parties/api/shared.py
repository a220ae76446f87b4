"""What the operations share: who asks, what was sent, one row or none."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.registers.parties.models import Party, PaymentTerms, Site, Zone
from canone.ui import api

M = TypeVar("M", bound=Model)
EMPTIED = frozenset({"latitude", "longitude"})
"""Plain fields that null empties; in the others null means that nothing was sent."""


def stamp(request: api.Request) -> dict[str, Any]:
    """Return when and by whom."""
    return {"at": timezone.now(), "by": request.user.pk}


def one(rows: QuerySet[M], pk: int) -> M:
    """Return the row; what is not there, or not theirs, is Http404."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def of(rows: QuerySet[M], party_id: int | None) -> QuerySet[M]:
    """Return the rows of one party, or all."""
    return rows if party_id is None else rows.filter(party_id=party_id)


def values(request: api.Request, body: api.Schema) -> dict[str, Any]:
    """Return what was sent as the services take it: rows for ids, nothing for what was left out."""
    found: dict[str, Any] = {}
    for name, value in body.dict(exclude_unset=True).items():
        if name.endswith("_id"):
            found[name.removesuffix("_id")] = _linked(request, name, value)
        elif name == "office" and value is not None:
            found[name] = _plain(value)
        elif name != "office":
            found |= _plain({name: value})
    return found


def _plain(sent: dict[str, Any]) -> dict[str, Any]:
    return {name: v for name, v in sent.items() if v is not None or name in EMPTIED}


def _linked(request: api.Request, name: str, pk: int | None) -> Model | None:
    rows: dict[str, QuerySet[Any]] = {
        "party_id": Party.objects.visible_to(request.user),
        "site_id": Site.objects.visible_to(request.user),
        "zone_id": Zone.objects.all(),
        "payment_terms_id": PaymentTerms.objects.all(),
    }
    found: Model | None = rows[name].filter(pk=pk).first() if pk is not None else None
    if found is None and (pk is not None or name == "party_id"):
        raise ValidationError({name: [_("There is nothing with this id.")]})
    return found
