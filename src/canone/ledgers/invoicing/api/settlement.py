"""Payments, refunds, write-offs and credits set off, in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from pydantic import Field

from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.api import shared
from canone.ledgers.invoicing.api.shared import Above, Amount, Day, Method, Why
from canone.ledgers.invoicing.models import DueItem, Settlement
from canone.ledgers.invoicing.queries import receipts, settlement
from canone.ledgers.invoicing.services import settling, surplus
from canone.registers.parties.models import Party
from canone.ui import api

router = api.Router(tags=["settlement"])
MOST = 500
SettlementKind = Literal["payment", "refund", "write_off", "offset"]
SettlementState = Literal["credit", "booked", "reversed", "reversal"]


class AllocationOut(api.Schema):
    """What of a payment went to a due item."""

    due_item_id: int
    document_id: int
    amount: str


class PaymentBrief(api.Schema):
    """A payment, refund, write-off or credit set off, or the reversal of one.

    `credit` is what of a payment no due item has been given, and did not go back. A refund of such
    credit names its payment in `returns_id`.
    """

    id: int
    kind: SettlementKind
    state: SettlementState
    customer_id: int
    day: date
    amount: str
    credit: str
    method: str
    reference: str
    reason: str
    reverses_id: int | None
    returns_id: int | None
    booked_at: datetime


class PaymentOut(PaymentBrief):
    """A payment with the due items that it settled."""

    shares: list[AllocationOut]


class ShareIn(api.Schema):
    """What of a due item is settled; below zero for a credit note."""

    due_item_id: api.Id
    amount: Amount


class PaymentIn(api.Schema):
    """Money that came in, in euro.

    Without `shares` the oldest due items are settled first, as far as it goes; what is left is
    credit. `key`, such as the bank's number of the movement, is booked once, for ever: other
    content under it is 409.
    """

    customer_id: api.Id
    day: Day
    amount: Above
    currency: str = Field("EUR", min_length=3, max_length=3)
    method: Method = ""
    reference: str = Field("", max_length=140)
    shares: list[ShareIn] | None = Field(None, max_length=MOST)
    key: str = Field("", max_length=60)


class GiveIn(api.Schema):
    """What the credit of a payment settles."""

    shares: list[ShareIn] = Field(min_length=1, max_length=MOST)


class GiveBackIn(api.Schema):
    """Money that went back, of what a payment left over; `key` as with a payment."""

    amount: Above
    day: Day
    method: Method = ""
    reference: str = Field("", max_length=140)
    key: str = Field("", max_length=60)


class UseCreditIn(api.Schema):
    """Whose credit settles the oldest debts."""

    customer_id: api.Id


class PaymentUndoIn(api.Schema):
    """Why a payment is undone; `day` is today where it is left out."""

    reason: Why
    day: Day | None = None


class WriteOffIn(api.Schema):
    """Which due items of one customer will not be paid, how much of each, and why."""

    shares: list[ShareIn] = Field(min_length=1, max_length=MOST)
    reason: Why
    day: Day | None = None


class RefundIn(api.Schema):
    """Money given back for credit notes; amounts of `shares` are below zero, as what is open."""

    customer_id: api.Id
    shares: list[ShareIn] = Field(min_length=1, max_length=MOST)
    day: Day
    method: Method = ""
    reference: str = Field("", max_length=140)


class SetOffIn(api.Schema):
    """Whose open credit notes are set against the oldest debts."""

    customer_id: api.Id


class PaymentFilters(api.Schema):
    """Which payments are listed."""

    customer_id: api.Id | None = None
    kind: SettlementKind | None = None
    state: SettlementState | None = None
    method: Method | None = None
    since: Day | None = None
    until: Day | None = None


FILTERS: Any = api.Query(...)


@router.get("/payments", response=api.Paged[PaymentBrief], summary="List payments")
@api.allows(permissions.SETTLE)
def list_payments(
    request: api.Request,  # noqa: ARG001 (payments are shown to who books them)
    filters: PaymentFilters = FILTERS,
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return payments, refunds, write-offs and credits set off, newest first."""
    conditions = {
        "customer": filters.customer_id,
        "kind": filters.kind,
        "standing": filters.state,
        "method": filters.method,
        "day__gte": filters.since,
        "day__lte": filters.until,
    }
    given = {name: value for name, value in conditions.items() if value is not None}
    cut = api.cut(_rows().filter(**given), page, newest_first=True)
    return cut | {"items": [_brief(row) for row in cut["items"]]}


@router.get("/payments/{payment_id}", response=PaymentOut, summary="Read a payment")
@api.allows(permissions.SETTLE)
def read_payment(request: api.Request, payment_id: api.Id) -> dict[str, Any]:  # noqa: ARG001
    """Return one payment, refund, write-off or credit set off."""
    return _full(payment_id)


@router.post("/payments", response={201: PaymentOut}, summary="Book a payment")
@api.allows(permissions.SETTLE)
def book_payment(request: api.Request, body: PaymentIn) -> api.Answer[dict[str, Any]]:
    """Return the booked payment with what it settled; the same again returns the first."""
    if body.currency != "EUR":
        text = _("Only euro is booked: write what reached the account in euro.")
        raise api.invalid("currency", "unknown", text)
    customer = _customer(request, body.customer_id)
    payment = settling.Payment(
        customer.pk,
        body.day,
        shared.money(body.amount),
        body.method,
        body.reference,
        shares=None if body.shares is None else _shares(request, body.shares),
        key=f"api:{body.key}" if body.key else "",
    )
    with shared.told():
        settling.check_day(body.day, today=shared.today())
        row = settling.pay(payment, **shared.stamp(request))
    return api.Answer(201, _full(row.pk))


@router.post("/payments/{payment_id}/give", response=PaymentOut, summary="Give the credit")
@api.allows(permissions.SETTLE)
def give_credit(request: api.Request, payment_id: api.Id, body: GiveIn) -> dict[str, Any]:
    """Return the payment after its credit settled due items of its customer."""
    row = shared.one(_rows(), payment_id)
    shares = _shares(request, body.shares)
    with shared.told():
        settling.allocate(settlement_id=row.pk, shares=shares, **shared.stamp(request))
    return _full(row.pk)


@router.post(
    "/payments/{payment_id}/give-back", response={201: PaymentOut}, summary="Give the credit back"
)
@api.allows(permissions.SETTLE)
def give_credit_back(
    request: api.Request, payment_id: api.Id, body: GiveBackIn
) -> api.Answer[dict[str, Any]]:
    """Return the refund of what a payment left over; it is undone as a payment is."""
    row = shared.one(_rows(), payment_id)
    given = surplus.GivenBack(
        row.pk,
        body.day,
        shared.money(body.amount),
        body.method,
        body.reference,
        key=f"api:{body.key}" if body.key else "",
    )
    with shared.told():
        settling.check_day(body.day, today=shared.today())
        made = surplus.give_back(given, **shared.stamp(request))
    return api.Answer(201, _full(made.pk))


@router.post("/payments/use-credit", response=list[PaymentOut], summary="Settle with the credit")
@api.allows(permissions.SETTLE)
def use_credit(request: api.Request, body: UseCreditIn) -> list[dict[str, Any]]:
    """Return the payments whose credit settled the oldest debts; nothing to do is 409."""
    customer = _customer(request, body.customer_id)
    used = surplus.use_credit(customer_id=customer.pk, **shared.stamp(request))
    if not used:
        text = _("There is no credit, or no debt to settle with it.")
        raise api.Problem(409, "not_possible", text)
    return [_full(row.pk) for row in used]


@router.post("/payments/{payment_id}/undo", response={201: PaymentOut}, summary="Undo a payment")
@api.allows(permissions.SETTLE)
def undo_payment(
    request: api.Request, payment_id: api.Id, body: PaymentUndoIn
) -> api.Answer[dict[str, Any]]:
    """Return the reversal: its due items are open again, and both stay on record."""
    row = shared.one(_rows(), payment_id)
    day = body.day or shared.today()
    with shared.told():
        settling.check_day(day, today=shared.today())
        back = settling.reverse(
            settlement_id=row.pk, reason=body.reason, day=day, **shared.stamp(request)
        )
    return api.Answer(201, _full(back.pk))


@router.post("/write-offs", response={201: PaymentOut}, summary="Write off due items")
@api.allows(permissions.WRITE_OFF)
def write_off(request: api.Request, body: WriteOffIn) -> api.Answer[dict[str, Any]]:
    """Return the write-off; it is undone as a payment is."""
    shares = _shares(request, body.shares)
    day = body.day or shared.today()
    with shared.told():
        settling.check_day(day, today=shared.today())
        row = settling.write_off(
            shares=shares, reason=body.reason, day=day, **shared.stamp(request)
        )
    return api.Answer(201, _full(row.pk))


@router.post("/refunds", response={201: PaymentOut}, summary="Book a refund")
@api.allows(permissions.SETTLE)
def book_refund(request: api.Request, body: RefundIn) -> api.Answer[dict[str, Any]]:
    """Return the refund of open credit notes."""
    customer = _customer(request, body.customer_id)
    shares = _shares(request, body.shares)
    with shared.told():
        settling.check_day(body.day, today=shared.today())
        row = settling.refund(
            customer_id=customer.pk,
            shares={key: -share for key, share in shares.items()},
            day=body.day,
            method=body.method,
            reference=body.reference,
            **shared.stamp(request),
        )
    return api.Answer(201, _full(row.pk))


@router.post("/set-offs", response={201: PaymentOut}, summary="Set credit notes off")
@api.allows(permissions.SETTLE)
def set_off(request: api.Request, body: SetOffIn) -> api.Answer[dict[str, Any]]:
    """Return what set a customer's credit notes against the oldest debts; nothing to set is 409."""
    customer = _customer(request, body.customer_id)
    rows = settlement.unsettled(DueItem.objects.filter(customer=customer))
    row = settling.offset(
        credits_=list(rows.filter(amount__lt=0).values_list("pk", flat=True)),
        debts=list(rows.filter(amount__gt=0).values_list("pk", flat=True)),
        day=shared.today(),
        **shared.stamp(request),
    )
    if row is None:
        text = _("There is no open credit note, or no debt to set it against.")
        raise api.Problem(409, "not_possible", text)
    return api.Answer(201, _full(row.pk))


def _rows() -> QuerySet[Settlement]:
    return receipts.with_standing(Settlement.objects.all())


def _customer(request: api.Request, pk: int) -> Party:
    seen = Party.objects.visible_to(request.user).filter(is_customer=True)
    found = shared.named(seen, "customer_id", pk)
    if found is None:
        raise shared.unknown("customer_id")
    return found


def _shares(request: api.Request, sent: Sequence[ShareIn]) -> dict[int, Money]:
    """Return the shares by due item; one that is named twice or not there is 422."""
    keys = [share.due_item_id for share in sent]
    if len(keys) != len(set(keys)):
        text = _("A due item is named twice.")
        raise api.invalid("shares", "twice", text)
    seen = DueItem.objects.visible_to(request.user).filter(pk__in=keys)
    if seen.count() != len(keys):
        raise shared.unknown("shares")
    return {share.due_item_id: shared.money(share.amount) for share in sent}


def _brief(row: Any) -> dict[str, Any]:
    names = (
        "kind",
        "customer_id",
        "day",
        "method",
        "reference",
        "reason",
        "reverses_id",
        "returns_id",
    )
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in names},
        "state": row.standing,
        "amount": str(row.amount),
        "credit": str(row.credit),
        "booked_at": row.at,
    }


def _full(pk: int) -> dict[str, Any]:
    row = shared.one(_rows(), pk)
    parts = row.allocations.select_related("due_item").order_by("pk")
    return _brief(row) | {
        "shares": [
            {
                "due_item_id": part.due_item_id,
                "document_id": part.due_item.document_id,
                "amount": str(part.amount),
            }
            for part in parts
        ]
    }
