"""Makes a customer's machines nothing but numbers; readings are what charges were counted from."""

from __future__ import annotations

from django.db import transaction

from canone.base.history import services as history
from canone.registers.assets.models import Asset


@transaction.atomic
def erase(*, customer_id: int) -> int:
    """Return how many machines tell neither name, serial number nor note any more."""
    ids = list(Asset.objects.filter(customer_id=customer_id).values_list("pk", flat=True))
    gone = {"name": "-", "maker": "", "model": "", "serial": "", "notes": ""}
    history.scrub(Asset, ids, gone)
    return Asset.objects.filter(pk__in=ids).update(**gone, is_active=False)
