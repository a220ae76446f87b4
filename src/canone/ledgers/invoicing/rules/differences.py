"""What is still to be charged when proposals meet what is charged already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from canone.ledgers.invoicing.rules.ports import Proposal


@dataclass(slots=True)
class Posted:
    """All charges and reversals of one origin: their sum by VAT, and what they stand on.

    `settled` is what credit notes gave back for good, by VAT and with their sign: the charges stay,
    the customer bears less. `vat_id` is the VAT of the last one that was charged and stands.
    `service_end` is the first day after what stands; None where nobody looked.
    """

    customer_id: int
    revision: int
    service_start: date
    invoice_on: date
    sums: dict[int | None, int] = field(default_factory=dict)
    settled: dict[int | None, int] = field(default_factory=dict)
    vat_id: int | None = None
    service_end: date | None = None

    @property
    def is_undone(self) -> bool:
        """Whether nothing of it stands: all was reversed or taken back."""
        return not any(self.sums.values())

    def due(self, vat_id: int | None, worth: int) -> Step:
        """Return what is to be charged or given back under a VAT where it is worth so much now.

        What was settled for good is neither charged again nor given back again: between what was
        charged and what the customer bears nothing is due.
        """
        charged = self.sums.get(vat_id, 0)
        ends = sorted((charged, charged + self.settled.get(vat_id, 0)))
        if worth > ends[1]:
            return Step(worth - ends[1], ends[1])
        if worth < ends[0]:
            return Step(worth - ends[0], ends[0])
        return Step(0, worth)


class Step(NamedTuple):
    """An amount to post, and what stood before."""

    amount: int
    before: int


class Due(NamedTuple):
    """A charge to post: its content, its revision, and the amount before, None for a whole one."""

    content: Proposal
    revision: int
    before: int | None

    @property
    def is_reduction(self) -> bool:
        """Whether it takes something back of what was charged, be that a discount."""
        return self.before is not None and self.before * self.content.amount_minor < 0


class Moved(NamedTuple):
    """A proposal for another customer than the one who was charged: that is not guessed at."""

    proposal: Proposal
    charged_to: int


@dataclass(slots=True)
class Differences:
    """The charges to post, and what cannot be compared."""

    due: list[Due] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)


MICROS_OF_CENT = 10_000


def compare(
    proposals: Iterable[Proposal],
    posted: Mapping[str, Posted],
    gone: Iterable[Proposal] = (),
) -> Differences:
    """Return the difference between what should be charged and what is.

    An origin that was never charged, or of which nothing stands any more, is charged whole, with
    the next revision. Another amount is charged as the difference, positive or negative; another
    VAT takes the old amount back and charges the new, if it was chosen for the line; what follows
    from customer, article or firm holds for what is charged from then on. `gone` is what was
    charged and is not proposed any more: what stands of it is taken back. A difference that comes
    of other days is about the days that were taken off or put on.
    """
    found = Differences()
    for proposal in proposals:
        known = posted.get(proposal.origin)
        if known is None:
            found.due.append(Due(proposal, 1, None))
        else:
            _again(found, proposal, known)
    for content in gone:
        known = posted[content.origin]
        whole = content._replace(service_end=known.service_end or content.service_end)
        steps = {vat: known.due(vat, 0) for vat in known.sums}
        _take_back(found, whole, steps, known.revision)
    return found


def _again(found: Differences, proposal: Proposal, known: Posted) -> None:
    if known.is_undone:
        if proposal.amount_minor:
            found.due.append(Due(proposal, known.revision + 1, None))
        return
    vat_id = _borne(proposal, known)
    due = known.due(vat_id, proposal.amount_minor)
    others = {vat: known.due(vat, 0) for vat in known.sums if vat != vat_id}
    if not due.amount and not any(other.amount for other in others.values()):
        return
    if known.customer_id != proposal.customer_id:
        found.moved.append(Moved(proposal, known.customer_id))
        return
    last = _take_back(found, proposal, others, known.revision)
    if not due.amount:
        return
    content = worth(proposal, vat_id, due.amount)
    if due.before:
        is_less = due.amount * due.before < 0
        content = _about(content, known.service_end, is_less=is_less)
        found.due.append(Due(content, last + 1, due.before))
    else:
        if due.amount == proposal.amount_minor:
            content = proposal._replace(vat_id=vat_id)
        found.due.append(Due(content, last + 1, None))


def _borne(proposal: Proposal, known: Posted) -> int | None:
    """Return the VAT that it bears: where nobody chose one, that under which it stands."""
    if proposal.vat_id is not None:
        return proposal.vat_id
    standing = [vat for vat, amount in known.sums.items() if amount]
    return known.vat_id if known.vat_id in standing else standing[0]


def _take_back(
    found: Differences, content: Proposal, steps: Mapping[int | None, Step], last: int
) -> int:
    """Return the last revision after taking back what stands under each VAT."""
    for vat_id, step in steps.items():
        if step.amount:
            last += 1
            found.due.append(Due(worth(content, vat_id, step.amount), last, step.before))
    return last


def _about(content: Proposal, before: date | None, *, is_less: bool) -> Proposal:
    """Return the difference for the days that one of two periods has more; all where none."""
    after = content.service_end
    if before is None or before == after or (after < before) != is_less:
        return content
    return content._replace(service_start=min(before, after), service_end=max(before, after))


def worth(content: Proposal, vat_id: int | None, amount: int) -> Proposal:
    """Return the content as one piece of `amount`, which may be negative."""
    return content._replace(
        vat_id=vat_id,
        quantity_micros=1_000_000,
        unit="",
        unit_price_micros=amount * MICROS_OF_CENT,
        amount_minor=amount,
        discount_bp=0,
    )
