"""A file of 210 MB through the jobs of an import, as the worker runs them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from django.conf import settings

from canone.base.exchange import importers, queries
from canone.base.exchange import services as exchange
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.services.batches import Choice
from canone.base.tasks import worker
from canone.config.bench import importing, measure, seed
from canone.config.bench.measure import Result

ROWS = 254_000
SENTENCE = "Ripristino stampante di rete e verifica del salvataggio notturno. "


def import_large(scale: float) -> list[Result]:
    """Return the two passes, each with the memory it took."""
    user = seed.owner()
    hints = [group.name for group in seed.groups(user)]
    path = Path(settings.DATA) / "large.csv"
    importing.write_file(path, int(ROWS * scale), hints, note=SENTENCE * 11)
    size = path.stat().st_size / 1e6
    with path.open("rb") as upload:
        batch = exchange.create(
            upload, name=path.name, importer=importing.KEY, at=seed.AT, by=user.pk
        )
    rows, _lines = queries.sample(batch)
    found = queries.propose(batch, importers.get(importing.KEY), rows, language="it")
    choice = Choice("Bench", found.columns, found.notation, found.options)
    exchange.configure(batch, choice, at=seed.AT, by=user.pk)
    results = []
    write = partial(exchange.start_write, good_only=False)
    for name, start, state in (
        ("large-check", exchange.start_check, ImportBatch.State.CHECKED),
        ("large-write", write, ImportBatch.State.DONE),
    ):
        start(batch, url="", at=seed.AT, by=user.pk)
        measure.forget_peak()
        taken = measure.seconds(worker.drain)
        batch.refresh_from_db()
        if batch.state != state:
            raise AssertionError(f"{name} ended as {batch.state}: {batch.message}")
        note = f"{size:.0f} MB, {batch.good:,} rows"
        results.append(
            Result(name, taken, peak_mb=measure.peak_mb(), most_mb=measure.MOST_MB, note=note)
        )
    return results
