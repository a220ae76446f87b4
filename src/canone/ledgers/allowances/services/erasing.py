"""Takes a customer's words off prepaid pools; movements are books and stay."""

from __future__ import annotations

from django.db import transaction

from canone.base.history import services as history
from canone.ledgers.allowances.models import Allowance


@transaction.atomic
def erase(*, customer_id: int, title: str) -> int:
    """Return how many pools of the customer are called `title` now."""
    pools = Allowance.objects.filter(customer_id=customer_id)
    ids = list(pools.values_list("pk", flat=True))
    history.scrub(Allowance, ids, {"title": title})
    return pools.update(title=title)
