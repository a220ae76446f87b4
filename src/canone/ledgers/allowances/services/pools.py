"""Opens pools and sets when they warn and what they carry over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from canone.base.history import services as history
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.allowances.rules import thresholds as rules
from canone.ledgers.allowances.rules.expiry import Rollover
from canone.ledgers.allowances.services.book import AllowanceError, UnknownPoolError


class OwnerTakenError(AllowanceError):
    """The owner has a pool of another customer or unit."""

    def __init__(self, owner: str) -> None:
        super().__init__(
            _("%(owner)s has prepaid hours of another customer already.") % {"owner": owner}
        )
        self.owner = owner


@transaction.atomic
def open_pool(  # noqa: PLR0913 (what a pool is)
    *,
    owner: str,
    customer_id: int,
    title: str,
    unit: str = Allowance.Unit.MINUTE,
    thresholds: Sequence[str | int] = (),
    rollover: Rollover | None = None,
    at: datetime,
    by: int | None,
) -> int:
    """Return the id of the owner's pool, new or as it stands; a second call changes nothing.

    `thresholds` are units left (`60`) or shares of the last purchase (`20%`). Raises
    OwnerTakenError when the owner's pool is another customer's, NotAThresholdError.
    """
    known = Allowance.objects.filter(owner=owner).first()
    if known is not None:
        if (known.customer_id, known.unit) != (customer_id, unit):
            raise OwnerTakenError(owner)
        return known.pk
    pool = Allowance.objects.create(
        owner=owner,
        customer_id=customer_id,
        title=title,
        unit=unit,
        thresholds=[str(threshold) for threshold in rules.read(thresholds)],
        rollover_months=rollover.months if rollover else None,
        rollover_cap=rollover.cap if rollover else None,
    )
    payload = {"customer": customer_id, "owner": owner, "title": title, "unit": str(unit)}
    fact = history.Fact("allowance.opened", f"allowance:{pool.pk}", history.canonical(payload))
    history.append([fact], at=at, by=by)
    return pool.pk


@transaction.atomic
def set_up(
    *,
    owner: str,
    title: str | None = None,
    thresholds: Sequence[str | int] | None = None,
    rollover: Rollover | None = None,
    keep_rollover: bool = True,
    is_active: bool | None = None,
) -> Allowance:
    """Return the pool after changing what is given; None leaves a value as it is.

    A threshold that the balance has passed already is not told: it is armed when the balance is
    above it again. A new `rollover` needs `keep_rollover=False`, which without one ends it.
    """
    pool = Allowance.objects.select_for_update().filter(owner=owner).first()
    if pool is None:
        raise UnknownPoolError(owner)
    if title is not None:
        pool.title = title
    if is_active is not None:
        pool.is_active = is_active
    if thresholds is not None:
        read = rules.read(thresholds)
        reached = rules.reached(read, balance=pool.balance, base=pool.base)
        pool.thresholds = [str(threshold) for threshold in read]
        pool.low_at = rules.low_at(read, base=pool.base)
        pool.low = [str(threshold) for threshold in reached]
    if not keep_rollover:
        pool.rollover_months = rollover.months if rollover else None
        pool.rollover_cap = rollover.cap if rollover else None
    pool.save()
    return pool
