"""Handing out everything about a customer or supplier who asks for it."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

from canone.config import accounts, personal
from canone.registers.parties.models import Party
from canone.registers.parties.permissions import PERSONAL
from canone.ui.pages import PageRequest, page


@page(PERSONAL)
@accounts.confirmed
def party_data(request: PageRequest, pk: int) -> HttpResponseBase:
    """Send the archive; the journal keeps that it was handed out, and to whom."""
    party = get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    return personal.hand_out(party, at=timezone.now(), by=request.user.pk)
