"""The list of contracts among a hundred thousand; a contract's form during a run of billing."""

from __future__ import annotations

import re
import statistics
import threading
import time
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.urls import reverse

from canone.config.bench import agreed, billing, database, measure, reading, seed
from canone.config.bench.measure import Result
from canone.desks.contracts.models import Contract
from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.services import papers
from canone.registers.catalog.models import Article

MANY = 100_000
LEFT = 500
BILLED = 10_000
FORMS = 100
LINES = 10_000
PAUSE = 0.02
HOST = {"host": "localhost"}
SEEN = re.compile(r'name="seen" value="([^"]*)"')


def list_page(scale: float) -> list[Result]:
    """Return the list page with its foot for a filter that leaves 500, among all and alone.

    The filter is the service that the 500 are for. Both databases are there at the same time and
    asked in turn.
    """
    agreed.contracts(LEFT, code="SCELTO")
    url = f"{reverse('contracts:list')}?service={Article.objects.get(code='SCELTO').pk}"
    client = Client()
    client.force_login(seed.owner())
    among, alone_ = [], []
    with database.twin() as alone:
        agreed.contracts(max(int(MANY * scale) - LEFT, 1))
        for _round in range(reading.ROUNDS):
            among.append(reading.page(client, url))
            with alone():
                alone_.append(reading.page(client, url))
    ratio = statistics.median(a / b for a, b in zip(among, alone_, strict=True))
    note = f"among {LEFT} alone {statistics.median(alone_) * 1000:.0f} ms"
    taken = statistics.median(among)
    return [Result("contract-list", taken, ratio, 1.3, measure.peak_mb(), note=note)]


def save_while_billing(scale: float) -> list[Result]:
    """Return how long the form of a contract takes to be saved while a run issues.

    Each save is the request that a browser sends, with everything that is behind it.
    """
    agreed.contracts(max(int(BILLED * scale), FORMS))
    client = Client()
    client.force_login(seed.owner())
    ids = list(Contract.objects.order_by("-pk").values_list("pk", flat=True)[:FORMS])
    forms = [_opened(client, key) for key in ids]  # before the run, which leaves little time
    taken: list[float] = []
    done = threading.Event()

    def work() -> None:
        try:
            billing.run()
        finally:
            connection.close()
            done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set() or not taken:
        number = len(taken)
        if number >= len(forms):
            forms.append(_opened(client, ids[number % len(ids)]))
        taken.append(_save(client, *forms[number], f"Le spese del punto {number}"))
        time.sleep(PAUSE)
    thread.join()
    return [measure.saves("save-while-billing", taken)]


def large(scale: float) -> list[Result]:
    """Return what one contract of ten thousand lines takes: the run, both pages and the PDF.

    The compiler keeps the whole document in its memory, in a process of its own: that one is
    measured.
    """
    agreed.contracts(1, lines=max(int(LINES * scale), 10))
    client = Client()
    client.force_login(seed.owner())
    contract = reverse("contracts:detail", args=[Contract.objects.get().pk])
    found = [
        _measured("large-run", billing.run),
        _page("large-contract", client, contract),
    ]
    row = Document.objects.get()
    document = reverse("invoicing:document", args=[row.pk])
    found.append(_page("large-document", client, document))
    pdf = _measured("large-pdf", lambda: _pdf(row.pk))
    pdf.peak_mb = measure.peak_of_children()
    return [*found, pdf]


def _measured(name: str, work: Callable[[], object]) -> Result:
    measure.forget_peak()
    taken = measure.seconds(work)
    return Result(name, taken, peak_mb=measure.peak_mb(), most_mb=billing.MOST_MB)


def _page(name: str, client: Client, url: str) -> Result:
    measure.forget_peak()
    taken = reading.page(client, url)
    return Result(name, taken, peak_mb=measure.peak_mb(), most_mb=billing.MOST_MB)


def _pdf(document_id: int) -> int:
    with papers.many([document_id], at=seed.AT, hands=1) as made:
        return sum(len(pdf) for _sheet, pdf in made)


def _opened(client: Client, contract_id: int) -> tuple[str, str]:
    """Return the address of a contract's form, and what it remembers of how it was opened."""
    url = reverse("contracts:conditions", args=[contract_id])
    seen = SEEN.search(client.get(url, headers=HOST).content.decode())
    return url, seen[1] if seen else ""


def _save(client: Client, url: str, seen: str, text: str) -> float:
    """Return how long saving takes."""
    start = time.perf_counter()
    answer = client.post(url, {"conditions": text, "seen": seen}, headers=HOST)
    taken = time.perf_counter() - start
    if answer.status_code != 302:
        raise AssertionError(f"{url} answered {answer.status_code}")
    return taken
