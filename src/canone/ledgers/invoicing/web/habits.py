"""The firm's habits of invoicing: ordinary VAT, stamp duty, due days, posting date."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.firm import queries as firms
from canone.kernel.periods import ONE_DAY, add_months
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import BillingSettings
from canone.ledgers.invoicing.queries import habits as queries
from canone.ledgers.invoicing.services import settings as services
from canone.registers.catalog.models import VatRate
from canone.ui import formats, forms, pages, reading
from canone.ui.heads import Action, Head
from canone.ui.pages import PageRequest, page

PostsOn = BillingSettings.PostsOn


class HabitsForm(forms.Form):
    """What holds wherever nothing else was chosen."""

    panels = (
        forms.Panel(_("Taxation"), ["ordinary_vat", "recharges_stamp"], columns=True),
        forms.Panel(_("Due and posted"), ["due_days", "posts_on"], columns=True),
    )
    ordinary_vat = forms.PickField(
        VatRate.objects.none(),
        label=_("Ordinary VAT"),
        required=False,
        empty_label=_("The highest rate of the country"),
        shown=lambda rate: f"{rate.code} · {rate.title}",
        help_text=_("Of every charge for which neither its article nor its customer says more."),
    )
    recharges_stamp = forms.SwitchField(
        label=_("Charge stamp duty to the customer"),
        help_text=_("Italy: 2.00 where more than 77.47 bears no VAT."),
    )
    due_days = forms.WholeField(
        label=_("Days until due without payment terms"),
        help_text=_("30 is what the law says."),
    )
    posts_on = django_forms.ChoiceField(
        label=_("Posting date that a run proposes"), choices=PostsOn.choices
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rates = queries.ordinary_rates().order_by("code")
        self.fields["ordinary_vat"].queryset = rates  # type: ignore[attr-defined]
        if firms.firm().country.upper() != "IT":
            del self.fields["recharges_stamp"]  # only Italy has that duty


def posting_date(through: str) -> str:
    """Return the posting date that a run through the day proposes; empty for that of issue."""
    if queries.habits().posts_on != PostsOn.MONTH_END:
        return ""
    try:
        day: date = reading.day(through)
    except ValueError:
        return ""
    return formats.date_of(add_months(day.replace(day=1), 1) - ONE_DAY)


@page(permissions.SETTINGS)
def show(request: PageRequest) -> HttpResponse:
    """Show the habits, and change them."""
    row = queries.habits()
    first = {
        "ordinary_vat": row.ordinary_vat_id,
        "recharges_stamp": row.recharges_stamp,
        "due_days": row.due_days,
        "posts_on": row.posts_on,
    }
    form = HabitsForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            services.revise(by=request.user.pk, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return pages.done(request, now_("Saved."), reverse("invoicing:habits"))
    head = Head(
        _("Billing habits"),
        subtitle=_("What holds wherever a customer or a contract says nothing else."),
        actions=[
            Action(_("VAT rates"), reverse("catalog:vat"), "list"),
            Action(_("Payment terms"), reverse("parties:terms"), "euro"),
            Action(_("Series of documents"), reverse("invoicing:series"), "list"),
        ],
    )
    buttons = forms.Buttons(_("Save"), cancel=reverse("start"))
    return forms.render(request, form, head, buttons)
