"""Types of contracts."""
# ruff: noqa: ARG001 (every operation takes the request, whether it needs it or not)

from __future__ import annotations

from typing import Any

from canone.desks.contracts.api import shared
from canone.desks.contracts.api.shapes import TypeChange, TypeNew, TypeOut
from canone.desks.contracts.models import ContractType
from canone.desks.contracts.permissions import SETTINGS, VIEW
from canone.desks.contracts.services import types
from canone.ui import api

router = api.Router(tags=["contracts"])


@router.get("/contract-types", response=api.Paged[TypeOut], summary="List types of contracts")
@api.allows(VIEW)
def list_types(
    request: api.Request,
    page: api.Page = api.PAGE,
    active: bool | None = None,  # noqa: FBT001 (a parameter of the address)
) -> dict[str, Any]:
    """Return the types with their own fields."""
    found = ContractType.objects.all()
    if active is not None:
        found = found.filter(is_active=active)
    return api.cut(found, page)


@router.post("/contract-types", response={201: TypeOut}, summary="Add a type of contract")
@api.allows(SETTINGS)
def create_type(request: api.Request, body: TypeNew) -> api.Answer[ContractType]:
    """Return the new type."""
    with shared.told():
        return api.Answer(201, types.create(**shared.stamp(request), **_sent(body)))


@router.patch("/contract-types/{type_id}", response=TypeOut, summary="Change a type of contract")
@api.allows(SETTINGS)
def change_type(request: api.Request, type_id: api.Id, body: TypeChange) -> ContractType:
    """Return the type after the change; contracts keep what they hold in fields taken away."""
    row = shared.one(ContractType.objects.all(), type_id)
    with shared.told():
        return types.update(type_id=row.pk, **shared.stamp(request), **_sent(body))


def _sent(body: TypeChange) -> dict[str, Any]:
    sent = {name: v for name, v in body.dict(exclude_unset=True).items() if v is not None}
    if body.fields is not None:
        sent["fields"] = [field.dict() for field in body.fields]
    return sent
