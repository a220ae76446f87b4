"""The papers of many documents: made, gone on with, fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.base.files import queries as files
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import BillingRun, Document, Packet
from canone.ledgers.invoicing.queries import packets as queries
from canone.ledgers.invoicing.services import packets as services
from canone.ledgers.invoicing.web import mail_log
from canone.ledgers.invoicing.web.documents import DocumentList
from canone.ui import formats, forms, jobs, lists, pages, reading, zones
from canone.ui.heads import Action, Counter, Head, Link
from canone.ui.pages import PageRequest, page
from canone.ui.progress import Progress
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Kind = Packet.Kind
BEGIN: dict[str, StrOrPromise] = {
    Kind.ZIP.value: _("Make the ZIP"),
    Kind.PRINT.value: _("Make the file"),
    Kind.MAIL.value: _("Mail them"),
}
NONE = State("idle", _("Not made yet"))
MADE = State("done", _("Made"))
MAIL_LOOKS = {
    NONE.kind: State("idle", _("Not mailed yet")),
    MADE.kind: State("done", _("Mailed")),
}
MAILED = {
    **{str(state): look for state, look in mail_log.LOOKS.items()},
    queries.READY: State("idle", _("Not sent")),
    queries.NO_ADDRESS: State("warn", _("No address")),
}
CHOICES = [(code, look.word) for code, look in MAILED.items()]


@dataclass(frozen=True, slots=True)
class Papers:
    """One kind of papers as the page of a run shows it."""

    title: StrOrPromise
    state: State
    told: str
    actions: list[Action]
    progress: Progress | None


def of_run(run: BillingRun) -> list[Papers]:
    """Return the papers of a run, by kind; none while nothing is issued."""
    if not run.documents_made:
        return []
    known = queries.last_of_each(run)
    issued = Document.objects.filter(run=run, state=Document.State.ISSUED)
    counts = queries.mail_counts(issued)
    return [_papers(run, kind, known.get(kind), counts) for kind in Kind.values]


def _papers(run: BillingRun, kind: str, packet: Packet | None, counts: dict[str, int]) -> Papers:
    look, told, words = _standing(packet)
    actions = []
    if packet is not None and packet.file is not None:
        fetch = reverse("invoicing:packet", args=[packet.pk])
        actions.append(Action(_("Download"), fetch, "download", download=True))
    if kind == Kind.MAIL:
        told, words = " · ".join(_mailed(counts)), ""
        look = MAIL_LOOKS.get(look.kind, look)
    job = packet.job if packet else None
    is_busy = job is not None and job.is_active
    if not is_busy and (kind != Kind.MAIL or counts.get(queries.READY)):
        url = reverse("invoicing:run_papers", args=[run.pk])
        icon = "mail" if kind == Kind.MAIL else "sync"
        words = words or BEGIN[kind]
        label = f"{words}: {Kind(kind).label}"
        actions.append(Action(words, url, icon, post=True, name="kind", value=kind, label=label))
    progress = jobs.progress(job, at=timezone.now()) if is_busy and job else None
    return Papers(Kind(kind).label, look, told, actions, progress)


def _standing(packet: Packet | None) -> tuple[State, str, StrOrPromise]:
    """Return how a packet stands, what there is to tell of it, and the word to make it again."""
    if packet is None:
        return NONE, "", ""
    if packet.state == Packet.State.DONE:
        return MADE, _told(packet), _("Make it anew")
    job = packet.job
    if job is not None and job.is_active:
        return jobs.state(job), "", ""
    return State("warn", _("Interrupted")), job.error if job else "", _("Go on with it")


def _told(packet: Packet) -> str:
    count = ngettext("%(n)s document", "%(n)s documents", packet.count)
    day = formats.instant(packet.finished_at, zones.zone()) if packet.finished_at else ""
    return f"{count % {'n': formats.number(packet.count)}} · {day}"


def _mailed(counts: dict[str, int]) -> list[str]:
    return [
        f"{look.word}: {formats.number(counts[code])}"
        for code, look in MAILED.items()
        if counts.get(code)
    ]


def mail_state(document: Any) -> State:
    """Return how the mail of a document stands."""
    return MAILED[document.mail_state]


def by_mail(rows: Any, _name: str, value: str) -> Any:
    """Return the documents whose mail stands so."""
    return rows.filter(mail_state=value)


@require_POST
@page(permissions.ISSUE)
def start(request: PageRequest, pk: int) -> HttpResponse:
    """Make papers of a run, or go on making them."""
    run = get_object_or_404(BillingRun, pk=pk)
    kind = request.POST.get("kind", "")
    back = reverse("invoicing:run_documents", args=[pk])
    if kind not in Kind.values:
        return pages.refused(request, now_("Choose which papers are to be made."), back)
    try:
        services.start(kind, run_id=run.pk, at=timezone.now(), by=request.user.pk)
    except ValidationError as error:
        return pages.refused(request, " ".join(error.messages), back)
    return pages.done(request, now_("It is being made: you find it here."), back)


def _chosen(request: PageRequest, kind: str) -> HttpResponse:
    chosen = lists.selected(request, DocumentList)
    ids = list(chosen.rows.values_list("pk", flat=True)[: services.MOST + 1])
    return _begin(request, kind, ids)


def _begin(request: PageRequest, kind: str, ids: list[int]) -> HttpResponse:
    try:
        packet = services.start(kind, ids=ids, at=timezone.now(), by=request.user.pk)
    except ValidationError as error:
        return pages.refused(request, " ".join(error.messages), reverse("invoicing:documents"))
    if packet.job is None:
        raise Http404
    return jobs.started(request, packet.job)


@require_POST
@page(permissions.ISSUE)
def zip_chosen(request: PageRequest) -> HttpResponse:
    """Put the PDFs of chosen documents into one ZIP."""
    return _chosen(request, Kind.ZIP)


@require_POST
@page(permissions.ISSUE)
def print_chosen(request: PageRequest) -> HttpResponse:
    """Put chosen documents into one file to print."""
    return _chosen(request, Kind.PRINT)


@require_POST
@page(permissions.ISSUE)
def mail_chosen(request: PageRequest) -> HttpResponse:
    """Say how many of the chosen documents would be mailed, and mail them when that is said."""
    if "chosen" in request.POST:
        keys = reading.keys(request.POST["chosen"])
        rows: QuerySet[Document] = Document.objects.visible_to(request.user).filter(pk__in=keys)
    else:
        rows = lists.selected(request, DocumentList).rows
    ids = list(rows.values_list("pk", flat=True)[: services.MOST + 1])
    return _begin(request, Kind.MAIL, ids) if "chosen" in request.POST else _ask(request, ids)


def _ask(request: PageRequest, ids: list[int]) -> HttpResponse:
    issued = Document.objects.filter(pk__in=ids, state=Document.State.ISSUED)
    counts = queries.mail_counts(issued)
    ready, without = counts.get(queries.READY, 0), counts.get(queries.NO_ADDRESS, 0)
    if not ready or len(ids) > services.MOST:
        return _begin(request, Kind.MAIL, ids)  # which says why it cannot be
    cells = [
        (ready, _("to mail")),
        (without, _("without an address")),
        (sum(counts.values()) - ready - without, _("mailed before")),
        (len(ids) - sum(counts.values()), _("not issued")),
    ]
    head = Head(
        _("Mail documents"),
        crumbs=[Link(DocumentList.title, reverse("invoicing:documents"))],
        counters=[Counter(formats.number(count), word) for count, word in cells if count],
    )
    consequences = now_(
        "Each goes to its customer, with the PDF attached. What was mailed before is not mailed "
        "again: that is done on the document’s page."
    )
    form = MailForm(initial={"chosen": ",".join(map(str, ids))})
    buttons = forms.Buttons(_("Mail them"), cancel=reverse("invoicing:documents"))
    return forms.render(request, form, head, buttons, consequences=consequences)


class MailForm(forms.Form):
    """Which documents are mailed."""

    chosen = django_forms.CharField(widget=django_forms.HiddenInput)


@page(permissions.ISSUE)
def fetch(request: PageRequest, pk: int) -> HttpResponseBase:  # noqa: ARG001 (whoever may issue)
    """Send the file of a packet; 404 while it is not made, and once it is gone."""
    return sent(pk)


def sent(pk: int) -> HttpResponseBase:
    """Return the file of a packet; 404 without one."""
    packet = get_object_or_404(Packet.objects.select_related("file"), pk=pk)
    if packet.file is None:
        raise Http404
    try:
        content = files.open_file(packet.file)
    except FileNotFoundError as error:
        raise Http404 from error
    kind = packet.file.content_type
    return FileResponse(content, as_attachment=True, filename=packet.file.name, content_type=kind)
