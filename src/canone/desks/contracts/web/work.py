"""Lines that price work by a tariff: form, what the tariff says, and what is still to account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms as django_forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.permissions import CHANGE
from canone.desks.contracts.queries import covering
from canone.desks.contracts.services import lines
from canone.desks.contracts.web import detail, looks, shared
from canone.desks.contracts.web.forms import LastDayForm
from canone.kernel.money import Money, UnitPrice
from canone.kernel.periods import ONE_DAY, add_months
from canone.registers.catalog.models import Tariff
from canone.registers.catalog.queries import tariffs, words
from canone.registers.parties.models import Group
from canone.ui import forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page

NOTHING = {
    "kind": Line.Kind.TARIFF,
    "unit_price": UnitPrice(0),
    "minimum": Money.zero(),
    "discount_bp": 0,
    "unit_of_cycle": "",
}
"""A line for work charges nothing itself."""


class WorkForm(forms.Form):
    """By which profile work is priced, for whom, and when."""

    panels: ClassVar[Any] = (
        forms.Panel(_("What"), ["tariff", "group", "description"]),
        forms.Panel(_("When"), ["start", "last_day"], columns=True),
    )
    tariff = forms.PickField(
        Tariff.objects.none(),
        label=_("Profile"),
        shown=lambda tariff: tariff.name,
        help_text=_("A subscription draws on the hours that the fees of this contract include."),
    )
    group = forms.PickField(
        Group.objects.none(),
        label=_("Group (customer)"),
        required=False,
        shown=lambda group: group.name,
        help_text=_("Empty: all of the customer’s. For some of them, add a line each."),
    )
    description = django_forms.CharField(label=_("Description"), max_length=300, required=False)
    start = forms.DateField(
        label=_("Valid from"), help_text=_("For work that starts on this day or later.")
    )
    last_day = forms.DateField(
        label=_("Valid until"), required=False, help_text=_("Empty: as long as the contract.")
    )
    of_line = django_forms.IntegerField(widget=django_forms.HiddenInput, required=False)

    def __init__(self, *args: Any, contract: Contract, line: Line | None = None, **o: Any) -> None:
        if line is not None:
            o["initial"] = _values_of(line) | o.get("initial", {})
        super().__init__(*args, **o)
        kept = line.tariff_id if line is not None else None
        active = Tariff.objects.filter(Q(is_active=True) | Q(pk=kept)).order_by("name")
        self.fields["tariff"].queryset = active  # type: ignore[attr-defined]
        own = Group.objects.filter(party=contract.customer_id).order_by("name")
        self.fields["group"].queryset = own  # type: ignore[attr-defined]
        if line is not None:
            self.carry_seen()

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = self.cleaned_data
        last = data["last_day"]
        named = {name: data[name] for name in ("tariff", "group", "description", "start")}
        return NOTHING | named | {"end": last + ONE_DAY if last else None}


class RevisedWorkForm(WorkForm):
    """The same, for what holds from a day on."""

    panels = (forms.Panel(_("From when"), ["day"]), *WorkForm.panels)
    unguarded = ("day",)
    day = forms.DateField(
        label=_("From"), help_text=_("The line ends the day before, and this one goes on.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["start"]

    def clean(self) -> dict[str, Any]:
        """Let the line begin on its day."""
        data: dict[str, Any] = super().clean() or {}
        return data | {"start": data.get("day")}


def _values_of(line: Line) -> dict[str, Any]:
    names = ("tariff", "group", "description", "start")
    return {name: getattr(line, name) for name in names} | {
        "last_day": looks.last_day(line.end),
        "of_line": line.pk,
    }


@page(CHANGE)
def new(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of a new line for work, or the contract's page."""
    contract = shared.find(request.user, pk)
    first = {"start": contract.start}
    form = WorkForm(request.POST or None, contract=contract, initial=first)

    def save() -> None:
        lines.add(contract_id=pk, **_stamp(request), **form.values)

    return _answer(request, contract, now_("Tariff for work"), form, save)


@page(CHANGE)
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form that corrects a line for work from its first day on."""
    line = shared.find_line(request.user, pk)
    if line.kind != Line.Kind.TARIFF:
        return redirect(looks.line_url(line, "edit"))
    form = WorkForm(request.POST or None, contract=line.contract, line=line)
    if conflict := shared.conflict(request, form, line, now_("Correct")):
        return conflict

    def save() -> None:
        lines.update(line_id=pk, **_stamp(request), **form.values)

    told = now_(
        "The correction holds for all work that is not accounted yet. What is accounted stays as "
        "it is."
    )
    return _answer(request, line.contract, now_("Correct"), form, save, told)


@page(CHANGE)
def revise(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of the line for work that goes on from a day with other values."""
    line = shared.find_line(request.user, pk)
    if line.kind != Line.Kind.TARIFF:
        return redirect(looks.line_url(line, "revise"))
    first = {"day": add_months(detail.today().replace(day=1), 1)}
    form = RevisedWorkForm(request.POST or None, contract=line.contract, line=line, initial=first)
    if conflict := shared.conflict(request, form, line, now_("Change from a day on")):
        return conflict

    def save() -> None:
        values = form.values
        day = values.pop("start")
        lines.revise(line_id=pk, day=day, **_stamp(request), **values)

    told = now_("Work that starts before the day keeps the profile that it has.")
    return _answer(request, line.contract, now_("Change from a day on"), form, save, told)


@require_POST
@page(CHANGE)
def preview(request: PageRequest, pk: int) -> HttpResponse:
    """Return, beside the form, what the tariff says and which pending work changes its price."""
    contract = shared.find(request.user, pk)
    kind = RevisedWorkForm if "day" in request.POST else WorkForm
    form = kind(request.POST, contract=contract, line=shared.line_of(contract, request.POST))
    context: dict[str, Any] = {}
    if form.is_valid():
        now = timezone.now()
        key = form.values["tariff"].pk
        version = tariffs.current_versions(now, tariffs=[key]).get(key)
        touched = covering.touched(_foreseen(contract, form), at=now)
        context |= {"touched": touched, "changes": shared.changes(touched)}
        context["sentence"] = words.sentence_bold(version.terms()) if version else ""
    return pages.fragment(request, "contracts/work_preview.html", **context)


@require_POST
@page(CHANGE)
def end_preview(request: PageRequest, pk: int) -> HttpResponse:
    """Return, beside the form of its end, which pending work a line would leave."""
    line = shared.find_line(request.user, pk)
    form = LastDayForm(request.POST)
    context: dict[str, Any] = {}
    if line.kind == Line.Kind.TARIFF and form.is_valid():
        line.end = form.cleaned_data["last_day"] + ONE_DAY
        touched = covering.touched([line], at=timezone.now())
        context |= {"touched": touched, "changes": shared.changes(touched)}
    return pages.fragment(request, "contracts/work_preview.html", **context)


def _foreseen(contract: Contract, form: WorkForm) -> list[Line]:
    """Return the lines as saving the form would leave them, in memory."""
    line = lines.blank(contract)
    for name, value in form.values.items():
        setattr(line, name, value)
    known = shared.line_of(contract, form.data)
    if known is None:
        return [line]
    known.contract = contract
    if not isinstance(form, RevisedWorkForm):
        line.pk = known.pk
        return [line]
    known.end = line.start
    return [known, line]


def _answer(
    request: PageRequest,
    contract: Contract,
    title: str,
    form: WorkForm,
    save: Callable[[], None],
    told: str = "",
) -> HttpResponse:
    back = looks.contract_url(contract)
    if request.method == "POST" and form.is_valid() and shared.saved(form, save):
        return pages.done(request, now_("Saved."), back)
    head = Head(
        title,
        crumbs=shared.crumbs(contract, Link(title)),
        subject=shared.subject(contract),
    )
    buttons = forms.Buttons(now_("Save the line"), cancel=back)
    url = reverse("contracts:work_preview", args=[contract.pk])
    return forms.render(request, form, head, buttons, preview=url, consequences=told)


def _stamp(request: PageRequest) -> dict[str, Any]:
    return {"at": timezone.now(), "by": request.user.pk}
