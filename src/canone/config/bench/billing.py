"""A run of billing, beside the same finished rows written in bulk."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Sum

from canone.base import bulk
from canone.base.history.models import JournalEntry
from canone.base.history.rules import GENESIS
from canone.base.numbering.models import Counter
from canone.base.tasks.models import Job
from canone.config.bench import agreed, database, measure, seed
from canone.config.bench.measure import Pair, Result
from canone.ledgers.invoicing.models import (
    BillingRun,
    Charge,
    Document,
    DocumentLine,
    DueItem,
    VatSummary,
)
from canone.ledgers.invoicing.queries import preview
from canone.ledgers.invoicing.queries.sums import Sums
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.services import billing

CONTRACTS = 10_000
MOST_MB = 500.0
PAGE = 50
FINISHED = (BillingRun, Charge, Document, DocumentLine, VatSummary, DueItem, JournalEntry)
ORDER = Order(through=seed.DAY, issue_date=seed.DAY)


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
    agreed.contracts(int(CONTRACTS * scale))
    finished = Finished()
    pair = Pair(run, finished.write, reset=back, reference_setup=finished.read)
    measure.forget_peak()
    return [measure.compare("issue-10000", 6, pair, most_mb=MOST_MB)]


def linear(scale: float) -> list[Result]:
    """Return what ten times the contracts take, against ten times the time."""
    few = int(CONTRACTS * scale)
    agreed.contracts(few)
    short = measure.seconds(run)
    back()
    agreed.contracts(few * 9)
    measure.forget_peak()
    long = measure.seconds(run)
    peak = measure.peak_mb()
    rate = few * 10 / long
    note = f"{few:,} in {short:.1f} s, {few * 10:,} in {long:.1f} s, {rate:,.0f} a second"
    return [Result("issue-linear", long, long / short / 10, 1.25, peak, note, MOST_MB)]


def look(scale: float) -> list[Result]:
    """Return how fast the preview is, after seeing that it is what the run issues."""
    count = int(CONTRACTS * scale)
    agreed.contracts(count)
    measure.forget_peak()
    before = written()
    taken = measure.best_of(lambda: preview.sums(ORDER), 3)
    sums = preview.sums(ORDER)
    preview.view(ORDER, start=0, size=PAGE)
    page = measure.best_of(lambda: preview.view(ORDER, start=count // 2, size=PAGE), 3)
    peak = measure.peak_mb()
    if written() != before:
        raise AssertionError("the preview has written something")
    run()
    _agree(sums)
    note = f"{count / taken:,.0f} contracts a second; a page then {page * 1000:.0f} ms"
    return [Result("preview", taken, peak_mb=peak, note=note, most_mb=MOST_MB)]


def written() -> list[int]:
    """Return how many rows each table of a run has."""
    return [model.objects.count() for model in (*FINISHED, Counter, Job)]


def _agree(sums: Sums) -> None:
    issued = Document.objects.aggregate(n=Count("pk"), net=Sum("net"), gross=Sum("gross"))
    lines = DocumentLine.objects.count()
    theirs = (issued["n"], lines, issued["net"].minor, issued["gross"].minor)
    mine = (sums.documents, sums.charges, sums.net, sums.gross)
    if mine != theirs:
        raise AssertionError(f"the figures differ: {mine} and {theirs}")
