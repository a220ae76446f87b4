"""Cancelling, suspending, taking up again and duplicating contracts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.permissions import CHANGE
from canone.desks.contracts.queries import covering, situation
from canone.desks.contracts.queries.covering import Touched
from canone.desks.contracts.services import contracts, copying, lines
from canone.desks.contracts.web import detail, looks, shared
from canone.desks.contracts.web.forms import (
    CancelForm,
    CopyForm,
    ResumeForm,
    SuspendForm,
)
from canone.kernel.money import Money
from canone.kernel.periods import ONE_DAY
from canone.ui import formats, forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page


@page(CHANGE)
def cancel(request: PageRequest, pk: int) -> HttpResponse:
    """End a contract with a day; what is billed beyond is given back by the next run."""
    contract = shared.find(request.user, pk)
    form = CancelForm(request.POST or None, initial={"on": detail.today()})
    if request.method == "POST" and form.is_valid():
        data, at, by = form.cleaned_data, timezone.now(), request.user.pk
        made = shared.done(form, lambda: contracts.cancel(contract_id=pk, at=at, by=by, **data))
        if made is not None:
            text = _("The contract ends with %(day)s.")
            text %= {"day": formats.date_of(data["last_day"])}
            return pages.done(request, text, looks.contract_url(made))
    given_back = situation.given_back(contract, last_day=detail.today())
    told = _("What is billed beyond the last day is given back by the next run.")
    if given_back > Money.zero():
        amount = {"amount": formats.money(given_back)}
        told = f"{told} {_('With today that would be %(amount)s before VAT.') % amount}"
    shown = _shown(contract, "cancel_preview")
    return _ask(request, form, contract, _("Cancel the contract"), told, shown)


@page(CHANGE)
def suspend(request: PageRequest, pk: int) -> HttpResponse:
    """Bill nothing from a day on, until the contract goes on."""
    contract = shared.find(request.user, pk)
    form = SuspendForm(request.POST or None, initial={"day": detail.today()})
    if request.method == "POST" and form.is_valid():
        data, at, by = form.cleaned_data, timezone.now(), request.user.pk
        made = shared.done(form, lambda: contracts.suspend(contract_id=pk, at=at, by=by, **data))
        if made is not None:
            return pages.done(request, _("The contract is suspended."), looks.contract_url(made))
    told = _("Periods that begin on this day or later are left out, and the preview says so.")
    return _ask(request, form, contract, _("Suspend"), told, _shown(contract, "suspend_preview"))


@page(CHANGE)
def resume(request: PageRequest, pk: int) -> HttpResponse:
    """Take a suspended contract up again: the pause is billed, or cut out."""
    contract = shared.find(request.user, pk)
    form = ResumeForm(request.POST or None, initial={"day": detail.today()})
    if request.method == "POST" and form.is_valid():
        at, by = timezone.now(), request.user.pk
        day = form.cleaned_data["day"]

        def act() -> Contract:
            if form.cleaned_data["how"] == "forget":
                return contracts.unsuspend(contract_id=pk, at=at, by=by)
            return lines.resume(contract_id=pk, day=day, at=at, by=by)

        made = shared.done(form, act)
        if made is not None:
            return pages.done(request, _("The contract goes on."), looks.contract_url(made))
    told = _("Cut out, the lines end where the pause began, and others follow them in step.")
    owed = situation.of_the_pause(contract, today=detail.today())
    if owed > Money.zero():
        amount = {"amount": formats.money(owed)}
        pause = _("Billed as well, the pause comes to %(amount)s before VAT by today.") % amount
        told = f"{told} {pause}"
    shown = _shown(contract, "resume_preview")
    return _ask(request, form, contract, _("Take up again"), told, shown)


def _cancelled(contract: Contract, given: Mapping[str, Any]) -> Touched | None:
    last = given.get("last_day")
    if last is None:
        return None
    contract.end = last + ONE_DAY
    return covering.touched_by_ending(contract, at=timezone.now())


def _suspended(contract: Contract, given: Mapping[str, Any]) -> Touched | None:
    day = given.get("day")
    if day is None:
        return None
    contract.suspended_from = day
    return covering.touched_by_ending(contract, at=timezone.now())


def _resumed(contract: Contract, given: Mapping[str, Any]) -> Touched | None:
    pause, day, how = contract.suspended_from, given.get("day"), given.get("how")
    is_cut = how == "cut"
    if pause is None or not how or (is_cut and (day is None or day < pause)):
        return None
    return covering.touched_by_resuming(contract, day if is_cut else None, at=timezone.now())


Foreseen = Callable[[Contract, Mapping[str, Any]], Touched | None]
STEPS: dict[str, tuple[type[forms.Form], Foreseen]] = {
    "cancel": (CancelForm, _cancelled),
    "suspend": (SuspendForm, _suspended),
    "resume": (ResumeForm, _resumed),
}
"""The form of each step, and what it would touch as far as it is filled in."""


@require_POST
@page(CHANGE)
def preview(request: PageRequest, pk: int, what: str) -> HttpResponse:
    """Return, beside the form of a step, which pending work would be priced otherwise."""
    contract = shared.find(request.user, pk)
    kind, foreseen = STEPS[what]
    form = kind(request.POST)
    form.full_clean()
    touched = foreseen(contract, form.cleaned_data)
    return pages.fragment(
        request,
        "contracts/work_preview.html",
        title=_("Work that waits to be accounted"),
        ends=True,
        goes_on=what == "resume",
        touched=touched,
        changes=shared.changes(touched),
        customer=contract.customer,
    )


def _shown(contract: Contract, name: str) -> str:
    """Return where the panel of what is touched comes from; nothing where no work is priced."""
    is_work = contract.lines.filter(kind=Line.Kind.TARIFF).exists()
    return reverse(f"contracts:{name}", args=[contract.pk]) if is_work else ""


@page(CHANGE)
def copy(request: PageRequest, pk: int) -> HttpResponse:
    """Make a contract like this one, for the same customer or another."""
    contract = shared.find(request.user, pk)
    first = {"customer": contract.customer_id, "start": detail.today()}
    form = CopyForm(request.POST or None, user=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        data, at, by = form.cleaned_data, timezone.now(), request.user.pk
        made = shared.done(
            form,
            lambda: copying.copy(
                contract_id=pk, customer_id=data["customer"].pk, start=data["start"], at=at, by=by
            ),
        )
        if made is not None:
            text = _("Contract %(number)s is there.") % {"number": made.number}
            return pages.done(request, text, looks.contract_url(made))
    told = _(
        "Lines that are not over by the activation are taken over, those by a meter for the same "
        "customer only. Machines and papers stay behind."
    )
    return _ask(request, form, contract, _("Duplicate"), told)


def _ask(
    request: PageRequest,
    form: forms.Form,
    contract: Contract,
    title: str,
    told: str,
    preview: str = "",
) -> HttpResponse:
    head = Head(
        title, crumbs=shared.crumbs(contract, Link(title)), subject=shared.subject(contract)
    )
    buttons = forms.Buttons(title, cancel=looks.contract_url(contract), leave=_("Back"))
    return forms.render(request, form, head, buttons, preview=preview, consequences=told)
