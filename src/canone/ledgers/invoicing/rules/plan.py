"""A document before it has an id: what preview shows and issue writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from canone.ledgers.invoicing.rules.agents import Share
from canone.ledgers.invoicing.rules.obstacles import Payer, Rate
from canone.ledgers.invoicing.rules.ports import LeftOut, Proposal
from canone.ledgers.invoicing.rules.totals import Totals, Treatment


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as documents need it; `data` is the JSON text that is frozen on them."""

    id: int
    name: str
    language: str
    grouping: str
    terms_id: int
    is_business_abroad: bool
    payer: Payer
    treatment: Treatment
    usual: Rate | None
    data: str


@dataclass(frozen=True, slots=True)
class Payment:
    """How a document is paid: terms (0 for those of the law), their JSON text, the method."""

    terms_id: int
    data: str
    method: str
    mandate: str = ""


class Item(NamedTuple):
    """What becomes a line.

    `charge_id` is 0 for a charge that is posted with the document, None for a line without one.
    `original` is the document that a reduction reduces, `original_line` the line a credit note
    takes back. A reversal has its charge's origin and revision.
    """

    charge_id: int | None
    revision: int
    content: Proposal
    rate: Rate
    original: int = 0
    original_line: int | None = None
    is_reversal: bool = False

    @property
    def amount_minor(self) -> int:
        """The amount of the charge."""
        return self.content.amount_minor

    @property
    def category(self) -> tuple[int, str]:
        """The VAT under which it stands."""
        return self.rate.basis_points, self.rate.nature


@dataclass(slots=True)
class Planned:
    """A document to issue; `items` are in the order of its lines.

    A `document_id` is of the draft that it was. With a `version` above 1 it takes year, number and
    `issue_date` of the refused one.
    """

    kind: str
    customer: Customer
    items: list[Item]
    totals: Totals
    dues: tuple[tuple[date, int], ...]
    payment: Payment
    period: tuple[date, date]
    bundle: str = ""
    site_id: int | None = None
    notes: str = ""
    reason: str = ""
    mode: str = ""
    original: int | None = None
    source: int | None = None
    document_id: int = 0
    series: str = ""
    year: int = 0
    number: int = 0
    version: int = 1
    issue_date: date | None = None
    agents: tuple[Share, ...] = ()
    mentions: tuple[Mapping[str, str], ...] = ()
    key: str = ""
    """What names it among the proposed ones."""


@dataclass(slots=True)
class Plan:
    """What a run makes of some customers: documents, and everything that is left out and why."""

    documents: list[Planned] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
