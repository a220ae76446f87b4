"""Contracts of three lines each for measurements, as the product keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Max

from canone.config.bench import seed
from canone.desks.contracts.models import Contract, Line
from canone.kernel.money import UnitPrice
from canone.registers.catalog.models import Article, Unit, VatRate
from canone.registers.catalog.services import articles
from canone.registers.parties.models import Party, Site

LINES = 3
START = date(2026, 10, 1)
BATCH = 1_000


def customers(count: int) -> list[int]:
    """Return the ids of so many new customers with an address."""
    articles.provide_vat(country="it")
    known = Party.objects.count()
    last = Party.objects.aggregate(last=Max("pk"))["last"] or 0
    for first in range(known, known + count, BATCH):
        made = Party.objects.bulk_create(
            Party(
                code=f"K{n:06d}",
                name=f"Cliente {n:06d} S.r.l.",
                search_text=f"cliente {n:06d} s.r.l.",
                vat_number=f"IT{n:011d}",
            )
            for n in range(first, min(first + BATCH, known + count))
        )
        Site.objects.bulk_create(
            Site(party=one, name="Sede", is_main=True, street="Via Po 1", city="Como")
            for one in made
        )
    found = Party.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
    return list(found)


def contracts(count: int, *, code: str = "SERVIZIO", lines: int = LINES) -> None:
    """Write so many contracts, one a customer, each line with one charge by 20 November 2026.

    One line is paid each month in advance, one by calendar quarters and begins within one, one
    each month in arrears; those beyond three are like the first. `code` is the article's.
    """
    seed.owner()
    keys = customers(count)
    vat = VatRate.objects.get(code="22")
    unit = Unit.objects.filter(code="mese").first() or articles.save_unit(code="mese", title="mesi")
    article = Article.objects.filter(code=code).first() or articles.save_article(
        code=code, title=f"Canone {code.lower()}", unit=unit, vat=vat
    )
    before = Contract.objects.count()
    for first in range(0, count, BATCH):
        part = keys[first : first + BATCH]
        made = Contract.objects.bulk_create(
            Contract(
                number=f"C{before + first + n:06d}",
                customer_id=key,
                title="Assistenza server e postazioni",
                start=START,
            )
            for n, key in enumerate(part)
        )
        rows: list[Line] = []
        for n, one in enumerate(made, first):
            rows += _lines(one, n, article, vat)
            rows += [_monthly(one, n, vat, place) for place in range(LINES + 1, lines + 1)]
        Line.objects.bulk_create(rows, batch_size=BATCH)
    seed.analyse()


def _lines(contract: Contract, number: int, article: Article, vat: VatRate) -> Iterator[Line]:
    price = 50 + number % 150
    yield _monthly(contract, number, vat, 1)
    yield Line(
        contract=contract,
        sequence=20,
        article=article,
        description="Hosting e posta {period}",
        quantity_micros=2_000_000,
        unit_price=UnitPrice.of(price * 3),
        discount_bp=1_000,
        start=date(2026, 11, 10),
        every=3,
        anchor=Line.CountedBy.CALENDAR,
    )
    yield Line(
        contract=contract,
        sequence=30,
        article=article,
        unit_price=UnitPrice.of(price // 2),
        start=START,
        timing=Line.When.IN_ARREARS,
    )


def _monthly(contract: Contract, number: int, vat: VatRate, place: int) -> Line:
    return Line(
        contract=contract,
        sequence=place * 10,
        description="Canone assistenza server e postazioni",
        unit_price=UnitPrice.of(50 + number % 150),
        vat=vat,
        start=date(2026, 11, 1),
    )
