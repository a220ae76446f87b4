"""What other pages show of charges."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as now_

from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.queries import words
from canone.ledgers.invoicing.web import looks
from canone.registers.parties.models import Party
from canone.ui import origins, pages
from canone.ui.pages import PageRequest, page

SHOWN = 5


@page(permissions.VIEW)
def of_customer(request: PageRequest, pk: int) -> HttpResponse:
    """Show what is to invoice to one customer: by kind, and the last charges."""
    customer = get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    seen = Charge.objects.visible_to(request.user).filter(customer=customer)
    kinds = sorted(queries.open_by_kind(seen).items(), key=lambda item: -item[1].amount.minor)
    last = queries.to_invoice(seen).order_by("-service_start", "-pk")[:SHOWN]
    return pages.fragment(
        request,
        "invoicing/panel.html",
        title=now_("Charges to invoice"),
        kinds=[(origins.kind_word(kind), total) for kind, total in kinds],
        whole=queries.open_total(seen),
        last=[(row, looks.charge_url(row), words.explanation(row)) for row in last],
        all_url=f"{reverse('invoicing:open')}?customer={pk}",
        new_url=f"{reverse('invoicing:new')}?customer={pk}"
        if request.user.may(permissions.POST)
        else "",
    )
