"""A contract made after another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from canone.desks.contracts.models import Contract
from canone.desks.contracts.services import contracts, lines, parts

LEFT = ("number", "customer", "site", "signed_on", "start", "end", "go_live", "mandate", "method")
"""What a copy does not take over; the payment method stays with the mandate."""


@transaction.atomic
def copy(
    *, contract_id: int, customer_id: int, start: date, at: datetime, by: int | None
) -> Contract:
    """Return a new contract with the lines that run without an end, all beginning on `start`.

    Usage lines ask a meter of the old customer and stay behind, and so does for another customer
    what prices work for one of the old one's groups; agents go along.
    """
    old = Contract.objects.get(pk=contract_id)
    kept = {name: getattr(old, name) for name in contracts.FIELDS if name not in LEFT}
    is_same = customer_id == old.customer_id
    if is_same:
        kept |= {"site": old.site, "method": old.method, "mandate": old.mandate}
    kept["customer"] = type(old.customer).objects.get(pk=customer_id)
    new = contracts.create(at=at, by=by, start=start, **kept)
    running = old.lines.filter(end__isnull=True).exclude(kind="usage").order_by("sequence", "pk")
    for line in running if is_same else running.filter(group__isnull=True):
        values = {name: getattr(line, name) for name in lines.FIELDS}
        values |= {"start": start, "counted_from": None, "billed_through": None}
        lines.add(contract_id=new.pk, at=at, by=by, **values)
    shares = dict(old.agents.values_list("party_id", "share_bp"))
    parts.set_agents(contract_id=new.pk, shares=shares, at=at, by=by)
    return new
