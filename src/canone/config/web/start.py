"""The first page: what waits for the person who signed in."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.access.functions import SIGNED_IN
from canone.base.firm import queries as firm
from canone.ui import formats, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page


@page(SIGNED_IN)
def start(request: PageRequest) -> HttpResponse:
    """Show the blocks of the roles that the person holds."""
    local = timezone.now().astimezone(firm.zone())
    today = formats.long_date(local.date())
    name = request.user.get_short_name()
    title = _("Good evening, %(name)s") if local.hour >= 18 else _("Good day, %(name)s")
    head = Head(title % {"name": name}, crumbs=[Link(today[:1].upper() + today[1:])])
    return pages.render(request, "config/start.html", head)
