"""PDFs of a run's invoices, beside a bare typst compiler that is used again for each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from canone.base.firm.models import Firm
from canone.base.printing import press, typesetting
from canone.base.printing import queries as printing
from canone.config.bench import agreed, billing, measure, seed
from canone.config.bench.measure import Pair, Result
from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.queries import papers as queries
from canone.ledgers.invoicing.services import papers

INVOICES = 300
LINES = 5
MOST_MB = 500
IBAN = "IT60X0542811101000000123456"


def _issue(scale: float) -> list[int]:
    """Return the invoices of a run, five lines each, with a code for the transfer."""
    agreed.contracts(max(int(INVOICES * scale), 2), lines=LINES)
    Firm.objects.update(iban=IBAN)
    billing.run()
    return list(Document.objects.order_by("number").values_list("pk", flat=True))


def _set(ids: list[int], hands: int) -> int:
    """Return the bytes of all PDFs, made as a run's ZIP makes them."""
    with papers.many(ids, at=seed.AT, hands=hands) as made:
        return sum(len(pdf) for _sheet, pdf in made)


class Bare:
    """The same documents, their data at hand, through one compiler and nothing else."""

    def __init__(self) -> None:
        self.ready: list[tuple[str, datetime]] = []
        self.place = Path()
        self.compiler: Any = None

    def read(self, ids: list[int]) -> None:
        """Have everything at hand."""
        self.place = typesetting.folder(Path(settings.DATA) / "print", printing.shipped(), None)
        firm = {**printing.letterhead(), "logo": ""}
        for sheet in queries.sheets(ids):
            row = sheet.document
            told = {**sheet.data, "firm": firm, "language": row.language}
            self.ready.append((typesetting.as_text(told), row.issued_at or seed.AT))
        self.compiler = typesetting.compilers().Compiler(
            root=str(self.place),
            font_paths=[str(typesetting.fonts())],
            ignore_system_fonts=True,
        )

    def set(self) -> None:
        """Compile each."""
        for text, at in self.ready:
            self.compiler.compile(
                input=str(self.place / f"{queries.KEY}.typ"),
                format="pdf",
                sys_inputs={"data": text},
                pdf_standards=[typesetting.STANDARD],
                timestamp=at.astimezone(UTC).replace(microsecond=0),
            )


def in_a_run(scale: float) -> list[Result]:
    """Return one invoice by one process against the bare compiler, then with all cores at work."""
    ids = _issue(scale)
    cores = press.cores()
    measure.forget_peak()
    all_at_work = measure.seconds(lambda: _set(ids, cores))
    whole = measure.peak_mb() + cores * measure.peak_of_children()
    bare = Bare()
    pair = Pair(lambda: _set(ids, 1), bare.set, reference_setup=lambda: bare.read(ids))
    single = measure.compare("invoice-pdf", 1.5, pair)
    single.peak_mb, single.most_mb = whole, MOST_MB
    each = single.seconds / len(ids) * 1_000
    single.note = f"{each:.1f} ms each with one process, {single.note} for {len(ids)}"
    rate = len(ids) / all_at_work
    note = f"{rate:.0f} a second with {cores} processes, {single.seconds / all_at_work:.2f} × one"
    return [single, Result("invoice-pdf-cores", all_at_work, peak_mb=whole, note=note)]
