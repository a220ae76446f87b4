"""Making and changing machines and meters, and entering what meters show."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.registers.assets import queries
from canone.registers.assets.models import Asset, Meter, Reading
from canone.registers.assets.permissions import CHANGE, READ
from canone.registers.assets.services import assets
from canone.registers.assets.services import readings as services
from canone.registers.assets.web import customers, looks
from canone.registers.parties.models import Site
from canone.ui import formats, forms, pages, timelines, zones
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page

VALUE = "value_"
MOST = 10**15


class _Kept(forms.ModelForm):
    """A form whose row the service writes."""

    guard = True

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    def _post_clean(self) -> None:
        """Leave the row as it is: the service says what is wrong."""


class AssetForm(_Kept):
    """A machine: where it stands and what it is."""

    panels = (
        forms.Panel(_("Where"), ["customer", "site"], columns=True),
        forms.Panel(_("What"), ["name", "maker", "model", "serial"], columns=True),
        forms.Panel("", ["notes", "is_active"]),
    )
    customer = customers.customer_field()
    site = forms.PickField(
        Site.objects.none(),
        label=_("Site"),
        required=False,
        empty_label="–",
        shown=lambda site: site.name,
    )
    is_active = forms.SwitchField(label=_("In use"), initial=True, required=False)

    class Meta:
        model = Asset
        fields = ["customer", "site", "name", "maker", "model", "serial", "notes", "is_active"]

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["customer"].queryset = customers.seen(user)  # type: ignore[attr-defined]
        if self.instance.pk is None:
            # which sites there are is known once the customer is
            del self.fields["site"]
            return
        own = Site.objects.filter(party_id=self.instance.customer_id).order_by("name")
        self.fields["site"].queryset = own  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        names = [name for name in self._meta.fields or () if name in self.fields]
        return {name: self.cleaned_data[name] for name in names}


class MeterForm(_Kept):
    """What counts on a machine."""

    panels = (forms.Panel(_("Meter"), ["name", "unit", "opening", "is_active"]),)
    opening = forms.WholeField(
        label=_("Opening value"),
        maximum=MOST,
        help_text=_("What it showed when it was put in: use is counted from there."),
    )
    is_active = forms.SwitchField(label=_("In use"), initial=True, required=False)

    class Meta:
        model = Meter
        fields = ["name", "unit", "opening", "is_active"]
        help_texts = {"unit": _("Such as copies, hours or km.")}


class ReadingsForm(forms.Form):
    """What the meters of a machine show at the end of one day; an empty field is not read."""

    day = forms.DateField(label=_("Day"), help_text=_("The end of this day."))
    source = django_forms.ChoiceField(label=_("Source"), choices=Reading.Source.choices[:2])

    def __init__(self, *args: Any, meters: list[Meter], **options: Any) -> None:
        super().__init__(*args, **options)
        self.meters = meters
        last = queries.last_readings(meter.pk for meter in meters)
        for meter in meters:
            known = last.get(meter.pk)
            told = _("On %(day)s it showed %(value)s.")
            values = {"value": formats.number(known.value if known else meter.opening)}
            if known is None:
                told = _("It began at %(value)s.")
            else:
                values["day"] = formats.date_of(known.day)
            self.fields[f"{VALUE}{meter.pk}"] = forms.WholeField(
                label=meter.name,
                unit=meter.unit,
                required=False,
                maximum=MOST,
                help_text=str(told) % values,
            )
        names = [f"{VALUE}{meter.pk}" for meter in meters]
        self.panels = (  # type: ignore[misc]
            forms.Panel(_("When"), ["day", "source"], columns=True),
            forms.Panel(_("What the meters show"), names, columns=True),
        )

    @property
    def given(self) -> dict[int, int]:
        """Return what was entered, by meter."""
        found = {meter.pk: self.cleaned_data[f"{VALUE}{meter.pk}"] for meter in self.meters}
        return {key: value for key, value in found.items() if value is not None}

    def clean(self) -> dict[str, Any]:
        """Ask for one reading at least."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and all(data.get(f"{VALUE}{m.pk}") is None for m in self.meters):
            raise ValidationError(_("Enter what one meter shows at least."))
        return data


@page(CHANGE)
def asset(request: PageRequest, pk: int | None = None) -> HttpResponse:
    """Return the form of a machine, or its page after saving."""
    row = looks.find(request.user, pk) if pk else None
    first = {"customer": request.GET.get("customer")} if row is None else {}
    form = AssetForm(request.POST or None, instance=row, user=request.user, initial=first)
    title = now_("Edit") if row else now_("New machine")
    head = Head(title, crumbs=looks.crumbs(row, Link(title)))
    if request.method == "POST":
        conflict = form.conflict(who=lambda: timelines.last_change(row)) if row else None
        if conflict:
            return forms.conflicted(request, form, conflict, head, reload=request.path)
        if form.is_valid():
            stamp: dict[str, Any] = {"at": timezone.now(), "by": request.user.pk}
            try:
                if row is None:
                    made = assets.create(**stamp, **form.values)
                else:
                    made = assets.update(asset_id=row.pk, **stamp, **form.values)
            except ValidationError as error:
                looks.tell(form, error)
            else:
                return pages.done(request, now_("Saved."), looks.asset_url(made))
    back = looks.asset_url(row) if row else reverse("assets:list")
    return forms.render(request, form, head, forms.Buttons(now_("Save the machine"), cancel=back))


@page(CHANGE)
def meter_new(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of a new meter of a machine, or the machine's page."""
    return _meter(request, looks.find(request.user, pk), None)


@page(CHANGE)
def meter_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of a meter, or the page of its machine."""
    row = looks.find_meter(request.user, pk)
    return _meter(request, row.asset, row)


def _meter(request: PageRequest, of: Asset, row: Meter | None) -> HttpResponse:
    form = MeterForm(request.POST or None, instance=row, initial={} if row else {"opening": 0})
    back = looks.asset_url(of)
    title = row.name if row else now_("New meter")
    head = Head(title, crumbs=looks.crumbs(of, Link(title)))
    if request.method == "POST":
        conflict = form.conflict(who=lambda: timelines.last_change(row)) if row else None
        if conflict:
            return forms.conflicted(request, form, conflict, head, reload=request.path)
        if form.is_valid():
            stamp: dict[str, Any] = {"at": timezone.now(), "by": request.user.pk}
            try:
                if row is None:
                    assets.add_meter(asset=of, **stamp, **form.values)
                else:
                    assets.update_meter(meter_id=row.pk, **stamp, **form.values)
            except ValidationError as error:
                looks.tell(form, error)
            else:
                return pages.done(request, now_("Saved."), back)
    return forms.render(request, form, head, forms.Buttons(now_("Save the meter"), cancel=back))


@page(READ)
def read(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form for what the meters of a machine show, or its page."""
    row = looks.find(request.user, pk)
    meters = [meter for meter in row.meters.all() if meter.is_active]
    today = timezone.now().astimezone(zones.zone()).date()
    day = _day(request.GET.get("day", "")) or today
    form = ReadingsForm(request.POST or None, meters=meters, initial={"day": day})
    back = looks.asset_url(row)
    asked = form.fields.get(f"{VALUE}{request.GET.get('meter', '')}")
    if asked is not None:
        asked.widget.attrs["autofocus"] = True
    if request.method == "POST" and form.is_valid() and _recorded(request, form):
        return pages.done(request, now_("The readings are there."), back)
    title = now_("Enter readings")
    head = Head(title, crumbs=looks.crumbs(row, Link(title)))
    told = now_("A reading of a day that has one already takes its place.")
    buttons = forms.Buttons(now_("Save the readings"), cancel=back)
    return forms.render(request, form, head, buttons, consequences=told)


def _day(text: str) -> date | None:
    """Return the day of an address; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _recorded(request: PageRequest, form: ReadingsForm) -> bool:
    """Return whether all readings were written; otherwise none was, and the form says why."""
    stamp: dict[str, Any] = {"at": timezone.now(), "by": request.user.pk}
    day, source = form.cleaned_data["day"], form.cleaned_data["source"]
    refused: dict[int, list[str]] = {}
    early: list[str] = []
    with transaction.atomic():
        for meter_id, value in form.given.items():
            try:
                services.record(meter_id=meter_id, day=day, value=value, source=source, **stamp)
            except ValidationError as error:
                told = error.message_dict
                early = told.pop("day", [])
                refused[meter_id] = [text for texts in told.values() for text in texts]
        if refused:
            transaction.set_rollback(True)
    if early:
        form.add_error("day", early)
    for meter_id, texts in refused.items():
        form.add_error(f"{VALUE}{meter_id}", texts)
    return not refused


class RemoveForm(forms.Form):
    """Why a reading is taken away."""

    reason = django_forms.CharField(label=_("Reason"), max_length=100)


@page(READ)
def reading_remove(request: PageRequest, pk: int) -> HttpResponse:
    """Take a reading away that should not have been entered."""
    row = queries.readings_of(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    form = RemoveForm(request.POST or None)
    back = looks.asset_url(row.meter.asset)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        services.remove(reading_id=pk, reason=reason, at=timezone.now(), by=request.user.pk)
        return pages.done(request, now_("The reading is removed."), back)
    title = now_("Remove the reading")
    told = now_(
        "%(meter)s, %(day)s: %(value)s. What was charged from it is made up for by the next run."
    )
    told %= {
        "meter": row.meter.name,
        "day": formats.date_of(row.day),
        "value": looks.value(row, row.meter),
    }
    head = Head(title, crumbs=looks.crumbs(row.meter.asset, Link(title)))
    return forms.render(request, form, head, forms.Buttons(title, cancel=back), consequences=told)
