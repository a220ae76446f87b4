"""The lines of a contract: new, corrected, changed from a day on, ended; with what they charge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.permissions import CHANGE
from canone.desks.contracts.queries import trial
from canone.desks.contracts.services import lines
from canone.desks.contracts.web import detail, looks, shared
from canone.desks.contracts.web.forms import EndForm, LineForm, RevisedLineForm
from canone.kernel.periods import add_months
from canone.ui import formats, forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page

MONTHS_SHOWN = 12
MOST_SHOWN = 14


@dataclass(frozen=True, slots=True)
class Told:
    """A charge of the schedule beside the form."""

    period: str
    day: date
    amount: str
    share: str


@page(CHANGE)
def new(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of a new line, or the contract's page."""
    contract = shared.find(request.user, pk)
    form = LineForm(request.POST or None, line=lines.blank(contract), initial=_first(contract))
    if request.method == "POST" and form.is_valid():
        at, by = timezone.now(), request.user.pk
        try:
            lines.add(contract_id=pk, at=at, by=by, **form.values)
        except ValidationError as error:
            looks.tell(form, shared.faults(error))
        else:
            return pages.done(request, _("The line is there."), looks.contract_url(contract))
    return _show(request, form, contract, _("New line"))


def _first(contract: Contract) -> dict[str, object]:
    return {"start": contract.start, "quantity": 1, "unit_price": None, "cycle": "monthly"}


@page(CHANGE)
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form that corrects a line from its first day on."""
    line = shared.find_line(request.user, pk)
    if line.kind != Line.Kind.FEE:
        return redirect(looks.line_url(line, "edit"))
    form = LineForm(request.POST or None, line=line)
    if conflict := shared.conflict(request, form, line, _("Correct")):
        return conflict
    if request.method == "POST" and form.is_valid():
        at, by = timezone.now(), request.user.pk
        try:
            lines.update(line_id=pk, at=at, by=by, **form.values)
        except ValidationError as error:
            looks.tell(form, shared.faults(error))
        else:
            return pages.done(request, _("Saved."), looks.contract_url(line.contract))
    told = _(
        "The correction holds from the line’s first day: what is billed already is charged or "
        "given back as a difference by the next run. For a change from a day on, there is "
        "“Change from a day on”."
    )
    return _show(request, form, line.contract, _("Correct"), told, line)


@page(CHANGE)
def revise(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of the line that goes on from a day with other values."""
    line = shared.find_line(request.user, pk)
    if line.kind != Line.Kind.FEE:
        return redirect(looks.line_url(line, "revise"))
    first = {"day": add_months(detail.today().replace(day=1), 1)}
    form = RevisedLineForm(request.POST or None, line=line, initial=first)
    if conflict := shared.conflict(request, form, line, _("Change from a day on")):
        return conflict
    if request.method == "POST" and form.is_valid():
        at, by, day = timezone.now(), request.user.pk, form.cleaned_data["day"]
        try:
            lines.revise(line_id=pk, day=day, at=at, by=by, **form.values)
        except ValidationError as error:
            looks.tell(form, shared.faults(error))
        else:
            return pages.done(request, _("Saved."), looks.contract_url(line.contract))
    told = _("The periods stay as they are; a period that the day cuts is charged in two parts.")
    return _show(request, form, line.contract, _("Change from a day on"), told, line)


@page(CHANGE)
def end(request: PageRequest, pk: int) -> HttpResponse:
    """End a line with a day."""
    line = shared.find_line(request.user, pk)
    form = EndForm(request.POST or None, line=line)
    if conflict := shared.conflict(request, form, line, _("End the line")):
        return conflict
    back = looks.contract_url(line.contract)
    if request.method == "POST" and form.is_valid():
        last = form.cleaned_data["last_day"]
        try:
            lines.end(line_id=pk, last_day=last, at=timezone.now(), by=request.user.pk)
        except ValidationError as error:
            looks.tell(form, shared.faults(error))
        else:
            text = _("The line ends with %(day)s.") % {"day": formats.date_of(last)}
            return pages.done(request, text, back)
    title = _("End the line")
    head = Head(title, crumbs=shared.crumbs(line.contract, Link(title)), subject=_subject(line))
    is_work = line.kind == Line.Kind.TARIFF
    shown = reverse("contracts:work_end_preview", args=[pk]) if is_work else ""
    told = (
        _("Work that starts after this day is priced without it. What is accounted stays.")
        if is_work
        else _("What is billed beyond this day is given back by the next run.")
    )
    buttons = forms.Buttons(title, cancel=back)
    return forms.render(request, form, head, buttons, preview=shown, consequences=told)


def _subject(line: Line) -> Link:
    return shared.subject(line.contract, looks.line_words(line))


@require_POST
@page(CHANGE)
def preview(request: PageRequest, pk: int) -> HttpResponse:
    """Return, beside the form, what the line would charge over twelve months."""
    contract = shared.find(request.user, pk)
    line = shared.line_of(contract, request.POST)
    is_revised = "day" in request.POST
    form = (RevisedLineForm if is_revised else LineForm)(request.POST, line=line)
    found: list[Told] = []
    problems: list[str] = []
    if form.is_valid():
        values = {"start": form.cleaned_data.get("day")} | form.values
        if line is not None:
            # what no field shows stays as it is, and the service keeps it too
            values |= {name: getattr(line, name) for name in trial.KEPT}
        told = trial.schedule_of(contract, values, months=MONTHS_SHOWN, most=MOST_SHOWN)
        problems = list(told.problems)
        if values["months"] and not told.charges and not problems:
            problems = [_("No period of the first year begins in a month to bill.")]
        found = [
            Told(
                formats.period(charge.period.start, charge.period.end),
                charge.invoice_date,
                formats.money(charge.amount),
                "" if charge.ratio == 1 else formats.percent(charge.ratio, decimals=1),
            )
            for charge in told.charges
        ]
    return pages.fragment(request, "contracts/schedule.html", charges=found, problems=problems)


def _show(
    request: PageRequest,
    form: LineForm,
    contract: Contract,
    title: str,
    told: str = "",
    line: Line | None = None,
) -> HttpResponse:
    subject = _subject(line) if line is not None else shared.subject(contract)
    head = Head(title, crumbs=shared.crumbs(contract, Link(title)), subject=subject)
    buttons = forms.Buttons(_("Save the line"), cancel=looks.contract_url(contract))
    url = reverse("contracts:line_preview", args=[contract.pk])
    return forms.render(request, form, head, buttons, preview=url, consequences=told)
