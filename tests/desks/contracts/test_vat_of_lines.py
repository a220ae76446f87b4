"""Which VAT the lines of contracts bear: the second and third table of docs/algorithms/vat.md."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.make import catalog
from tests.make import contracts as make
from tests.make import invoicing as ledger

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.services import lines
from canone.kernel.money import UnitPrice
from canone.ledgers.invoicing.models import Charge, DocumentLine, TaxProfile
from canone.ledgers.invoicing.queries import planning, preview
from canone.registers.catalog.models import Article, VatRate
from canone.registers.catalog.services import articles

pytestmark = pytest.mark.django_db
MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)


def rate(code: str) -> VatRate:
    known = {"22": 2_200, "10": 1_000, "4": 400}
    nature = {"N35": "N3.5", "N21": "N2.1"}.get(code, "")
    return catalog.vat(code, known.get(code, 0), nature=nature)


def bill(through: date) -> None:
    ledger.bill(through=through, issue_date=through, day=through)


def billed() -> list[tuple[str, str, int]]:
    """Return kind, rate and cents of what was billed, in order of issue, without stamp duty."""
    rows = DocumentLine.objects.filter(charge__isnull=False).order_by("document_id", "position")
    return [
        (one.document.kind, one.vat.code if one.vat else "", one.amount.minor)
        for one in rows.select_related("document", "vat")
    ]


@pytest.mark.parametrize(
    ("chosen", "usual", "of_article", "country", "expected"),
    [
        ("10", "N35", "4", "IT", ("10", 1_000)),
        ("", "N35", "4", "IT", ("N35", 0)),
        ("", "", "4", "IT", ("4", 400)),
        ("", "", "", "IT", ("22", 2_200)),
        ("", "N21", "22", "DE", ("N21", 0)),
        ("22", "", "22", "DE", ("22", 2_200)),
        ("", "", "22", "DE", None),
    ],
)
def test_a_line_bears_what_was_chosen_else_customer_article_firm(
    chosen: str, usual: str, of_article: str, country: str, expected: tuple[str, int] | None
) -> None:
    rate("22")
    customer = ledger.customer(
        country=country, vat_number="DE811115368" if country == "DE" else "IT01234560157"
    )
    if usual:
        TaxProfile.objects.create(customer=customer, vat=rate(usual))
    article = catalog.article(vat=rate(of_article)) if of_article else None
    vat = rate(chosen) if chosen else None
    make.line(make.contract(customer, start=date(2026, 5, 1)), article=article, vat=vat)
    order = ledger.order(through=MAY, issue_date=MAY)
    foreseen, whole = preview.sums(order), 10_000
    bill(MAY)
    if expected is None:
        assert (foreseen.documents, billed()) == (0, [])
        assert [one.code for plan in planning.batches(order) for one in plan.left_out] == [
            "vat_abroad"
        ]
        return
    code, tax = expected
    assert billed() == [("invoice", code, whole)]
    assert foreseen.vat == whole * tax // 10_000
    assert Charge.objects.get().vat == VatRate.objects.get(code=code), "the charge notes it"


def of_article() -> tuple[Contract, Line, Article]:
    """Return a contract since May with a line of an article at 22 %, billed for May."""
    article = catalog.article(vat=rate("22"))
    contract = make.contract(ledger.customer(), start=date(2026, 5, 1))
    line = make.line(contract, article=article, vat=None)
    bill(MAY)
    assert billed() == [("invoice", "22", 10_000)]
    return contract, line, article


def usually(contract: Contract, code: str) -> None:
    TaxProfile.objects.create(customer=contract.customer, vat=rate(code))


def change(line: Line, **fields: Any) -> None:
    lines.update(line_id=line.pk, at=make.AT, by=None, **fields)


def test_another_rate_of_the_article_holds_for_what_follows() -> None:
    _contract, _line, article = of_article()
    articles.save_article(article=article, vat=rate("10"))
    bill(JUNE)
    assert billed()[1:] == [("invoice", "10", 10_000)]


def test_another_usual_rate_holds_for_what_follows() -> None:
    contract, _line, _article = of_article()
    usually(contract, "N35")
    bill(JUNE)
    assert billed()[1:] == [("invoice", "N35", 10_000)]


def test_a_correction_bears_the_rate_of_what_it_corrects() -> None:
    contract, line, _article = of_article()
    usually(contract, "N35")
    change(line, unit_price=UnitPrice.of(90))
    bill(JUNE)
    assert sorted(billed()[1:]) == [("credit_note", "22", 1_000), ("invoice", "N35", 9_000)]


def test_a_rate_chosen_on_the_line_corrects_what_was_charged() -> None:
    _contract, line, _article = of_article()
    change(line, vat=rate("10"))
    bill(JUNE)
    assert sorted(billed()[1:]) == [
        ("credit_note", "22", 10_000),
        ("invoice", "10", 10_000),
        ("invoice", "10", 10_000),
    ]


def test_a_choice_that_is_taken_off_holds_for_what_follows() -> None:
    article = catalog.article(vat=rate("22"))
    contract = make.contract(ledger.customer(), start=date(2026, 5, 1))
    line = make.line(contract, article=article, vat=rate("10"))
    bill(MAY)
    change(line, vat=None)
    bill(JUNE)
    assert billed() == [("invoice", "10", 10_000), ("invoice", "22", 10_000)]
    bill(JUNE)
    assert len(billed()) == 2, "once more adds nothing"
