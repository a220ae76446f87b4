"""A contract made after another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from canone.desks.contracts.models import Contract
from canone.desks.contracts.services import contracts, lines, parts

LEFT = ("number", "customer", "site", "signed_on", "start", "end", "go_live", "mandate", "method")
"""What a copy does not take over; the payment method stays with the mandate."""


@transaction.atomic
def copy(
    *, contract_id: int, customer_id: int, start: date, at: datetime, by: int | None
) -> Contract:
    """Return a new contract with the lines that are not over by `start`.

    Those without an end begin on `start`; one that ends later ends on its day, and what follows it
    goes on. All are counted from the new activation. Lines by a meter go along for the same
    customer, with whom the meters stand, and so does what prices work for one of its groups; agents
    go along.
    """
    old = Contract.objects.get(pk=contract_id)
    kept = {name: getattr(old, name) for name in contracts.FIELDS if name not in LEFT}
    is_same = customer_id == old.customer_id
    if is_same:
        kept |= {"site": old.site, "method": old.method, "mandate": old.mandate}
    kept["customer"] = type(old.customer).objects.get(pk=customer_id)
    new = contracts.create(at=at, by=by, start=start, **kept)
    running = old.lines.exclude(end__lte=start).order_by("sequence", "pk")
    if is_same:
        running = running.filter(Q(meter__isnull=True) | Q(meter__asset__customer=customer_id))
    else:
        running = running.filter(group__isnull=True, meter__isnull=True)
    taken: set[int | None] = set()
    for line in running:
        is_open = line.end is None and line.follows_id not in taken
        begins = start if is_open else max(start, line.start)
        taken.add(line.pk)
        values = {name: getattr(line, name) for name in lines.FIELDS}
        values |= {"start": begins, "counted_from": None, "billed_through": None}
        lines.add(contract_id=new.pk, at=at, by=by, **values)
    shares = dict(old.agents.values_list("party_id", "share_bp"))
    parts.set_agents(contract_id=new.pk, shares=shares, at=at, by=by)
    return new
