"""The steps of one import: columns, check, result, undo."""

from __future__ import annotations

from django import forms as django_forms
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from canone.base.exchange import queries, services
from canone.base.exchange.importers import Importer, Setup, UndoRefusedError
from canone.base.exchange.models import ImportBatch
from canone.base.exchange.rules.rows import RawRow
from canone.base.exchange.services import ImportRefusedError
from canone.base.files import queries as files
from canone.base.tasks import queries as jobs
from canone.base.tasks.models import Job
from canone.config.web.imports import forms as import_forms
from canone.config.web.imports import preview as previews
from canone.config.web.imports import shared
from canone.config.web.imports.forms import ColumnsForm, FileForm
from canone.ui import formats, forms, pages
from canone.ui import jobs as shown_jobs
from canone.ui import progress as progresses
from canone.ui.heads import Action
from canone.ui.pages import PageRequest, page

States = ImportBatch.State
OPEN = (States.DRAFT, States.CHECKED, States.FAILED)


@page(shared.STEP)
def columns(request: PageRequest, pk: int) -> HttpResponse:
    """Ask which column is what; continuing starts the check."""
    batch, importer = shared.batch_of(request.user, pk)
    if batch.state not in OPEN:
        return redirect(shared.url(batch))
    rows, lines = queries.sample(batch)
    form = _columns_form(request, batch, importer, (rows, lines))
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            services.configure(batch, form.choice(), at=now, by=request.user.pk)
            address = shared.url(batch, "import_check")
            services.start_check(batch, url=address, at=now, by=request.user.pk)
        except ImportRefusedError as error:
            form.add_error(None, str(error.message))
        else:
            return redirect(address)
    return forms.render(
        request,
        form,
        shared.head(batch, importer, _discard(batch)),
        forms.Buttons(_("Check the file"), cancel=reverse("imports")),
        template="config/imports/columns.html",
        steps=shared.steps("import_columns", batch),
        batch=batch,
        file_form=FileForm(layout=batch.layout, initial=import_forms.file_initial(batch.layout)),
        preview_url=shared.url(batch, "import_preview"),
    )


@require_POST
@page(shared.STEP)
def preview(request: PageRequest, pk: int) -> HttpResponse:
    """Return the first rows as the form would have them read."""
    batch, importer = shared.batch_of(request.user, pk)
    rows = queries.sample(batch)
    form = _columns_form(request, batch, importer, rows)
    form.is_valid()
    choice = form.choice()
    setup = Setup(
        source=f"file:{choice.source}",
        columns=choice.columns,
        notation=choice.notation,
        options=choice.options,
        at=timezone.now(),
        by=request.user.pk,
    )
    found = previews.of(batch, importer, choice, rows, setup)
    return render(request, "config/imports/preview.html", {"preview": found})


@require_POST
@page(shared.STEP)
def look(request: PageRequest, pk: int) -> HttpResponse:
    """Read the file another way and ask for the columns again."""
    batch, _importer = shared.batch_of(request.user, pk)
    form = FileForm(request.POST, layout=batch.layout)
    if form.is_valid():
        try:
            services.look_again(batch, form.wish())
        except ImportRefusedError as error:
            return pages.done(request, str(error.message), shared.url(batch))
    return redirect(shared.url(batch))


@page(shared.STEP)
def check(request: PageRequest, pk: int) -> HttpResponse:
    """Show how the check goes, then what it found; from here the import starts."""
    batch, importer = shared.batch_of(request.user, pk)
    running = _progress(batch)
    if batch.state == States.DRAFT and not batch.columns:
        return redirect(shared.url(batch, "import_columns"))
    if batch.state not in (*OPEN, States.CHECKING):
        return redirect(shared.url(batch, "import_result"))
    return pages.render(
        request,
        "config/imports/check.html",
        shared.head(batch, importer, _discard(batch) if running is None else []),
        steps=shared.steps("import_check", batch),
        batch=batch,
        running=running,
        refused=shared.REFUSED,
        said=_said(batch),
        failure=batch.message or _failure(batch),
        again=Action(
            _("Check again"), shared.url(batch, "import_recheck"), "sync", post=True, main=True
        ),
        more=max(0, batch.bad - len({problem["row"] for problem in batch.problems})),
    )


@require_POST
@page(shared.STEP)
def recheck(request: PageRequest, pk: int) -> HttpResponse:
    """Start the check once more."""
    batch, _importer = shared.batch_of(request.user, pk)
    address = shared.url(batch, "import_check")
    try:
        services.start_check(batch, url=address, at=timezone.now(), by=request.user.pk)
    except ImportRefusedError as error:
        return pages.done(request, str(error.message), shared.url(batch))
    return redirect(address)


@require_POST
@page(shared.STEP)
def write(request: PageRequest, pk: int) -> HttpResponse:
    """Start the import, or go on with one that was stopped."""
    batch, _importer = shared.batch_of(request.user, pk)
    address = shared.url(batch, "import_result")
    try:
        services.start_write(
            batch,
            good_only="good_only" in request.POST,
            url=address,
            at=timezone.now(),
            by=request.user.pk,
        )
    except ImportRefusedError as error:
        return pages.done(request, str(error.message), shared.url(batch))
    return redirect(address)


@page(shared.STEP)
def result(request: PageRequest, pk: int) -> HttpResponse:
    """Show how the import goes, then what it brought; from here it can be taken back."""
    batch, importer = shared.batch_of(request.user, pk)
    running = _progress(batch)
    if running is None and batch.state in OPEN:
        return redirect(shared.url(batch))
    actions: list[Action] = []
    if running is None and batch.state in (States.DONE, States.STOPPED) and batch.position:
        actions = [Action(_("Undo the import"), shared.url(batch, "import_undo"), "undo")]
    return pages.render(
        request,
        "config/imports/result.html",
        shared.head(batch, importer, actions),
        steps=shared.steps("import_result", batch),
        batch=batch,
        running=running,
        written=batch.new + batch.changed + batch.known,
        failure=_failure(batch),
        facts=_facts(batch),
    )


@page(shared.STEP)
def progress(request: PageRequest, pk: int) -> HttpResponse:
    """Return the bar of the running pass; the page is shown anew once it has ended."""
    batch, _importer = shared.batch_of(request.user, pk)
    running = _progress(batch)
    if request.headers.get("HX-Request"):
        if running is not None:
            return progresses.fragment(request, running)
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return redirect(shared.url(batch))


@page(shared.STEP)
def problems(request: PageRequest, pk: int) -> HttpResponseBase:
    """Send the list of every fault."""
    batch, _importer = shared.batch_of(request.user, pk)
    if batch.report is None:
        raise Http404
    try:
        content = files.open_file(batch.report)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        content,
        as_attachment=True,
        filename=batch.report.name,
        content_type=batch.report.content_type,
    )


@require_POST
@page(shared.STEP)
def discard(request: PageRequest, pk: int) -> HttpResponse:
    """Throw away an import that has written nothing."""
    batch, _importer = shared.batch_of(request.user, pk)
    try:
        services.discard(batch)
    except ImportRefusedError as error:
        return pages.done(request, str(error.message), shared.url(batch))
    text = _("%(name)s was thrown away; nothing was written.") % {"name": batch.file.name}
    return pages.done(request, text, reverse("imports"))


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = django_forms.CharField(label=gettext_lazy("Reason"), max_length=400)


@page(shared.STEP)
def undo(request: PageRequest, pk: int) -> HttpResponse:
    """Take a whole import back, or say which of its records stand in the way."""
    batch, importer = shared.batch_of(request.user, pk)
    back = shared.url(batch, "import_result")
    form = UndoForm(request.POST or None)
    refused: UndoRefusedError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            count = services.undo(
                batch,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
                by=request.user.pk,
            )
        except UndoRefusedError as error:
            refused = error
        except ImportRefusedError as error:
            form.add_error("reason", str(error.message))
        else:
            words = ngettext("%(n)s record taken back.", "%(n)s records taken back.", count)
            return pages.done(request, words % {"n": formats.number(count)}, back)
    return forms.render(
        request,
        form,
        shared.head(batch, importer),
        forms.Buttons(_("Undo the import"), cancel=back, leave=_("Leave it as it is")),
        template="config/imports/undo.html",
        refused=refused,
        consequences=_("Everything this file brought is taken back, or nothing at all."),
    )


def _columns_form(
    request: PageRequest,
    batch: ImportBatch,
    importer: Importer,
    rows: tuple[list[RawRow], list[int]],
) -> ColumnsForm:
    first = {}
    if request.method != "POST":
        language = get_language() or "it"
        proposal = queries.propose(batch, importer, rows[0], language=language)
        first = import_forms.initial(proposal, "")
    sent = request.POST if request.method == "POST" else None
    return ColumnsForm(sent, importer=importer, batch=batch, rows=rows[0], initial=first)


def _discard(batch: ImportBatch) -> list[Action]:
    return [Action(_("Throw away"), shared.url(batch, "import_discard"), "trash", post=True)]


def _progress(batch: ImportBatch) -> progresses.Progress | None:
    """Return how far the running pass is; None when none runs."""
    job = jobs.active(f"exchange:{batch.pk}")
    if job is None:
        return None
    shown = shown_jobs.progress(job, at=timezone.now())
    return progresses.Progress(
        title=shown.title,
        state=shown.state,
        done=shown.done,
        total=shown.total,
        poll=shared.url(batch, "import_progress"),
        running=True,
        message=shown.message,
        seconds_left=shown.seconds_left,
        stop=shown.stop,
    )


def _failure(batch: ImportBatch) -> str:
    """Return why the last pass ended before its end; empty when it did not."""
    job = Job.objects.filter(pk=batch.job).first() if batch.job else None
    if job is None or job.state not in (Job.State.FAILED, Job.State.CANCELLED):
        return ""
    message = str(shown_jobs.progress(job, at=timezone.now()).message)
    return message or _("It was stopped.")


def _said(batch: ImportBatch) -> str:
    figures = {"bad": formats.number(batch.bad), "total": formats.number(batch.total)}
    words = ngettext(
        "%(bad)s row of %(total)s cannot be read.",
        "%(bad)s rows of %(total)s cannot be read.",
        batch.bad,
    )
    return words % figures


def _facts(batch: ImportBatch) -> list[tuple[str, str]]:
    facts = [
        (_("New"), formats.number(batch.new)),
        (_("Changed"), formats.number(batch.changed)),
        (_("Already there"), formats.number(batch.known)),
    ]
    if batch.bad:
        facts.append((_("Left out, with faults"), formats.number(batch.bad)))
    return facts
