"""The tabs on which a contract is changed: what is typed is saved when one moves on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.files.services import FileError
from canone.desks.contracts.models import Contract
from canone.desks.contracts.permissions import CHANGE
from canone.desks.contracts.services import contracts, parts
from canone.desks.contracts.web import detail, looks, shared
from canone.desks.contracts.web.contract_forms import (
    UNTIL,
    AccountingForm,
    Agents,
    ConditionsForm,
    MachinesForm,
    RegisterForm,
    agents_of,
)
from canone.ui import forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page

TABS = {
    "register": (_("Register"), "contracts:edit"),
    "accounting": (_("Accounting data"), "contracts:accounting"),
    "machines": (_("Machines"), "contracts:machines"),
    "conditions": (_("Conditions and papers"), "contracts:conditions"),
    "situation": (_("Situation"), "contracts:detail"),
}
GO = "go"


@dataclass(frozen=True, slots=True)
class Shown:
    """A tab as a button that saves and moves on."""

    key: str
    title: object
    is_current: bool


@page(CHANGE)
def new(request: PageRequest) -> HttpResponse:
    """Return the form of a new contract; its lines, or the next tab, come after."""
    start: dict[str, object] = {"start": detail.today()}
    if request.GET.get("customer", "").isdecimal():
        start["customer"] = request.GET["customer"]
    form = RegisterForm(request.POST or None, user=request.user, initial=start)
    if request.method == "POST" and form.is_valid():
        made = shared.done(form, lambda: contracts.create(**_stamp(request), **form.values))
        if made is not None:
            text = now_("Contract %(number)s is there. Add what it charges.")
            url = _next(request, made) or reverse("contracts:line_new", args=[made.pk])
            return pages.done(request, text % {"number": made.number}, url)
    head = Head(now_("New contract"), crumbs=[*shared.crumbs(), Link(now_("New"))])
    buttons = forms.Buttons(now_("Save the contract"), cancel=reverse("contracts:list"))
    return _render(request, form, head, buttons, "register")


@page(CHANGE)
def register(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of what was agreed, or where its user moves on to."""
    contract = shared.find(request.user, pk)
    form = RegisterForm(request.POST or None, instance=contract, user=request.user)

    def save() -> None:
        contracts.update(contract_id=pk, **_stamp(request), **form.values)

    return _answer(request, contract, "register", form, save)


@page(CHANGE)
def own_fields(request: PageRequest) -> HttpResponse:
    """Return the own fields of the type that is chosen, with what stands in them already."""
    form = RegisterForm(user=request.user, initial=request.GET.dict())
    return pages.fragment(request, "contracts/own_fields.html", form=form)


@page(CHANGE)
def accounting(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of payment, references and agents, or where its user moves on to."""
    contract = shared.find(request.user, pk)
    form = AccountingForm(request.POST or None, instance=contract)
    options: dict[str, Any] = {"prefix": "agents", "form_kwargs": {"user": request.user}}
    agents = Agents(request.POST or None, initial=agents_of(contract), **options)

    def save() -> None:
        stamp = _stamp(request)
        contracts.update(contract_id=pk, **stamp, **form.values)
        parts.set_agents(contract_id=pk, shares=agents.shares, **stamp)

    return _answer(request, contract, "accounting", form, save, agents=agents)


@page(CHANGE)
def machines(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of the machines covered, or where its user moves on to."""
    contract = shared.find(request.user, pk)
    form = MachinesForm(request.POST or None, contract=contract)

    def save() -> None:
        stamp, data = _stamp(request), form.cleaned_data
        for cover_id, day in form.ends.items():
            try:
                parts.uncover(cover_id=cover_id, last_day=day, **stamp)
            except ValidationError as error:
                raise ValidationError({f"{UNTIL}{cover_id}": error.messages}) from error
        if data["asset"] is not None:
            asset = data["asset"].pk
            parts.cover(contract_id=pk, asset_id=asset, start=data["start"], **stamp)

    return _answer(request, contract, "machines", form, save, covers=form.covers)


@page(CHANGE)
def conditions(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of conditions and papers, or where its user moves on to."""
    contract = shared.find(request.user, pk)
    form = ConditionsForm(request.POST or None, request.FILES or None, instance=contract)

    def save() -> None:
        stamp, data = _stamp(request), form.cleaned_data
        contracts.update(contract_id=pk, conditions=data["conditions"], **stamp)
        upload = data["file"]
        if upload is None:
            return
        try:
            parts.add_paper(
                contract_id=pk,
                source=upload,
                name=upload.name,
                title=data["paper_title"],
                is_signed=data["is_signed"],
                **stamp,
            )
        except FileError as error:
            raise ValidationError({"file": [str(error.message)]}) from error

    papers = list(contract.papers.all())
    return _answer(request, contract, "conditions", form, save, papers=papers)


def _answer(
    request: PageRequest,
    contract: Contract,
    key: str,
    form: Any,
    save: Callable[[], None],
    **context: Any,
) -> HttpResponse:
    """Return the tab, or after saving the one that its user moves on to."""
    head = Head(
        contract.title or contract.number,
        crumbs=shared.crumbs(contract, Link(now_("Edit"))),
        subject=Link(contract.customer.name, looks.contract_url(contract)),
        state=looks.state(contract, detail.today()),
    )
    if request.method == "POST":
        conflict = form.conflict(who=lambda: looks.last_change(contract)) if _guards(form) else None
        if conflict:
            return forms.conflicted(request, form, conflict, head, reload=request.path)
        others = [context["agents"]] if "agents" in context else []
        if form.is_valid() and all(other.is_valid() for other in others):
            url = _next(request, contract) or looks.contract_url(contract)
            if not any(one.has_changed() for one in (form, *others)):
                return redirect(url)
            if shared.saved(form, save):
                return pages.done(request, now_("Saved."), url)
    buttons = forms.Buttons(now_("Save the contract"), cancel=looks.contract_url(contract))
    context["status"] = 422 if request.method == "POST" else 200
    return _render(request, form, head, buttons, key, contract=contract, **context)


def _guards(form: Any) -> bool:
    return isinstance(form, forms.ModelForm)


def _render(
    request: PageRequest,
    form: Any,
    head: Head,
    buttons: forms.Buttons,
    key: str,
    *,
    status: int | None = None,
    **context: Any,
) -> HttpResponse:
    tabs = [Shown(name, title, name == key) for name, (title, _url) in TABS.items()]
    if status is None:
        status = 422 if form.is_bound and form.errors else 200
    given = {"form": form, "buttons": buttons, "tabs": tabs, **context}
    return pages.render(request, "contracts/edit.html", head, status=status, **given)


def _next(request: PageRequest, contract: Contract) -> str:
    """Return the address of the tab whose button was pressed; none for that which saves."""
    known = TABS.get(request.POST.get(GO, ""))
    return reverse(known[1], args=[contract.pk]) if known else ""


def _stamp(request: PageRequest) -> dict[str, Any]:
    return {"at": timezone.now(), "by": request.user.pk}
