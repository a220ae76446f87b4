"""The series of numbers of documents: which there are, and where a new one begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.access.functions import SETTINGS
from canone.base.firm import queries as firms
from canone.base.numbering import queries, services
from canone.base.numbering.models import Counter
from canone.ui import forms, pages, zones
from canone.ui.heads import Head
from canone.ui.pages import PageRequest, page
from canone.ui.wizards import ShownStep

INVOICES = {"it": "FT", "fr": "FA"}
"""How a series of invoices is usually called."""


class SeriesForm(forms.Form):
    """A series and how far it came elsewhere."""

    panels = [forms.Panel(gettext_lazy("Begin a series"), ["series", "number", "day"])]
    series = django_forms.CharField(
        label=gettext_lazy("Series"),
        max_length=10,
        validators=[services.NAME],
        help_text=gettext_lazy("A short name of the documents that are numbered together."),
    )
    number = forms.WholeField(
        label=gettext_lazy("Last number given elsewhere this year"),
        initial=0,
        help_text=gettext_lazy("0: the series begins here, with number 1."),
    )
    day = forms.DateField(
        label=gettext_lazy("Date of that document"),
        required=False,
        help_text=gettext_lazy("No later document may bear an earlier date."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["series"].initial = INVOICES[firms.firm().country]


@page(SETTINGS)
def show(request: PageRequest) -> HttpResponse:
    """Show every series, and begin another."""
    return edit(request, after=reverse("numbers"))


def edit(
    request: PageRequest,
    *,
    after: str,
    template: str = "config/numbers.html",
    steps: Sequence[ShownStep] = (),
) -> HttpResponse:
    """Return the form; `after` is where it leads when all is kept."""
    form = SeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (begun := _begun(form)):
        text = _("Series %(name)s goes on with %(next)s.")
        values = {"name": begun.series, "next": f"{begun.year}/{begun.number + 1}"}
        return pages.done(request, text % values, after)
    head = Head(_("Series of numbers"), subtitle=_("Each begins every year with 1 again."))
    leave = _("Skip") if steps else ""
    cancel = after if steps else reverse("start")
    buttons = forms.Buttons(_("Begin the series"), cancel=cancel, leave=leave)
    parts = {"steps": steps, "series": queries.series()}
    return forms.render(request, form, head, buttons, template, **parts)


def _begun(form: SeriesForm) -> Counter | None:
    today = timezone.now().astimezone(zones.zone()).date()
    try:
        return services.take_up(**form.cleaned_data, today=today)
    except ValidationError as error:
        form.add_error(None, error)
        return None
