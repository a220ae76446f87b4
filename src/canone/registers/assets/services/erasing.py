"""Makes a customer's machines nothing but numbers; readings are what charges were counted from.

What a meter is called can say where it stands, so it becomes a number too.
"""

from __future__ import annotations

from django.db import transaction

from canone.base.history import services as history
from canone.registers.assets.models import Asset, Meter


@transaction.atomic
def erase(*, customer_id: int) -> int:
    """Return how many machines tell neither name, serial number nor note any more."""
    ids = list(Asset.objects.filter(customer_id=customer_id).values_list("pk", flat=True))
    gone = {"name": "-", "maker": "", "model": "", "serial": "", "notes": ""}
    history.scrub(Asset, ids, gone)
    for pk in Meter.objects.filter(asset_id__in=ids).values_list("pk", flat=True):
        counted = {"name": str(pk), "unit": ""}
        history.scrub(Meter, [pk], counted)
        Meter.objects.filter(pk=pk).update(**counted)
    return Asset.objects.filter(pk__in=ids).update(**gone, is_active=False)
