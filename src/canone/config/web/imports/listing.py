"""The list of imports, and the first step: which file, of what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.exchange import importers, queries, services
from canone.base.exchange.models import ImportBatch
from canone.base.files import rules as file_rules
from canone.base.files.services import FileError
from canone.config.web.imports import shared
from canone.ui import forms, lists
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page


def _kind(batch: ImportBatch) -> str:
    return str(importers.get(batch.importer).title)


class ImportTable(lists.Table):
    """The columns of the list of imports."""

    state = lists.StateColumn(gettext_lazy("State"), shared.look)
    name = lists.Name(gettext_lazy("File"), "file__name", link=shared.url, sub=_kind)
    source = lists.Text(gettext_lazy("Source"), "profile__name", span="w3")
    new = lists.Number(gettext_lazy("New"), "new")
    changed = lists.Number(gettext_lazy("Changed"), "changed")
    known = lists.Number(gettext_lazy("Already there"), "known")
    bad = lists.Number(gettext_lazy("Faults"), "bad")
    at = lists.Instant(gettext_lazy("Uploaded"), "created_at", span="w3")
    by = lists.Text(gettext_lazy("By"), "created_by__name", span="w3")


class ImportFilters(lists.FilterSet):
    """The filters of the list of imports."""

    text = lists.TextFilter(gettext_lazy("Text"), ["file__name", "profile__name"])
    state = lists.ChoiceFilter(
        gettext_lazy("State"),
        [(state.value, look.word) for state, look in shared.LOOKS.items()],
        field="state",
    )


class ImportList(lists.List):
    """Every import that the user may see, newest first."""

    key = "config.imports"
    title = gettext_lazy("Imports")
    table, filters, order, file_name = ImportTable, ImportFilters, ("-created_at",), "imports"

    def rows(self) -> QuerySet[ImportBatch]:
        """Return the imports of the importers that the user may use."""
        return queries.batches([importer.key for importer in shared.allowed(self.user)])

    def totals(self, rows: QuerySet[Any]) -> lists.Totals:
        """Return how many there are and what they brought."""
        names = ("new", "changed", "known", "bad")
        sums = rows.order_by().aggregate(count=Count("pk"), **{n: Sum(n) for n in names})
        cells = {name: sums[name] or 0 for name in names}
        foot = lists.Foot(_("Total of the filter"), cells, sum=True)
        return lists.Totals(sums["count"], [foot], data=sums)

    def actions(self) -> Sequence[Action]:
        """Return the button that starts one."""
        return [Action(_("Import a file"), reverse("import_new"), "upload", main=True, key="n")]

    def empty(self) -> lists.Empty:
        """Return what stands here before the first import."""
        text = _(
            "CSV and Excel files of any program are checked first and can be taken back whole."
        )
        return lists.Empty(_("Nothing imported yet"), text, list(self.actions()))

    def row_label(self, record: Any) -> str:
        """Return the name of the file."""
        return str(record.file.name)


@page(shared.LIST)
def imports(request: PageRequest) -> HttpResponseBase:
    """Show all imports."""
    return ImportList(request).response()


class UploadForm(forms.Form):
    """What is imported, and the file."""

    panels = [forms.Panel(gettext_lazy("File"), ["kind", "file"])]
    kind = django_forms.ChoiceField(label=gettext_lazy("What does the file hold?"))
    file = django_forms.FileField(
        label=gettext_lazy("File"),
        widget=django_forms.FileInput(attrs={"accept": ",".join(file_rules.SHEETS.types)}),
        help_text=gettext_lazy("CSV, Excel (xlsx, xls) or OpenDocument; up to 300 MB."),
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["kind"]
        field.choices = choices


@page(shared.STEP)
def new(request: PageRequest, kind: str = "") -> HttpResponse:
    """Take a file; the next page asks which column is what."""
    choices = [(importer.key, importer.title) for importer in shared.allowed(request.user)]
    if not choices:
        raise Http404
    if kind:
        shared.importer_of(request.user, kind)
    form = UploadForm(
        request.POST or None, request.FILES or None, choices=choices, initial={"kind": kind}
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            batch = services.create(
                upload,
                name=upload.name,
                importer=form.cleaned_data["kind"],
                at=timezone.now(),
                by=request.user.pk,
            )
        except (services.ImportRefusedError, FileError) as error:
            form.add_error("file", str(error.message))
        else:
            return redirect(shared.url(batch))
    title = _("Import a file")
    top = Head(title, crumbs=[Link(_("Imports"), reverse("imports")), Link(_("New"))])
    return forms.render(
        request,
        form,
        top,
        forms.Buttons(_("Continue"), cancel=reverse("imports")),
        template="config/imports/new.html",
        steps=shared.steps("import_new"),
    )
