"""What the billing run asks of those above it, in this ledger's own words.

`config/wiring.py` binds the answers. A *bundle* is an opaque key of what is charged together, such
as `contract:12`; an *origin* names one charge for ever, such as `line:45:2026-04-01`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Ask:
    """What a run wants proposed: charges whose invoice date is not after `through`.

    `customers`, `bundles` and `group` narrow it down, each where it is not empty. A group is an
    opaque key whose meaning the proposer knows, such as `type:3`.
    """

    through: date
    customers: tuple[int, ...] = ()
    bundles: frozenset[str] = frozenset()
    group: str = ""
    zone_id: int | None = None


class Proposal(NamedTuple):
    """A charge that there should be, in the values that the database stores.

    The amount is before VAT, with the discount taken off; `service_end` is the first day after
    the service; `explanation` is JSON text, a list of steps. `vat_id` is what somebody chose;
    without one its customer, its article and the firm say, in this order.
    """

    origin: str
    bundle: str
    customer_id: int
    kind: str
    description: str
    quantity_micros: int
    unit: str
    unit_price_micros: int
    amount_minor: int
    vat_id: int | None
    service_start: date
    service_end: date
    invoice_on: date
    discount_bp: int = 0
    site_id: int | None = None
    article_id: int | None = None
    sequence: int = 0
    explanation: str = "[]"


class LeftOut(NamedTuple):
    """Something that is not billed, and why: a code for filters, a sentence for people.

    The sentence is kept as `ui.sentences` does, and told in the language of who reads it.
    `is_owed` is False where there is nothing to bill at all, such as an agreement that ended.
    """

    customer_id: int
    code: str
    reason: str
    bundle: str = ""
    origin: str = ""
    title: str = ""
    amount_minor: int | None = None
    kind: str = ""
    service_end: date | None = None
    invoice_on: date | None = None
    is_owed: bool = True


@dataclass(slots=True)
class Proposed:
    """An answer: what should be charged, and what is left out and why.

    `bundles` names every bundle that was looked at and, where something older stands for ever,
    the day from which its proposals are complete: a charge of the bundle whose service starts on
    that day or later and that is not proposed any more is taken back. What is left out whole does
    not stand in `bundles`.
    """

    proposals: list[Proposal] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    bundles: dict[str, date | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BundleTerms:
    """How a bundle is billed; what is None or empty is as the customer has it.

    `is_own` asks for an invoice of its own. `agents` are pairs of an opaque key and a share in
    hundredths of a percent. `reference` is what the customer wants to read: number, date, CIG, CUP.
    """

    terms_id: int | None = None
    method: str = ""
    mandate: str = ""
    is_own: bool = False
    site_id: int | None = None
    notes: str = ""
    agents: tuple[tuple[str, int], ...] = ()
    reference: Mapping[str, str] = field(default_factory=dict)
    title: str = ""


class Proposer(Protocol):
    """Knows what should be charged; contracts do, others may.

    `origins` are the first parts of the origins that it proposes anew by itself whenever they are
    not charged any more: what a credit note releases of these comes back through it.
    """

    @property
    def origins(self) -> frozenset[str]: ...

    def customers(self, ask: Ask, /, *, after: int, limit: int) -> Sequence[int]:
        """Return the next customers above the id `after` that may have something, ascending."""

    def propose(self, ask: Ask, customers: Sequence[int], /) -> Proposed:
        """Return what should be charged to these customers."""

    def terms(self, bundles: Collection[str], /) -> Mapping[str, BundleTerms]:
        """Return how those of the bundles are billed that it knows."""


class Unready(Protocol):
    """Knows work that becomes a charge once somebody acts: what no run can see yet."""

    def unready(self, *, day: date, at: datetime) -> Iterable[LeftOut]:
        """Yield it, with what stands in the way; customer 0 where nobody knows who pays."""


class Candidate(NamedTuple):
    """A document that is about to get its number, as far as a check may judge it."""

    kind: str
    customer_id: int
    issue_date: date
    net: int
    gross: int
    bundles: tuple[str, ...]
    natures: tuple[str, ...]


class IssueCheck(Protocol):
    """Says which documents may not get their number, and why."""

    def refusals(self, candidates: Sequence[Candidate], /) -> Mapping[int, tuple[str, str]]:
        """Return a code and a sentence for the places of those that may not be issued."""


class Key(NamedTuple):
    """Which charge of an origin: accounted anew, it has another revision."""

    origin: str
    revision: int


class AnnexRow(NamedTuple):
    """A row of an annex: its cells, and below them how its figures came about."""

    cells: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AnnexColumn:
    """The head of a column; figures stand on the right, and one column takes the rest."""

    title: str
    is_right: bool = False
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class AnnexTable:
    """A table behind a document, in its reader's words; `foot` is its sum, a cell per column."""

    title: str
    columns: tuple[AnnexColumn, ...]
    rows: tuple[AnnexRow, ...]
    foot: tuple[str, ...] = ()


class Annex(Protocol):
    """Tells what work stands behind charges; `origins` are the first parts of those it knows."""

    @property
    def origins(self) -> frozenset[str]: ...

    def tables(self, keys: Sequence[Key], language: str) -> Sequence[AnnexTable]:
        """Return what stands behind these charges, in their order."""
