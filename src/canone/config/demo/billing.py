"""Three years of invoices, issued on the third of each month and paid by most, on the whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from django.db.models import F

from canone.kernel.money import Money
from canone.ledgers.invoicing.models import DueItem
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


def begin(*, at: datetime, by: int) -> list[tuple[int, str]]:
    """Return who is blocked today, and why; in the past they were billed like everybody."""
    vat = VatRate.objects.filter(code__in=ABROAD).first()
    businesses = Party.objects.filter(is_customer=True).exclude(vat_number="")
    country = vat.country.upper() if vat else ""
    for customer in businesses.exclude(country=country).order_by("pk") if vat else ():
        settings.tax(customer_id=customer.pk, vat=vat, by=by)
    blocked = list(Party.objects.filter(is_blocked=True).values_list("pk", "block_reason"))
    for key, _reason in blocked:
        parties.unblock(party_id=key, at=at, by=by)
    return blocked


def issue(*, through: date, day: date, at: datetime, by: int) -> None:
    """Issue everything through a date on documents of the day."""
    run = billing.open_run(Order(through=through, issue_date=day), day=day, at=at, by=by)
    while not billing.advance(run.pk, at=at, by=by).is_last:
        pass


def end(rng: Random, blocked: list[tuple[int, str]], *, day: date, at: datetime, by: int) -> None:
    """Let what was due be paid, but for a few; block again who is blocked today."""
    slow = {key for key, _reason in blocked}
    paid: dict[tuple[date, int], dict[int, Money]] = {}
    late = DueItem.objects.filter(due_on__lt=day, settled=0).exclude(amount=F("settled"))
    for item in late.order_by("due_on", "pk"):
        if item.customer_id in slow and day - item.due_on < 2 * PATIENCE:
            continue
        if day - item.due_on <= PATIENCE and rng.random() < LATE:
            continue
        when = min(item.due_on + timedelta(days=rng.choice((0, 0, 0, 1, 3, 12))), day)
        paid.setdefault((when, item.customer_id), {})[item.pk] = item.amount
    for (when, customer), shares in sorted(paid.items()):
        total = Money(sum(share.minor for share in shares.values()))
        settling.pay(Payment(customer, when, total, shares=shares), at=at, by=by)
    for key, reason in blocked:
        parties.block(party_id=key, reason=reason, at=at, by=by)
