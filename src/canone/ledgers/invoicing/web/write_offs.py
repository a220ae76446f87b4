"""Writing off what will not be paid, setting credit notes off, giving money back for them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import DueItem
from canone.ledgers.invoicing.queries import dues as queries
from canone.ledgers.invoicing.queries import settlement
from canone.ledgers.invoicing.services import settling
from canone.ledgers.invoicing.web import due_tools, looks
from canone.ledgers.invoicing.web.days import today
from canone.ledgers.invoicing.web.due_forms import RefundForm, WriteOffForm
from canone.ledgers.invoicing.web.due_lists import OpenDueList
from canone.registers.parties.models import Party
from canone.ui import formats, forms, lists, pages, reading
from canone.ui.heads import Counter, Head, Link
from canone.ui.pages import PageRequest, page


@page(permissions.WRITE_OFF)
def write_off(request: PageRequest) -> HttpResponse:
    """Ask why the chosen due items are written off, and book it."""
    if request.method == "POST" and "reason" in request.POST:
        keys, back = reading.keys(request.POST.get("chosen", "")), request.POST.get("back", "")
    elif request.method == "POST":
        found = lists.selected(request, OpenDueList)
        keys, back = list(found.rows.values_list("pk", flat=True)[: due_tools.MOST + 1]), found.back
    else:
        keys = reading.keys(request.GET.get("items", ""))
        back = reverse("invoicing:due")
    if len(keys) > due_tools.MOST:
        text = now_("At most 200 due items are written off at once: narrow the filter.")
        return pages.refused(request, text, due_tools.safe(back))
    seen = DueItem.objects.visible_to(request.user).filter(pk__in=keys)
    rows = queries.with_standing(settlement.unsettled(seen), day=today())
    items = list(queries.named(rows).order_by("due_on", "pk"))
    if request.method == "GET" and keys and len(items) < len(set(keys)):
        raise Http404
    if len({item.customer_id for item in items}) != 1:
        text = now_("No due item was chosen.")
        if items:
            text = now_("Due items of one customer are written off together.")
        return pages.refused(request, text, due_tools.safe(back))
    return _ask(request, items, back)


def _ask(request: PageRequest, items: list[DueItem], back: str) -> HttpResponse:
    sent = "reason" in request.POST
    initial = {
        "chosen": ",".join(str(item.pk) for item in items),
        "back": back,
        "day": today(),
    }
    shares = {item.pk: queries.open_of(item) for item in items}
    form = WriteOffForm(request.POST if sent else None, items=items, shares=shares, initial=initial)
    if sent and form.is_valid():
        data = form.cleaned_data
        try:
            row = settling.write_off(
                shares=form.shares(),
                reason=data["reason"],
                day=data["day"],
                at=timezone.now(),
                by=request.user.pk,
            )
        except ValidationError as error:
            due_tools.refuse(form, error)
        else:
            text = now_("%(amount)s written off.") % {"amount": formats.money(row.amount)}
            return pages.done(request, text, due_tools.safe(back))
    customer = items[0].customer
    opened = Money(sum(share.minor for share in shares.values()))
    head = Head(
        _("Write off"),
        crumbs=[Link(_("Due list"), reverse("invoicing:due"))],
        subject=Link(customer.name, looks.party_url(customer.pk, request.user)),
        counters=[Counter(formats.money(opened), _("open"))],
    )
    consequences = now_(
        "What is written off counts as settled and is asked of nobody any more. The VAT stays "
        "owed: a credit note corrects it. It can be undone on the page of the write-off."
    )
    buttons = forms.Buttons(_("Write it off"), cancel=due_tools.safe(back))
    return forms.render(
        request,
        form,
        head,
        buttons,
        template="invoicing/shares_form.html",
        consequences=consequences,
    )


@require_POST
@page(permissions.SETTLE)
def set_off(request: PageRequest, pk: int) -> HttpResponse:
    """Set a customer's open credit notes against the oldest debts."""
    customer = _customer(request, pk)
    rows = settlement.unsettled(DueItem.objects.filter(customer=customer))
    row = settling.offset(
        credits_=list(rows.filter(amount__lt=0).values_list("pk", flat=True)),
        debts=list(rows.filter(amount__gt=0).values_list("pk", flat=True)),
        day=today(),
        at=timezone.now(),
        by=request.user.pk,
    )
    if row is None:
        text = now_("There is no open credit note, or no debt to set it against.")
        return pages.refused(request, text, _account(customer))
    text = now_("The credit notes are set against the oldest debts.")
    return pages.done(request, text, looks.payment_url(row))


@page(permissions.SETTLE)
def refund(request: PageRequest, pk: int) -> HttpResponse:
    """Book money that was given back for a customer's credit notes."""
    customer = _customer(request, pk)
    items = [item for item in due_tools.open_items(request, customer.pk) if item.amount.minor < 0]
    if not items:
        text = now_("No credit note of this customer is open.")
        return pages.refused(request, text, _account(customer))
    shares = {item.pk: queries.open_of(item) for item in items}
    form = RefundForm(request.POST or None, items=items, shares=shares, initial={"day": today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = settling.refund(
                customer_id=customer.pk,
                shares={key: -share for key, share in form.shares().items()},
                day=data["day"],
                method=data["method"],
                reference=data["reference"],
                at=timezone.now(),
                by=request.user.pk,
            )
        except ValidationError as error:
            due_tools.refuse(form, error)
        else:
            text = now_("Refund of %(amount)s booked.") % {"amount": formats.money(-row.amount)}
            return pages.done(request, text, looks.payment_url(row))
    head = Head(
        _("Book a refund"),
        crumbs=due_tools.crumbs(),
        subject=Link(customer.name, looks.party_url(customer.pk, request.user)),
    )
    buttons = forms.Buttons(_("Book the refund"), cancel=_account(customer))
    return forms.render(request, form, head, buttons, template="invoicing/shares_form.html")


def _customer(request: PageRequest, pk: int) -> Party:
    return get_object_or_404(Party.objects.visible_to(request.user), pk=pk)


def _account(customer: Party) -> str:
    return f"{reverse('invoicing:due')}?customer={customer.pk}"
