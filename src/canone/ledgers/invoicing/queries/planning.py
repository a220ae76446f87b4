"""What a run would issue: the preview, and the run itself up to its last step.

Customers are looked at in ascending order of their ids, some at a time, so that nothing has to
hold the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from heapq import merge
from itertools import groupby, islice
from typing import Any, NamedTuple

from canone.ledgers.invoicing.queries import book as books
from canone.ledgers.invoicing.queries import collecting, ports, proposing, reasons, standing
from canone.ledgers.invoicing.queries.book import Book
from canone.ledgers.invoicing.rules import agents, dues, obstacles, reductions, totals
from canone.ledgers.invoicing.rules import collecting as collection
from canone.ledgers.invoicing.rules.agents import Share
from canone.ledgers.invoicing.rules.differences import Due, compare
from canone.ledgers.invoicing.rules.documents import Kind, Mode
from canone.ledgers.invoicing.rules.grouping import Grouping, Key, parts
from canone.ledgers.invoicing.rules.obstacles import Obstacle, Rate
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.rules.plan import Customer, Item, Plan, Planned
from canone.ledgers.invoicing.rules.ports import BundleTerms, Candidate, LeftOut, Proposal, Proposed
from canone.ledgers.invoicing.rules.reductions import Reduced
from canone.ledgers.invoicing.rules.totals import Taxed
from canone.registers.parties.models import Party

CUSTOMERS = 200
PLAIN = BundleTerms()


def batches(order: Order, *, after: int = 0) -> Iterator[Plan]:
    """Yield the plan for all customers, some at a time; nothing is written.

    This is the preview, and its figures are those of a run at the same moment.
    """
    while True:
        customers = next_customers(order, after=after)
        if not customers:
            return
        yield plan(order, customers)
        after = customers[-1]


def next_customers(order: Order, *, after: int, limit: int = 0) -> list[int]:
    """Return the next customers above the id `after` that the run has to look at, ascending.

    Some of them may turn out to have nothing. Empty at the end.
    """
    ask, limit = order.ask(), limit or CUSTOMERS
    if order.customers:
        return [key for key in sorted(set(order.customers)) if key > after][:limit]
    sources = [p.customers(ask, after=after, limit=limit) for p in ports.proposers()]
    if not order.group:
        zone = order.zone_id
        sources.append(proposing.customers_waiting(after=after, limit=limit, zone_id=zone))
    return list(islice((key for key, _same in groupby(merge(*sources))), limit))


@dataclass(slots=True)
class Stage:
    """What documents of one day stand on."""

    day: date
    book: Book
    people: dict[int, Customer]
    of_articles: dict[int, Rate]
    """The rates of the articles, by the article's id."""
    mandates: collecting.Mandates
    terms: dict[str, BundleTerms] = field(default_factory=dict)

    def mandate(
        self, customer_id: int, terms_id: int, method: str, named: str
    ) -> tuple[str, Obstacle | None]:
        """Return the mandate with which a document of the day is collected, or what is missing."""
        how = self.book.payment(terms_id, method, "").method
        if how != collection.DIRECT_DEBIT:
            return named, None
        days = self.book.due_dates(terms_id, self.day)
        return collection.mandate(how, named, self.mandates.get(customer_id, ()), days)

    def draw(self, key: Key) -> None:
        """Note that a document draws on the mandate of the key: one for a single debit is spent."""
        known = self.mandates.get(key.customer_id, []) if key.mandate else []
        for place, one in enumerate(known):
            if one.reference == key.mandate:
                known[place] = one._replace(drawn_on=self.day)


def stage(day: date, customers: Iterable[int], *, articles: Collection[int | None] = ()) -> Stage:
    """Return what documents of the day for these customers, with these articles, stand on."""
    at_hand, ids = books.book(), list(customers)
    people = books.customers(ids, at_hand, day=day)
    return Stage(day, at_hand, people, at_hand.of_articles(articles), collecting.mandates(ids))


def plan(order: Order, customers: Sequence[int]) -> Plan:
    """Return the documents for these customers, and everything that is left out and why."""
    gathered = _gather(order, customers)
    contents = [one.content for one in gathered.found]
    ids = {content.customer_id for content in contents}
    unsaid = {content.article_id for content in contents if content.vat_id is None}
    ground = stage(order.issue_date, ids, articles=unsaid)
    made = Plan(left_out=gathered.left_out)
    items = _accepted(gathered, ground, made)
    ground.terms = ports.terms({item.content.bundle for item in items if item.content.bundle})
    ordered = sorted((_place(item, ground), n) for n, item in enumerate(items))
    for (_customer, _length, key), group in groupby(ordered, lambda row: row[0][0]):
        chosen = [items[n] for _place_, n in group]
        found, waiting = parts(chosen)
        for part in found:
            lines = [chosen[n] for n in part.places]
            name = key.text(part.original)
            hindrance = _undrawn(key, ground) if not part.original else None
            if hindrance or name in order.without:
                why = hindrance or Obstacle.UNTICKED
                made.left_out += [reasons.left_out(item.content, why) for item in lines]
                continue
            one = document(lines, key, ground, part.original)
            one.key = name
            made.documents.append(one)
            if not part.original:
                ground.draw(key)
        is_reduction = any(chosen[n].amount_minor for n in waiting)
        why = Obstacle.NEGATIVE if is_reduction else Obstacle.NOTHING
        made.left_out += [reasons.left_out(chosen[n].content, why) for n in waiting]
    _check(made, order)
    return made


class _Found(NamedTuple):
    """A charge's id (0 for a new one), revision and content, the document and line it reduces."""

    charge_id: int
    revision: int
    content: Proposal
    original: int = 0
    original_line: int | None = None


@dataclass(slots=True)
class _Gathered:
    """Everything that might go on documents, before anything is held against it."""

    found: list[_Found] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def _gather(order: Order, customers: Sequence[int]) -> _Gathered:
    gathered = _Gathered()
    looked_at: set[str] = set(order.bundles)
    languages: dict[int, str] = {}
    for proposer in ports.proposers():
        answer = proposer.propose(order.ask(), customers)
        looked_at.update(answer.bundles)
        gathered.left_out += answer.left_out
        for due, document_id, line_id in _differences(order, answer, proposer.origins, gathered):
            told = _told(due, languages)
            gathered.found.append(_Found(0, due.revision, told, document_id, line_id or None))
    is_narrow = bool(order.bundles or order.group)
    outside = _outside(order, customers)
    for number, revision, content in proposing.waiting(customers, through=order.through):
        if (is_narrow or content.customer_id in outside) and content.bundle not in looked_at:
            continue
        gathered.found.append(_Found(number, revision, content))
    if order.kinds:
        gathered.found = [one for one in gathered.found if one.content.kind in order.kinds]
    return gathered


def _outside(order: Order, customers: Sequence[int]) -> set[int]:
    """Return those of the customers who are not of the run's zone; their sites may be."""
    if order.zone_id is None:
        return set()
    inside = Party.objects.filter(pk__in=customers, zone_id=order.zone_id)
    return set(customers) - set(inside.values_list("pk", flat=True))


def _differences(
    order: Order, answer: Proposed, origins: frozenset[str], gathered: _Gathered
) -> list[Reduced]:
    stood = proposing.posted(answer.bundles)
    wanted = {proposal.origin for proposal in answer.proposals}
    held = {left.origin for left in answer.left_out}
    lost = [
        origin
        for origin, known in stood.items()
        if origin not in wanted
        and origin not in held
        and origin.partition(":")[0] in origins
        and known.invoice_on <= order.through
        and not known.is_undone
    ]
    proposals = [p for p in answer.proposals if p.invoice_on <= order.through]
    result = compare(proposals, stood, proposing.contents(lost).values())
    gathered.left_out += [
        reasons.left_out(one.proposal, Obstacle.MOVED, amount=one.proposal.amount_minor)
        for one in result.moved
    ]
    reduced = {one.content.origin for one in result.due if one.is_reduction}
    return reductions.spread(result.due, standing.of_origins(reduced))


def _told(due: Due, languages: dict[int, str]) -> Proposal:
    """Return the content; a difference says in its customer's language what it is."""
    if due.before is None:
        return due.content
    customer = due.content.customer_id
    if customer not in languages:
        found = Party.objects.filter(pk=customer).values_list("language", flat=True)
        languages[customer] = found.first() or ""
    return reasons.difference(due, languages[customer])


def _accepted(gathered: _Gathered, ground: Stage, made: Plan) -> list[Item]:
    """Return what may go on a document; the rest joins what is left out."""
    hindered = {
        key: obstacles.of_payer(one.payer, one.treatment.country)
        for key, one in ground.people.items()
    }
    items: list[Item] = []
    for one in gathered.found:
        content = one.content
        why = hindered[content.customer_id]
        rate: Rate | Obstacle | None = None
        if why is None:
            rate = rate_of(content, ground)
            why = rate if isinstance(rate, Obstacle) else None
        if why is not None or not isinstance(rate, Rate):
            made.left_out.append(reasons.left_out(content, why or Obstacle.NO_VAT))
        else:
            items.append(
                item(one.charge_id, one.revision, content, rate, one.original, one.original_line)
            )
    return items


def item(
    charge_id: int | None,
    revision: int,
    content: Proposal,
    rate: Rate,
    original: int = 0,
    original_line: int | None = None,
) -> Item:
    """Return what becomes a line; a charge that is posted with it notes the rate it bears."""
    if charge_id == 0 and content.vat_id != rate.id:
        content = content._replace(vat_id=rate.id or None)
    return Item(charge_id, revision, content, rate, original, original_line)


def rate_of(content: Proposal, ground: Stage) -> Rate | Obstacle:
    """Return the rate of VAT under which it stands on a document, or what is missing."""
    return rate_for(content.customer_id, content.vat_id, content.article_id, ground)


def rate_for(
    customer_id: int, vat_id: int | None, article_id: int | None, ground: Stage
) -> Rate | Obstacle:
    """Return the rate of a customer's line with a chosen rate and an article, if it has them."""
    person = ground.people[customer_id]
    return obstacles.rate_for(
        ground.book.rates.get(vat_id or 0),
        person.usual,
        ground.of_articles.get(article_id or 0),
        ground.book.ordinary,
        is_business_abroad=person.is_business_abroad,
    )


def key_of(item: Item, ground: Stage) -> Key:
    """Return what divides the charges of this customer into documents."""
    content = item.content
    person = ground.people[content.customer_id]
    own = ground.terms.get(content.bundle, PLAIN)
    alone = own.is_own or person.grouping == Grouping.CONTRACT
    site = (content.site_id or own.site_id or 0) if person.grouping == Grouping.SITE else 0
    terms_id = own.terms_id or person.terms_id
    mandate, _missing = ground.mandate(person.id, terms_id, own.method, own.mandate)
    bundle = content.bundle if alone else ""
    return Key(content.customer_id, bundle, site, terms_id, own.method, mandate)


def _undrawn(key: Key, ground: Stage) -> Obstacle | None:
    """Return why what these charges come to could not be collected.

    A credit note is not asked for: nothing is drawn for it.
    """
    return ground.mandate(key.customer_id, key.terms_id, key.method, key.mandate)[1]


def _place(item: Item, ground: Stage) -> tuple[Any, ...]:
    """Return where it stands among what its customer has to pay.

    Keys of bundles and origins end in numbers, which are told apart by their length first.
    """
    content = item.content
    key, bundle, origin = key_of(item, ground), content.bundle, content.origin
    return (
        (key.customer_id, len(key.bundle), key),
        not bundle,
        len(bundle),
        bundle,
        content.sequence,
        content.service_start,
        len(origin),
        origin,
        item.revision,
    )


def document(lines: list[Item], key: Key, ground: Stage, original: int = 0) -> Planned:
    """Return the document of these lines; with an original it is a credit note for it."""
    sign = -1 if original else 1
    customer = ground.people[key.customer_id]
    if original:  # what a credit note owes in stamp duty is no debt of its customer
        bearing = replace(customer.treatment, recharges_stamp=False)
        customer = replace(customer, treatment=bearing)
    sums = totals.of(
        [Taxed(sign * i.content.amount_minor, i.rate.basis_points, i.rate.nature) for i in lines],
        customer.treatment,
        ground.day,
    )
    dates = (ground.day,) if original else ground.book.due_dates(key.terms_id, ground.day)
    bundles = list(dict.fromkeys(item.content.bundle for item in lines))
    known = [ground.terms[bundle] for bundle in bundles if bundle in ground.terms]
    return Planned(
        kind=Kind.CREDIT_NOTE.value if original else Kind.INVOICE.value,
        customer=customer,
        items=lines,
        totals=sums,
        dues=dues.split(sign * sums.payable, dates),
        payment=ground.book.payment(key.terms_id, key.method, key.mandate),
        period=(
            min(item.content.service_start for item in lines),
            max(item.content.service_end for item in lines),
        ),
        bundle=bundles[0] if len(bundles) == 1 else "",
        site_id=key.site_id or None,
        notes="\n".join(dict.fromkeys(one.notes for one in known if one.notes)),
        mode=Mode.DIFFERENCE.value if original else "",
        original=original or None,
        agents=_agents(lines, ground, sign),
        mentions=tuple(dict(one.reference) for one in known if one.reference),
    )


def _agents(lines: Iterable[Item], ground: Stage, sign: int) -> tuple[Share, ...]:
    """Return the agents of the contracts whose lines these are, each with its part of them."""
    nets: dict[str, int] = {}
    for item in lines:
        bundle = item.content.bundle
        if bundle in ground.terms:
            nets[bundle] = nets.get(bundle, 0) + sign * item.content.amount_minor
    return agents.shared((net, ground.terms[bundle].agents) for bundle, net in nets.items())


def _check(made: Plan, order: Order) -> None:
    """Take off the plan what a check refuses."""
    refused = ports.refusals([candidate(one, order.issue_date) for one in made.documents])
    if not refused:
        return
    for place, (code, text) in refused.items():
        one = made.documents[place]
        made.left_out += [
            LeftOut(
                one.customer.id,
                code,
                text,
                item.content.bundle,
                item.content.origin,
                item.content.description,
                item.content.amount_minor,
                item.content.kind,
                item.content.service_end,
                item.content.invoice_on,
            )
            for item in one.items
        ]
    made.documents = [one for n, one in enumerate(made.documents) if n not in refused]


def candidate(one: Planned, day: date) -> Candidate:
    """Return the document as checks see it."""
    return Candidate(
        one.kind,
        one.customer.id,
        day,
        one.totals.net,
        one.totals.gross,
        tuple(dict.fromkeys(item.content.bundle for item in one.items if item.content.bundle)),
        tuple(sorted({tax.nature for tax in one.totals.taxes if tax.nature})),
    )
