"""Booking a payment: whose it is, what it settles, what it would settle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse as address
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import DueItem, Settlement
from canone.ledgers.invoicing.queries import dues as queries
from canone.ledgers.invoicing.queries import settlement
from canone.ledgers.invoicing.services import booking, settling
from canone.ledgers.invoicing.web import due_tools, looks
from canone.ledgers.invoicing.web.days import today
from canone.ledgers.invoicing.web.due_forms import CustomerForm, PaymentForm, SharesForm
from canone.ledgers.invoicing.web.due_lists import OpenDueList
from canone.registers.parties.models import Party
from canone.ui import formats, forms, lists, pages, reading
from canone.ui.heads import Counter, Head, Link, Note
from canone.ui.pages import PageRequest, page


@page(permissions.SETTLE)
def new(request: PageRequest) -> HttpResponse:
    """Book a payment of a customer; without one, ask for the customer first."""
    customer = _customer(request)
    if customer is None:
        return _ask_customer(request)
    chosen = reading.keys(request.GET.get("items", ""))
    items = due_tools.open_items(request, customer.pk, chosen)
    shares = {item.pk: queries.open_of(item) for item in items if item.pk in set(chosen)}
    total = Money(sum(share.minor for share in shares.values()))
    initial: dict[str, Any] = {"amount": total} if total.minor > 0 else {}
    methods = {item.method for item in items if item.pk in shares}
    if len(methods) == 1:
        initial["method"] = methods.pop()
    if total.minor <= 0:
        shares = {}
    form = PaymentForm(request.POST or None, items=items, shares=shares, initial=initial)
    if request.method == "POST" and "propose" in request.POST:
        form = _proposed(request, form, items, customer)
    elif request.method == "POST" and form.is_valid():
        row = _book(request, form, customer)
        if row is not None:
            return pages.done(request, _told(row), looks.payment_url(row))
    return _payment_page(request, form, customer)


def _payment_page(request: PageRequest, form: PaymentForm, customer: Party) -> HttpResponse:
    credit = settlement.credit_of(customer.pk)
    notes = []
    if credit.minor > 0:
        text = now_("%(credit)s of earlier payments are credit, given to no due item yet.")
        notes.append(Note("todo", text % {"credit": formats.money(credit)}, "info"))
    head = Head(
        _("Book a payment"),
        crumbs=due_tools.crumbs(),
        subject=Link(customer.name, looks.party_url(customer.pk, request.user)),
        counters=[
            Counter(formats.money(Money(sum(row.open.minor for row in form.rows))), _("open")),
        ],
        notes=notes,
    )
    buttons = forms.Buttons(_("Book the payment"), cancel=address("invoicing:due"))
    preview = f"{address('invoicing:payment_preview')}?customer={customer.pk}"
    return forms.render(
        request, form, head, buttons, template="invoicing/payment_form.html", preview=preview
    )


def _ask_customer(request: PageRequest) -> HttpResponse:
    form = CustomerForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        return redirect(f"{request.path}?customer={form.cleaned_data['customer'].pk}")
    head = Head(_("Book a payment"), crumbs=due_tools.crumbs())
    buttons = forms.Buttons(_("Go on with this customer"), cancel=address("invoicing:payments"))
    return forms.render(request, form, head, buttons)


@require_POST
@page(permissions.SETTLE)
def chosen(request: PageRequest) -> HttpResponse:
    """Go on to a payment for the due items that were ticked in the list."""
    found = lists.selected(request, OpenDueList)
    rows = found.rows.order_by("due_on", "pk").values_list("pk", "customer")[: due_tools.MOST + 1]
    keys, customers = [key for key, _who in rows], {who for _key, who in rows}
    if len(customers) != 1 or len(keys) > due_tools.MOST:
        text = now_("No due item was chosen.")
        if len(keys) > due_tools.MOST:
            text = now_("At most 200 due items are paid at once: narrow the filter.")
        elif customers:
            text = now_("A payment is of one customer: choose due items of one alone.")
        return pages.refused(request, text, due_tools.safe(found.back))
    items = ",".join(map(str, keys))
    url = f"{address('invoicing:payment_new')}?customer={customers.pop()}&items={items}"
    return redirect(url)


@require_POST
@page(permissions.SETTLE)
def preview(request: PageRequest) -> HttpResponse:
    """Show what the payment that is being written would settle, and what would stay credit."""
    customer = _customer(request)
    if customer is None:
        return pages.fragment(request, "invoicing/payment_preview.html", amount=None)
    items = due_tools.open_items(request, customer.pk)
    form = PaymentForm(request.POST, items=items, shares={})
    is_right = form.is_valid()
    shares = _shares(form, customer) if is_right else {}
    amount = form.cleaned_data.get("amount") if is_right else None
    given = Money(sum(share.minor for share in shares.values()))
    named = queries.with_standing(DueItem.objects.filter(pk__in=shares), day=today())
    rows = queries.named(named).order_by("due_on", "pk")
    opened = Money(sum(queries.open_of(item).minor for item in items))
    return pages.fragment(
        request,
        "invoicing/payment_preview.html",
        amount=amount,
        is_proposed=is_right and not form.shares(),
        shares=[(item, shares[item.pk], queries.open_of(item) - shares[item.pk]) for item in rows],
        credit=amount - given if amount else None,
        left=opened - given,
    )


def _customer(request: PageRequest) -> Party | None:
    asked = request.GET.get("customer", "")
    if not asked:
        return None
    seen = Party.objects.visible_to(request.user).filter(is_customer=True)
    return get_object_or_404(seen, pk=asked if asked.isdecimal() else 0)


def _shares(form: SharesForm, customer: Party) -> dict[int, Money]:
    """Return what is written at the due items; where nothing is, the oldest first."""
    data = form.cleaned_data
    return form.shares() or queries.proposal(customer.pk, data["amount"], day=data["day"])


def _proposed(
    request: PageRequest, form: PaymentForm, items: Sequence[DueItem], customer: Party
) -> PaymentForm:
    """Return the form with the oldest first written at the due items; a faulty one as it is."""
    data = request.POST.copy()
    for item in items:
        data.pop(f"share{item.pk}", None)
    bare = PaymentForm(data, items=items, shares={})
    if not bare.is_valid():
        return form
    names = ("key", "amount", "day", "method", "reference")
    read = {name: bare.cleaned_data[name] for name in names}
    shares = queries.proposal(customer.pk, read["amount"], day=read["day"])
    return PaymentForm(items=items, shares=shares, initial=read)


def _book(request: PageRequest, form: PaymentForm, customer: Party) -> Settlement | None:
    data = form.cleaned_data
    payment = settling.Payment(
        customer.pk,
        data["day"],
        data["amount"],
        data["method"],
        data["reference"],
        shares=form.shares() or None,
        key=f"page:{data['key']}",
    )
    try:
        return settling.pay(payment, at=timezone.now(), by=request.user.pk)
    except ValidationError as error:
        due_tools.refuse(form, error)
        return None


def _told(row: Settlement) -> str:
    credit = booking.credit_of(row)
    told = {"amount": formats.money(row.amount), "credit": formats.money(credit)}
    if credit:
        return now_("Payment of %(amount)s booked; %(credit)s of it stay as credit.") % told
    return now_("Payment of %(amount)s booked.") % told
