"""What payments left over: given back, or set against what is open."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Settlement
from canone.ledgers.invoicing.queries import receipts, settlement
from canone.ledgers.invoicing.queries.receipts import Standing
from canone.ledgers.invoicing.services import surplus
from canone.ledgers.invoicing.web import due_tools, looks
from canone.ledgers.invoicing.web.days import today
from canone.ledgers.invoicing.web.due_forms import BackForm
from canone.registers.parties.models import Party
from canone.ui import formats, forms, pages
from canone.ui.heads import Action, Counter, Head, Link
from canone.ui.pages import PageRequest, page


@page(permissions.SETTLE)
def back(request: PageRequest, pk: int) -> HttpResponse:
    """Book money that goes back to the customer, of what a payment left over."""
    rows = Settlement.objects.select_related("customer")
    row: Any = get_object_or_404(receipts.with_standing(rows), pk=pk)
    # what is sent is answered by the service: pressed twice it is booked already, and where
    # somebody else was quicker the form stays with what was typed
    if request.method != "POST" and row.standing != Standing.CREDIT.value:
        raise Http404
    first = {"amount": row.credit, "day": today(), "method": row.method}
    form = BackForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        given = surplus.GivenBack(payment_id=row.pk, **data | {"key": f"page:{data['key']}"})
        try:
            made = surplus.give_back(given, at=timezone.now(), by=request.user.pk)
        except ValidationError as error:
            due_tools.refuse(form, error)
        else:
            text = now_("Refund of %(amount)s booked.") % {"amount": formats.money(-made.amount)}
            return pages.done(request, text, looks.payment_url(row))
    head = Head(
        _("Give back what was paid too much"),
        crumbs=due_tools.crumbs(
            Link(now_("No. %(number)s") % {"number": row.pk}, looks.payment_url(row))
        ),
        subject=Link(row.customer.name, looks.party_url(row.customer_id, request.user)),
        counters=[Counter(formats.money(row.credit), _("credit left"))],
    )
    consequences = now_(
        "It notes that the money went back; the bank is asked for nothing. What is not given back "
        "stays the customer’s credit for later documents."
    )
    buttons = forms.Buttons(_("Book the refund"), cancel=looks.payment_url(row))
    return forms.render(request, form, head, buttons, consequences=consequences)


@require_POST
@page(permissions.SETTLE)
def use(request: PageRequest, pk: int) -> HttpResponse:
    """Settle a customer's oldest debts with what its payments left over."""
    customer = get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    before = settlement.credit_of(customer.pk)
    used = surplus.use_credit(customer_id=customer.pk, at=timezone.now(), by=request.user.pk)
    if not used:
        text = now_("There is no credit, or no debt to settle with it.")
        return pages.refused(request, text, _account(customer.pk))
    amount = before - settlement.credit_of(customer.pk)
    text = now_("%(amount)s of the credit settle due items now.")
    return pages.done(request, text % {"amount": formats.money(amount)}, _account(customer.pk))


def actions(customer_id: int, *, has_debt: bool) -> list[Action]:
    """Return what can be done with a customer's credit; nothing without one."""
    payments = settlement.payments_with_credit(customer_id)
    if not payments:
        return []
    found = []
    if has_debt:
        url = reverse("invoicing:use_credit", args=[customer_id])
        found.append(Action(_("Settle with the credit"), url, "right", post=True))
    url = reverse("invoicing:payment_back", args=[payments[0][0].pk])
    if len(payments) > 1:
        url = f"{reverse('invoicing:payments')}?customer={customer_id}&state=credit"
    return [*found, Action(_("Give the credit back"), url, "left")]


def _account(customer_id: int) -> str:
    return f"{reverse('invoicing:due_all')}?customer={customer_id}"
