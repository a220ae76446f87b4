"""The tables of this ledger."""

from canone.ledgers.invoicing.models.charges import Charge, ChargeQuerySet
from canone.ledgers.invoicing.models.documents import (
    Document,
    DocumentLine,
    DocumentQuerySet,
    VatSummary,
)
from canone.ledgers.invoicing.models.outlooks import Outlook, OwedItem, OwedQuerySet
from canone.ledgers.invoicing.models.packets import Packet
from canone.ledgers.invoicing.models.runs import BillingRun, RunLeftOut
from canone.ledgers.invoicing.models.settings import BillingSettings, Series, TaxProfile
from canone.ledgers.invoicing.models.settlement import (
    Allocation,
    DueItem,
    DueItemQuerySet,
    Settlement,
)

__all__ = [
    "Allocation",
    "BillingRun",
    "BillingSettings",
    "Charge",
    "ChargeQuerySet",
    "Document",
    "DocumentLine",
    "DocumentQuerySet",
    "DueItem",
    "DueItemQuerySet",
    "Outlook",
    "OwedItem",
    "OwedQuerySet",
    "Packet",
    "RunLeftOut",
    "Series",
    "Settlement",
    "TaxProfile",
    "VatSummary",
]
