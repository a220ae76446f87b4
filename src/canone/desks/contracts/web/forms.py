"""The forms of lines, and of what happens to a contract as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from django import forms as django_forms
from django.db.models import Q
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.desks.contracts.models import Line
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.web import looks, shared
from canone.kernel.money import MICRO, UnitPrice
from canone.kernel.periods import ONE_DAY
from canone.registers.catalog.models import Article, VatRate
from canone.ui import forms

POINTS = 10_000
OTHER = "other"


class LineForm(forms.Form):
    """A fee: what, how much, how often, and how it is counted."""

    panels: ClassVar[Sequence[forms.Panel]] = (
        forms.Panel(_("What"), ["article", "description"]),
        forms.Panel(_("How much"), ["quantity", "unit_price", "discount", "vat"], columns=True),
        forms.Panel(
            _("How often"),
            ["cycle", "every", "unit_of_cycle", "timing", "amount_per"],
            columns=True,
        ),
        forms.Panel(
            _("Counted from"),
            ["start", "last_day", "anchor", "anchor_day", "month_offset"],
            columns=True,
        ),
        forms.Panel(_("Only in some months"), ["months"]),
        forms.Panel(_("Parts of a period"), ["day_basis", "sum_to_annual", "is_on_request"]),
        forms.Panel(
            _("Included besides"),
            ["grants", "granted_hours", "granted_units", "is_kept"],
            remark=_("granted when a period begins; a part of a period grants its share"),
            columns=True,
        ),
    )
    article = forms.PickField(
        Article.objects.none(),
        label=_("Article"),
        required=False,
        shown=lambda article: f"{article.code} · {article.title}",
    )
    description = django_forms.CharField(
        label=_("Description"),
        max_length=300,
        required=False,
        help_text=_(
            "{period}, {month}, {year}, {contract} and {instalment} are filled in on the invoice, "
            "in the customer’s language. Empty: the article’s."
        ),
    )
    quantity = forms.NumberField(label=_("Quantity"), initial=Decimal(1))
    unit_price = forms.UnitPriceField(label=_("Unit price"), help_text=_("Before VAT."))
    discount = forms.PercentField(label=_("Discount"), required=False)
    vat = forms.PickField(
        VatRate.objects.none(),
        label=_("VAT or nature"),
        required=False,
        shown=lambda rate: f"{rate.code} · {rate.title}",
        empty_label=_("As usual"),
        help_text=_("Empty: as this customer is usually taxed, else as the article says."),
    )
    cycle = django_forms.ChoiceField(label=_("Billing"), choices=())
    every = forms.WholeField(label=_("Every"), required=False, minimum=1)
    unit_of_cycle = django_forms.ChoiceField(
        label=_("of"), choices=Line.CycleUnit.choices, initial="month", required=False
    )
    timing = django_forms.ChoiceField(label=_("Invoiced"), choices=Line.When.choices)
    amount_per = django_forms.ChoiceField(label=_("The price is for"), choices=Line.Per.choices)
    start = forms.DateField(label=_("Valid from"))
    last_day = forms.DateField(
        label=_("Valid until"), required=False, help_text=_("Empty: as long as the contract.")
    )
    anchor = django_forms.ChoiceField(label=_("Periods counted"), choices=Line.CountedBy.choices)
    anchor_day = forms.WholeField(
        label=_("Day of the month"),
        required=False,
        minimum=1,
        help_text=_(
            "Empty: that of the activation, or the first. 31 is the end of every month: 30 April, "
            "31 May, 30 June."
        ),
    )
    month_offset = forms.WholeField(
        label=_("Months after January"), required=False, help_text=_("For periods by the calendar.")
    )
    months = django_forms.TypedMultipleChoiceField(
        label=_("Months to bill"),
        choices=list(MONTHS.items()),
        coerce=int,
        required=False,
        widget=django_forms.CheckboxSelectMultiple,
        help_text=_(
            "Periods that begin in other months are not billed; a year’s amount is shared by those "
            "that are. None: all the year."
        ),
    )
    day_basis = django_forms.ChoiceField(
        label=_("Parts are measured in"), choices=Line.Basis.choices
    )
    sum_to_annual = forms.SwitchField(
        label=_("The instalments of a year sum to its amount"), required=False
    )
    is_on_request = forms.SwitchField(label=_("Not in the fee: billed on request"), required=False)

    grants = django_forms.ChoiceField(
        label=_("What"), choices=[("", "–"), *Line.Grants.choices], required=False
    )
    granted_hours = forms.DurationField(
        label=_("Hours a cycle"), required=False, help_text=_("For hours.")
    )
    granted_units = forms.WholeField(
        label=_("How many a cycle"),
        required=False,
        maximum=10**9,
        help_text=_("For tickets, visits and copies."),
    )
    is_kept = forms.SwitchField(
        label=_("What is left stays after the period"),
        required=False,
        help_text=_("Otherwise it expires with it, and the pool says what is carried over."),
    )
    of_line = django_forms.IntegerField(widget=django_forms.HiddenInput, required=False)

    def __init__(self, *args: Any, line: Line | None = None, **options: Any) -> None:
        if line is not None:
            options["initial"] = _values_of(line) | options.get("initial", {})
        super().__init__(*args, **options)
        self.fields["cycle"].choices = [*looks.CYCLES, (OTHER, _("Other"))]  # type: ignore[attr-defined]
        # what the line has stays, in use or not
        article, vat = (line.article_id, line.vat_id) if line is not None else (None, None)
        articles = Article.objects.filter(Q(is_active=True) | Q(pk=article)).order_by("code")
        self.fields["article"].queryset = articles  # type: ignore[attr-defined]
        rates = VatRate.objects.filter(Q(is_active=True) | Q(pk=vat)).order_by("code")
        self.fields["vat"].queryset = rates  # type: ignore[attr-defined]
        if line is not None and line.pk:
            self.carry_seen()

    def clean(self) -> dict[str, Any]:
        """Ask for the number of months where no named cycle is meant."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("cycle") == OTHER and not data.get("every"):
            self.add_error("every", _("Say every how many."))
        return data

    @property
    def rhythm(self) -> tuple[str, int]:
        """Return unit and number of the cycle."""
        return _cycle(self.cleaned_data)

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = self.cleaned_data
        unit, every = self.rhythm
        last = data["last_day"]
        names = ("article", "description", "unit_price", "vat", "timing", "amount_per", "start",
                 "anchor", "anchor_day", "day_basis", "sum_to_annual", "is_on_request",
                 "grants", "is_kept")  # fmt: skip
        is_hours = data["grants"] == Line.Grants.MINUTE
        granted = data["granted_hours"] if is_hours else data["granted_units"]
        return {name: data[name] for name in names} | {
            "granted": granted or 0,
            "months": sorted(data["months"]) if unit else [],
            "quantity_micros": int(data["quantity"] * MICRO),
            "discount_bp": int((data["discount"] or Fraction(0)) * POINTS),
            "unit_of_cycle": unit,
            "every": every,
            "month_offset": data["month_offset"] or 0,
            "end": last + ONE_DAY if last else None,
        }


def _cycle(data: dict[str, Any]) -> tuple[str, int]:
    name = data["cycle"]
    if name == OTHER:
        return data["unit_of_cycle"], data["every"]
    if name == "once":
        return "", 1
    return queries.CYCLES[name]


def _values_of(line: Line) -> dict[str, Any]:
    named = queries.cycle_of(line)
    known = {name for name, _words in looks.CYCLES}
    names = ("article", "description", "unit_price", "vat", "every", "unit_of_cycle", "timing",
             "amount_per", "start", "anchor", "anchor_day", "month_offset", "months", "day_basis",
             "sum_to_annual", "is_on_request", "grants", "is_kept")  # fmt: skip
    is_hours = line.grants == Line.Grants.MINUTE
    return {name: getattr(line, name) for name in names} | {
        "granted_hours": line.granted if is_hours else None,
        "granted_units": line.granted if line.granted and not is_hours else None,
        "quantity": Decimal(line.quantity_micros) / MICRO,
        "discount": Fraction(line.discount_bp, POINTS) if line.discount_bp else None,
        "cycle": named if named in known else OTHER,
        "last_day": looks.last_day(line.end),
        "of_line": line.pk,
        "unit_price": UnitPrice(line.unit_price.micros),
    }


class RevisedLineForm(LineForm):
    """The same, for what holds from a day on."""

    panels = (forms.Panel(_("From when"), ["day"]), *LineForm.panels)
    unguarded = ("day",)
    day = forms.DateField(
        label=_("From"), help_text=_("The line ends the day before, and this one goes on.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # it begins on its day, and the periods stay those of the line it follows
        del self.fields["start"]

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes beside the day."""
        self.cleaned_data["start"] = self.cleaned_data["day"]
        values = super().values
        del values["start"]
        return values


class LastDayForm(forms.Form):
    """The last day of something."""

    last_day = forms.DateField(label=_("Last day"), help_text=_("It is still covered."))


class EndForm(LastDayForm):
    """The last day of a line."""

    def __init__(self, data: Mapping[str, Any] | None, *, line: Line) -> None:
        super().__init__(data, initial={"last_day": looks.last_day(line.end)})
        self.carry_seen()


class CancelForm(LastDayForm):
    """Until when a contract goes on, and why no longer."""

    panels = (forms.Panel("", ["last_day", "on", "reason"]),)
    on = forms.DateField(label=_("Cancelled on"), help_text=_("The day the notice came in."))
    reason = django_forms.CharField(label=_("Reason"), max_length=200, required=False)


class SuspendForm(forms.Form):
    """From when a contract is suspended, and why."""

    day = forms.DateField(label=_("From"))
    reason = django_forms.CharField(label=_("Reason"), max_length=200)


class ResumeForm(forms.Form):
    """How a suspended contract goes on."""

    HOW = (
        ("forget", _("Bill the pause as well, as if it had not been")),
        ("cut", _("Do not bill the pause: go on from the day below")),
    )
    how = django_forms.ChoiceField(label=_("How"), choices=HOW)
    day = forms.DateField(label=_("Goes on from"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the day where one is needed."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("how") == "cut" and not data.get("day") and "day" not in self.errors:
            self.add_error("day", _("Say from which day it goes on."))
        return data


class CopyForm(forms.Form):
    """For whom a contract is made again, and from when."""

    customer = shared.customer_field()
    start = forms.DateField(label=_("Activation"))

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["customer"].queryset = shared.customers(user)  # type: ignore[attr-defined]
