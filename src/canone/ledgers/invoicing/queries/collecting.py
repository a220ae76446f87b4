"""The mandates of customers, with what fell due under them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, F, Max, OuterRef

from canone.ledgers.invoicing.models import Allocation, DueItem, Settlement
from canone.ledgers.invoicing.rules.collecting import DIRECT_DEBIT
from canone.registers.parties.models import Mandate
from canone.registers.parties.rules.mandates import Signed

Mandates = dict[int, list[Signed]]


def mandates(customers: Collection[int]) -> Mandates:
    """Return the mandates of each of the customers who has some.

    The last due date of a document that was to be collected is what is known of their use; one that
    credit notes set off in full was not. A payment says that it was presented, also one undone.
    """
    found: Mandates = {}
    for row in Mandate.objects.filter(party_id__in=customers):
        found.setdefault(row.party_id, []).append(row.terms())
    if not found:
        return found
    by_other_means = Allocation.objects.filter(due_item=OuterRef("pk")).exclude(
        settlement__kind=Settlement.Kind.OFFSET
    )
    drawn = (
        DueItem.objects.filter(customer_id__in=list(found), method=DIRECT_DEBIT, is_void=False)
        .filter(amount__gt=0)
        .exclude(~Exists(by_other_means), settled=F("amount"))
        .exclude(mandate="")
        .order_by()
    )
    last = drawn.values("customer_id", "mandate").annotate(last=Max("due_on"))
    known = {(row["customer_id"], row["mandate"]): row["last"] for row in last}
    return {
        customer: [one._replace(drawn_on=known.get((customer, one.reference))) for one in signed]
        for customer, signed in found.items()
    }
