"""Cancelling, suspending, taking up again and duplicating contracts."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.desks.contracts.models import Contract
from canone.desks.contracts.permissions import CHANGE
from canone.desks.contracts.queries import situation
from canone.desks.contracts.services import contracts, copying, lines
from canone.desks.contracts.web import detail, looks, shared
from canone.desks.contracts.web.forms import (
    CancelForm,
    CopyForm,
    ResumeForm,
    SuspendForm,
)
from canone.kernel.money import Money
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
    back = situation.given_back(contract, last_day=detail.today())
    told = _("What is billed beyond the last day is given back by the next run.")
    if back > Money.zero():
        amount = {"amount": formats.money(back)}
        told = f"{told} {_('With today that would be %(amount)s before VAT.') % amount}"
    return _ask(request, form, contract, _("Cancel the contract"), told)


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
    return _ask(request, form, contract, _("Suspend"), told)


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
    return _ask(request, form, contract, _("Take up again"), told)


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
    told = _("Lines that run without an end are taken over; meters and papers stay behind.")
    return _ask(request, form, contract, _("Duplicate"), told)


def _ask(
    request: PageRequest, form: forms.Form, contract: Contract, title: str, told: str
) -> HttpResponse:
    head = Head(
        title, crumbs=shared.crumbs(contract, Link(title)), subject=shared.subject(contract)
    )
    buttons = forms.Buttons(title, cancel=looks.contract_url(contract), leave=_("Back"))
    return forms.render(request, form, head, buttons, consequences=told)
