"""The series of documents: which number what, how far they came, and a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Document, Series
from canone.ledgers.invoicing.models.settings import CODE
from canone.ledgers.invoicing.queries import series as queries
from canone.ledgers.invoicing.services.series import save as keep
from canone.ledgers.invoicing.web.days import today
from canone.ui import forms, lists, pages
from canone.ui.heads import Action, Head, Link, Note
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

FLAGS = (
    ("for_invoices", _("Invoices")),
    ("for_credit_notes", _("Credit notes")),
    ("for_pro_formas", _("Pro-forma invoices")),
)
ACTIVE, CLOSED = State("done", _("In use")), State("idle", _("Closed"))


def _kinds(row: Any) -> str:
    return ", ".join(str(word) for name, word in FLAGS if getattr(row, name))


def _url(row: Any) -> str:
    return reverse("invoicing:series_edit", args=[row.pk])


class SeriesTable(lists.Table):
    """One series a row."""

    state = lists.StateColumn(
        _("State"), lambda row: ACTIVE if row.is_active else CLOSED, sort=("is_active",)
    )
    code = lists.Name(_("Series"), "code", link=_url, sub=lambda row: row.title, sort="code")
    kinds = lists.Text(_("Documents"), _kinds, sort=())
    default = lists.Yes(_("Used unless another is chosen"), "is_default")
    count = lists.Number(_("Documents this year"), lambda row: row.came.documents)
    last = lists.Number(_("Last number"), lambda row: row.came.number or None)
    day = lists.Date(_("Date of the last"), lambda row: row.came.day, sort=())
    next = lists.Number(_("Next number"), lambda row: row.came.number + 1)


class SeriesList(lists.List):
    """All series with how far they came this year."""

    key = "invoicing.series"
    title = _("Series of documents")
    table, order, file_name = SeriesTable, ("code",), "series"

    @cached_property
    def came(self) -> dict[str, queries.Last]:
        """How far each came this year."""
        return queries.last_of(today().year)

    def rows(self) -> QuerySet[Series]:
        """Return all series."""
        return Series.objects.all()

    def shown_table(self, page: Sequence[Any]) -> lists.Table:
        """Return the table, told how far each series came."""
        for row in page:
            row.came = self.came.get(row.code, queries.NONE)
        return super().shown_table(page)

    def export(self) -> Any:
        """Yield the rows with how far they came."""
        columns = [(name, column) for name, column in self._carried().items() if column.exported]
        for row in self.ordered():
            row.came = self.came.get(row.code, queries.NONE)
            yield [column.export_value(row, name) for name, column in columns]

    def actions(self) -> Sequence[Action]:
        """Return the way to a new series, and to numbers given elsewhere."""
        elsewhere = reverse("numbers")
        return [
            Action(_("Numbers given elsewhere"), elsewhere, "upload"),
            Action(_("New series"), reverse("invoicing:series_new"), "plus", key="n", main=True),
        ]

    def row_label(self, record: Series) -> str:
        """Return the code."""
        return record.code

    def empty(self) -> lists.Empty:
        """Return that the usual ones begin by themselves."""
        text = now_(
            "The usual series of your country begins by itself with the first document. "
            "Begin your own here, one for each kind of document or branch."
        )
        return lists.Empty(now_("No series yet"), text, self.actions())


class SeriesForm(forms.Form):
    """A series and what it numbers."""

    panels = (
        forms.Panel(_("Series"), ["code", "title"], columns=True),
        forms.Panel(
            _("Numbers"),
            [name for name, _word in FLAGS],
            _("pro-formas have a series of their own"),
        ),
        forms.Panel(_("Use"), ["is_default", "is_active"], columns=True),
    )
    code = django_forms.CharField(
        label=_("Code"),
        max_length=6,
        help_text=_("Up to six letters and digits; it stands before every number."),
    )
    title = django_forms.CharField(label=_("Description"), max_length=80, required=False)
    for_invoices = forms.SwitchField(label=_("Invoices"))
    for_credit_notes = forms.SwitchField(label=_("Credit notes"))
    for_pro_formas = forms.SwitchField(label=_("Pro-forma invoices"))
    is_default = forms.SwitchField(label=_("Used unless another is chosen"))
    is_active = forms.SwitchField(label=_("In use"), initial=True)

    def clean_code(self) -> str:
        """Return the code in capitals."""
        code = str(self.cleaned_data["code"]).strip().upper()
        CODE(code)
        return code


@page(permissions.SETTINGS)
def listing(request: PageRequest) -> HttpResponseBase:
    """Show all series."""
    return SeriesList(request).response()


@page(permissions.SETTINGS)
def new(request: PageRequest) -> HttpResponse:
    """Begin a series."""
    return _form(request, None)


@page(permissions.SETTINGS)
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a series; the name of one that documents bear stays."""
    return _form(request, get_object_or_404(Series, pk=pk))


def _form(request: PageRequest, row: Series | None) -> HttpResponse:
    names = ("code", "title", *(name for name, _word in FLAGS), "is_default", "is_active")
    first = {name: getattr(row, name) for name in names} if row else None
    form = SeriesForm(request.POST or None, initial=first)
    back = reverse("invoicing:series")
    if request.method == "POST" and form.is_valid():
        key = row.pk if row else None
        try:
            kept = keep(by=request.user.pk, series_id=key, **form.cleaned_data)
        except ValidationError as error:
            _tell(form, error)
        else:
            return pages.done(request, now_("Series %(code)s saved.") % {"code": kept.code}, back)
    notes = []
    if row and Document.objects.filter(series=row.code).exists():
        text = now_(
            "Its numbers follow each other by themselves, whatever is changed here: none is left "
            "out and none is given twice. Its name stays, because documents bear it."
        )
        notes.append(Note("done", text, "lock"))
    title = row.code if row else now_("New series")
    head = Head(title, crumbs=[Link(_("Series of documents"), back), Link(title)], notes=notes)
    buttons = forms.Buttons(_("Save"), cancel=back)
    return forms.render(request, form, head, buttons)


def _tell(form: SeriesForm, error: ValidationError) -> None:
    """Put the service's faults to their fields; what has no field goes on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, texts in error.message_dict.items():
        form.add_error(name if name in form.fields else None, texts)
