"""Billing what a contract names and charges on request only: a small form, and what it comes to."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

from django import forms as django_forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from canone.desks.contracts.models import Line
from canone.desks.contracts.queries import requested as queries
from canone.desks.contracts.services import requesting
from canone.desks.contracts.services.requesting import Asked
from canone.desks.contracts.web import detail, line_looks, looks, shared
from canone.kernel.money import MICRO
from canone.ledgers.invoicing import permissions as invoicing
from canone.ui import formats, forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page


class RequestForm(forms.Form):
    """How much of it, and for which days."""

    panels = (
        forms.Panel(_("How much"), ["quantity"]),
        forms.Panel(_("When"), ["first_day", "last_day"], columns=True),
        forms.Panel(_("On the invoice"), ["description"]),
    )
    key = django_forms.CharField(widget=django_forms.HiddenInput, max_length=40)
    quantity = forms.NumberField(label=_("Quantity"))
    first_day = forms.DateField(label=_("First day"))
    last_day = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Empty: the first day alone.")
    )
    description = django_forms.CharField(
        label=_("Description"),
        max_length=300,
        required=False,
        help_text=_("Empty: the text of the line, for these days."),
    )

    @property
    def asked(self) -> Asked:
        """Return what the service takes."""
        names = ("quantity", "first_day", "last_day", "description")
        return Asked(**{name: self.cleaned_data[name] for name in names})


@page(invoicing.POST)
def bill(request: PageRequest, pk: int) -> HttpResponse:
    """Bill what was asked for: it waits for the next run, beside what the contract charges."""
    line = shared.find_line(request.user, pk)
    back = looks.contract_url(line.contract)
    if not queries.can_be_billed(line):
        return redirect(back)
    first = {
        "key": uuid4().hex,
        "quantity": Decimal(line.quantity_micros) / MICRO,
        "first_day": detail.today(),
    }
    form = RequestForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        key, at, by = form.cleaned_data["key"], timezone.now(), request.user.pk
        made = shared.done(
            form, lambda: requesting.bill(line_id=pk, asked=form.asked, key=key, at=at, by=by)
        )
        if made is not None:
            text = now_("%(amount)s to bill: the next run takes it.")
            return pages.done(request, text % {"amount": formats.money(made.amount)}, back)
    title = now_("Bill on request")
    head = Head(
        title,
        crumbs=shared.crumbs(line.contract, Link(title)),
        subject=shared.subject(line.contract, looks.line_words(line)),
    )
    buttons = forms.Buttons(now_("Bill it"), cancel=back)
    shown = reverse("contracts:line_bill_preview", args=[pk])
    before = queries.last(line.contract).get(pk)
    told = ""
    if before is not None:
        told = now_("It is billed already, last for %(day)s.") % {"day": formats.date_of(before)}
    return forms.render(request, form, head, buttons, preview=shown, consequences=told)


@require_POST
@page(invoicing.POST)
def preview(request: PageRequest, pk: int) -> HttpResponse:
    """Return, beside the form, what it comes to and what the invoice says."""
    line = shared.find_line(request.user, pk)
    form = RequestForm(request.POST)
    told: dict[str, Any] = {}
    if form.is_valid():
        told = _told(line, form.asked)
    return pages.fragment(request, "contracts/request_preview.html", **told)


def _told(line: Line, asked: Asked) -> dict[str, Any]:
    faults = requesting.faults(line, asked)
    if faults:
        return {"problems": [text for texts in faults.values() for text in texts]}
    return {
        "amount": queries.amount(line, asked.wanted),
        "words": queries.description(line, asked.wanted),
        "price": formats.unit_price(line.unit_price),
        "quantity": formats.number(Fraction(asked.quantity)),
        "discount": line_looks.share(line.discount_bp) if line.discount_bp else "",
    }
