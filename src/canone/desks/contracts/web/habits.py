"""The page of what new contracts and lines begin with."""

from __future__ import annotations

from django import forms as django_forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.permissions import SETTINGS
from canone.desks.contracts.queries import habits as queries
from canone.desks.contracts.services import habits as services
from canone.ui import forms, pages
from canone.ui.heads import Head
from canone.ui.pages import PageRequest, page


class HabitsForm(forms.Form):
    """What new ones begin with."""

    panels = (forms.Panel(_("New contracts and lines"), ["arrears_on", "day_basis"], columns=True),)
    arrears_on = django_forms.ChoiceField(
        label=_("Invoice date in arrears"), choices=Contract.Arrears.choices
    )
    day_basis = django_forms.ChoiceField(
        label=_("Parts are measured in"), choices=Line.Basis.choices
    )


@page(SETTINGS)
def show(request: PageRequest) -> HttpResponse:
    """Show the habits, and change them."""
    row = queries.habits()
    first = {"arrears_on": row.arrears_on, "day_basis": row.day_basis}
    form = HabitsForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        services.revise(by=request.user.pk, **form.cleaned_data)
        return pages.done(request, now_("Saved."), reverse("contracts:habits"))
    text = _("What new contracts and lines begin with; those that are there keep theirs.")
    head = Head(_("Habits with contracts"), subtitle=text)
    buttons = forms.Buttons(_("Save"), cancel=reverse("contracts:list"))
    return forms.render(request, form, head, buttons)
