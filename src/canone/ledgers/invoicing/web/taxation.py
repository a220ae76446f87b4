"""How one customer is taxed: usual VAT, split payment, what it withholds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.history import queries as history
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import TaxProfile
from canone.ledgers.invoicing.queries import taxation as queries
from canone.ledgers.invoicing.services import settings as services
from canone.ledgers.invoicing.web import looks
from canone.registers.catalog.models import VatRate
from canone.registers.parties.models import Party
from canone.ui import formats, forms, pages, zones
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page

POINTS = 10_000
"""Basis points of the whole."""
ITALIAN = ("split_since", "split_until", "withholding")


class TaxationForm(forms.ModelForm):
    """What is not as usual with one customer."""

    guard = True
    panels = (
        forms.Panel(_("VAT"), ["vat"]),
        forms.Panel(
            _("Split payment"),
            ["split_since", "split_until"],
            columns=True,
            remark=_("Public bodies, and firms they control, pay the VAT to the State themselves."),
        ),
        forms.Panel(
            _("Withholding"),
            ["withholding"],
            remark=_("Excludes split payment: a customer has one of them, or neither."),
        ),
    )
    vat = forms.PickField(
        VatRate.objects.none(),
        label=_("Usual VAT"),
        required=False,
        empty_label=_("As usual"),
        shown=lambda rate: f"{rate.code} · {rate.title}",
        help_text=_(
            "For a declaration of intent, or a business abroad: what its place of service says."
        ),
    )
    split_since = forms.DateField(label=_("Split payment since"), required=False)
    split_until = forms.DateField(
        label=_("Until"), required=False, help_text=_("The last day; empty while it holds.")
    )
    withholding = forms.PercentField(
        label=_("What the customer withholds"),
        required=False,
        minimum=Fraction(0),
        maximum=Fraction(1),
        help_text=_("4 for a condominium. Of the net amount."),
    )

    class Meta:
        model = TaxProfile
        fields = ("vat", "split_since", "split_until")

    def __init__(self, *args: Any, **options: Any) -> None:
        kept: TaxProfile = options["instance"]
        share = Fraction(kept.withholding_bp, POINTS) if kept.withholding_bp else None
        options["initial"] = {"withholding": share}
        super().__init__(*args, **options)
        self.fields["vat"].queryset = queries.rates(kept).order_by("code")  # type: ignore[attr-defined]
        if not queries.has_italian_ways():
            for name in ITALIAN:
                del self.fields[name]

    def validate_constraints(self) -> None:
        """Leave it to the service, which sees the withholding that this row does not have yet."""

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = dict(self.cleaned_data)
        data.pop("seen", None)
        if "withholding" in data:
            data["withholding_bp"] = int((data.pop("withholding") or Fraction(0)) * POINTS)
        return data

    def refuse(self, error: ValidationError) -> None:
        """Put what the service refuses at the fields of the page."""
        for name, found in error.update_error_dict({}).items():
            field = "withholding" if name == "withholding_bp" else name
            self.add_error(field if field != NON_FIELD_ERRORS else None, found)


def _last_change(row: TaxProfile) -> tuple[str, str]:
    changes = history.timeline(row, limit=1)
    if not changes:
        return "", ""
    return changes[0].who, formats.instant(changes[0].when, zones.zone())


@page(permissions.SETTINGS)
def of_customer(request: PageRequest, pk: int) -> HttpResponse:
    """Show how one customer is taxed, and change it."""
    customer = get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    form = TaxationForm(request.POST or None, instance=queries.profile(customer.pk))
    back = looks.party_url(customer.pk, request.user)
    head = Head(_("Taxation"), subject=Link(customer.name, back))
    if request.method == "POST":
        conflict = form.conflict(who=lambda: _last_change(form.instance))
        if conflict:
            return forms.conflicted(request, form, conflict, head, reload=request.path)
        if form.is_valid():
            try:
                services.tax(customer_id=customer.pk, by=request.user.pk, **form.values())
            except ValidationError as error:
                form.refuse(error)
            else:
                return pages.done(request, now_("Saved."), back or request.path)
    return forms.render(request, form, head, forms.Buttons(_("Save"), cancel=back))
