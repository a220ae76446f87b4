"""Mails the documents of a packet: each to its customer, once, and those without an address not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from canone.base.firm import queries as firms
from canone.ledgers.invoicing.models import Packet
from canone.ledgers.invoicing.queries import mailing as queries
from canone.ledgers.invoicing.queries import packets
from canone.ledgers.invoicing.services import mailing, papers
from canone.ledgers.invoicing.services import packets as services
from canone.ledgers.invoicing.services.mailing import Parcel
from canone.ledgers.invoicing.services.packets import Tell


@dataclass(frozen=True, slots=True)
class Mailed:
    """How many documents were mailed, and how many somebody else mailed while this was at work."""

    sent: int = 0
    meanwhile: int = 0


def mail(packet: Packet, *, tell: Tell, at: datetime, by: int | None) -> Mailed:
    """Return what was mailed now; what was mailed before, by whom ever, is not.

    Each document's mails are written in a transaction of their own, under a key that no second
    attempt can use again, and only if nobody has mailed it since the work began. `tell` hears how
    many are done of how many; what it raises ends it.
    """
    if packet.state == Packet.State.DONE:
        return Mailed()
    todo = packets.to_mail(packet)
    firm, sent, meanwhile = firms.firm(), 0, 0
    tell(0, len(todo))
    with papers.many(todo, at=at) as made:
        for sheet, pdf in made:
            row = sheet.document
            to = queries.addresses([row.customer_id])[row.customer_id].chosen
            text = queries.text(row, list(row.due_items.all()), firm)
            if to:
                parcel = Parcel(row, pdf, to, text, f"papers:{row.key}")
                if mailing.queue_first(parcel, at=at, by=by):
                    sent += 1
                else:
                    meanwhile += 1
            tell(sent + meanwhile, len(todo))
    services.finish(packet, count=packets.mailed(packet), at=at)
    return Mailed(sent, meanwhile)
