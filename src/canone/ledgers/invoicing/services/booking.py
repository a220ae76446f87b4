"""What every booking shares: due items held, shares checked, allocations and facts written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from canone.base.history import services as history
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Allocation, DueItem, Settlement
from canone.ledgers.invoicing.rules import allocation
from canone.ledgers.invoicing.rules.allocation import Open
from canone.ui import formats


class SettlementError(ValidationError):
    """Something that cannot be booked; its text says why and what to do."""


class KeyTakenError(SettlementError):
    """The key stands for something else that was booked."""

    def __init__(self) -> None:
        super().__init__({"key": _("Something else was booked under this key: take another.")})


SAME = ("kind", "returns_id", "customer_id", "day", "amount", "method", "reference")


def credit_of(row: Settlement) -> Money:
    """Return what of a settlement is given to no due item, and not back either."""
    given: Money | None = Allocation.objects.filter(settlement=row).aggregate(sum=Sum("amount"))[
        "sum"
    ]
    left: Money = row.amount - (given or Money.zero()) + given_back(row)
    return left


def given_back(row: Settlement) -> Money:
    """Return what went back of a payment, below zero; refunds that were undone cancel out."""
    found = Settlement.objects.filter(returns=row).aggregate(sum=Sum("amount"))["sum"]
    return found or Money.zero()


def check_stands(row: Settlement) -> None:
    """Return nothing for a payment that was not undone."""
    if row.kind != Settlement.Kind.PAYMENT or is_undone(row):
        raise SettlementError(_("Only a payment that stands has credit to give."))


def is_undone(row: Settlement) -> bool:
    """Return whether it counts no more: it was reversed, or is the reversal itself."""
    return row.reverses_id is not None or is_reversed(row)


def known(wanted: Settlement, parts: Mapping[int, int] | None = None) -> Settlement | None:
    """Return the same booking under the same key; anything else under it is a KeyTakenError.

    Who sends other money under a used key would else take it for booked. `parts` are shares that
    were chosen; what the oldest due items got by themselves does not tell two bookings apart.
    """
    row = Settlement.objects.filter(key=wanted.key).first() if wanted.key else None
    if row is None:
        return None
    is_same = all(getattr(row, name) == getattr(wanted, name) for name in SAME)
    if not is_same or (parts is not None and parts != _first_parts(row)):
        raise KeyTakenError
    return row


def _first_parts(row: Settlement) -> dict[int, int]:
    """Return what it settled when it was booked; credit given later has its own instant."""
    given = row.allocations.filter(at=row.at).values("due_item").annotate(sum=Sum("amount"))
    return {line["due_item"]: line["sum"].minor for line in given}


def keep(row: Settlement, parts: Mapping[int, int] | None = None) -> tuple[Settlement, bool]:
    """Return what stands under the row's key, and whether it is this row, written just now.

    Somebody else may have booked under the key since it was asked for: then theirs is returned
    where it is the same, and is a KeyTakenError where it is not.
    """
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        if there := known(row, parts):
            return there, False
        raise
    return row, True


def is_reversed(row: Settlement) -> bool:
    """Return whether a reversal of it stands."""
    return Settlement.objects.filter(reverses=row).exists()


def locked(*, ids: Sequence[int] | None = None, customer_id: int | None = None) -> list[DueItem]:
    """Return the due items, oldest first, held until the transaction ends."""
    rows = DueItem.objects.select_for_update(of=("self",)).filter(is_void=False)
    rows = rows.select_related("document")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    found = list(rows.order_by("pk"))
    if ids is not None and len(found) != len(set(ids)):
        raise SettlementError(_("A due item is not there, or belongs to another customer."))
    return sorted(found, key=lambda item: (item.due_on, item.pk))


def opened(items: Sequence[DueItem]) -> list[Open]:
    """Return what of the due items is open, as the rules take it."""
    return [Open(item.pk, (item.amount - item.settled).minor) for item in items]


def check_shares(items: Sequence[DueItem], parts: Mapping[int, int], most: int | None) -> None:
    """Return nothing when the parts fit into what is open, and into `most` together."""
    if not parts:
        raise SettlementError({"shares": _("Choose what is settled.")})
    for item, one in zip(items, opened(items), strict=True):
        if one.key in parts and not allocation.fits(one, parts[one.key]):
            text = _(
                "%(open)s is open of %(document)s, due on %(day)s: no more, and the same sign."
            )
            values = {
                "open": formats.money(Money(one.amount)),
                "document": item.document.label,
                "day": formats.date_of(item.due_on),
            }
            raise SettlementError({"shares": text % values})
    if most is not None and sum(parts.values()) > most:
        text = _("More is shared out than there is: %(most)s.")
        raise SettlementError({"shares": text % {"most": formats.money(Money(most))}})


def check_dates(items: Sequence[DueItem], day: date) -> None:
    """Return nothing when every document exists on `day`."""
    for item in items:
        issued = item.document.issue_date
        if issued is not None and day < issued:
            text = _(
                "%(document)s is dated %(day)s. What came in before is booked without it, as "
                "credit, and given to it afterwards."
            )
            values = {"document": item.document.label, "day": formats.date_of(issued)}
            raise SettlementError({"day": text % values})


def one_customer(items: Sequence[DueItem], parts: Mapping[int, int]) -> int:
    """Return whose all these due items are; it is a SettlementError when there are several."""
    customers = {item.customer_id for item in items if item.pk in parts}
    if len(customers) != 1:
        raise SettlementError({"shares": _("Choose due items of one customer.")})
    return customers.pop()


def allocate(
    row: Settlement,
    items: Sequence[DueItem],
    parts: Mapping[int, int],
    *,
    at: datetime,
    by: int | None,
) -> None:
    """Give parts of a settlement to due items, and write the fact of it."""
    for item in items:
        part = parts.get(item.pk, 0)
        if part:
            Allocation.objects.create(
                settlement=row, due_item=item, amount=Money(part), at=at, by_id=by
            )
            item.settled = item.settled + Money(part)
            item.save(update_fields=["settled"])
    payload: dict[str, Any] = {
        "allocations": sorted([key, part] for key, part in parts.items() if part),
        "amount": row.amount.minor,
        "customer": row.customer_id,
        "day": row.day.isoformat(),
        "reason": row.reason,
        "reverses": row.reverses_id,
    }
    if row.returns_id is not None:
        payload["returns"] = row.returns_id
    fact = history.Fact(
        f"settlement.{row.kind}", f"settlement:{row.pk}", history.canonical(payload)
    )
    history.append([fact], at=at, by=by)
