"""Lines that charge what a meter counts: form, tiers, and what so many units would cost."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms as django_forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.permissions import CHANGE, VIEW
from canone.desks.contracts.queries import trial
from canone.desks.contracts.queries.trial import Cost
from canone.desks.contracts.rules import schedule
from canone.desks.contracts.services import lines
from canone.desks.contracts.web import detail, looks, shared
from canone.desks.contracts.web.forms import LineForm
from canone.desks.contracts.web.tiers import (
    MOST_UNITS,
    PREFIX,
    Tiers,
    TiersBase,
    first_rows,
    in_words,
)
from canone.kernel.money import MICRO, Money, UnitPrice
from canone.kernel.periods import ONE_DAY, add_months
from canone.registers.assets.models import Meter
from canone.ui import formats, forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page

FAR = date(2200, 1, 1)
NAMES = ("article", "description", "unit_price", "vat", "start", "anchor", "anchor_day",
         "day_basis", "is_on_request", "meter", "pricing", "is_estimated")  # fmt: skip


class UsageForm(LineForm):
    """What is used: which meter, what is included, and what the rest costs."""

    panels: ClassVar[Any] = (
        forms.Panel(_("What"), ["meter", "article", "description"]),
        forms.Panel(
            _("How much"),
            ["included", "unit_price", "pricing", "package_size", "minimum", "vat"],
            columns=True,
        ),
        forms.Panel(
            _("How often"),
            ["cycle", "every", "unit_of_cycle"],
            remark=_("in arrears: what was used is known when the period is over"),
            columns=True,
        ),
        forms.Panel(
            _("Counted from"),
            ["start", "last_day", "anchor", "anchor_day", "month_offset"],
            columns=True,
        ),
        forms.Panel(
            _("Parts of a period, missing readings"), ["day_basis", "is_estimated", "is_on_request"]
        ),
    )
    meter = forms.PickField(
        Meter.objects.none(),
        label=_("Meter"),
        shown=lambda meter: f"{looks.machine(meter.asset)}, {meter.name}",
        help_text=_("Those of the customer’s machines."),
    )
    included = forms.WholeField(
        label=_("Included a cycle"),
        required=False,
        maximum=MOST_UNITS,
        help_text=_("A part of a cycle includes its share, whole units."),
    )
    unit_price = forms.UnitPriceField(
        label=_("Unit price"), required=False, help_text=_("Before VAT; not needed with tiers.")
    )
    pricing = django_forms.ChoiceField(label=_("Priced by"), choices=Line.Pricing.choices)
    package_size = forms.WholeField(
        label=_("Units in a package"),
        required=False,
        minimum=1,
        maximum=MOST_UNITS,
        help_text=_("For packages: the price is that of one, and a begun one counts."),
    )
    minimum = forms.MoneyField(
        label=_("Minimum a cycle"),
        required=False,
        minimum=Money(0),
        help_text=_("What is missing to it is charged as well."),
    )
    is_estimated = forms.SwitchField(
        label=_("Estimate where a reading is missing"),
        required=False,
        help_text=_("By the year before; the next reading makes up for it."),
    )
    sample = forms.WholeField(
        label=_("Try it with so many units"), required=False, maximum=MOST_UNITS
    )

    def __init__(self, *args: Any, contract: Contract, line: Line | None = None, **o: Any) -> None:
        if line is not None:
            o["initial"] = _values_of(line) | o.get("initial", {})
        super().__init__(*args, line=line, **o)
        for name in ("quantity", "discount", "timing", "amount_per", "sum_to_annual", "months",
                     "grants", "granted_hours", "granted_units", "is_kept"):  # fmt: skip
            del self.fields[name]
        # what the line has stays, gone to another customer or not
        kept = line.meter_id if line is not None else None
        own = Q(asset__customer=contract.customer_id) | Q(pk=kept)
        meters = Meter.objects.select_related("asset").filter(own)
        self.fields["meter"].queryset = meters.order_by("asset__name", "name")  # type: ignore[attr-defined]
        self.tiers = line.tiers if line is not None else []
        cycle: Any = self.fields["cycle"]
        cycle.choices = [choice for choice in cycle.choices if choice[0] != "once"]

    @cached_property
    def stored(self) -> dict[str, Any]:
        """The values as they were read, the tiers below with them."""
        return super().stored | {PREFIX: json.dumps(self.tiers, sort_keys=True)}

    def difference(self, name: str) -> forms.Difference:
        """Return what was sent and what is stored; the tiers stand in a set of their own."""
        if name != PREFIX:
            return super().difference(name)
        sent = Tiers(self.data, prefix=PREFIX)
        mine = in_words(sent.values if sent.is_valid() else [])
        is_package = "package_size" in self.initial
        return forms.Difference(now_("Tiers"), mine, in_words([] if is_package else self.tiers))

    def clean(self) -> dict[str, Any]:
        """Ask for the size where packages are priced."""
        data = super().clean()
        if data.get("pricing") == Line.Pricing.PACKAGE and "package_size" not in self.errors:
            if not data.get("package_size"):
                self.add_error("package_size", _("Say how many units a package has."))
            if data.get("unit_price") is None and "unit_price" not in self.errors:
                self.add_error("unit_price", _("Say what a package costs."))
        return data

    def usage_values(self, tiers: TiersBase) -> dict[str, Any]:
        """Return what the service takes, with the tiers below."""
        data = self.cleaned_data
        unit, every = self.rhythm
        last = data["last_day"]
        price: UnitPrice = data["unit_price"] or UnitPrice(0)
        kept = tiers.values
        if data["pricing"] == Line.Pricing.PACKAGE:
            kept = [{"size": data["package_size"], "unit": str(price)}]
        return {name: data[name] for name in NAMES} | {
            "kind": Line.Kind.USAGE,
            "timing": Line.When.IN_ARREARS,
            "quantity_micros": MICRO,
            "unit_price": price,
            "included": data["included"] or 0,
            "minimum": data["minimum"] or Money.zero(),
            "tiers": kept,
            "unit_of_cycle": unit,
            "every": every,
            "month_offset": data["month_offset"] or 0,
            "end": last + ONE_DAY if last else None,
        }


class RevisedUsageForm(UsageForm):
    """The same, for what holds from a day on."""

    panels = (forms.Panel(_("From when"), ["day"]), *UsageForm.panels)
    unguarded = ("day",)
    day = forms.DateField(
        label=_("From"), help_text=_("The line ends the day before, and this one goes on.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # it begins on its day, and the periods stay those of the line it follows
        del self.fields["start"]

    def clean(self) -> dict[str, Any]:
        """Let the line begin on its day."""
        data = super().clean()
        return data | {"start": data.get("day")}


def _values_of(line: Line) -> dict[str, Any]:
    names = ("meter", "pricing", "is_estimated", "minimum")
    found = {name: getattr(line, name) for name in names} | {"included": line.included or None}
    if line.pricing == Line.Pricing.PACKAGE and line.tiers:
        size = line.tiers[0].get("size")
        return found | {"package_size": size, "unit_price": UnitPrice.of(line.tiers[0]["unit"])}
    return found


@page(CHANGE)
def new(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of a new line of usage, or the contract's page."""
    contract = shared.find(request.user, pk)
    first = {"start": contract.start, "cycle": "monthly", "anchor": "activation"}
    form = UsageForm(request.POST or None, contract=contract, initial=first)
    tiers = Tiers(request.POST or None, initial=first_rows(None), prefix=PREFIX)

    def save() -> None:
        lines.add(contract_id=pk, **_stamp(request), **form.usage_values(tiers))

    return _answer(request, contract, now_("New line of usage"), form, tiers, save)


@page(CHANGE)
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form that corrects a line of usage from its first day on."""
    line = shared.find_line(request.user, pk)
    if line.kind != Line.Kind.USAGE:
        return redirect(looks.line_url(line, "edit"))
    form = UsageForm(request.POST or None, contract=line.contract, line=line)
    if conflict := shared.conflict(request, form, line, now_("Correct")):
        return conflict
    tiers = Tiers(request.POST or None, initial=first_rows(line), prefix=PREFIX)

    def save() -> None:
        lines.update(line_id=pk, **_stamp(request), **form.usage_values(tiers))

    told = now_(
        "The correction holds from the line’s first day: what is billed already is charged or "
        "given back as a difference by the next run. For a change from a day on, there is "
        "“Change from a day on”."
    )
    return _answer(request, line.contract, now_("Correct"), form, tiers, save, told)


@page(CHANGE)
def revise(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of the line of usage that goes on from a day with other values."""
    line = shared.find_line(request.user, pk)
    if line.kind != Line.Kind.USAGE:
        return redirect(looks.line_url(line, "revise"))
    first = {"day": add_months(detail.today().replace(day=1), 1)}
    form = RevisedUsageForm(request.POST or None, contract=line.contract, line=line, initial=first)
    if conflict := shared.conflict(request, form, line, now_("Change from a day on")):
        return conflict
    tiers = Tiers(request.POST or None, initial=first_rows(line), prefix=PREFIX)

    def save() -> None:
        values = form.usage_values(tiers)
        day = values.pop("start")
        lines.revise(line_id=pk, day=day, **_stamp(request), **values)

    told = now_("The periods stay as they are; a period that the day cuts is charged in two parts.")
    return _answer(request, line.contract, now_("Change from a day on"), form, tiers, save, told)


@page(VIEW)
def reading(request: PageRequest, pk: int) -> HttpResponse:
    """Lead to the form for the reading that the period which begins `of` a day lacks."""
    line = shared.find_line(request.user, pk)
    if line.meter is None:
        return redirect(looks.contract_url(line.contract))
    asked = {"meter": line.meter_id, "day": _last_of_period(line, request.GET.get("of", ""))}
    url = reverse("assets:read", args=[line.meter.asset_id])
    return redirect(f"{url}?{urlencode({k: v for k, v in asked.items() if v})}")


def _last_of_period(line: Line, first: str) -> str:
    """Return the last day of the period that begins with a day; nothing where that is none."""
    try:
        begins = date.fromisoformat(first)
    except ValueError:
        return ""
    terms = line.terms()
    beat = schedule.rhythm(terms)
    if beat is None or not terms.start <= begins < FAR:
        return ""
    after = beat.at(beat.number(begins) + 1)
    return (min(after, terms.end or after) - ONE_DAY).isoformat()


@require_POST
@page(CHANGE)
def preview(request: PageRequest, pk: int) -> HttpResponse:
    """Return, beside the form, what so many units would cost in a whole period."""
    contract = shared.find(request.user, pk)
    kind = RevisedUsageForm if "day" in request.POST else UsageForm
    line = shared.line_of(contract, request.POST)
    form = kind(request.POST, contract=contract, line=line)
    tiers = Tiers(request.POST, prefix=PREFIX)
    cost, units = Cost(), 0
    if form.is_valid() and tiers.is_valid():
        values = form.usage_values(tiers)
        given = form.cleaned_data["sample"]
        units = given if given is not None else values["included"] + 1_000
        cost = trial.cost_of(values, units)
    return pages.fragment(
        request, "contracts/usage_preview.html", cost=cost, units=formats.number(units)
    )


def _answer(  # noqa: PLR0913, PLR0917 (one page for three ways to it)
    request: PageRequest,
    contract: Contract,
    title: str,
    form: UsageForm,
    tiers: TiersBase,
    save: Any,
    told: str = "",
) -> HttpResponse:
    back = looks.contract_url(contract)
    is_sent = request.method == "POST"
    if is_sent and form.is_valid() and tiers.is_valid() and shared.saved(form, save):
        return pages.done(request, now_("Saved."), back)
    crumbs = shared.crumbs(contract, Link(title))
    head = Head(title, crumbs=crumbs, subject=shared.subject(contract))
    return pages.render(
        request,
        "contracts/usage_line.html",
        head,
        status=422 if is_sent else 200,
        form=form,
        tiers=tiers,
        buttons=forms.Buttons(now_("Save the line"), cancel=back),
        preview=reverse("contracts:usage_preview", args=[contract.pk]),
        consequences=told,
        has_meters=form.fields["meter"].queryset.exists(),  # type: ignore[attr-defined]
        machines_url=f"{reverse('assets:list')}?customer={contract.customer_id}",
    )


def _stamp(request: PageRequest) -> dict[str, Any]:
    return {"at": timezone.now(), "by": request.user.pk}
