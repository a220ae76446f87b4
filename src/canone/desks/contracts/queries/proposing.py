"""What contracts charge up to a day, and what is left out and why: the billing run's port.

A run over years of history costs no more than one over a month: where a line was charged period by
period, nothing was corrected and the sum is what these periods come to, only what follows is
proposed. Everything else is proposed from its beginning, and the run compares.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet

from canone.desks.contracts.models import Agent, Contract
from canone.desks.contracts.queries import agreed, words
from canone.desks.contracts.queries import billed as ledger
from canone.desks.contracts.queries.agreed import ContractRow, LineRow
from canone.desks.contracts.rules import instalments, metering, offers, schedule, settled
from canone.desks.contracts.rules.agreed import TARIFF, USAGE
from canone.desks.contracts.rules.metering import Metered, Priced
from canone.desks.contracts.rules.schedule import Charge
from canone.desks.contracts.rules.settled import NOTHING_LEFT, Billed
from canone.desks.contracts.rules.terms import LineTerms
from canone.desks.contracts.rules.usage import Reading
from canone.kernel.money import MICRO, Money, UnitPrice
from canone.kernel.periods import ONE_DAY, Rhythm
from canone.ledgers.invoicing.rules.ports import Ask, BundleTerms, LeftOut, Proposal, Proposed
from canone.registers.assets import queries as assets
from canone.registers.catalog.models import Article
from canone.ui import formats

FEE, USED = "contract", "contract_usage"
OF_TERMS = (
    "pk", "number", "title", "signed_on", "order_number", "order_date", "cig", "cup",
    "payment_terms_id", "method", "mandate__reference", "is_own_invoice", "site_id",
    "invoice_notes",
)  # fmt: skip
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
        found = agreed.contracts(_asked(ask).filter(customer_id__in=customers))
        rows = [_Row(line, found[line.contract_id]) for line in agreed.lines(found)]
        session = _Session(ask.through, customers, rows)
        answer = Proposed()
        of_contract = {
            key: list(group) for key, group in groupby(rows, lambda row: row.line.contract_id)
        }
        for key, contract in found.items():
            session.add(answer, contract, of_contract.get(key, []))
        return answer

    def terms(self, bundles: Collection[str]) -> dict[str, BundleTerms]:
        """Return how those of the bundles are billed that are contracts."""
        keys = [int(bundle[9:]) for bundle in bundles if bundle.startswith("contract:")]
        agents: dict[int, list[tuple[str, int]]] = {}
        shares = Agent.objects.filter(contract_id__in=keys).order_by("pk")
        for contract, party, share in shares.values_list("contract_id", "party_id", "share_bp"):
            agents.setdefault(contract, []).append((f"party:{party}", share))
        rows = Contract.objects.filter(pk__in=keys).values_list(*OF_TERMS)
        return {
            f"contract:{row[0]}": _terms(dict(zip(OF_TERMS, row, strict=True)), agents.get(row[0]))
            for row in rows
        }


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


def _terms(row: dict[str, Any], agents: Iterable[tuple[str, int]] | None) -> BundleTerms:
    told = {
        "number": row["number"],
        "date": row["signed_on"].isoformat() if row["signed_on"] else "",
        "order": row["order_number"],
        "order_date": row["order_date"].isoformat() if row["order_date"] else "",
        "cig": row["cig"],
        "cup": row["cup"],
    }
    return BundleTerms(
        terms_id=row["payment_terms_id"],
        method=row["method"],
        mandate=row["mandate__reference"] or "",
        is_own=row["is_own_invoice"],
        site_id=row["site_id"],
        notes=row["invoice_notes"],
        agents=tuple(agents or ()),
        reference={key: value for key, value in told.items() if value},
        title=row["title"] or row["number"],
    )


@dataclass(slots=True)
class _Row:
    """A line with what its charges are worked out from; without terms it contradicts itself."""

    line: LineRow
    contract: ContractRow
    terms: LineTerms | None = field(init=False, default=None)
    beat: Rhythm | None = field(init=False, default=None)
    plan: instalments.Plan = field(init=False)
    usual: tuple[offers.Figures, str] | None = field(init=False, default=None)
    """Columns and steps of a whole period: the same for every one of them."""

    def __post_init__(self) -> None:
        """Work out what the periods are counted by, once."""
        try:
            self.terms = self.line.agreed.terms(self.contract.within)
            self.beat, self.plan = offers.rhythm_and_plan(self.terms)
        except (ValueError, TypeError, OverflowError, ZeroDivisionError):
            self.terms = None

    @property
    def is_billed(self) -> bool:
        """Whether runs bill it at all."""
        return not self.line.is_on_request and not self.is_work

    @property
    def is_work(self) -> bool:
        """Whether it prices work, which is charged as it is accounted."""
        return self.line.agreed.kind == TARIFF

    @property
    def is_usage(self) -> bool:
        """Whether a meter says what it comes to."""
        return self.line.agreed.kind == USAGE

    def shown(self, charge: Charge) -> tuple[offers.Figures, str]:
        """Return the columns of a fee and the steps to its amount, as JSON text."""
        is_usual = charge.ratio == 1 and self.plan.full(charge.number) is self.plan.usual
        if is_usual and self.usual is not None:
            return self.usual
        line = self.line.agreed
        columns = (line.quantity_micros, line.price_micros, line.discount_bp)
        figures = offers.figures(charge, self.plan, *columns)
        steps = offers.steps(self.terms, self.beat, self.plan, charge) if self.terms else []
        found = (figures, _text(steps))
        if is_usual:
            self.usual = found
        return found

    def since(self, billed: Billed | None) -> date | None:
        """Return the day from which on its charges are to be proposed; None for all of them."""
        if self.terms is None or self.is_usage:
            return None
        if billed is not None and self.line.vat_id not in (None, billed.vat_id):
            return None
        return settled.open_from(self.terms, self.beat, self.plan, billed)


# `json.dumps` makes another one each time
_steps = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def _text(steps: list[offers.Step]) -> str:
    return _steps.encode(steps)


class _Session:
    """One answer, with what it looked up once."""

    def __init__(self, through: date, customers: Sequence[int], rows: Sequence[_Row]) -> None:
        self.through = through
        self.billed = ledger.of_customers(customers)
        meters = {row.line.meter_id for row in rows if row.line.meter_id}
        used = {row.line.article_id for row in rows if row.line.article_id}
        self.articles = Article.objects.select_related("unit").in_bulk(used) if used else {}
        self.readings = assets.readings(meters) if meters else {}
        self.openings = assets.openings(meters) if meters else {}
        self.names = assets.names(meters) if meters else {}
        self.writer = words.Writer()

    def add(self, answer: Proposed, contract: ContractRow, rows: list[_Row]) -> None:
        """Put what the contract charges, or why it charges nothing, into the answer."""
        running = [row for row in rows if row.is_billed]
        if any(row.terms is None for row in running):
            answer.left_out.append(self._whole(contract, "unreadable"))
            return
        since = self._since(rows)
        answer.bundles[contract.bundle] = since
        before = len(answer.proposals), len(answer.left_out)
        for row in running:
            answer.proposals.extend(self._row(answer, row, since))
        if before == (len(answer.proposals), len(answer.left_out)):
            answer.left_out.append(self._why(contract, rows, running))

    def _since(self, rows: list[_Row]) -> date | None:
        """Return the day before which nothing is to be proposed or taken back."""
        found: list[date] = []
        for row in rows:
            billed = self.billed.get(row.line.pk)
            if row.is_billed:
                day = row.since(billed)
                if day is None:
                    return None
                found.append(day)
            elif billed is not None and billed.cents:
                return None
        return min(found) if found else None

    def _row(self, answer: Proposed, row: _Row, since: date | None) -> Iterator[Proposal]:
        """Yield the charges of a line; those held back go into what is left out."""
        charges = self._charges(row, since)
        pause = row.contract.suspended_from
        priced: Iterable[tuple[Charge, Priced | None]] = ((charge, None) for charge in charges)
        if row.is_usage:
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

    def _charges(self, row: _Row, since: date | None) -> Iterator[Charge]:
        terms, beat = row.terms, row.beat
        if terms is None or since == NOTHING_LEFT:
            return iter(())
        since = None if row.is_usage else since
        if beat is None:
            return schedule.charges(terms, self.through, since=since)
        return schedule.counted(terms, beat, row.plan, self.through, since=since)

    def _metered(self, row: _Row, charges: list[Charge]) -> Iterator[Priced]:
        line = row.line
        tiers, size, _problems = metering.tiers(line.tiers, pricing=line.pricing)
        metered = Metered(
            line.included,
            UnitPrice(line.agreed.price_micros),
            line.pricing,
            tiers,
            size,
            Money(line.minimum),
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
        article = self.articles.get(line.article_id or 0)
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
            vat_id=line.vat_id,
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
        language = row.contract.language
        article = self.articles.get(row.line.article_id or 0)
        text = row.line.description or (article.title_in(language) if article else "")
        number = row.contract.number
        return self.writer.description(text, language, number, charge, row.plan.a_year)

    def _lack(self, row: _Row, charge: Charge) -> str:
        name = self.names.get(row.line.meter_id or 0, "")
        days = formats.period(charge.period.start, charge.period.end)
        return words.reason("missing_reading", what=name, period=days)

    def _held(self, row: _Row, charge: Charge, code: str, why: str) -> LeftOut:
        contract = row.contract
        amount = None if row.is_usage else charge.amount.minor
        origin = f"line:{row.line.pk}:{charge.period.start.isoformat()}"
        title = self._description(row, charge)
        kind = USED if row.is_usage else FEE
        found = LeftOut(contract.customer_id, code, why, contract.bundle, origin, title, amount)
        return found._replace(
            kind=kind, service_end=charge.period.end, invoice_on=charge.invoice_date
        )

    def _whole(self, contract: ContractRow, code: str, **values: str | date) -> LeftOut:
        why = words.reason(code, **values)
        title = contract.title or contract.number
        is_owed = code in FAULTS
        found = LeftOut(contract.customer_id, code, why, contract.bundle, "", title, kind=FEE)
        return found._replace(is_owed=is_owed)

    def _why(self, contract: ContractRow, rows: list[_Row], running: list[_Row]) -> LeftOut:
        """Return why a contract has nothing to bill at all."""
        if contract.start > self.through:
            return self._whole(contract, "not_begun", day=contract.start)
        if contract.go_live and contract.go_live > self.through:
            return self._whole(contract, "before_go_live", day=contract.go_live)
        if not running:
            is_work = any(row.is_work for row in rows)
            alone = "only_work" if is_work else "on_request"
            return self._whole(contract, alone if rows else "no_lines")
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
