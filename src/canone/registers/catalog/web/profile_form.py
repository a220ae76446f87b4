"""The form of a profile: from terms to fields and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canone.base.firm import queries as firm
from canone.kernel.money import Money, UnitPrice
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.queries import words
from canone.registers.catalog.rules.bands import Band
from canone.registers.catalog.rules.terms import (
    Kind,
    OnExhaust,
    Overlap,
    Problem,
    Rounding,
    TariffBy,
    Terms,
    check,
)
from canone.registers.catalog.web.profile_bands import BANDS, BandFields, usual_bands
from canone.ui import forms

PRICE = ("initial_minutes", "initial_price", "step_minutes", "step_price", "minimum_minutes")
PREPAID = ("total_minutes", "amount")
SWITCHED = {
    "merge": ("merge_gap_minutes",),
    "capped": ("maximum_price",),
    "after_hours": ("holidays", *(name for band in BANDS for name in band.names)),
    "expires": ("expiry_months", "rollover_minutes"),
    "warns": ("warn_at_percent",),
}
"""Which fields a switch opens; without it they mean nothing."""
format_html_lazy = lazy(format_html, str)
OPENED = {
    "merge": "merge_gap_minutes",
    "capped": "maximum_price",
    "expires": "expiry_months",
    "warns": "warn_at_percent",
}
"""What a switch that is on cannot do without."""
ROUNDINGS = (
    (Rounding.UP, _("a started minute counts")),
    (Rounding.NEAREST, _("to the nearest minute")),
    (Rounding.DOWN, _("only full minutes count")),
)
OVERLAPS = (
    (Overlap.NONE, _("each counts by itself")),
    (Overlap.CUSTOMER, _("count once for one customer")),
    (Overlap.TECHNICIAN, _("count once for one technician and customer")),
)
EXHAUSTED = (
    (OnExhaust.NEGATIVE, _("go on: the balance falls below zero")),
    (OnExhaust.REFUSE, _("account nothing more")),
    (OnExhaust.OVERAGE, _("price what goes over")),
)
VERSIONS = (
    (TariffBy.ACCOUNTING, _("the version in force when it is accounted")),
    (TariffBy.START, _("the version in force when the session started")),
)
HOLIDAYS = (
    ("", pgettext_lazy("holidays", "none")),
    ("it", pgettext_lazy("holidays", "Italian")),
    ("fr", pgettext_lazy("holidays", "French")),
)


STEP_LABEL = format_html_lazy(
    '<span class="cat-pay">{}</span><span class="cat-prepaid">{}</span>',
    _("Further steps"),
    pgettext_lazy("of a subscription", "Steps"),
)


class ProfileForm(BandFields, forms.Form):
    """Everything a profile can say; `terms` gives it to the rules."""

    seen = django_forms.IntegerField(widget=django_forms.HiddenInput, required=False)
    name = django_forms.CharField(label=_("Name of the profile"), max_length=120)
    kind = django_forms.ChoiceField(
        label=_("Kind of contract"),
        choices=[
            (Kind.PAY_PER_USE, _("Pay per use · many customers")),
            (Kind.SUBSCRIPTION, _("Subscription · prepaid hours, one customer")),
        ],
        widget=django_forms.RadioSelect,
        initial=Kind.PAY_PER_USE,
    )
    initial_minutes = forms.MinutesField(
        label=_("Initial step"), required=False, help_text=_("Zero: no initial step.")
    )
    initial_price = forms.UnitPriceField(
        label=_("Price of the initial step"),
        required=False,
        help_text=_("Due even if it takes less."),
    )
    step_minutes = forms.MinutesField(
        label=STEP_LABEL, help_text=_("One: the real duration is paid.")
    )
    step_price = forms.UnitPriceField(
        label=_("Price of further steps"), required=False, help_text=_("For each step begun.")
    )
    minimum_minutes = forms.MinutesField(
        label=_("Shortest connection to account"),
        required=False,
        help_text=_("Shorter connections stay on the list, left out."),
    )
    total_minutes = forms.DurationField(
        label=pgettext_lazy("of a subscription", "Prepaid hours"),
        required=False,
        minimum=0,
        help_text=_("Such as 10:00."),
    )
    amount = forms.MoneyField(
        label=pgettext_lazy("of a subscription", "Amount"),
        required=False,
        help_text=_("Charged when the hours are granted."),
    )
    merge = forms.SwitchField(label=_("Merge reconnections of the same technician"))
    merge_gap_minutes = forms.MinutesField(
        label=_("Longest pause"), required=False, minimum=1, initial=5
    )
    overlap = django_forms.ChoiceField(
        label=_("Simultaneous connections"), choices=OVERLAPS, required=False
    )
    capped = forms.SwitchField(label=_("Highest price of a session"))
    maximum_price = forms.MoneyField(label=_("At most"), required=False)
    after_hours = forms.SwitchField(label=_("Higher price after hours"))
    holidays = django_forms.ChoiceField(
        label=_("Public holidays"), choices=HOLIDAYS, required=False
    )
    note_required = forms.SwitchField(label=_("A note is needed before accounting"))
    rounding = django_forms.ChoiceField(
        label=_("Seconds become minutes"), choices=ROUNDINGS, required=False
    )
    tolerance_seconds = forms.WholeField(
        label=_("Tolerance"),
        unit=_("seconds"),
        required=False,
        maximum=59,
        help_text=_("A started minute counts after these seconds."),
    )
    tariff_by = django_forms.ChoiceField(
        label=_("A session is priced by"), choices=VERSIONS, required=False
    )
    on_exhaust = django_forms.ChoiceField(
        label=_("When the hours are used up"), choices=EXHAUSTED, required=False
    )
    overage_price = forms.UnitPriceField(
        label=_("Price over the hours"), unit=_("€ an hour"), required=False
    )
    expires = forms.SwitchField(label=_("Prepaid hours end"))
    expiry_months = forms.WholeField(
        label=pgettext_lazy("months", "After"),
        unit=_("months"),
        required=False,
        minimum=1,
        maximum=120,
    )
    rollover_minutes = forms.DurationField(
        label=_("Carried over at most"), required=False, minimum=0
    )
    warns = forms.SwitchField(label=_("Warn when the hours run low"))
    warn_at_percent = django_forms.CharField(
        label=_("At a balance of (percent)"),
        required=False,
        initial="20, 5",
        help_text=_("Of the last grant or top-up, separated by commas."),
    )

    def __init__(self, *args: Any, tariff: Tariff | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tariff = tariff
        self.terms: Terms | None = None
        for field in self.fields.values():
            # an empty field means zero here, which its help says; "(optional)" would say less
            field.quiet = True  # type: ignore[attr-defined]
        if tariff is not None:
            self.fields["kind"].disabled = True

    def clean_warn_at_percent(self) -> tuple[int, ...]:
        """Return the percentages as numbers."""
        parts = str(self.cleaned_data["warn_at_percent"]).replace("%", "").split(",")
        try:
            return tuple(int(part) for part in parts if part.strip())
        except ValueError as error:
            raise ValidationError(_("Numbers separated by commas. Example: 20, 5")) from error

    def clean(self) -> dict[str, Any]:
        """Build the terms and put every fault of theirs at its field."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "kind" not in data:
            return data
        hidden = self._hidden(data)
        for name in hidden & self.errors.keys():
            # nobody sees this field, so nobody could correct it
            del self.errors[name]
        for name in OPENED.values():
            if name not in hidden | self.errors.keys() and not data.get(name):
                self.add_error(name, self.fields[name].error_messages["required"])
        if self.errors.keys() - {"name"}:
            return data
        terms = self._built(data, hidden)
        if data["after_hours"] and not terms.bands:
            self.add_error("after_hours", _("Enter at least one band, or switch this off."))
        found = check(terms)
        self.refuse(found)
        if not self.errors.keys() - {"name"}:
            self.terms = terms
        return data

    def refuse(self, found: Iterable[Problem]) -> None:
        """Return nothing; each problem stands at its field, in words."""
        for problem in found:
            field = problem.field if problem.field in self.fields else None
            field = {"bands": "after_hours"}.get(problem.field, field)
            self.add_error(field, words.problem(problem))

    def _hidden(self, data: Mapping[str, Any]) -> set[str]:
        """Return the fields that a closed switch or the other kind of contract hides."""
        closed = {name for switch, names in SWITCHED.items() if not data[switch] for name in names}
        return closed | set(PAY_ONLY if data["kind"] == Kind.SUBSCRIPTION else PREPAID_ONLY)

    def _built(self, data: Mapping[str, Any], hidden: set[str]) -> Terms:
        """Return the terms without what is hidden."""
        given = {name: data[name] for name in PLAIN if name not in hidden and data.get(name)}
        for name, kind in CHOSEN.items():
            if name not in hidden and data.get(name):
                given[name] = kind(data[name])
        if given.get("on_exhaust") is not OnExhaust.OVERAGE:
            given.pop("overage_price", None)
        if data["after_hours"]:
            given["bands"] = self.bands(data)
        given |= {"step_minutes": data["step_minutes"], "kind": Kind(data["kind"])}
        return Terms(**given)


PAY_ONLY = ("initial_minutes", "initial_price", "step_price", "maximum_price")
PREPAID_ONLY = (
    "total_minutes",
    "amount",
    "on_exhaust",
    "overage_price",
    "expiry_months",
    "rollover_minutes",
    "warn_at_percent",
)
PLAIN = (
    "minimum_minutes",
    *PAY_ONLY,
    "total_minutes",
    "amount",
    "tolerance_seconds",
    "merge_gap_minutes",
    "holidays",
    "overage_price",
    "warn_at_percent",
    "expiry_months",
    "rollover_minutes",
    "note_required",
)
CHOSEN = {
    "rounding": Rounding,
    "overlap": Overlap,
    "on_exhaust": OnExhaust,
    "tariff_by": TariffBy,
}


def initial(terms: Terms) -> dict[str, Any]:
    """Return what the form shows for `terms`."""
    values: dict[str, Any] = {name: getattr(terms, name) for name in (*PLAIN, *CHOSEN)}
    values |= {"kind": terms.kind, "step_minutes": terms.step_minutes}
    values["warn_at_percent"] = ", ".join(str(p) for p in terms.warn_at_percent) or "20, 5"
    values |= {
        "merge": bool(terms.merge_gap_minutes),
        "merge_gap_minutes": terms.merge_gap_minutes or 5,
        "capped": terms.maximum_price is not None,
        "after_hours": bool(terms.bands),
        "expires": bool(terms.expiry_months or terms.rollover_minutes),
        "expiry_months": terms.expiry_months or None,
        "warns": bool(terms.warn_at_percent),
        "overage_price": terms.overage_price or None,
        "rollover_minutes": terms.rollover_minutes or None,
    }
    for fields, band in zip(BANDS, _padded(terms.bands or usual_bands()), strict=True):
        values |= fields.initial(band)
    values["holidays"] = terms.holidays if terms.bands else firm.firm().country
    return values


def _padded(bands: tuple[Band, ...]) -> list[Band | None]:
    shown: list[Band | None] = list(bands[: len(BANDS)])
    return shown + [None] * (len(BANDS) - len(shown))


EXAMPLES: dict[str, tuple[Any, Terms]] = {
    "hourly": (_("Hourly rate"), Terms(step_minutes=60, step_price=UnitPrice.of("50"))),
    "minute": (_("Real duration"), Terms(step_minutes=1, step_price=UnitPrice.of("0.80"))),
    "steps": (
        _("Steps"),
        Terms(
            initial_minutes=15,
            initial_price=UnitPrice.of("20"),
            step_minutes=5,
            step_price=UnitPrice.of("4"),
        ),
    ),
    "call": (
        _("Call fee"),
        Terms(initial_price=UnitPrice.of("10"), step_minutes=1, step_price=UnitPrice.of("0.50")),
    ),
    "prepaid": (
        _("Prepaid hours"),
        Terms(
            kind=Kind.SUBSCRIPTION,
            step_minutes=15,
            total_minutes=600,
            amount=Money.of("500"),
        ),
    ),
}
"""What a new profile can start from."""
