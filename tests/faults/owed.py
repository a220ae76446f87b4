"""What the look at everything that is to invoice finds, and what comes of it."""

from __future__ import annotations

from tests.make import catalog, invoicing

from canone.ledgers.invoicing.models import Outlook
from canone.ledgers.invoicing.queries import outlooks

TABLES = ("invoicing_outlook", "invoicing_oweditem")
SMALL = {"canone.ledgers.invoicing.queries.planning.next_customers": {"limit": 1}}


def arrange(_world: object) -> None:
    """Let three customers owe something."""
    vat = catalog.vat().pk
    for number in range(3):
        invoicing.charge(invoicing.customer(f"Cliente {number}"), vat_id=vat)


def told(_world: object) -> tuple[int, list[tuple[object, ...]]]:
    """Return how many looks there are, and what pages show of the last."""
    found = outlooks.items(outlooks.last()).order_by("origin")
    return Outlook.objects.count(), list(found.values_list("origin", "amount", "code"))
