"""What a payment left over: it goes back to the customer, or settles what came later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import Settlement
from canone.ledgers.invoicing.queries import settlement
from canone.ledgers.invoicing.rules import allocation
from canone.ledgers.invoicing.services import booking
from canone.ledgers.invoicing.services.booking import SettlementError
from canone.ui import formats

Kind = Settlement.Kind


@transaction.atomic
def use_credit(*, customer_id: int, at: datetime, by: int | None) -> list[Settlement]:
    """Return the customer's payments whose credit settled the oldest debts, as far as it goes.

    None where there is no credit, or no debt. The oldest payment is used up first.
    """
    left_over = [row.pk for row, _left in settlement.payments_with_credit(customer_id)]
    rows = Settlement.objects.select_for_update(of=("self",)).filter(pk__in=left_over)
    payments = list(rows.order_by("day", "pk"))
    items = booking.locked(customer_id=customer_id)
    used = []
    for row in payments:
        left = Money.zero() if booking.is_undone(row) else booking.credit_of(row)
        parts = allocation.oldest_first(booking.opened(items), left.minor)
        if parts:
            booking.allocate(row, items, parts, at=at, by=by)
            used.append(row)
    return used


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Money that went back to the customer, of what a payment left over."""

    payment_id: int
    day: date
    amount: Money
    method: str = ""
    reference: str = ""
    key: str = ""


@transaction.atomic
def give_back(given: GivenBack, *, at: datetime, by: int | None) -> Settlement:
    """Return the booked refund; the same under the same key returns the one on record.

    Something else under a used key is a KeyTakenError, also where both are booked at the same
    moment. No more goes back than is left of the payment, and not before it came in.
    """
    payment = Settlement.objects.select_for_update(of=("self",)).get(pk=given.payment_id)
    row = Settlement(
        kind=Kind.REFUND,
        customer_id=payment.customer_id,
        day=given.day,
        amount=-given.amount,
        method=given.method,
        reference=given.reference.strip(),
        key=given.key,
        returns=payment,
        at=at,
        by_id=by,
    )
    if known := booking.known(row):
        return known
    booking.check_stands(payment)
    left = booking.credit_of(payment)
    if not 0 < given.amount.minor <= left.minor:
        text = _("%(left)s is left of this payment: above zero, and no more than that.")
        raise SettlementError({"amount": text % {"left": formats.money(left)}})
    if given.day < payment.day:
        text = _("The payment is of %(day)s: nothing of it is given back before.")
        raise SettlementError({"day": text % {"day": formats.date_of(payment.day)}})
    row, is_new = booking.keep(row)
    if is_new:
        booking.allocate(row, [], {}, at=at, by=by)
    return row
