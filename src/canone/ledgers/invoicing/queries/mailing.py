"""To whom a document is mailed, in which words, and what was mailed already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import translation

from canone.base.firm import queries as firms
from canone.base.firm.models import Firm
from canone.base.mail import queries as mail
from canone.base.mail import texts
from canone.base.mail.models import OutgoingMail
from canone.base.mail.texts import Source
from canone.ledgers.invoicing.models import Document, DueItem
from canone.ledgers.invoicing.queries import paper_codes
from canone.ledgers.invoicing.queries.paper_texts import title_of
from canone.registers.parties.models import Contact, Party
from canone.ui import formats

TEMPLATES = {kind: f"invoicing/{kind}" for kind in Document.Kind.values}
SAMPLE = {
    "title": "Fattura FT/2026/12",
    "number": "FT/2026/12",
    "date": "30/11/2026",
    "customer": "Officine Brambilla S.r.l.",
    "total": "244,00 €",
    "to_pay": "204,00 €",
    "due": "31/12/2026",
    "iban": "IT60 X054 2811 1010 0000 0123 456",
    "original": "",
    "firm": "Assistenza Lario",
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a customer gets documents, and which further addresses are known."""

    chosen: tuple[str, ...] = ()
    further: tuple[str, ...] = ()


def addresses(customers: Collection[int]) -> dict[int, Addresses]:
    """Return for each customer where documents go: the contacts who receive invoices.

    Without such a contact the customer's own address, and without one the PEC address.
    """
    wanted: dict[int, dict[str, str]] = {key: {} for key in customers}
    contacts = Contact.objects.filter(party__in=customers, is_active=True, gets_invoices=True)
    found = contacts.exclude(email="").order_by("party", "name", "pk")
    for customer, address in found.values_list("party_id", "email"):
        wanted[customer].setdefault(address.lower(), address)
    known: dict[int, Addresses] = {}
    parties = Party.objects.filter(pk__in=customers)
    for key, email, pec in parties.values_list("pk", "email", "pec"):
        own = [address for address in (email, pec) if address]
        chosen = tuple(wanted[key].values()) or tuple(own[:1])
        told = {address.lower() for address in chosen}
        known[key] = Addresses(chosen, tuple(one for one in own if one.lower() not in told))
    return known


def text(row: Document, dues: Sequence[DueItem], firm: Firm) -> Source:
    """Return subject and body of the mail with a document, in its customer's language."""
    source = texts.source(TEMPLATES[row.kind], row.language)
    return texts.fill(source, words(row, dues, firm))


def text_of(document_id: int) -> Source:
    """Return the text of one document."""
    row = Document.objects.select_related("original").get(pk=document_id)
    return text(row, list(row.due_items.order_by("number")), firms.firm())


def words(row: Document, dues: Sequence[DueItem], firm: Firm) -> dict[str, str]:
    """Return what the text of the mail may name."""
    with translation.override(row.language):
        bank = paper_codes.bank(row, firm)
        days = [formats.date_of(due.due_on) for due in dues if not due.is_void]
        return {
            "title": title_of(row),
            "number": row.label,
            "date": formats.date_of(row.issue_date),
            "customer": row.customer_name,
            "total": formats.money(row.gross),
            "to_pay": formats.money(row.payable) if row.payable != row.gross else "",
            "due": ", ".join(dict.fromkeys(days)),
            "iban": bank[0][1] if bank else "",
            "original": row.original.label if row.original else "",
            "firm": firm.name,
        }


def mails(row: Document) -> QuerySet[OutgoingMail]:
    """Return the mails with this document, newest first."""
    return mail.of_owner(row.key).order_by("-created_at", "-id")


def newest(row: Document) -> OutgoingMail | None:
    """Return the last mail that was written with this document."""
    return mail.of_owner(row.key).order_by("-id").first()


def is_mailable(row: Document) -> bool:
    """Whether a document can be mailed: drafts and what was refused cannot."""
    return row.state == Document.State.ISSUED
