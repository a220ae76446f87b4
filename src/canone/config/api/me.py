"""Who the caller is, and what they may do."""

from __future__ import annotations

from typing import Any

from canone.base.access import functions
from canone.ui import api

router = api.Router(tags=["me"])


class MeOut(api.Schema):
    """The caller; `functions` are those that this session or token may use."""

    id: int
    email: str
    name: str
    language: str
    roles: list[str]
    functions: list[str]


@router.get("/me", response=MeOut, summary="Who am I")
@api.allows(functions.SIGNED_IN)
def me(request: api.Request) -> dict[str, Any]:
    """Return the caller and what they may do here."""
    user, token = request.user, request.token
    held = [function.code for function in functions.all_functions() if user.may(function.code)]
    return {
        "id": user.pk,
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "roles": sorted(user.roles),
        "functions": [code for code in held if token is None or token.covers(code)],
    }
