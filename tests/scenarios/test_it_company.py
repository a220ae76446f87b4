"""An IT company's year, as docs/algorithms/scenario.md worked it out, to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import QuerySet, Sum
from tests.scenarios import it_company as story
from tests.scenarios import written
from tests.scenarios.written import amount as given

from canone.base.history import services as history
from canone.kernel.money import Money
from canone.kernel.periods import ONE_DAY
from canone.ledgers.invoicing.models import (
    Charge,
    Document,
    DocumentLine,
    DueItem,
    RunLeftOut,
    VatSummary,
)
from canone.ledgers.invoicing.queries import planning, preview, settlement
from canone.ledgers.invoicing.rules.plan import Planned

WANTED = list(written.documents())
HELD = {"suspended", "missing_reading"}


def test_the_page_is_in_agreement_with_itself() -> None:
    for _line, _days, expression, result in written.table("line | days"):
        assert written.cents(written.worked_out(expression)) == given(result), expression
    sums: dict[str, list[Decimal]] = {}
    for one in WANTED:
        figures = one.figures()
        for tax in one.taxes:
            rate, base, vat = written.parts(written.VAT, tax)
            share = given(base) * (22 if rate == "22 %" else 0) / 100
            assert given(vat) == share.quantize(Decimal("0.01"), written.ROUND_HALF_UP), one
        assert figures["net"] + figures["vat"] == figures["gross"], one
        row = sums.setdefault(one.customer, [Decimal()] * 5)
        values = (Decimal(1), *(one.sign * figures[name] for name in figures))
        sums[one.customer] = [a + b for a, b in zip(row, values, strict=True)]
    for name, count, *amounts in written.table("customer | documents"):
        rows = sums.values() if name == "all" else [sums[name]]
        whole = [sum(column) for column in zip(*rows, strict=True)]
        assert whole == [Decimal(count), *map(given, amounts)], name


@pytest.mark.django_db
def test_the_year_to_the_cent() -> None:
    firm = story.Firm()
    for run in story.RUNS:
        firm.live_until(run)
        foreseen = preview.sums(story.order(run))
        planned = [one for plan in planning.batches(story.order(run)) for one in plan.documents]
        assert _issued(run) == []
        done = story.bill(run)
        issued = _issued(run)
        wanted = [one for one in WANTED if one.run == run]
        assert [_written(firm, one) for one in issued] == wanted
        assert [_sums(one) for one in planned] == [_sums_of(one) for one in issued]
        assert (foreseen.documents, foreseen.charges, foreseen.net, foreseen.gross) == (
            done.documents_made,
            done.charges_made,
            done.net.minor,
            done.gross.minor,
        )
        assert sum(count for count, _cents in foreseen.left_out.values()) == done.left_out_count
        assert _held_back(firm, run) == _told(run)
        assert story.bill(run).documents_made == 0
    _year_adds_up(firm)


def _issued(run: date) -> list[Document]:
    rows = Document.objects.filter(issue_date=run).select_related("customer")
    return list(rows.order_by("run_id", "customer_id", "pk"))


def _written(firm: story.Firm, row: Document) -> written.Document:
    """Return the document as the page writes it."""
    assert row.state == "issued"
    assert row.issue_date is not None
    lines = []
    for line in row.lines.select_related("charge").order_by("position"):
        charge = line.charge
        assert charge is not None
        assert charge.amount == (line.amount if row.kind == "invoice" else -line.amount)
        last = charge.service_end - ONE_DAY
        lines.append(f"{firm.code(charge)} {charge.service_start} – {last} {_text(line.amount)}")
    taxes = [
        f"{tax.nature or '22 %'} of {_text(tax.base)}: {_text(tax.tax)}" for tax in row.taxes.all()
    ]
    due = [f"{item.due_on} {_text(item.amount)}" for item in row.due_items.order_by("number")]
    return written.Document(
        row.issue_date,
        row.label,
        row.customer.name,
        tuple(lines),
        tuple(taxes),
        _text(row.gross),
        tuple(due),
    )


def _text(value: Money) -> str:
    return written.written(Decimal(value.minor) / 100)


def _sums(one: Planned) -> tuple[object, ...]:
    amounts = [abs(item.amount_minor) for item in one.items]
    return one.customer.id, one.kind, one.totals[:5], one.dues, amounts


def _sums_of(row: Document) -> tuple[object, ...]:
    sums = (row.net, row.vat, row.gross, row.payable, row.withholding)
    dues = tuple((item.due_on, item.amount.minor) for item in row.due_items.order_by("number"))
    amounts = [abs(line.amount.minor) for line in row.lines.order_by("position")]
    return row.customer_id, row.kind, tuple(one.minor for one in sums), dues, amounts


def _held_back(firm: story.Firm, run: date) -> list[tuple[str, str]]:
    rows = RunLeftOut.objects.filter(run__issue_date=run, code__in=HELD).order_by("pk")
    return [(firm.codes[row.origin.split(":")[1]], row.code) for row in rows]


def _told(run: date) -> list[tuple[str, str]]:
    rows = written.table("run | line")
    return [(line, reason) for day, line, reason in rows if written.day_of(day) == run]


def _year_adds_up(firm: story.Firm) -> None:
    assert Document.objects.count() == len(WANTED)
    _labels_have_no_hole(Document.objects.values_list("label", "issue_date"))
    for name, count, net, vat, gross, payable in written.table("customer | documents"):
        rows = Document.objects.all()
        rows = rows if name == "all" else rows.filter(customer=firm.customers[name])
        told = [_signed(rows, column) for column in ("net", "vat", "gross", "payable")]
        assert (str(rows.count()), told) == (count, [net, vat, gross, payable]), name
        dues = DueItem.objects.filter(document__in=rows).aggregate(sum=Sum("amount"))["sum"]
        assert _text(dues) == payable
    amounts: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for charge in Charge.objects.all():
        assert charge.document
        for code in (firm.code(charge), "all"):
            amounts[code] += charge.amount.minor
            counts[code] += 1
    for code, count, total in written.table("line | charges"):
        assert (str(counts[code]), _text(Money(amounts[code]))) == (count, total), code
    whole = amounts["all"]
    assert whole == sum(
        _sign(line.document) * line.amount.minor
        for line in DocumentLine.objects.select_related("document")
    )
    assert whole == sum(
        _sign(tax.document) * tax.base.minor
        for tax in VatSummary.objects.select_related("document")
    )
    assert settlement.balance_of(firm.customers["Zeta"].pk) == Money.of("-736.88")
    assert history.verify() == []


def _labels_have_no_hole(rows: Iterable[tuple[str, date | None]]) -> None:
    days: dict[str, dict[int, date]] = {}
    for label, day in rows:
        series, _year, number = label.split("/")
        assert day is not None
        days.setdefault(series, {})[int(number)] = day
    for known in days.values():
        assert sorted(known) == list(range(1, len(known) + 1))
        assert [known[n] for n in sorted(known)] == sorted(known.values())


def _signed(rows: QuerySet[Document], column: str) -> str:
    total = sum(_sign(row) * getattr(row, column).minor for row in rows)
    return _text(Money(total))


def _sign(row: Document) -> int:
    return -1 if row.kind == "credit_note" else 1
