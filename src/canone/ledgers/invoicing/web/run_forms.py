"""What a run is asked to do."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.ledgers.invoicing.models import Series
from canone.ledgers.invoicing.queries import series
from canone.ledgers.invoicing.rules.documents import Kind
from canone.ledgers.invoicing.rules.orders import Order
from canone.ledgers.invoicing.web import customers
from canone.ledgers.invoicing.web.days import today
from canone.registers.parties.models import Zone
from canone.ui import formats, forms, origins


class ChoiceForm(forms.Form):
    """Through when, on which date, and for whom."""

    panels = (
        forms.Panel(_("Dates"), ["through", "issue_date", "posting_date"], columns=True),
        forms.Panel(
            _("Only some"),
            ["customer", "zone", "kinds"],
            remark=_("leave empty to bill everything that is due"),
        ),
        forms.Panel(_("Numbers"), ["series", "credit_series"], columns=True),
    )
    through = forms.DateField(
        label=_("Bill through"), help_text=_("The last day whose charges come along.")
    )
    issue_date = forms.DateField(
        label=_("Date of the invoices"), help_text=_("Today at the latest.")
    )
    posting_date = forms.DateField(
        label=_("Posting date"), required=False, help_text=_("Empty: the date of the invoices.")
    )
    customer = customers.customer_field(required=False)
    zone = forms.PickField(
        Zone.objects.none(),
        label=_("Zone"),
        required=False,
        empty_label=_("All"),
        shown=lambda zone: zone.name,
    )
    kinds = django_forms.MultipleChoiceField(
        label=_("Kinds of charges"),
        required=False,
        choices=origins.kinds,
        widget=django_forms.CheckboxSelectMultiple,
    )
    series = forms.PickField(
        Series.objects.none(),
        label=_("Series of invoices"),
        required=False,
        empty_label=_("The usual one"),
        to_field_name="code",
    )
    credit_series = forms.PickField(
        Series.objects.none(),
        label=_("Series of credit notes"),
        required=False,
        empty_label=_("The usual one"),
        to_field_name="code",
    )
    bundle = django_forms.CharField(widget=django_forms.HiddenInput, required=False, max_length=80)
    group = django_forms.CharField(widget=django_forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        rows: dict[str, Any] = {
            "customer": customers.seen(user),
            "zone": Zone.objects.order_by("name"),
            "series": Series.objects.filter(is_active=True, for_invoices=True),
            "credit_series": Series.objects.filter(is_active=True, for_credit_notes=True),
        }
        for name, found in rows.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse dates that no document of the series can bear."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day = data.get("issue_date")
        if day is None:
            return data
        if day > today():
            self.add_error("issue_date", _("No document can bear a date that is still to come."))
        code = data["series"].code if data.get("series") else ""
        coming = series.foreseen(Kind.INVOICE.value, code, day)
        if coming.last_day and day < coming.last_day:
            text = now_("Series %(series)s has a document of %(last)s already.")
            told = {"series": coming.code, "last": formats.date_of(coming.last_day)}
            self.add_error("issue_date", text % told)
        if not self.errors and self.order().is_posted_far_away:
            text = now_("The posting date is more than a year away from the invoice date.")
            self.add_error("posting_date", text)
        return data

    def order(self, without: frozenset[str] = frozenset()) -> Order:
        """Return what was asked."""
        data = self.cleaned_data
        return Order(
            through=data["through"],
            issue_date=data["issue_date"],
            posting_date=data["posting_date"],
            series=data["series"].code if data["series"] else "",
            credit_series=data["credit_series"].code if data["credit_series"] else "",
            customers=(data["customer"].pk,) if data["customer"] else (),
            kinds=frozenset(data["kinds"]),
            bundles=frozenset([data["bundle"]] if data["bundle"] else []),
            zone_id=data["zone"].pk if data["zone"] else None,
            group=data["group"],
            without=without,
        )

    def words(self) -> list[str]:
        """Return the filters in use, in words."""
        data = self.cleaned_data
        kinds = dict(origins.kinds())
        found = [
            data["customer"].name if data["customer"] else "",
            data["zone"].name if data["zone"] else "",
            ", ".join(str(kinds[kind]) for kind in data["kinds"]),
            data["bundle"] or data["group"],
        ]
        return [word for word in found if word]
