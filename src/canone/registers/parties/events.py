"""What others may hear of customers and suppliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from canone.base.events import facts

PARTY = {"party_id": 12, "code": "C0012", "name": "Officine Brambilla S.r.l."}
KINDS = {"is_customer": True, "is_supplier": False, "is_active": True, "is_blocked": False}


@facts.declare(
    "party.created",
    title=_("A customer or supplier was added"),
    sees="parties.view_commercial",
    sample={**PARTY, **KINDS},
)
@dataclass(frozen=True, slots=True)
class PartyCreated:
    """A customer or supplier is new; the API tells the rest of it."""

    party_id: int
    code: str
    name: str
    is_customer: bool
    is_supplier: bool
    is_active: bool
    is_blocked: bool


@facts.declare(
    "party.changed",
    title=_("A customer or supplier was changed"),
    sees="parties.view_commercial",
    sample={**PARTY, **KINDS, "changed": ("email", "phone")},
)
@dataclass(frozen=True, slots=True)
class PartyChanged:
    """A customer or supplier is not what it was; the API tells how it is now."""

    party_id: int
    code: str
    name: str
    is_customer: bool
    is_supplier: bool
    is_active: bool
    is_blocked: bool
    changed: Annotated[tuple[str, ...], "names of the fields, as the API calls them"]
