"""Everything that is kept about a customer or supplier, handed out."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

from canone.config import personal
from canone.registers.parties.models import Party
from canone.registers.parties.permissions import PERSONAL
from canone.ui import api

router = api.Router(tags=["parties"])
FILE = {
    "responses": {
        200: {
            "description": "The archive: one JSON file per table, and the documents.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.get(
    "/parties/{party_id}/personal-data",
    openapi_extra=FILE,
    summary="Hand out everything about a party",
)
@api.allows(PERSONAL, by_name=True)
def hand_out(request: api.Request, party_id: api.Id) -> HttpResponseBase:
    """Return the archive; the journal keeps that it was handed out, and to whom."""
    party = get_object_or_404(Party.objects.visible_to(request.user), pk=party_id)
    return personal.hand_out(party, at=timezone.now(), by=request.user.pk)
