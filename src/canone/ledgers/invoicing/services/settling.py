"""Books payments and what else settles due items; corrects by reversal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from canone.base.history import services as history
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Allocation, DueItem, Settlement
from canone.ledgers.invoicing.queries import dues
from canone.ledgers.invoicing.rules import allocation
from canone.ledgers.invoicing.rules.allocation import Open
from canone.ui import formats

Kind = Settlement.Kind


class SettlementError(ValidationError):
    """Something that cannot be booked; its text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in. `shares` are cents by due item; what they leave is credit.

    Without `shares` the oldest due items of the customer are paid first, as far as it goes; money
    from before a document is not given to it by itself.
    """

    customer_id: int
    day: date
    amount: Money
    method: str = ""
    reference: str = ""
    shares: Mapping[int, Money] | None = None
    key: str = ""


@transaction.atomic
def pay(payment: Payment, *, at: datetime, by: int | None) -> Settlement:
    """Return the booked payment; the same key again returns the one on record.

    What cannot be is a SettlementError that names the fields.
    """
    if payment.amount.minor <= 0:
        raise SettlementError({"amount": _("A payment is above zero.")})
    ids = None if payment.shares is None else list(payment.shares)
    items = _locked(ids=ids, customer_id=payment.customer_id)
    if known := _known(payment.key):  # also what somebody booked while we waited for the items
        return known
    if payment.shares is None:
        payable = dues.payable(items, day=payment.day)
        parts = allocation.oldest_first(payable, payment.amount.minor)
    else:
        parts = {key: share.minor for key, share in payment.shares.items() if share}
        _check_shares(items, parts, payment.amount.minor)
        _check_dates(items, payment.day)
    row = Settlement(
        kind=Kind.PAYMENT,
        customer_id=payment.customer_id,
        day=payment.day,
        amount=payment.amount,
        method=payment.method,
        reference=payment.reference.strip(),
        key=payment.key,
        at=at,
        by_id=by,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        if known := _known(payment.key):
            return known
        raise
    _allocate(row, items, parts, at=at, by=by)
    return row


@transaction.atomic
def allocate(
    *, settlement_id: int, shares: Mapping[int, Money], at: datetime, by: int | None
) -> Settlement:
    """Return the payment after giving more of its credit to due items of its customer."""
    row = Settlement.objects.select_for_update(of=("self",)).get(pk=settlement_id)
    if row.kind not in (Kind.PAYMENT, Kind.REFUND) or _is_reversed(row):
        raise SettlementError(_("Only a payment that stands has credit to give."))
    items = _locked(ids=list(shares), customer_id=row.customer_id)
    parts = {key: share.minor for key, share in shares.items() if share}
    _check_shares(items, parts, credit_of(row).minor)
    _allocate(row, items, parts, at=at, by=by)
    return row


@transaction.atomic
def write_off(
    *, shares: Mapping[int, Money], reason: str, day: date, at: datetime, by: int | None
) -> Settlement:
    """Return what says that these parts of due items of one customer will not be paid, and why."""
    if not reason.strip():
        raise SettlementError({"reason": _("Write why it is written off: it stays on record.")})
    items = _locked(ids=list(shares))
    parts = {key: share.minor for key, share in shares.items() if share}
    _check_shares(items, parts, None)
    customer = _one_customer(items, parts)
    _check_dates(items, day)
    row = Settlement.objects.create(
        kind=Kind.WRITE_OFF,
        customer_id=customer,
        day=day,
        amount=Money(sum(parts.values())),
        reason=reason.strip(),
        at=at,
        by_id=by,
    )
    _allocate(row, items, parts, at=at, by=by)
    return row


@transaction.atomic
def offset(
    *, credits_: Sequence[int], debts: Sequence[int], day: date, at: datetime, by: int | None
) -> Settlement | None:
    """Return what sets credit notes against debts of the same customer; None for nothing to set.

    Both are ids of due items; the oldest debt is settled first, and what is left stays open.
    """
    items = _locked(ids=[*credits_, *debts])
    parts = allocation.offset(
        _open([i for i in items if i.pk in set(credits_)]),
        _open([i for i in items if i.pk in set(debts)]),
    )
    if not parts:
        return None
    row = Settlement.objects.create(
        kind=Kind.OFFSET,
        customer_id=_one_customer(items, parts),
        day=day,
        amount=Money(0),
        at=at,
        by_id=by,
    )
    _allocate(row, items, parts, at=at, by=by)
    return row


@transaction.atomic
def set_against(
    *, note_id: int, original_id: int, day: date, at: datetime, by: int | None
) -> Settlement | None:
    """Return what sets a credit note against its original, as far as that is open."""
    items = DueItem.objects.filter(is_void=False)
    return offset(
        credits_=list(items.filter(document=note_id).values_list("pk", flat=True)),
        debts=list(items.filter(document=original_id).values_list("pk", flat=True)),
        day=day,
        at=at,
        by=by,
    )


@transaction.atomic
def refund(  # noqa: PLR0913 (as a payment, the other way)
    *,
    customer_id: int,
    shares: Mapping[int, Money],
    day: date,
    method: str,
    reference: str,
    at: datetime,
    by: int | None,
) -> Settlement:
    """Return money given back for open credit notes; `shares` are cents by due item, above zero."""
    items = _locked(ids=list(shares), customer_id=customer_id)
    parts = {key: -share.minor for key, share in shares.items() if share}
    _check_shares(items, parts, None)
    _check_dates(items, day)
    row = Settlement.objects.create(
        kind=Kind.REFUND,
        customer_id=customer_id,
        day=day,
        amount=Money(sum(parts.values())),
        method=method,
        reference=reference.strip(),
        at=at,
        by_id=by,
    )
    _allocate(row, items, parts, at=at, by=by)
    return row


@transaction.atomic
def reverse(
    *, settlement_id: int, reason: str, day: date, at: datetime, by: int | None
) -> Settlement:
    """Return the opposite of a settlement: its due items are open again, and why is on record."""
    if not reason.strip():
        raise SettlementError(
            {"reason": _("Write why it is reversed: the reason stays on record.")}
        )
    row = Settlement.objects.select_for_update(of=("self",)).get(pk=settlement_id)
    if row.reverses_id is not None or _is_reversed(row):
        raise SettlementError(_("This is reversed already."))
    if day < row.day:
        text = _("It was booked for %(day)s: it cannot be reversed before.")
        raise SettlementError({"day": text % {"day": formats.date_of(row.day)}})
    given = Allocation.objects.filter(settlement=row).values("due_item").annotate(sum=Sum("amount"))
    parts = {line["due_item"]: -line["sum"].minor for line in given}
    items = _locked(ids=list(parts))
    opposite = Settlement.objects.create(
        kind=row.kind,
        customer_id=row.customer_id,
        day=day,
        amount=-row.amount,
        method=row.method,
        reference=row.reference,
        reason=reason.strip(),
        reverses=row,
        at=at,
        by_id=by,
    )
    _allocate(opposite, items, parts, at=at, by=by)
    return opposite


def check_day(day: date, *, today: date) -> None:
    """Return nothing for a day that has come; what is yet to come is not booked."""
    if day > today:
        text = _("%(day)s is still to come: book it when it has happened.")
        raise SettlementError({"day": text % {"day": formats.date_of(day)}})


def credit_of(row: Settlement) -> Money:
    """Return what of a settlement is given to no due item."""
    given = Allocation.objects.filter(settlement=row).aggregate(sum=Sum("amount"))["sum"]
    return Money(row.amount.minor - (given.minor if given else 0))


def _known(key: str) -> Settlement | None:
    return Settlement.objects.filter(key=key).first() if key else None


def _is_reversed(row: Settlement) -> bool:
    return Settlement.objects.filter(reverses=row).exists()


def _locked(*, ids: Sequence[int] | None = None, customer_id: int | None = None) -> list[DueItem]:
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


def _open(items: Sequence[DueItem]) -> list[Open]:
    return [Open(item.pk, (item.amount - item.settled).minor) for item in items]


def _check_shares(items: Sequence[DueItem], parts: Mapping[int, int], most: int | None) -> None:
    """Return nothing when the parts fit into what is open, and into `most` together."""
    if not parts:
        raise SettlementError({"shares": _("Choose what is settled.")})
    for item, one in zip(items, _open(items), strict=True):
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


def _check_dates(items: Sequence[DueItem], day: date) -> None:
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


def _one_customer(items: Sequence[DueItem], parts: Mapping[int, int]) -> int:
    customers = {item.customer_id for item in items if item.pk in parts}
    if len(customers) != 1:
        raise SettlementError({"shares": _("Choose due items of one customer.")})
    return customers.pop()


def _allocate(
    row: Settlement,
    items: Sequence[DueItem],
    parts: Mapping[int, int],
    *,
    at: datetime,
    by: int | None,
) -> None:
    for item in items:
        part = parts.get(item.pk, 0)
        if part:
            Allocation.objects.create(
                settlement=row, due_item=item, amount=Money(part), at=at, by_id=by
            )
            item.settled = item.settled + Money(part)
            item.save(update_fields=["settled"])
    payload = {
        "allocations": sorted([key, part] for key, part in parts.items() if part),
        "amount": row.amount.minor,
        "customer": row.customer_id,
        "day": row.day.isoformat(),
        "reason": row.reason,
        "reverses": row.reverses_id,
    }
    fact = history.Fact(
        f"settlement.{row.kind}", f"settlement:{row.pk}", history.canonical(payload)
    )
    history.append([fact], at=at, by=by)
