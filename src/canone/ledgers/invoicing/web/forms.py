"""The forms of charges."""

from __future__ import annotations

from fractions import Fraction
from uuid import uuid4

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.kernel.money import Money, UnitPrice
from canone.ledgers.invoicing.services.manual import Written
from canone.ledgers.invoicing.web import customers
from canone.registers.catalog.models import VatRate
from canone.ui import forms, reading


class ChargeForm(forms.Form):
    """A charge by hand."""

    panels = (
        forms.Panel(_("What"), ["customer", "description"]),
        forms.Panel(_("How much"), ["quantity", "unit", "unit_price", "vat"], columns=True),
        forms.Panel(_("When"), ["first_day", "last_day"], columns=True),
    )
    key = django_forms.CharField(widget=django_forms.HiddenInput, max_length=40)
    customer = customers.customer_field(url_name="parties:pick_active")
    description = django_forms.CharField(label=_("Description"), max_length=400)
    quantity = forms.NumberField(label=_("Quantity"), initial=1)
    unit = django_forms.CharField(
        label=_("Unit"), max_length=12, required=False, help_text=_("Such as h, km, pz.")
    )
    unit_price = forms.UnitPriceField(
        label=_("Unit price"), help_text=_("Before VAT. A discount is a negative price.")
    )
    vat = forms.PickField(
        VatRate.objects.none(),
        label=_("VAT"),
        required=False,
        empty_label=_("As the customer’s document says"),
        shown=lambda rate: f"{rate.code} · {rate.title}",
    )
    first_day = forms.DateField(label=_("First day"))
    last_day = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Empty: the first day alone.")
    )

    def __init__(self, *args: object, user: User, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["customer"].queryset = customers.in_use(user)  # type: ignore[attr-defined]
        rates = VatRate.objects.filter(is_active=True).order_by("code")
        self.fields["vat"].queryset = rates  # type: ignore[attr-defined]
        self.initial.setdefault("key", uuid4().hex)

    @property
    def amount(self) -> Money | None:
        """What it comes to, as far as quantity and price are readable."""
        self.full_clean()
        quantity = self.cleaned_data.get("quantity")
        price = self.cleaned_data.get("unit_price")
        if quantity is None or not isinstance(price, UnitPrice):
            return None
        return price.times(Fraction(quantity))

    def written(self) -> Written:
        """Return what was written."""
        data = self.cleaned_data
        return Written(
            data["customer"],
            data["description"],
            data["quantity"],
            data["unit"],
            data["unit_price"],
            data["vat"],
            data["first_day"],
            data["last_day"] or data["first_day"],
        )


class ReasonForm(forms.Form):
    """Why charges are reversed, and which."""

    ids = django_forms.CharField(widget=django_forms.HiddenInput)
    back = django_forms.CharField(widget=django_forms.HiddenInput, required=False)
    reason = django_forms.CharField(
        label=_("Reason"),
        max_length=400,
        help_text=_("It stays on record beside the reversal."),
    )

    def clean_ids(self) -> list[int]:
        """Return the numbers of the charges."""
        return reading.keys(self.cleaned_data["ids"])
