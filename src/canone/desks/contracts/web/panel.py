"""The contracts of a customer on the customer's page, and of a machine on the machine's."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from canone.desks.contracts.permissions import CHANGE, VIEW
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.queries.contracts import Chosen
from canone.desks.contracts.web import detail, looks
from canone.kernel.money import Money
from canone.registers.assets.models import Asset
from canone.registers.parties.models import Party
from canone.ui import pages
from canone.ui.pages import PageRequest, page

SHOWN = 12


@page(VIEW)
def of_customer(request: PageRequest, pk: int) -> HttpResponse:
    """Show what was agreed with one customer, and what it brings in a year."""
    customer = get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    day = detail.today()
    found = list(queries.for_list(request.user, Chosen(customer_id=customer.pk)))
    worth = queries.worth([contract.pk for contract in found], on=day)
    rows = [
        (
            contract,
            looks.contract_url(contract),
            looks.state(contract, day),
            worth.get(contract.pk, queries.Worth()).annual,
        )
        for contract in found
    ]
    return pages.fragment(
        request,
        "contracts/panel.html",
        rows=rows[:SHOWN],
        annual=sum((row[3] for row in rows), Money.zero()),
        all_url=f"{reverse('contracts:list')}?customer={pk}",
        new_url=f"{reverse('contracts:new')}?customer={pk}" if request.user.may(CHANGE) else "",
    )


@page(VIEW)
def of_asset(request: PageRequest, pk: int) -> HttpResponse:
    """Show which contracts cover a machine, or charge what its meters count."""
    asset = get_object_or_404(Asset.objects.visible_to(request.user), pk=pk)
    day = detail.today()
    rows = [
        (contract, looks.contract_url(contract), looks.state(contract, day))
        for contract in queries.of_asset(request.user, asset.pk)
    ]
    return pages.fragment(request, "contracts/of_asset.html", rows=rows)
