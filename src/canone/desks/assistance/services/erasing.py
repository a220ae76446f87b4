"""Makes sessions anonymous that are not accounted, and forgets whose a computer was.

What is accounted is a book and stays as it is, with its history.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction

from canone.base.history import services as history
from canone.desks.assistance.models import (
    Application,
    DeviceRule,
    GroupRule,
    RemoteSession,
    TechnicianRule,
)

BATCH = 200
OF_CUSTOMER = {"device_key": "", "device_name": "", "group_hint": "", "note": ""}
OF_TECHNICIAN = {"technician_name": "", "technician_key": ""}
Step = Callable[[], object]


def erase_sessions(*, groups: Collection[int], step: Step) -> int:
    """Return how many sessions of the groups tell neither computer nor note; in batches."""
    known = RemoteSession.objects.filter(group_id__in=groups)
    return _erase(known, {"group_id__in": list(groups)}, OF_CUSTOMER, step)


def erase_technician(*, user_id: int, step: Step) -> int:
    """Return how many sessions do not tell any more what the tools called the technician."""
    known = RemoteSession.objects.filter(technician_id=user_id)
    return _erase(known, {"technician_id": user_id}, OF_TECHNICIAN, step)


@transaction.atomic
def forget_groups(*, groups: Collection[int]) -> int:
    """Return how many rules are gone that knew computers and names of the groups."""
    Application.objects.filter(group_id__in=groups).update(key="", name="")
    return sum(_forget(model, {"group_id__in": groups}) for model in (DeviceRule, GroupRule))


@transaction.atomic
def forget_technician(*, user_id: int) -> int:
    """Return how many rules are gone that knew the user by the tools' names."""
    Application.objects.filter(technician_id=user_id).update(key="", name="")
    return _forget(TechnicianRule, {"technician_id": user_id})


def _forget(model: Any, where: dict[str, Any]) -> int:
    # rules that were given to somebody else since, or are gone, live on in the history alone
    gone, _by_model = model.objects.filter(**where).delete()
    model.history.filter(**where).delete()
    return int(gone)


def _erase(
    known: Any, then: dict[str, Any], empty: dict[str, str], step: Step, *, size: int = BATCH
) -> int:
    count, after = 0, 0
    open_ = known.filter(accounting=None).order_by("pk").values_list("pk", flat=True)
    while ids := list(open_.filter(pk__gt=after)[:size]):
        with transaction.atomic():
            # asked again: somebody may just have accounted it
            count += RemoteSession.objects.filter(pk__in=ids, accounting=None).update(**empty)
            still = RemoteSession.objects.filter(pk__in=ids, accounting=None)
            history.scrub(RemoteSession, list(still.values_list("pk", flat=True)), empty)
        after = ids[-1]
        step()
    # sessions that belong to somebody else now were theirs in earlier versions
    booked = RemoteSession.objects.exclude(accounting=None).values("pk")
    past: Any = RemoteSession.history
    past.filter(**then).exclude(id__in=booked).update(**empty)
    return count
