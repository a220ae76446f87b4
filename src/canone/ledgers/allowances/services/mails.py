"""Tells people that a balance is low."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import translation

from canone.base.firm import queries as firms
from canone.base.mail import services as mail
from canone.ledgers.allowances.events import AllowanceLow
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.allowances.queries import words
from canone.registers.parties import queries as parties
from canone.registers.parties.models import Party

LOW = "allowances/low"
SAMPLE = {
    "customer": "Officine Brambilla S.r.l.",
    "title": "10 ore",
    "left": "1:30",
    "over": "",
    "threshold": "2:00",
    "firm": "Assistenza Lario",
}


def warn(event: AllowanceLow, *, at: datetime) -> None:
    """Return nothing after writing to the customer and to the firm, each in their language.

    Of the customer, the contacts who receive statements are told, or else the customer's own
    address. What is no address is passed over; the others are told nevertheless.
    """
    pool = Allowance.objects.select_related("customer").get(pk=event.allowance_id)
    firm = firms.firm()
    recipients = _recipients(pool.customer)
    if firm.email:
        recipients.setdefault(firm.email, firm.language)
    for address, language in recipients.items():
        letter = mail.Letter(
            to=address,
            language=language,
            template=LOW,
            words=_words(pool, event, language, firm.name),
            owner=f"allowance:{pool.pk}",
        )
        try:
            mail.queue(letter, at=at, by=None)
        except ValidationError:
            continue


def _recipients(customer: Party) -> dict[str, str]:
    contacts = parties.recipients(customer.pk, "statements")
    found = {contact.email: parties.language_of(contact) for contact in contacts}
    if not found and customer.email:
        found = {customer.email: customer.language}
    return found


def _words(pool: Allowance, event: AllowanceLow, language: str, firm: str) -> dict[str, str]:
    with translation.override(language):
        over = words.with_unit(-event.balance, pool.unit) if event.balance < 0 else ""
        return {
            "customer": pool.customer.name,
            "title": pool.title,
            "left": words.with_unit(event.balance, pool.unit) if event.balance > 0 else "",
            "over": over,
            "threshold": words.threshold(event.threshold, pool.unit),
            "firm": firm,
        }
