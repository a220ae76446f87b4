"""Makes the PDF of documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from canone.base.files.rules import clean_name
from canone.base.printing import services as printing
from canone.base.printing.press import Order
from canone.base.printing.services import TemplateError
from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.queries import papers

__all__ = ["TemplateError", "file_name", "many", "pdf"]
NAMED = ("pk", "kind", "label", "version", "customer_name", "issue_date", "created_at")
"""What a file's name and date are made of."""


def pdf(document_id: int, *, at: datetime) -> bytes:
    """Return the document as PDF/A-3 in its customer's language.

    An issued one is the same, byte for byte, as long as template and letterhead stay: it bears
    the instant of its issue. Raises TemplateError where the firm's template cannot be set.
    """
    return printed(papers.sheet(document_id), at=at)


def printed(sheet: papers.Sheet, *, at: datetime) -> bytes:
    """Return what was read as PDF/A-3."""
    row = sheet.document
    return printing.pdf(papers.KEY, sheet.data, language=row.language, at=row.issued_at or at)


@contextmanager
def many(
    ids: Iterable[int], *, at: datetime, hands: int | None = None
) -> Iterator[Iterator[tuple[papers.Sheet, bytes]]]:
    """Yield the documents of these ids with their PDFs, in this order, all cores at work.

    Each is the same, byte for byte, as `pdf` makes it.
    """
    with printing.press(papers.KEY, hands=hands) as press:
        yield press.pdfs(_ordered(papers.sheets(ids), at))


def _ordered(sheets: Iterable[papers.Sheet], at: datetime) -> Iterator[Order[papers.Sheet]]:
    for sheet in sheets:
        row = sheet.document
        yield Order(sheet, {**sheet.data, "language": row.language}, row.issued_at or at)


def file_name(row: Document) -> str:
    """Return `FT-2026-12 Officine Brambilla.pdf`."""
    label = (row.label or f"{row.kind}-{row.pk}").replace("/", "-")
    version = f" v{row.version}" if row.version > 1 else ""
    return clean_name(f"{label}{version} {row.customer_name[:80].strip()}.pdf")
