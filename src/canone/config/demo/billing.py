"""Three years of invoices, issued on the third of each month and paid by most, on the whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db.models import F
from stdnum import luhn

from canone.config.demo.land import Words
from canone.kernel.money import Money
from canone.ledgers.invoicing.models import DueItem
from canone.ledgers.invoicing.queries import settlement
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.services import billing, settings, settling
from canone.ledgers.invoicing.services.settling import Payment
from canone.registers.catalog.models import VatRate
from canone.registers.parties.models import Party
from canone.registers.parties.services import parties

ABROAD = ("NS7", "FRHC")
"""The VAT of services for businesses abroad, by country of the firm."""
LATE = 0.2
"""How many of the due items of the last months are not paid yet."""
PATIENCE = timedelta(days=100)
PARTLY = 3
"""So many customers paid a part of what is late."""


@dataclass(frozen=True, slots=True)
class Today:
    """What holds of customers today and did not in the past, when they were billed like all."""

    blocked: list[tuple[int, str]]
    without_siren: list[int]


def begin(*, at: datetime, by: int) -> Today:
    """Return who is blocked or lacks a number today, after mending it for the past."""
    vat = VatRate.objects.filter(code__in=ABROAD).first()
    businesses = Party.objects.filter(is_customer=True).exclude(vat_number="")
    country = vat.country.upper() if vat else ""
    for customer in businesses.exclude(country=country).order_by("pk") if vat else ():
        settings.tax(customer_id=customer.pk, vat=vat, by=by)
    blocked = list(Party.objects.filter(is_blocked=True).values_list("pk", "block_reason"))
    for key, _reason in blocked:
        parties.unblock(party_id=key, at=at, by=by)
    lacking = Party.objects.filter(country="FR", is_customer=True, is_person=False, siren="")
    without = list(lacking.order_by("pk").values_list("pk", flat=True))
    for key in without:
        parties.update(party_id=key, at=at, by=by, siren=_siren(key))
    return Today(blocked, without)


def _siren(number: int) -> str:
    """Return a number that passes its check; those of the demo begin with other digits."""
    body = f"9{number:07d}"
    return body + luhn.calc_check_digit(body)


def issue(*, through: date, day: date, at: datetime, by: int) -> None:
    """Issue everything through a date on documents of the day."""
    run = billing.open_run(Order(through=through, issue_date=day), day=day, at=at, by=by)
    while not billing.advance(run.pk, at=at, by=by).is_last:
        pass


def end(
    rng: Random,
    today: Today,
    words: Words,
    *,
    day: date,
    at: datetime,
    by: int,
) -> None:
    """Let what was due be paid, but for a few; block again who is blocked today."""
    slow = {key for key, _reason in today.blocked}
    paid: dict[tuple[date, int, str], dict[int, Money]] = {}
    late = DueItem.objects.filter(due_on__lt=day, settled=0).exclude(amount=F("settled"))
    for item in late.order_by("due_on", "pk"):
        if item.customer_id in slow and day - item.due_on < 2 * PATIENCE:
            continue
        if day - item.due_on <= PATIENCE and rng.random() < LATE:
            continue
        when = min(item.due_on + timedelta(days=rng.choice((0, 0, 0, 1, 3, 12))), day)
        paid.setdefault((when, item.customer_id, item.method), {})[item.pk] = item.amount
    for (when, customer, method), shares in sorted(paid.items()):
        total = Money(sum(share.minor for share in shares.values()))
        settling.pay(Payment(customer, when, total, method=method, shares=shares), at=at, by=by)
    _leave_some_open(slow, words, day=day, at=at, by=by)
    for key, reason in today.blocked:
        parties.block(party_id=key, reason=reason, at=at, by=by)
    for key in today.without_siren:
        parties.update(party_id=key, at=at, by=by, siren="")


def _leave_some_open(slow: set[int], words: Words, *, day: date, at: datetime, by: int) -> None:
    """Let three late customers pay half of the oldest item each, and write the smallest off."""
    late = settlement.unsettled(DueItem.objects.filter(due_on__lt=day, amount__gt=0))
    oldest: dict[int, DueItem] = {}
    for item in late.exclude(customer_id__in=slow).order_by("due_on", "pk"):
        oldest.setdefault(item.customer_id, item)
    by_amount = sorted(oldest.values(), key=lambda item: (-item.amount.minor, item.pk))
    for item in by_amount[:PARTLY]:
        half = Money(item.amount.minor // 200 * 100)
        payment = Payment(
            item.customer_id, day, half, item.method, words.part, shares={item.pk: half}
        )
        settling.pay(payment, at=at, by=by)
    for item in by_amount[PARTLY:][-1:]:
        shares = {item.pk: item.amount}
        settling.write_off(shares=shares, reason=words.written_off, day=day, at=at, by=by)
