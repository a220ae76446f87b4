"""The firm's page: who it is, where, in which zone and language it works."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.access.functions import SETTINGS
from canone.base.firm import queries, services
from canone.base.firm.models import Firm
from canone.config import own_firm
from canone.ui import forms, pages, timelines
from canone.ui.heads import Head
from canone.ui.pages import PageRequest, page


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in own_firm.zones()]


class VatChecked(django_forms.BaseForm):
    """Of forms that ask for the firm's VAT number: it must be one of the chosen country."""

    def clean_vat_number(self) -> str:
        """Return the number as it is written without spaces and the country's letters."""
        country = str(self.cleaned_data.get("country", ""))
        return own_firm.vat_number(self.cleaned_data["vat_number"], country)


class FirmForm(VatChecked, forms.ModelForm):
    """The firm's own data."""

    guard = True
    panels = [
        forms.Panel(
            gettext_lazy("The firm"),
            ["name", "country", "vat_number", "tax_code"],
            remark=gettext_lazy("VAT, numbering and texts follow the country"),
        ),
        forms.Panel(
            gettext_lazy("Where it is"),
            ["street", "postcode", "city", "province", "email", "phone"],
            columns=True,
        ),
        forms.Panel(
            gettext_lazy("On invoices"),
            ["iban", "bic", "pays_vat_on_debits"],
            remark=gettext_lazy("Where customers transfer to; printed with a code for their bank"),
        ),
        forms.Panel(gettext_lazy("How it works"), ["time_zone", "language"]),
    ]
    time_zone = django_forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=_zones,
        help_text=gettext_lazy("Decides to which day and month a piece of work belongs."),
    )

    class Meta:
        model = Firm
        fields = [
            *("name", "country", "vat_number", "tax_code", "street", "postcode", "city"),
            *("province", "email", "phone", "iban", "bic", "pays_vat_on_debits"),
            *("time_zone", "language"),
        ]
        help_texts = {
            "language": gettext_lazy("Of documents and messages, unless the customer's."),
            "bic": gettext_lazy("Only for banks outside the euro area; otherwise leave it empty."),
            "pays_vat_on_debits": gettext_lazy("Printed on the invoices."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        country = str(self["country"].value())
        self.fields["province"].label = queries.province(country)
        if own_firm.asks_about_debits(country):
            self.fields["tax_code"].label = "SIREN, SIRET"
        else:
            del self.fields["pays_vat_on_debits"]

    def clean_iban(self) -> str:
        """Return the number without spaces; its check digits must be right."""
        return own_firm.iban(self.cleaned_data["iban"])

    def clean_bic(self) -> str:
        """Return the code in capital letters; it must have the shape of one."""
        return own_firm.bic(self.cleaned_data["bic"])


@page(SETTINGS)
def firm(request: PageRequest) -> HttpResponse:
    """Show and change the firm."""
    now = queries.firm()
    form = FirmForm(request.POST or None, instance=now)
    head = Head(_("Firm"))
    if request.method == "POST":
        conflict = form.conflict(who=lambda: timelines.last_change(now))
        if conflict:
            return forms.conflicted(request, form, conflict, head, reload=request.path)
        if form.is_valid() and _saved(form):
            return pages.done(request, _("Saved."), reverse("firm"))
    history = timelines.of(now) if now.pk else []
    buttons = forms.Buttons(_("Save"), cancel=reverse("start"))
    return forms.render(request, form, head, buttons, "config/firm.html", history=history)


def _saved(form: FirmForm) -> bool:
    said = form.cleaned_data
    values = {name: said[name] for name in services.FIELDS if name in said}
    try:
        own_firm.revise(values)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
