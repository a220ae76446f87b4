"""Handing out everything about a customer or supplier who asks for it."""

from __future__ import annotations

import tempfile

from django.db import transaction
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify

from canone.base.history import services as history
from canone.config import accounts, personal
from canone.registers.parties.models import Party
from canone.registers.parties.permissions import PERSONAL
from canone.ui.pages import PageRequest, page


@page(PERSONAL)
@accounts.confirmed
def party_data(request: PageRequest, pk: int) -> HttpResponseBase:
    """Send the archive; the journal keeps that it was handed out, and to whom."""
    party = get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    now = timezone.now()
    # it lies nowhere once it is sent
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it)
    rows = personal.write(party, target, at=now)
    with transaction.atomic():
        fact = history.Fact("party.handed_out", f"party:{pk}", history.canonical({"rows": rows}))
        history.append([fact], at=now, by=request.user.pk)
    target.seek(0)
    name = f"{slugify(party.name) or party.code}-{now:%Y-%m-%d}.zip"
    return FileResponse(target, as_attachment=True, filename=name, content_type="application/zip")
