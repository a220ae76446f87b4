"""Mails the documents of a packet: each to its customer, once, and those without an address not."""

from __future__ import annotations

from datetime import datetime

from canone.base.firm import queries as firms
from canone.ledgers.invoicing.models import Packet
from canone.ledgers.invoicing.queries import mailing as queries
from canone.ledgers.invoicing.queries import packets
from canone.ledgers.invoicing.services import mailing, papers
from canone.ledgers.invoicing.services import packets as services
from canone.ledgers.invoicing.services.mailing import Parcel
from canone.ledgers.invoicing.services.packets import Tell


def mail(packet: Packet, *, tell: Tell, at: datetime, by: int | None) -> int:
    """Return how many documents were mailed now; what was mailed before, by whom ever, is not.

    Each document's mails are written in a transaction of their own, under a key that no second
    attempt can use again. `tell` hears how many are done of how many; what it raises ends it.
    """
    if packet.state == Packet.State.DONE:
        return 0
    todo = packets.to_mail(packet)
    firm, sent = firms.firm(), 0
    tell(0, len(todo))
    with papers.many(todo, at=at) as made:
        for sheet, pdf in made:
            row = sheet.document
            to = queries.addresses([row.customer_id])[row.customer_id].chosen
            text = queries.text(row, list(row.due_items.all()), firm)
            if to:
                parcel = Parcel(row, pdf, to, text, f"papers:{row.key}")
                mailing.queue(parcel, at=at, by=by)
                sent += 1
            tell(sent, len(todo))
    services.finish(packet, count=packets.mailed(packet), at=at)
    return sent
