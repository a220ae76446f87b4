"""What contracts charge up to a day, and what is left out and why: the billing run's port.

A run over years of history costs no more than one over a month: where a line was charged period by
period without a gap and nothing was corrected, only what follows is proposed, from the day on that
`Contract.changed_from` and the last period billed allow. Everything else is proposed from its
beginning, and the run compares.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.db.models import Q, QuerySet

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import billed as ledger
from canone.desks.contracts.queries import words
from canone.desks.contracts.queries.billed import Billed
from canone.desks.contracts.rules import instalments, metering, offers, schedule
from canone.desks.contracts.rules.metering import Metered, Priced
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.rules.terms import LineTerms
from canone.desks.contracts.rules.usage import Reading
from canone.kernel.money import MICRO
from canone.kernel.periods import ONE_DAY, Rhythm
from canone.ledgers.invoicing.rules.ports import Ask, BundleTerms, LeftOut, Proposal, Proposed
from canone.registers.assets import queries as assets
from canone.ui import formats

FEE, USED = "contract", "contract_usage"
NEEDED = (
    "number", "title", "customer", "customer__language", "site", "start", "end", "go_live",
    "arrears_on", "suspended_from", "suspend_reason", "changed_from",
)  # fmt: skip
"""What is read of a contract; the rest of it may be long."""
FAR = date(2200, 12, 31)
MICROS_OF_CENT = 10_000
FAULTS = frozenset({"unreadable", "backwards"})
"""Why a whole contract is not billed although it should be."""


class Contracts:
    """The proposer of this desk; see `invoicing.rules.ports.Proposer`."""

    origins = frozenset({"line"})

    def customers(self, ask: Ask, *, after: int, limit: int) -> list[int]:
        """Return the next customers above the id `after` that have a contract, ascending."""
        ids = _asked(ask).filter(customer_id__gt=after).order_by("customer_id")
        return list(ids.values_list("customer_id", flat=True).distinct()[:limit])

    def propose(self, ask: Ask, customers: Sequence[int]) -> Proposed:
        """Return what should be charged to these customers, and every contract left out."""
        asked = _asked(ask).filter(customer_id__in=customers).select_related("customer")
        contracts = asked.only(*NEEDED)
        found = {contract.pk: contract for contract in contracts}
        rows = Line.objects.filter(contract_id__in=found).select_related("article", "article__unit")
        lines = [
            _Row(line, found[line.contract_id])
            for line in rows.order_by("contract_id", "sequence", "pk")
        ]
        session = _Session(ask.through, lines)
        answer = Proposed()
        of_contract = {
            key: list(group) for key, group in groupby(lines, lambda row: row.line.contract_id)
        }
        for key, contract in sorted(found.items()):
            session.add(answer, contract, of_contract.get(key, []))
        return answer

    def terms(self, bundles: Collection[str]) -> dict[str, BundleTerms]:
        """Return how those of the bundles are billed that are contracts."""
        keys = [int(bundle[9:]) for bundle in bundles if bundle.startswith("contract:")]
        rows = Contract.objects.filter(pk__in=keys).select_related("mandate")
        return {c.bundle: _terms(c) for c in rows.prefetch_related("agents")}


def _asked(ask: Ask) -> QuerySet[Contract]:
    found = Contract.objects.all()
    if ask.customers:
        found = found.filter(customer_id__in=ask.customers)
    if ask.bundles:
        keys = [int(key[9:]) for key in ask.bundles if key.startswith("contract:")]
        found = found.filter(pk__in=keys)
    if ask.group:
        kind, _colon, key = ask.group.partition(":")
        found = found.filter(type_id=int(key)) if kind == "type" else found.none()
    if ask.zone_id is not None:
        at_site = Q(site__zone_id=ask.zone_id)
        found = found.filter(at_site | Q(site__zone=None, customer__zone_id=ask.zone_id))
    return found


def _terms(contract: Contract) -> BundleTerms:
    told = {
        "number": contract.number,
        "date": contract.signed_on.isoformat() if contract.signed_on else "",
        "order": contract.order_number,
        "order_date": contract.order_date.isoformat() if contract.order_date else "",
        "cig": contract.cig,
        "cup": contract.cup,
    }
    return BundleTerms(
        terms_id=contract.payment_terms_id,
        method=contract.method,
        mandate=contract.mandate.reference if contract.mandate else "",
        is_own=contract.is_own_invoice,
        site_id=contract.site_id,
        notes=contract.invoice_notes,
        agents=tuple((f"party:{a.party_id}", a.share_bp) for a in contract.agents.all()),
        reference={key: value for key, value in told.items() if value},
        title=contract.title or contract.number,
    )


@dataclass(slots=True)
class _Row:
    """A line with what its charges are worked out from; without terms it contradicts itself."""

    line: Line
    contract: Contract
    terms: LineTerms | None = field(init=False, default=None)
    beat: Rhythm | None = field(init=False, default=None)
    plan: instalments.Plan = field(init=False)
    usual: tuple[offers.Figures, str] | None = field(init=False, default=None)
    """Columns and steps of a whole period: the same for every one of them."""

    def __post_init__(self) -> None:
        """Work out what the periods are counted by, once."""
        self.line.contract = self.contract
        try:
            self.terms = self.line.terms()
            self.beat, self.plan = offers.rhythm_and_plan(self.terms)
        except (ValueError, TypeError, OverflowError):
            self.terms = None

    @property
    def is_billed(self) -> bool:
        """Whether runs bill it at all."""
        return not self.line.is_on_request

    def shown(self, charge: Charge) -> tuple[offers.Figures, str]:
        """Return the columns of a fee and the steps to its amount, as JSON text."""
        is_usual = charge.ratio == 1 and self.plan.full(charge.number) is self.plan.usual
        if is_usual and self.usual is not None:
            return self.usual
        line = self.line
        columns = (line.quantity_micros, line.unit_price.micros, line.discount_bp)
        figures = offers.figures(charge, self.plan, *columns)
        steps = offers.steps(self.terms, self.beat, self.plan, charge) if self.terms else []
        found = (figures, _text(steps))
        if is_usual:
            self.usual = found
        return found

    def since(self, billed: Billed | None, changed: date | None) -> date | None:
        """Return the day from which on its charges are to be proposed; None for all of them."""
        terms, beat = self.terms, self.beat
        if terms is None or beat is None or billed is None or not billed.is_plain:
            return None
        if terms.months or self.line.kind == Line.Kind.USAGE or billed.start != terms.first_day:
            return None
        after = beat.number(billed.end)
        if beat.at(after) != billed.end:
            if terms.end is None or billed.end < terms.end:
                return None
            after += 1
        if billed.charges != after - beat.number(terms.first_day):
            return None
        if changed is None or changed >= billed.end:
            return billed.end
        return max(beat.at(beat.number(changed)), terms.first_day)


def _text(steps: list[offers.Step]) -> str:
    return json.dumps(steps, sort_keys=True, separators=(",", ":"))


class _Session:
    """One answer, with what it looked up once."""

    def __init__(self, through: date, rows: Iterable[_Row]) -> None:
        self.through = through
        listed = list(rows)
        self.billed = ledger.of_customers({row.contract.customer_id for row in listed})
        meters = {row.line.meter_id for row in listed if row.line.meter_id}
        self.readings = assets.readings(meters) if meters else {}
        self.openings = assets.openings(meters) if meters else {}
        self.names = assets.names(meters) if meters else {}
        self.writer = words.Writer()

    def add(self, answer: Proposed, contract: Contract, rows: list[_Row]) -> None:
        """Put what the contract charges, or why it charges nothing, into the answer."""
        running = [row for row in rows if row.is_billed]
        if any(row.terms is None for row in running):
            answer.left_out.append(self._whole(contract, "unreadable"))
            return
        since = self._since(contract, running)
        answer.bundles[contract.bundle] = since
        before = len(answer.proposals), len(answer.left_out)
        for row in running:
            answer.proposals.extend(self._row(answer, row, since))
        if before == (len(answer.proposals), len(answer.left_out)):
            answer.left_out.append(self._why(contract, rows, running))

    def _since(self, contract: Contract, rows: list[_Row]) -> date | None:
        found: list[date] = []
        for row in rows:
            day = row.since(self.billed.get(row.line.pk), contract.changed_from)
            if day is None:
                return None
            found.append(day)
        return min(found) if found else None

    def _row(self, answer: Proposed, row: _Row, since: date | None) -> Iterator[Proposal]:
        """Yield the charges of a line; those held back go into what is left out."""
        terms = row.terms
        if terms is None:
            return
        is_usage = row.line.kind == Line.Kind.USAGE
        since = None if is_usage else since
        if row.beat is None:
            charges = schedule.charges(terms, self.through, since=since)
        else:
            charges = schedule.counted(terms, row.beat, row.plan, self.through, since=since)
        pause = row.contract.suspended_from
        priced: Iterable[tuple[Charge, Priced | None]] = ((charge, None) for charge in charges)
        if is_usage:
            try:
                priced = [(one.charge, one) for one in self._metered(row, list(charges))]
            except ValueError:
                told = {"what": self.names.get(row.line.meter_id or 0, "")}
                answer.left_out.append(self._whole(row.contract, "backwards", **told))
                return
        for charge, used in priced:
            if pause is not None and charge.period.start >= pause:
                why = words.reason("suspended", day=pause, why=row.contract.suspend_reason)
                answer.left_out.append(self._held(row, charge, "suspended", why))
            elif used is not None and used.use is None:
                why = self._lack(row, charge)
                answer.left_out.append(self._held(row, charge, "missing_reading", why))
            else:
                yield self._proposal(row, charge, used)

    def _metered(self, row: _Row, charges: list[Charge]) -> Iterator[Priced]:
        line = row.line
        tiers, size, _problems = metering.tiers(line.tiers, pricing=line.pricing)
        metered = Metered(
            line.included,
            line.unit_price,
            line.pricing,
            tiers,
            size,
            line.minimum,
            line.is_estimated,
        )
        key = line.meter_id or 0
        readings = [Reading(*pair) for pair in self.readings.get(key, [])]
        return metering.run(metered, charges, readings, self.openings.get(key, 0))

    def _proposal(self, row: _Row, charge: Charge, used: Priced | None) -> Proposal:
        line, contract = row.line, row.contract
        if used is not None:
            amount = used.amount.minor + used.true_up.minor
            shown = offers.Figures(MICRO, amount * MICROS_OF_CENT, 0)
            explained = _text(offers.usage_steps(used))
        else:
            amount = charge.amount.minor
            shown, explained = row.shown(charge)
        article = line.article
        has_unit = article is not None and shown.quantity_micros != MICRO
        return Proposal(
            origin=f"line:{line.pk}:{charge.period.start.isoformat()}",
            bundle=contract.bundle,
            customer_id=contract.customer_id,
            kind=FEE if used is None else USED,
            description=self._description(row, charge),
            quantity_micros=shown.quantity_micros,
            unit=article.unit.code if article is not None and has_unit else "",
            unit_price_micros=shown.unit_price_micros,
            amount_minor=amount,
            vat_id=line.vat_id or (article.vat_id if article is not None else None),
            service_start=charge.period.start,
            service_end=charge.period.end,
            invoice_on=charge.invoice_date,
            discount_bp=shown.discount_bp,
            site_id=contract.site_id,
            article_id=line.article_id,
            sequence=line.sequence,
            explanation=explained,
        )

    def _description(self, row: _Row, charge: Charge) -> str:
        language = row.contract.customer.language
        article = row.line.article
        text = row.line.description or (article.title_in(language) if article else "")
        number = row.contract.number
        return self.writer.description(text, language, number, charge, row.plan.a_year)

    def _lack(self, row: _Row, charge: Charge) -> str:
        name = self.names.get(row.line.meter_id or 0, "")
        days = formats.period(charge.period.start, charge.period.end)
        return words.reason("missing_reading", what=name, period=days)

    def _held(self, row: _Row, charge: Charge, code: str, why: str) -> LeftOut:
        contract = row.contract
        amount = charge.amount.minor if row.line.kind == Line.Kind.FEE else None
        origin = f"line:{row.line.pk}:{charge.period.start.isoformat()}"
        title = self._description(row, charge)
        kind = FEE if row.line.kind == Line.Kind.FEE else USED
        found = LeftOut(contract.customer_id, code, why, contract.bundle, origin, title, amount)
        return found._replace(
            kind=kind, service_end=charge.period.end, invoice_on=charge.invoice_date
        )

    def _whole(self, contract: Contract, code: str, **values: str | date) -> LeftOut:
        why = words.reason(code, **values)
        title = contract.title or contract.number
        is_owed = code in FAULTS
        found = LeftOut(contract.customer_id, code, why, contract.bundle, "", title, kind=FEE)
        return found._replace(is_owed=is_owed)

    def _why(self, contract: Contract, rows: list[_Row], running: list[_Row]) -> LeftOut:
        """Return why a contract has nothing to bill at all."""
        if contract.start > self.through:
            return self._whole(contract, "not_begun", day=contract.start)
        if contract.go_live and contract.go_live > self.through:
            return self._whole(contract, "before_go_live", day=contract.go_live)
        if not running:
            return self._whole(contract, "on_request" if rows else "no_lines")
        upcoming = [day for row in running if (day := _next(row, self.through)) is not None]
        if upcoming:
            return self._whole(contract, "not_due", day=min(upcoming))
        ends = max(row.terms.end for row in running if row.terms and row.terms.end)
        return self._whole(contract, "ended", day=ends - ONE_DAY)


def _next(row: _Row, through: date) -> date | None:
    """Return the first invoice date of a line after a day."""
    if row.terms is None:
        return None
    since = None if row.beat is None else row.beat.at(row.beat.number(through) - 1)
    for charge in schedule.charges(row.terms, FAR, since=since):
        if charge.invoice_date > through:
            return charge.invoice_date
    return None


def proposer() -> Contracts:
    """Return who answers for this desk."""
    return Contracts()
