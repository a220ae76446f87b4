"""A run of billing, beside the same finished rows written in bulk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from canone.base import bulk
from canone.base.history.models import JournalEntry
from canone.base.history.rules import GENESIS
from canone.base.numbering.models import Counter
from canone.config.bench import database, measure, seed
from canone.config.bench.measure import Pair, Result
from canone.ledgers.invoicing.models import (
    BillingRun,
    Charge,
    Document,
    DocumentLine,
    DueItem,
    VatSummary,
)
from canone.ledgers.invoicing.queries import ports, preview
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.rules.ports import Ask, BundleTerms, Proposal, Proposed
from canone.ledgers.invoicing.services import billing
from canone.registers.catalog.models import VatRate
from canone.registers.catalog.services import articles
from canone.registers.parties.models import Party, Site

CONTRACTS = 10_000
LINES = 3
FINISHED = (BillingRun, Charge, Document, DocumentLine, VatSummary, DueItem, JournalEntry)
START, END = date(2026, 10, 1), date(2026, 11, 1)
ORDER = Order(through=seed.DAY, issue_date=seed.DAY)


class Fees:
    """Proposes a monthly fee for each line of one contract per customer."""

    origins = frozenset({"fee"})
    lines = LINES

    def __init__(self, vat_id: int) -> None:
        self.vat_id = vat_id

    def customers(self, _ask: Ask, *, after: int, limit: int) -> Sequence[int]:
        """Return the next customers."""
        rows = Party.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
        return list(rows[:limit])

    def propose(self, _ask: Ask, customers: Sequence[int]) -> Proposed:
        """Return the fees of October."""
        made = [
            Proposal(
                f"fee:{key}:{line}:2026-10-01", f"contract:{key}", key, "fee",
                "Canone assistenza server e postazioni periodo 01/10/2026-31/10/2026", 1_000_000,
                "", (100 + line) * 1_000_000, (100 + line) * 100, self.vat_id, START, END, START,
                0, None, None, line, EXPLAINED,
            )
            for key in customers
            for line in range(self.lines)
        ]  # fmt: skip
        return Proposed(made, [], {f"contract:{key}": START for key in customers})

    def terms(self, _bundles: Collection[str]) -> Mapping[str, BundleTerms]:
        """Return nothing special."""
        return {}


EXPLAINED = (
    '[{"amount":"100.00","code":"fee","from":"2026-10-01","per":"cycle","ratio":"1.000000000",'
    '"until":"2026-10-31"}]'
)


def make(count: int) -> Fees:
    """Write customers with an address and return who proposes their fees."""
    seed.owner()
    articles.provide_vat(country="it")
    known = Party.objects.count()
    span = range(known, count)
    Party.objects.bulk_create(
        [
            Party(code=f"K{n:06d}", name=f"Cliente {n:06d} S.r.l.", vat_number=f"IT{n:011d}")
            for n in span
        ],
        batch_size=1_000,
    )
    fresh = Party.objects.order_by("-pk")[: len(span)]
    Site.objects.bulk_create(
        [Site(party=p, name="Sede", is_main=True, street="Via Po 1", city="Como") for p in fresh],
        batch_size=1_000,
    )
    seed.analyse()
    return Fees(VatRate.objects.get(code="22").pk)


def run() -> int:
    """Return how many documents a whole run issued, in the product's own batches."""
    made = billing.open_run(ORDER, day=seed.DAY, at=seed.AT, by=None)
    count = 0
    while True:
        step = billing.advance(made.pk, at=seed.AT, by=None)
        count += step.documents
        if step.is_last:
            return count


def back() -> None:
    """Let nothing be billed, past the triggers."""
    with database.unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE history_journalhead SET seq = 0, hash = %s", [GENESIS])
    names = [m._meta.db_table for m in (*reversed(FINISHED), Counter)]  # noqa: SLF001
    database.empty(*names)


class Finished:
    """The rows that a run leaves, as plain tuples, and writing them again with bare SQL."""

    def __init__(self) -> None:
        self.tables: list[tuple[Any, list[str], list[tuple[Any, ...]]]] = []

    def read(self) -> None:
        """Read the finished rows as the database stores them."""
        self.tables = []
        for model in FINISHED:
            columns = [str(field.column) for field in model._meta.concrete_fields]  # noqa: SLF001
            names = ", ".join(f'"{column}"' for column in columns)
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {names} FROM {bulk.table(model)}")  # noqa: S608
                self.tables.append((model, columns, list(cursor.fetchall())))

    def write(self) -> None:
        """Write them, one transaction, one statement a table."""
        with transaction.atomic():
            for model, columns, rows in self.tables:
                bulk.insert(model, columns, rows)


def issue(scale: float) -> list[Result]:
    """Return the line that the issue bounds."""
    finished = Finished()
    with ports.bound(proposers=[make(int(CONTRACTS * scale))]):
        pair = Pair(run, finished.write, reset=back, reference_setup=finished.read)
        return [measure.compare("issue-10000", 6, pair)]


def linear(scale: float) -> list[Result]:
    """Return what ten times the contracts take, against ten times the time."""
    few = int(CONTRACTS * scale)
    with ports.bound(proposers=[make(few)]):
        short = measure.seconds(run)
    back()
    with ports.bound(proposers=[make(few * 10)]):
        measure.forget_peak()
        long = measure.seconds(run)
        peak = measure.peak_mb()
    rate = few * 10 / long
    note = f"{few:,} in {short:.1f} s, {few * 10:,} in {long:.1f} s, {rate:,.0f} a second"
    return [Result("issue-linear", long, long / short / 10, 1.25, peak, note, 500)]


def look(scale: float) -> list[Result]:
    """Return how fast the preview is."""
    count = int(CONTRACTS * scale)
    with ports.bound(proposers=[make(count)]):
        taken = measure.best_of(lambda: preview.sums(ORDER), 3)
        sums = preview.sums(ORDER)
    note = f"{count / taken:,.0f} contracts a second, {sums.documents} documents"
    return [Result("preview", taken, peak_mb=measure.peak_mb(), note=note)]
