"""A contract made after another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from canone.desks.contracts.models import Contract
from canone.desks.contracts.services import contracts, lines, parts

LEFT = {"number", "customer", "signed_on", "start", "end", "go_live"}
"""What a copy does not take over."""
OF_CUSTOMER = {
    "site", "mandate", "method", "order_number", "order_date", "cig", "cup", "invoice_notes",
}  # fmt: skip
"""What is one customer's: a copy for another does without. The method stays with the mandate."""


@transaction.atomic
def copy(
    *, contract_id: int, customer_id: int, start: date, at: datetime, by: int | None
) -> Contract:
    """Return a new contract with the lines that are not over by `start`.

    Those without an end begin on `start`; one that ends later ends on its day, and what follows it
    goes on. All are counted from the new activation. Lines by a meter go along for the same
    customer, with whom the meters stand, and so does what prices work for one of its groups; agents
    go along. What stands on invoices for the customer alone (order, CIG, CUP, notes) does not go to
    another one.
    """
    old = Contract.objects.get(pk=contract_id)
    is_same = customer_id == old.customer_id
    left = LEFT if is_same else LEFT | OF_CUSTOMER
    kept = {name: getattr(old, name) for name in contracts.FIELDS if name not in left}
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
