"""One run: how far it is, what it issued, what it left out; and all runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, cast

from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import BillingRun, Document, DocumentQuerySet, RunLeftOut
from canone.ledgers.invoicing.queries import documents as queries
from canone.ledgers.invoicing.queries.packets import with_mail
from canone.ledgers.invoicing.services import runs as services
from canone.ledgers.invoicing.web import cockpit_looks, packets, run_looks
from canone.ledgers.invoicing.web.documents import DocumentFilters, DocumentList, DocumentTable
from canone.ledgers.invoicing.web.runs import crumbs, steps
from canone.ui import formats, jobs, lists, origins, pages, slots, zones
from canone.ui.heads import Action, Counter, Head, Link, Note
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

PAGE = "invoicing.run"


def state(run: BillingRun) -> State:
    """Return where a run stands."""
    if run.state == BillingRun.State.DONE:
        return State("done", _("Done"))
    if run.job is not None and run.job.is_active:
        return jobs.state(run.job)
    return State("warn", _("Interrupted"))


def title(run: BillingRun) -> str:
    """Return what the run is called."""
    return now_("Billing through %(day)s") % {"day": formats.date_of(run.through)}


def url(run: BillingRun) -> str:
    """Return the address of a run."""
    return reverse("invoicing:run", args=[run.pk])


class RunTable(lists.Table):
    """What the list of runs shows."""

    state = lists.StateColumn(_("State"), state)
    through = lists.Name(
        _("Through"), lambda run: formats.date_of(run.through), link=url, sort="through"
    )
    day = lists.Date(_("Date of the invoices"), "issue_date")
    documents = lists.Number(_("Documents"), "documents_made")
    charges = lists.Number(_("Charges"), "charges_made")
    left = lists.Number(_("Left aside"), "left_out_count")
    net = lists.Money(_("Net"), "net")
    gross = lists.Money(_("Total"), "gross")
    by = lists.Text(
        _("Started by"),
        lambda run: run.created_by.get_full_name() if run.created_by else "",
        sort="created_by__name",
    )
    at = lists.Instant(_("Started"), "created_at")


class RunFilters(lists.FilterSet):
    """How runs are searched."""

    state = lists.ChoiceFilter(_("State"), BillingRun.State.choices, field="state")
    start = lists.DayFilter(_("From"), field="issue_date", first=True)
    end = lists.DayFilter(_("To"), field="issue_date", first=False)


class RunList(lists.List):
    """All runs, the last first."""

    key = "invoicing.runs"
    title = _("Billing runs")
    table, filters = RunTable, RunFilters
    order = ("-created_at",)
    file_name = "runs"

    def rows(self) -> QuerySet[BillingRun]:
        """Return the runs."""
        return BillingRun.objects.select_related("job", "created_by")

    def totals(self, rows: QuerySet[BillingRun]) -> lists.Totals:
        """Return what they issued."""
        names = ("documents_made", "charges_made", "left_out_count", "net", "gross")
        found = rows.aggregate(Count("pk"), **{name: Sum(name) for name in names})
        cells = {
            "documents": found["documents_made"] or 0,
            "charges": found["charges_made"] or 0,
            "left": found["left_out_count"] or 0,
            "net": found["net"] or Money(0),
            "gross": found["gross"] or Money(0),
        }
        foot = lists.Foot(_("Total of the filter"), cells, sum=True)
        return lists.Totals(found["pk__count"], [foot])

    def actions(self) -> Sequence[Action]:
        """Return the beginning of a run."""
        return [begin()]

    def row_label(self, record: Any) -> str:
        """Return what the run is called."""
        return title(record)

    def empty(self) -> lists.Empty:
        """Return what would stand here."""
        text = now_("A run shows everything that is due before it issues anything.")
        return lists.Empty(now_("No run yet"), text, self.actions())


def begin() -> Action:
    """Return the button that begins a run."""
    return Action(_("Bill what is due"), reverse("invoicing:run_new"), "right", main=True, key="n")


@page(permissions.ISSUE)
def runs(request: PageRequest) -> HttpResponseBase:
    """Show all runs."""
    return RunList(request).response()


@page(permissions.ISSUE)
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Show how far a run is, and what it came to."""
    run = _find(pk)
    is_done = run.state == BillingRun.State.DONE
    job = run.job if run.job is not None and run.job.is_active else None
    documents = reverse("invoicing:run_documents", args=[pk])
    left = reverse("invoicing:run_left_out", args=[pk])
    actions = list(slots.actions(PAGE, request.user, pk))
    if run.documents_made:
        words = _("Show the documents")
        actions.append(Action(words, documents, "right", main=is_done))
    if not is_done and job is None:
        again = reverse("invoicing:run_resume", args=[pk])
        actions.append(Action(_("Go on with it"), again, "sync", main=True, post=True))
    head = Head(
        title(run),
        crumbs=crumbs(Link(str(run.pk))),
        state=state(run),
        counters=[
            Counter(
                formats.number(run.documents_made),
                ngettext("document", "documents", run.documents_made),
                documents,
            ),
            Counter(formats.money(run.net), _("net")),
            Counter(formats.money(run.gross), _("total")),
            Counter(formats.number(run.left_out_count), _("left aside"), left),
        ],
        actions=actions,
        notes=_notes(run, is_stopped=not is_done and job is None),
    )
    codes = run.left_out.order_by().values_list("code").annotate(Count("pk"), Sum("amount"))
    return pages.render(
        request,
        "invoicing/run.html",
        head,
        run=run,
        steps=steps(2),
        sums=[
            (queries.KINDS[one.kind], one) for one in queries.sums(Document.objects.filter(run=run))
        ],
        progress=jobs.progress(job, at=timezone.now()) if job else None,
        reasons=[
            (
                run_looks.state_of(code),
                cockpit_looks.word(code),
                f"{left}?code={code}",
                count,
                amount,
            )
            for code, count, amount in sorted(codes, key=lambda row: -row[1])
        ],
        facts=_facts(run),
        papers=packets.of_run(run),
    )


def _find(pk: int) -> BillingRun:
    return get_object_or_404(BillingRun.objects.select_related("job", "created_by"), pk=pk)


def _notes(run: BillingRun, *, is_stopped: bool) -> list[Note]:
    notes = [Note("warn", str(remark)) for remark in run.remarks]
    if is_stopped:
        text = _("What is issued is complete. Going on with it issues the rest and nothing twice.")
        notes.append(Note("todo", text))
    if run.job is not None and run.job.state == run.job.State.FAILED and run.job.error:
        notes.append(Note("stop", run.job.error))
    return notes


def _facts(run: BillingRun) -> list[tuple[object, object]]:
    who = run.created_by.get_full_name() if run.created_by else ""
    kinds = ", ".join(str(origins.kind_word(kind)) for kind in run.filters.get("kinds", ()))
    found: list[tuple[object, object]] = [
        (_("Date of the invoices"), formats.date_of(run.issue_date)),
        (_("Posting date"), formats.date_of(run.posting_date)),
        (_("Series"), f"{run.series}, {run.credit_series}"),
        (_("Customers"), len(run.filters.get("customers", ())) or ""),
        (_("Kinds of charges"), kinds),
        (_("Left out by hand"), len(run.filters.get("without", ())) or ""),
        (_("Started by"), who),
        (_("Started"), run.created_at),
        (_("Finished"), run.finished_at or ""),
    ]
    return [(word, _instant(value)) for word, value in found if value]


def _instant(value: Any) -> object:
    return formats.instant(value, zones.zone()) if isinstance(value, datetime) else value


@require_POST
@page(permissions.ISSUE)
def resume(request: PageRequest, pk: int) -> HttpResponse:
    """Go on with a run that was stopped."""
    run = _find(pk)
    if run.state != BillingRun.State.DONE:
        services.resume(run_id=run.pk, at=timezone.now(), by=request.user.pk)
    return redirect("invoicing:run", pk)


class RunDocumentTable(DocumentTable):
    """The documents of a run, with how their mail stands."""

    mail = lists.StateColumn(_("E-mail"), packets.mail_state)


class RunDocumentFilters(DocumentFilters):
    """How the documents of a run are searched."""

    mail = lists.ChoiceFilter(_("E-mail"), packets.CHOICES, method=packets.by_mail)


class RunDocumentList(DocumentList):
    """The documents of one run, in the order of their numbers."""

    key = "invoicing.run_documents"
    table, filters = RunDocumentTable, RunDocumentFilters
    template = "invoicing/run_documents.html"
    order: ClassVar[tuple[str, ...]] = ("series", "number")
    file_name = "run"

    @property
    def run(self) -> BillingRun:
        """The run of this address."""
        match = self.request.resolver_match
        return _find(int(match.kwargs["pk"]) if match else 0)

    def rows(self) -> QuerySet[Document]:
        """Return what the run issued."""
        return with_mail(cast("DocumentQuerySet", super().rows().filter(run=self.run)))

    def head(self, totals: lists.Totals) -> Head:
        """Return the run's name and what can be done with its documents."""
        run = self.run
        return Head(
            title(run),
            crumbs=crumbs(Link(str(run.pk), url(run)), Link(now_("Sending"))),
            state=state(run),
            actions=[*slots.actions(PAGE, self.user, run.pk), *slots.actions(self.key, self.user)],
            counters=self.counters(totals),
        )

    def bulk(self) -> Sequence[lists.Bulk]:
        """Return nothing: the papers of the whole run stand above the list."""
        return ()

    def extra(self) -> dict[str, Any]:
        """Return the steps and the run."""
        run = self.run
        return {
            "steps": steps(3, "", "", url(run)),
            "run": run,
            "papers": packets.of_run(run),
        }

    def empty(self) -> lists.Empty:
        """Return that nothing was issued."""
        return lists.Empty(now_("This run issued nothing"))


class LeftOutTable(lists.Table):
    """What a run left out."""

    state = lists.StateColumn(_("State"), lambda one: run_looks.state_of(one.code))
    customer = lists.Name(
        _("Customer"),
        lambda one: one.customer.name,
        link=lambda one: reverse("parties:detail", args=[one.customer_id]),
        sub=lambda one: one.title,
        sort="customer__name",
    )
    reason = lists.Text(_("Reason"), cockpit_looks.reason, span="w6")
    amount = lists.Money(_("Net"), "amount")
    action = lists.Actions(cockpit_looks.mend)


class LeftOutFilters(lists.FilterSet):
    """How what was left out is searched."""

    text = lists.TextFilter(_("Text"), ["customer__name", "title"], hint=_("customer, what"))
    code = lists.ChoiceFilter(_("Reason"), cockpit_looks.reasons, field="code")


class LeftOutList(lists.List):
    """What one run left out."""

    key = "invoicing.left_out"
    title = _("Left aside")
    table, filters = LeftOutTable, LeftOutFilters
    order = ("customer__name",)
    file_name = "left-out"

    @property
    def run(self) -> BillingRun:
        """The run of this address."""
        match = self.request.resolver_match
        return _find(int(match.kwargs["pk"]) if match else 0)

    def rows(self) -> QuerySet[RunLeftOut]:
        """Return what the run left out."""
        return self.run.left_out.select_related("customer")

    def totals(self, rows: QuerySet[RunLeftOut]) -> lists.Totals:
        """Return what it would have come to."""
        found = rows.aggregate(Count("pk"), amount=Sum("amount"))
        cells = {"amount": found["amount"] or Money(0)}
        foot = lists.Foot(_("Total of the filter"), cells, sum=True)
        return lists.Totals(found["pk__count"], [foot])

    def head(self, totals: lists.Totals) -> Head:  # noqa: ARG002 (of every list)
        """Return the run's name."""
        run = self.run
        return Head(self.title, crumbs=crumbs(Link(title(run), url(run))))

    def row_label(self, record: Any) -> str:
        """Return customer and what."""
        return f"{record.customer.name}, {record.title}"

    def empty(self) -> lists.Empty:
        """Return that nothing was left out."""
        return lists.Empty(now_("This run left nothing out"))


@page(permissions.ISSUE)
def documents(request: PageRequest, pk: int) -> HttpResponseBase:  # noqa: ARG001 (by the address)
    """Show the documents of a run, and what sends them."""
    return RunDocumentList(request).response()


@page(permissions.ISSUE)
def left_out(request: PageRequest, pk: int) -> HttpResponseBase:  # noqa: ARG001 (by the address)
    """Show what a run left out."""
    return LeftOutList(request).response()
