"""The customer's statement as PDF."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as now_

from canone.base.printing import services as printing
from canone.desks.assistance import permissions
from canone.desks.assistance.queries import statements
from canone.desks.assistance.web.scoping import scope_from
from canone.registers.parties.models import Group
from canone.ui import pages, zones
from canone.ui.pages import PageRequest, page


@page(permissions.PRICES)
def statement(request: PageRequest) -> HttpResponseBase:
    """Return the statement of the filter's group; without a group there is none."""
    query = request.GET.urlencode()
    chosen = scope_from(query)
    group = (
        Group.objects.visible_to(request.user)
        .select_related("party")
        .filter(pk=chosen.group_id or 0)
        .first()
    )
    if group is None:
        raise Http404
    now = timezone.now()
    day = now.astimezone(zones.zone()).date()
    try:
        data = statements.data(chosen, group, user=request.user, day=day, now=now)
    except statements.TooLongError:
        text = now_("More than %(most)s sessions do not fit on a statement: choose fewer days.")
        url = f"{reverse('assistance:list')}?{query}"
        return pages.done(request, text % {"most": statements.MOST}, url)
    document = printing.pdf(statements.KEY, data, language=group.party.language, at=now)
    answer = HttpResponse(document, content_type="application/pdf")
    answer["Content-Disposition"] = (
        f'attachment; filename="{slugify(group.name) or "statement"}.pdf"'
    )
    return answer
