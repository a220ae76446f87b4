"""Background work of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.firm import queries as firm
from canone.base.mail import queries as outbox
from canone.base.tasks.registry import JobError, Work, every, job
from canone.ledgers.invoicing.models import BillingRun, Packet
from canone.ledgers.invoicing.queries import packets as queries
from canone.ledgers.invoicing.queries import planning
from canone.ledgers.invoicing.services import billing, outlooks, packets, posting, runs
from canone.ledgers.invoicing.services.papers import TemplateError
from canone.ledgers.invoicing.services.series import SeriesError
from canone.ui import formats


@job(runs.JOB, title=_("Issue invoices"))
def bill(work: Work) -> None:
    """Issue the documents of the run, some customers at a time.

    How far it came is kept with the documents, so an attempt that was cut short is simply
    repeated, and one that was stopped can be continued.
    """
    run = BillingRun.objects.get(pk=work.params["run"])
    left = _left(run)
    seen = 0
    try:
        while True:
            step = billing.advance(run.pk, at=timezone.now(), by=work.user_id)
            seen += step.customers
            run.refresh_from_db()
            _report(work, run)
            if step.is_last:
                return
            done = now_("Documents: %(count)s") % {"count": run.documents_made}
            work.progress(seen, max(left, seen), done)
    except SeriesError as error:
        raise JobError("\n".join(error.messages)) from error


def _left(run: BillingRun) -> int:
    """Return how many customers the run still has to look at."""
    order, after, found = billing.order_of(run), run.after_customer, 0
    while customers := planning.next_customers(order, after=after, limit=10_000):
        found += len(customers)
        after = customers[-1]
    return found


def _report(work: Work, run: BillingRun) -> None:
    lines = [
        [now_("Documents"), run.documents_made],
        [now_("Total"), formats.money(run.gross)],
        [now_("Left out"), run.left_out_count],
    ]
    url = reverse("invoicing:run", args=[run.pk])
    work.report({"lines": lines, "notes": list(run.remarks), "run": run.pk, "url": url})


@job("invoicing.zip", title=_("All PDFs in one ZIP"))
def zip_papers(work: Work) -> None:
    """Put the PDFs of a packet into one ZIP; PDFs that are there already are not set again."""
    _papers(work)


@job("invoicing.print", title=_("One file to print"))
def print_papers(work: Work) -> None:
    """Put the papers of a packet one behind the other; those that are there are not set again."""
    _papers(work)


@job("invoicing.mail_run", title=_("Mail documents"))
def mail_papers(work: Work) -> None:
    """Mail the documents of a packet; a second attempt mails those that the first did not."""
    packet = Packet.objects.select_related("run").get(pk=work.params["packet"])
    with _understood():
        mailed = posting.mail(packet, tell=_teller(work), at=timezone.now(), by=work.user_id)
    counts = queries.mail_counts(queries.documents(packet))
    lines = [
        [now_("Mailed now"), mailed.sent],
        [now_("Without an address"), counts.get(queries.NO_ADDRESS, 0)],
    ]
    if mailed.meanwhile:
        lines.append([now_("Mailed by somebody else meanwhile"), mailed.meanwhile])
    notes = (
        [] if outbox.is_set_up() else [now_("No mail server is set up: mail waits in the outbox.")]
    )
    work.report({"lines": lines, "notes": notes, "url": _where(packet)})


@every("invoicing.prune_papers", days=1)
@job("invoicing.prune_papers", title=_("Remove old papers"))
def prune_papers(work: Work) -> None:
    """Take away packets that nobody needs any more; documents can be set again at any time."""
    gone = packets.prune(at=timezone.now())
    work.report({"lines": [[now_("Removed"), gone]]})


def _papers(work: Work) -> None:
    packet = Packet.objects.select_related("run").get(pk=work.params["packet"])
    with _understood():
        packets.make(packet, tell=_teller(work), at=timezone.now(), by=work.user_id)
    url = reverse("invoicing:packet", args=[packet.pk])
    work.report({"lines": [[now_("Documents"), packet.count]], "url": url})


def _teller(work: Work) -> packets.Tell:
    def tell(done: int, total: int) -> None:
        work.progress(done, total, now_("Documents: %(count)s") % {"count": done})

    return tell


@contextmanager
def _understood() -> Iterator[None]:
    """Say of a template that cannot be set what is wrong with it."""
    try:
        yield
    except TemplateError as error:
        text = now_("The PDF cannot be made with your template: %(why)s")
        raise JobError(text % {"why": str(error)}) from error


def _where(packet: Packet) -> str:
    if packet.run_id is None:
        return reverse("invoicing:documents")
    return reverse("invoicing:run_documents", args=[packet.run_id])


@every(outlooks.JOB, hours=6)
@job(outlooks.JOB, title=_("Look at what is to invoice"))
def look(work: Work) -> None:
    """Look at what every customer owes and is on no document, and keep it for the pages.

    What was seen is kept with how far it came: an attempt that was cut short goes on.
    """
    at = timezone.now()
    with translation.override(firm.firm().language):
        found = outlooks.begin(day=at.astimezone(firm.zone()).date(), at=at)
        seen = 0
        while count := outlooks.advance(found.pk):
            seen += count
            work.progress(seen, 0, now_("Customers: %(count)s") % {"count": seen})
        outlooks.finish(found.pk, at=timezone.now())
    work.report({"url": reverse("invoicing:unbilled")})
