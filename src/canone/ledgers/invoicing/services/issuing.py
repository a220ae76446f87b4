"""Writes documents with everything that belongs to them: the one way in which they are issued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from itertools import count
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from canone.base import bulk
from canone.base.history import services as history
from canone.ledgers.invoicing.models import (
    Charge,
    Document,
    DocumentLine,
    DueItem,
    VatSummary,
)
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.rules import documents as rules
from canone.ledgers.invoicing.rules.plan import Item, Planned
from canone.ledgers.invoicing.services import charges, series, settling, telling
from canone.ledgers.invoicing.services.charges import COLUMNS as CHARGE

BATCH = 200
"""Documents of one transaction: others who write wait for no more."""
DOCUMENT = (
    "id", "kind", "state", "series", "year", "number", "version", "label", "customer_id",
    "site_id", "customer_name", "customer_data", "language", "currency", "issue_date",
    "posting_date", "period_start", "period_end", "terms_id", "terms_data", "method", "mandate",
    "net", "vat", "gross", "payable", "withholding", "stamp", "is_split", "original_id", "mode",
    "source_id", "run_id", "bundle", "mentions", "agents", "notes", "reason", "digest",
    "created_at", "created_by_id", "issued_at", "issued_by_id", "refused_at", "refusal",
)  # fmt: skip
LINE = (
    "id", "document_id", "position", "charge_id", "description", "quantity_micros", "unit",
    "unit_price", "discount_bp", "amount", "vat_id", "vat_bp", "nature", "period_start",
    "period_end", "original_id", "article_id", "is_stamp", "is_closed",
)  # fmt: skip
TAX = ("id", "document_id", "basis_points", "nature", "base", "tax")
DUE = (
    "id", "document_id", "customer_id", "number", "due_on", "method", "mandate", "amount",
    "settled", "is_void",
)  # fmt: skip


class MovedError(Exception):
    """A charge was taken, reversed or posted by somebody else in between; nothing was written."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and by whom documents are issued, and the dates that they bear."""

    day: date
    at: datetime
    by: int | None
    posting_day: date | None = None
    run_id: int | None = None
    series: str = ""
    credit_series: str = ""


@dataclass(slots=True)
class Issued:
    """What was issued: ids in the order of the plans, charges posted or taken, sums, remarks."""

    ids: list[int] = field(default_factory=list)
    charges: int = 0
    net: int = 0
    gross: int = 0
    remarks: list[str] = field(default_factory=list)


class _Given(NamedTuple):
    """What a document bears."""

    id: int
    series: str
    year: int
    number: int
    version: int
    label: str


@transaction.atomic
def issue(plans: Sequence[Planned], stamp: Stamp) -> Issued:
    """Return the issued documents; all of them or none, closed, numbered and in the journal.

    Their charges are claimed, or posted with them. Raises MovedError when one of them is not as
    the plan saw it, SeriesError when no number can be given. A plan with a `document_id` is
    issued under that id, and one with a `version` under its number.
    """
    issued = Issued()
    if not plans:
        return issued
    numbers = _numbers(plans, stamp, issued)
    writer = _Writer(plans, numbers, stamp)
    _claim(writer)
    writer.write()
    history.append(writer.facts, at=stamp.at, by=stamp.by)
    telling.issued(list(zip(plans, writer.documents, strict=True)), writer.posted, at=stamp.at)
    for plan, given in zip(plans, numbers, strict=True):
        if plan.original:
            settling.set_against(
                note_id=given.id, original_id=plan.original, day=stamp.day, at=stamp.at, by=stamp.by
            )
    issued.ids = [given.id for given in numbers]
    issued.charges = len(writer.charges) + len(writer.claimed)
    for plan in plans:
        sign = -1 if plan.kind == rules.Kind.CREDIT_NOTE else 1
        issued.net += sign * plan.totals.net
        issued.gross += sign * plan.totals.gross
    return issued


def _numbers(plans: Sequence[Planned], stamp: Stamp, issued: Issued) -> list[_Given]:
    """Return id and number of every document, in the order of the plans within a series."""
    free = iter(bulk.reserve(Document, sum(not plan.document_id for plan in plans)))
    wanted: dict[str, list[int]] = {}
    given: dict[int, _Given] = {}
    codes: dict[tuple[str, str], str] = {}
    for place, plan in enumerate(plans):
        key = plan.document_id or next(free)
        if plan.version > 1:
            label = rules.label(plan.series, plan.year, plan.number)
            given[place] = _Given(key, plan.series, plan.year, plan.number, plan.version, label)
            continue
        chosen = stamp.credit_series if plan.kind == rules.Kind.CREDIT_NOTE else stamp.series
        asked = (plan.kind, plan.series or chosen)
        code = codes.get(asked) or series.find(*asked).code
        codes[asked] = code
        wanted.setdefault(code, []).append(place)
        given[place] = _Given(key, code, 0, 0, 1, "")
    for code, places in sorted(wanted.items()):
        numbers, remark = series.give(
            series=code, day=stamp.day, count=len(places), at=stamp.at, by=stamp.by
        )
        if remark:
            issued.remarks.append(remark)
        for place, number in zip(places, numbers, strict=True):
            label = rules.label(code, number.year, number.number)
            given[place] = _Given(given[place].id, code, number.year, number.number, 1, label)
    return [given[place] for place in range(len(plans))]


def _claim(writer: _Writer) -> None:
    """Put the charges that wait on their documents, if they still wait."""
    wanted = writer.claimed
    ids = sorted(wanted)
    for part in charges.chunks(ids):
        rows = Charge.objects.select_for_update(of=("self",)).filter(pk__in=part).order_by("pk")
        found = {
            key: (document, (origin, revision))
            for key, document, origin, revision in rows.values_list(
                "pk", "document", "origin", "revision"
            )
        }
        undone = queries.posted([key[0] for _document, key in found.values()], is_reversal=True)
        for key in part:
            document, origin = found.get(key, ("?", ("", 0)))
            if document not in ("", wanted[key]) or origin in undone:
                raise MovedError
    fresh = [(wanted[key], key) for key in ids]
    condition = "document = ''"
    done = bulk.update(
        Charge,
        ("document",),
        [row for row in fresh if row[1] not in writer.held],
        where=condition,
    )
    if done != len(fresh) - len(writer.held):
        raise MovedError


class _Writer:
    """The rows of all tables for some documents."""

    def __init__(self, plans: Sequence[Planned], numbers: Sequence[_Given], stamp: Stamp) -> None:
        self.plans, self.numbers, self.stamp = plans, numbers, stamp
        self.moment = bulk.instant(stamp.at)
        self.charges: list[tuple[Any, ...]] = []
        self.documents: list[tuple[Any, ...]] = []
        self.lines: list[tuple[Any, ...]] = []
        self.taxes: list[tuple[Any, ...]] = []
        self.dues: list[tuple[Any, ...]] = []
        self.facts: list[history.Fact] = []
        self.posted: list[tuple[int, Item, str]] = []
        self.claimed: dict[int, str] = {}
        self.held: set[int] = set()
        for plan, given in zip(plans, numbers, strict=True):
            if plan.kind == rules.Kind.PRO_FORMA:
                continue
            claimed = {
                item.charge_id: f"document:{given.id}" for item in plan.items if item.charge_id
            }
            self.claimed.update(claimed)
            if plan.document_id:
                self.held |= _held(claimed)

    def write(self) -> None:
        """Write every row."""
        fresh = sum(item.charge_id == 0 for plan in self.plans for item in plan.items)
        size = sum(len(plan.items) + bool(_stamp_line(plan)) for plan in self.plans)
        self.charge_ids = iter(bulk.reserve(Charge, fresh))
        self.line_ids = iter(bulk.reserve(DocumentLine, size))
        taxes = sum(len(plan.totals.taxes) for plan in self.plans)
        self.tax_ids = iter(bulk.reserve(VatSummary, taxes))
        self.due_ids = iter(bulk.reserve(DueItem, sum(len(plan.dues) for plan in self.plans)))
        for plan, given in zip(self.plans, self.numbers, strict=True):
            self._document(plan, given)
        try:
            with transaction.atomic():
                bulk.insert(Charge, CHARGE, self.charges)
        except IntegrityError as error:
            raise MovedError from error
        bulk.insert(Document, DOCUMENT, self.documents)
        bulk.insert(DocumentLine, LINE, self.lines)
        bulk.insert(VatSummary, TAX, self.taxes)
        bulk.insert(DueItem, DUE, self.dues)

    def _document(self, plan: Planned, given: _Given) -> None:
        seal = sha256()
        sign = -1 if plan.kind == rules.Kind.CREDIT_NOTE else 1
        told = []
        for position, item in enumerate(plan.items, 1):
            number = self._charge(plan, item, given)
            told.append(self._line(item, given.id, position, number, sign))
            seal.update(_sealed(item).encode())
        if stamp := _stamp_line(plan):
            place = len(plan.items) + 1
            self.lines.append((next(self.line_ids), given.id, place, None, *stamp))
        for tax in plan.totals.taxes:
            self.taxes.append((next(self.tax_ids), given.id, *tax))
        if plan.kind != rules.Kind.PRO_FORMA:
            for number, (due_on, amount) in zip(count(1), plan.dues, strict=False):
                self.dues.append(self._due(plan, given.id, number, due_on, amount))
        digest = seal.hexdigest()
        self.documents.append(self._row(plan, given, digest))
        self.facts.append(self._fact(plan, given, digest, told))

    def _charge(self, plan: Planned, item: Item, given: _Given) -> int | None:
        """Return the charge of the line, after noting it down where it is new."""
        if item.charge_id != 0:
            return item.charge_id
        number = next(self.charge_ids)
        content = item.content
        self.posted.append((number, item, plan.reason))
        self.charges.append(
            (
                number, content.origin, item.revision, item.is_reversal, content.customer_id,
                content.kind, content.description, content.quantity_micros, content.unit,
                content.unit_price_micros, content.amount_minor, content.vat_id,
                content.service_start.isoformat(), content.service_end.isoformat(),
                content.explanation, self.moment, self.stamp.by,
                plan.reason if item.is_reversal else "", f"document:{given.id}", content.bundle,
                content.site_id, content.article_id, content.discount_bp,
                content.invoice_on.isoformat(), content.sequence,
            )
        )  # fmt: skip
        return number

    def _line(
        self, item: Item, document_id: int, position: int, charge: int | None, sign: int
    ) -> tuple[int, int]:
        content, rate = item.content, item.rate
        quantity, price = content.quantity_micros, content.unit_price_micros
        if sign < 0:
            quantity, price = rules.turned(quantity, price)
        amount = sign * content.amount_minor
        self.lines.append(
            (
                next(self.line_ids), document_id, position, charge, content.description,
                quantity, content.unit, price, content.discount_bp, amount, rate.id or None,
                rate.basis_points, rate.nature, content.service_start.isoformat(),
                content.service_end.isoformat(), item.original_line, content.article_id, False,
                True,
            )
        )  # fmt: skip
        return charge or 0, amount

    def _due(
        self, plan: Planned, document_id: int, number: int, due_on: date, amount: int
    ) -> tuple[Any, ...]:
        payment = plan.payment
        return (
            next(self.due_ids), document_id, plan.customer.id, number, due_on.isoformat(),
            payment.method, payment.mandate, amount, 0, False,
        )  # fmt: skip

    def _row(self, plan: Planned, given: _Given, digest: str) -> tuple[Any, ...]:
        stamp, sums, payment = self.stamp, plan.totals, plan.payment
        day = (plan.issue_date or stamp.day).isoformat()
        posting = (stamp.posting_day or stamp.day).isoformat()
        return (
            given.id, plan.kind, "issued", given.series, given.year, given.number, given.version,
            given.label, plan.customer.id, plan.site_id, plan.customer.name, plan.customer.data,
            plan.customer.language, "EUR", day, posting, plan.period[0].isoformat(),
            plan.period[1].isoformat(), payment.terms_id or None, payment.data, payment.method,
            payment.mandate, sums.net, sums.vat, sums.gross, sums.payable, sums.withholding,
            sums.stamp, plan.customer.treatment.is_split, plan.original, plan.mode, plan.source,
            stamp.run_id, plan.bundle, _listed(plan.mentions), _listed(plan.agents), plan.notes,
            plan.reason, digest, self.moment, stamp.by, self.moment, stamp.by, None, "",
        )  # fmt: skip

    def _fact(
        self, plan: Planned, given: _Given, digest: str, told: list[tuple[int, int]]
    ) -> history.Fact:
        """Return what the journal keeps; its JSON by hand, because runs issue 100,000."""
        sums = plan.totals
        dues = ",".join(f'["{day.isoformat()}",{amount}]' for day, amount in plan.dues)
        taxes = ",".join(
            f"[{tax.basis_points},{quoted(tax.nature)},{tax.base},{tax.tax}]" for tax in sums.taxes
        )
        lines = ",".join(f"[{charge},{amount}]" for charge, amount in told)
        day = (plan.issue_date or self.stamp.day).isoformat()
        return history.Fact(
            "document.issued",
            f"document:{given.id}",
            f'{{"customer":{plan.customer.id},"date":"{day}","digest":"{digest}","dues":[{dues}],'
            f'"gross":{sums.gross},"kind":"{plan.kind}","label":{quoted(given.label)},'
            f'"lines":[{lines}],"net":{sums.net},"original":{plan.original or "null"},'
            f'"payable":{sums.payable},"reason":{quoted(plan.reason)},"taxes":[{taxes}],'
            f'"vat":{sums.vat},"version":{given.version}}}',
        )


def _listed(values: Sequence[Any]) -> str:
    return history.canonical(values) if values else "[]"


def _sealed(item: Item) -> str:
    """Return what of a line the digest of its document covers, its explanation too."""
    c = item.content
    return (
        f"{c.origin}\n{item.revision}\n{c.description}\n{c.quantity_micros}\n"
        f"{c.unit_price_micros}\n{c.discount_bp}\n{c.amount_minor}\n{item.rate.basis_points}\n"
        f"{item.rate.nature}\n{c.service_start}\n{c.service_end}\n{c.explanation}\n"
    )


def _stamp_line(plan: Planned) -> tuple[Any, ...] | None:
    """Return the columns of the line that charges stamp duty on, from the description."""
    sums, customer = plan.totals, plan.customer
    if not sums.stamp or not customer.treatment.recharges_stamp:
        return None
    with translation.override(customer.language):
        text = _("Stamp duty")
    start, end = (day.isoformat() for day in plan.period)
    price = sums.stamp * 10_000
    return (
        text, 1_000_000, "", price, 0, sums.stamp, None, 0, "N1", start, end, None, None, True,
        True,
    )  # fmt: skip


def _held(claimed: dict[int, str]) -> set[int]:
    """Return which of the charges are on their document already, which is a draft."""
    held: set[int] = set()
    for part in charges.chunks(sorted(claimed)):
        rows = Charge.objects.filter(pk__in=part).values_list("pk", "document")
        held |= {key for key, document in rows if document == claimed[key]}
    return held


def chunks(plans: Sequence[Planned]) -> Iterator[Sequence[Planned]]:
    """Return the plans in parts that one transaction takes, by documents and by lines."""
    part: list[Planned] = []
    lines = 0
    for plan in plans:
        if part and (len(part) == BATCH or lines + len(plan.items) > 20 * BATCH):
            yield part
            part, lines = [], 0
        part.append(plan)
        lines += len(plan.items)
    if part:
        yield part
