"""VAT rates and units: lists and forms."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from canone.base.firm import queries as firm
from canone.kernel.money import half_up
from canone.registers.catalog.models import Unit, VatRate
from canone.registers.catalog.permissions import SETTINGS, VIEW
from canone.registers.catalog.services import articles
from canone.registers.catalog.web import looks
from canone.ui import forms, lists, pages
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page


class VatTable(lists.Table):
    """One rate a row."""

    state = lists.StateColumn(gettext_lazy("State"), looks.active, sort=("is_active",))
    name = lists.Name(gettext_lazy("Description"), "title", sub=lambda row: row.code)
    rate = lists.Percent(
        gettext_lazy("Rate"),
        lambda row: Fraction(row.basis_points, 10_000),
        sort=("basis_points",),
    )
    nature = lists.Text(gettext_lazy("Nature"), "nature")
    country = lists.Text(gettext_lazy("Country"), "country")


class VatFilters(lists.FilterSet):
    """By text and whether it is offered."""

    text = lists.TextFilter(gettext_lazy("Text"), ["code", "title", "nature"])
    active = lists.YesFilter(
        gettext_lazy("State"),
        field="is_active",
        yes=gettext_lazy("in use"),
        no=gettext_lazy("no longer used"),
    )


class VatList(lists.List):
    """All VAT rates."""

    key = "catalog.vat"
    title = gettext_lazy("VAT rates")
    table, filters, order, file_name = VatTable, VatFilters, ("code",), "vat-rates"

    def rows(self) -> QuerySet[Any]:
        """Return all rates."""
        return VatRate.objects.all()

    def row_label(self, record: VatRate) -> str:
        """Return the rate's code."""
        return record.code

    def actions(self) -> list[Action]:
        """Return the way to a new rate, and to the country's usual ones."""
        if not self.user.may(SETTINGS):
            return []
        provide = reverse("catalog:vat_provide")
        return [
            Action(_("Add the country’s usual rates"), provide, "download", post=True),
            Action(_("New VAT rate"), reverse("catalog:vat_new"), "plus", key="n", main=True),
        ]

    def empty(self) -> lists.Empty:
        """Return the first step."""
        text = _("Start with the rates and natures of your country.")
        return lists.Empty(_("No VAT rates yet"), text, self.actions())


class VatEditTable(VatTable):
    """The same with links, for who may change them."""

    name = lists.Name(
        gettext_lazy("Description"), "title", link=looks.vat_url, sub=lambda row: row.code
    )


class VatEditList(VatList):
    """All VAT rates with links to their forms."""

    table = VatEditTable


class VatForm(forms.ModelForm):
    """A VAT rate or a nature."""

    guard = True
    panels = [
        forms.Panel(gettext_lazy("VAT rate"), ["code", "title"]),
        forms.Panel("", ["rate", "nature", "country", "is_active"], columns=True),
    ]
    rate = forms.PercentField(label=gettext_lazy("Rate"), minimum=Fraction(0), maximum=Fraction(1))
    country = django_forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=[("it", gettext_lazy("Italy")), ("fr", gettext_lazy("France"))],
    )
    is_active = forms.SwitchField(label=gettext_lazy("In use"), initial=True)

    class Meta:
        model = VatRate
        fields = ["code", "title", "nature", "country", "is_active"]

    def __init__(self, *args: Any, **options: Any) -> None:
        instance = options.get("instance")
        start = {"rate": Fraction(instance.basis_points, 10_000)} if instance else {}
        options["initial"] = {"country": firm.firm().country} | start
        if instance:
            options["initial"]["country"] = instance.country
        super().__init__(*args, **options)

    def clean_rate(self) -> Fraction:
        """Return the rate; hundredths of a percent are the least."""
        rate: Fraction = self.cleaned_data["rate"]
        if (rate * 10_000).denominator != 1:
            raise ValidationError(_("A rate has at most two decimals."))
        return rate

    def clean(self) -> dict[str, Any]:
        """Refuse a nature beside a rate."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("rate") and data.get("nature"):
            self.add_error("nature", _("A nature belongs to what bears no VAT."))
        return data

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        values = {name: self.cleaned_data[name] for name in self._meta.fields or ()}
        return values | {"basis_points": half_up(self.cleaned_data["rate"] * 10_000)}


class UnitTable(lists.Table):
    """One unit a row."""

    state = lists.StateColumn(gettext_lazy("State"), looks.active, sort=("is_active",))
    name = lists.Name(
        gettext_lazy("Description"), "title", link=looks.unit_url, sub=lambda row: row.code
    )
    code = lists.Text(gettext_lazy("Code"), "code")


class UnitList(lists.List):
    """All units."""

    key = "catalog.units"
    title = gettext_lazy("Units")
    table, order, file_name = UnitTable, ("code",), "units"

    def rows(self) -> QuerySet[Any]:
        """Return all units."""
        return Unit.objects.all()

    def row_label(self, record: Unit) -> str:
        """Return the unit's code."""
        return record.code

    def actions(self) -> list[Action]:
        """Return the way to a new unit."""
        return [Action(_("New unit"), reverse("catalog:unit_new"), "plus", key="n", main=True)]


class UnitForm(forms.ModelForm):
    """A unit with its words."""

    title_fr = django_forms.CharField(
        label=gettext_lazy("In French"), max_length=60, required=False
    )
    title_en = django_forms.CharField(
        label=gettext_lazy("In English"), max_length=60, required=False
    )
    is_active = forms.SwitchField(label=gettext_lazy("In use"), initial=True)

    class Meta:
        model = Unit
        fields = ["code", "title", "is_active"]

    def __init__(self, *args: Any, **options: Any) -> None:
        instance = options.get("instance")
        titles = instance.titles if instance else {}
        options["initial"] = {f"title_{name}": titles.get(name, "") for name in ("fr", "en")}
        super().__init__(*args, **options)

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        values = {name: self.cleaned_data[name] for name in self._meta.fields or ()}
        titles = {name: self.cleaned_data[f"title_{name}"] for name in ("fr", "en")}
        return values | {"titles": {name: text for name, text in titles.items() if text}}


@page(VIEW)
def vat_listing(request: PageRequest) -> HttpResponseBase:
    """Return the list of VAT rates."""
    shown = VatEditList if request.user.may(SETTINGS) else VatList
    return shown(request).response()


@page(SETTINGS)
def vat_form(request: PageRequest, pk: int | None = None) -> HttpResponse:
    """Return the form of a VAT rate, or the list after saving."""
    vat = get_object_or_404(VatRate, pk=pk) if pk else None
    form = VatForm(request.POST or None, instance=vat)
    back = reverse("catalog:vat")
    head = Head(vat.title if vat else _("New VAT rate"), crumbs=[Link(VatList.title, back)])
    if request.method == "POST":
        conflict = form.conflict(who=lambda: looks.last_change(vat)) if vat else None
        if conflict:
            return forms.conflicted(request, form, conflict, head, reload=request.path)
        if form.is_valid():
            try:
                fresh = get_object_or_404(VatRate, pk=pk) if pk else None
                articles.save_vat(vat=fresh, **form.values())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return pages.done(request, _("Saved."), back)
    return forms.render(request, form, head, forms.Buttons(_("Save the rate"), cancel=back))


@require_POST
@page(SETTINGS)
def vat_provide(request: PageRequest) -> HttpResponse:
    """Return to the list with the country's usual rates."""
    made = articles.provide_vat(country=firm.firm().country)
    text = _("%(count)s rates added.") % {"count": made} if made else _("All were there already.")
    return pages.done(request, text, reverse("catalog:vat"))


@page(SETTINGS)
def unit_listing(request: PageRequest) -> HttpResponseBase:
    """Return the list of units."""
    return UnitList(request).response()


@page(SETTINGS)
def unit_form(request: PageRequest, pk: int | None = None) -> HttpResponse:
    """Return the form of a unit, or the list after saving."""
    unit = get_object_or_404(Unit, pk=pk) if pk else None
    form = UnitForm(request.POST or None, instance=unit)
    back = reverse("catalog:units")
    head = Head(unit.title if unit else _("New unit"), crumbs=[Link(UnitList.title, back)])
    if request.method == "POST" and form.is_valid():
        try:
            fresh = get_object_or_404(Unit, pk=pk) if pk else None
            articles.save_unit(unit=fresh, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return pages.done(request, _("Saved."), back)
    return forms.render(request, form, head, forms.Buttons(_("Save the unit"), cancel=back))
