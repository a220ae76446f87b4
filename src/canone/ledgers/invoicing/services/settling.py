"""Books payments and what else settles due items; corrects by reversal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Allocation, DueItem, Settlement
from canone.ledgers.invoicing.queries import dues
from canone.ledgers.invoicing.rules import allocation
from canone.ledgers.invoicing.services import booking
from canone.ledgers.invoicing.services.booking import SettlementError
from canone.ui import formats

Kind = Settlement.Kind


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
    """Return the booked payment; the same under the same key returns the one on record.

    Something else under a used key is a KeyTakenError, what cannot be a SettlementError that names
    the fields.
    """
    if payment.amount.minor <= 0:
        raise SettlementError({"amount": _("A payment is above zero.")})
    ids = None if payment.shares is None else list(payment.shares)
    items = booking.locked(ids=ids, customer_id=payment.customer_id)
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
    chosen = payment.shares
    asked = None if chosen is None else {key: part.minor for key, part in chosen.items() if part}
    # also what somebody booked while we waited for the items
    if known := booking.known(row, asked):
        return known
    if asked is None:
        payable = dues.payable(items, day=payment.day)
        parts = allocation.oldest_first(payable, payment.amount.minor)
    else:
        parts = asked
        booking.check_shares(items, parts, payment.amount.minor)
        booking.check_dates(items, payment.day)
    row, is_new = booking.keep(row, asked)
    if is_new:
        booking.allocate(row, items, parts, at=at, by=by)
    return row


@transaction.atomic
def allocate(
    *, settlement_id: int, shares: Mapping[int, Money], at: datetime, by: int | None
) -> Settlement:
    """Return the payment after giving more of its credit to due items of its customer."""
    row = Settlement.objects.select_for_update(of=("self",)).get(pk=settlement_id)
    booking.check_stands(row)
    items = booking.locked(ids=list(shares), customer_id=row.customer_id)
    parts = {key: share.minor for key, share in shares.items() if share}
    booking.check_shares(items, parts, booking.credit_of(row).minor)
    booking.allocate(row, items, parts, at=at, by=by)
    return row


@transaction.atomic
def write_off(
    *, shares: Mapping[int, Money], reason: str, day: date, at: datetime, by: int | None
) -> Settlement:
    """Return what says that these parts of due items of one customer will not be paid, and why."""
    if not reason.strip():
        raise SettlementError({"reason": _("Write why it is written off: it stays on record.")})
    items = booking.locked(ids=list(shares))
    parts = {key: share.minor for key, share in shares.items() if share}
    booking.check_shares(items, parts, None)
    customer = booking.one_customer(items, parts)
    booking.check_dates(items, day)
    row = Settlement.objects.create(
        kind=Kind.WRITE_OFF,
        customer_id=customer,
        day=day,
        amount=Money(sum(parts.values())),
        reason=reason.strip(),
        at=at,
        by_id=by,
    )
    booking.allocate(row, items, parts, at=at, by=by)
    return row


@transaction.atomic
def offset(
    *, credits_: Sequence[int], debts: Sequence[int], day: date, at: datetime, by: int | None
) -> Settlement | None:
    """Return what sets credit notes against debts of the same customer; None for nothing to set.

    Both are ids of due items; the oldest debt is settled first, and what is left stays open.
    """
    items = booking.locked(ids=[*credits_, *debts])
    parts = allocation.offset(
        booking.opened([i for i in items if i.pk in set(credits_)]),
        booking.opened([i for i in items if i.pk in set(debts)]),
    )
    if not parts:
        return None
    row = Settlement.objects.create(
        kind=Kind.OFFSET,
        customer_id=booking.one_customer(items, parts),
        day=day,
        amount=Money(0),
        at=at,
        by_id=by,
    )
    booking.allocate(row, items, parts, at=at, by=by)
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
    items = booking.locked(ids=list(shares), customer_id=customer_id)
    parts = {key: -share.minor for key, share in shares.items() if share}
    booking.check_shares(items, parts, None)
    booking.check_dates(items, day)
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
    booking.allocate(row, items, parts, at=at, by=by)
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
    if row.reverses_id is not None or booking.is_reversed(row):
        raise SettlementError(_("This is reversed already."))
    if day < row.day:
        text = _("It was booked for %(day)s: it cannot be reversed before.")
        raise SettlementError({"day": text % {"day": formats.date_of(row.day)}})
    back = booking.given_back(row)
    if back:
        text = _("%(amount)s of it were given back: undo that refund first.")
        raise SettlementError(text % {"amount": formats.money(-back)})
    given = Allocation.objects.filter(settlement=row).values("due_item").annotate(sum=Sum("amount"))
    parts = {line["due_item"]: -line["sum"].minor for line in given}
    items = booking.locked(ids=list(parts))
    opposite = Settlement.objects.create(
        kind=row.kind,
        customer_id=row.customer_id,
        day=day,
        amount=-row.amount,
        method=row.method,
        reference=row.reference,
        reason=reason.strip(),
        reverses=row,
        returns=row.returns,
        at=at,
        by_id=by,
    )
    booking.allocate(opposite, items, parts, at=at, by=by)
    return opposite


def check_day(day: date, *, today: date) -> None:
    """Return nothing for a day that has come; what is yet to come is not booked."""
    if day > today:
        text = _("%(day)s is still to come: book it when it has happened.")
        raise SettlementError({"day": text % {"day": formats.date_of(day)}})
