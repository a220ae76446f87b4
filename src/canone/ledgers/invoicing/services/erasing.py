"""Takes a customer's words out of what billing runs remarked; documents are books and stay."""

from __future__ import annotations

from django.db import transaction

from canone.kernel.mentions import Words
from canone.ledgers.invoicing.models import BillingRun, OwedItem, RunLeftOut


@transaction.atomic
def erase(*, customer_id: int, words: Words) -> int:
    """Return how many remarks of runs say nothing of the customer any more."""
    for run in BillingRun.objects.exclude(remarks=[]):
        kept = [remark for remark in run.remarks if not words.are_in(str(remark))]
        if kept != run.remarks:
            BillingRun.objects.filter(pk=run.pk).update(remarks=kept)
    OwedItem.objects.filter(customer_id=customer_id).update(title="", reason="")
    return RunLeftOut.objects.filter(customer_id=customer_id).update(title="", reason="")
