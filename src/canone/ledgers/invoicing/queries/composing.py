"""Drafts and credit notes as documents to issue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from canone.base.history.rules import canonical
from canone.ledgers.invoicing.models import Charge, Document, DocumentLine
from canone.ledgers.invoicing.queries import planning, ports, reasons
from canone.ledgers.invoicing.queries.planning import Stage
from canone.ledgers.invoicing.rules import obstacles, totals
from canone.ledgers.invoicing.rules.documents import Kind
from canone.ledgers.invoicing.rules.grouping import Key
from canone.ledgers.invoicing.rules.obstacles import Obstacle, Rate
from canone.ledgers.invoicing.rules.plan import Item, Planned
from canone.ledgers.invoicing.rules.ports import Proposal
from canone.ledgers.invoicing.rules.totals import Taxed, Totals

MANUAL = "manual"
ONE_DAY = timedelta(days=1)


def of_draft(row: Document, *, day: date) -> Planned | str:
    """Return the draft as a document of the day, or everything that keeps it back, in words."""
    lines = _lines(row)
    ground = _stage(row, lines, day)
    told: list[str] = []
    payer = ground.people[row.customer_id]
    hindrance = obstacles.of_payer(payer.payer, payer.treatment.country)
    if hindrance:
        told.append(str(reasons.TEXTS[hindrance]))
    items: list[Item] = []
    for line in lines:
        item = _item(row, line, ground, day)
        if isinstance(item, Item):
            items.append(item)
        else:
            text = _("Line %(number)s: %(fault)s")
            told.append(text % {"number": line.position, "fault": reasons.TEXTS[item]})
    terms = row.terms_id or ground.people[row.customer_id].terms_id
    mandate, missing = ground.mandate(row.customer_id, terms, row.method, row.mandate)
    if missing and row.kind != Kind.PRO_FORMA:  # which asks for money, and draws none
        told.append(str(reasons.TEXTS[missing]))
    if told:
        return "\n".join(dict.fromkeys(told))
    key = Key(row.customer_id, "", row.site_id or 0, terms, row.method, mandate)
    return _planned(row, items, ground, key)


def _planned(row: Document, items: list[Item], ground: Stage, key: Key) -> Planned | str:
    if not items:
        return _("A document has at least one line.")
    bundles = {item.content.bundle for item in items if item.content.bundle}
    ground.terms = ports.terms(bundles)
    plan = planning.document(items, key, ground)
    if plan.totals.gross < 0:
        return _("The total is below zero: that is a credit note, made from its invoice.")
    plan.kind, plan.document_id, plan.source = row.kind, row.pk, row.source_id
    plan.series = row.series
    plan.notes = "\n".join(text for text in (row.notes, plan.notes) if text)
    if row.version > 1:
        plan.version, plan.year, plan.number = row.version, row.year or 0, row.number or 0
        plan.issue_date = row.issue_date
    if row.kind != Kind.PRO_FORMA:
        refused = ports.refusals([planning.candidate(plan, ground.day)])
        if refused:
            return refused[0][1]
    return plan


def sums_of(row: Document) -> Totals:
    """Return what a draft comes to as it stands; lines whose VAT is not known bear none yet."""
    day = row.issue_date or row.created_at.date()
    lines = _lines(row)
    ground = _stage(row, lines, day)
    taxed = []
    for line in lines:
        rate = planning.rate_of(_content(row, line, day), ground)
        known = rate if isinstance(rate, Rate) else Rate(0, "", 0, "")
        taxed.append(Taxed(line.amount.minor, known.basis_points, known.nature))
    return totals.of(taxed, ground.people[row.customer_id].treatment, day)


class Written(NamedTuple):
    """A line before it is saved: cents before VAT, the rate chosen for it, its article."""

    amount_minor: int
    vat_id: int | None
    article_id: int | None


def foreseen(customer_id: int, lines: Sequence[Written], day: date) -> Totals:
    """Return what lines come to on a document of the day; an unknown VAT counts as none."""
    articles = {line.article_id for line in lines}
    ground = planning.stage(day, [customer_id], articles=articles)
    taxed = []
    for amount, vat_id, article_id in lines:
        rate = planning.rate_for(customer_id, vat_id, article_id, ground)
        known = rate if isinstance(rate, Rate) else Rate(0, "", 0, "")
        taxed.append(Taxed(amount, known.basis_points, known.nature))
    return totals.of(taxed, ground.people[customer_id].treatment, day)


def _stage(row: Document, lines: Iterable[DocumentLine], day: date) -> Stage:
    articles = {
        article
        for line in lines
        for article in (line.article_id, line.charge.article_id if line.charge else None)
    }
    return planning.stage(day, [row.customer_id], articles=articles)


def _lines(row: Document) -> list[DocumentLine]:
    return list(row.lines.select_related("charge").order_by("position"))


def _item(row: Document, line: DocumentLine, ground: Stage, day: date) -> Item | Obstacle:
    content = _content(row, line, day)
    rate = planning.rate_of(content, ground)
    if isinstance(rate, Obstacle):
        return rate
    if line.charge is not None:
        return planning.item(line.charge.pk, line.charge.revision, content, rate)
    return planning.item(None if row.kind == Kind.PRO_FORMA else 0, 1, content, rate)


def _content(row: Document, line: DocumentLine, day: date) -> Proposal:
    if line.charge is not None:
        return content_of(line.charge)
    start = line.period_start or day
    return Proposal(
        origin=f"document:{row.pk}:{line.position}",
        bundle="",
        customer_id=row.customer_id,
        kind=MANUAL,
        description=line.description,
        quantity_micros=line.quantity_micros,
        unit=line.unit,
        unit_price_micros=line.unit_price.micros,
        amount_minor=line.amount.minor,
        vat_id=line.vat_id,
        service_start=start,
        service_end=max(line.period_end or start, start + ONE_DAY),
        invoice_on=day,
        discount_bp=line.discount_bp,
        site_id=row.site_id,
        article_id=line.article_id,
        sequence=line.position,
    )


def content_of(charge: Charge) -> Proposal:
    """Return the content of a charge."""
    return Proposal(
        origin=charge.origin,
        bundle=charge.bundle,
        customer_id=charge.customer_id,
        kind=charge.kind,
        description=charge.description,
        quantity_micros=charge.quantity_micros,
        unit=charge.unit,
        unit_price_micros=charge.unit_price.micros,
        amount_minor=charge.amount.minor,
        vat_id=charge.vat_id,
        service_start=charge.service_start,
        service_end=charge.service_end,
        invoice_on=charge.invoice_on or charge.service_start,
        discount_bp=charge.discount_bp,
        site_id=charge.site_id,
        article_id=charge.article_id,
        sequence=charge.sequence,
        explanation=canonical(charge.explanation),
    )
