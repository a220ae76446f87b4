"""One payment, refund or write-off: its page, giving its credit, undoing it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse as address
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Settlement
from canone.ledgers.invoicing.queries import dues as queries
from canone.ledgers.invoicing.queries import receipts
from canone.ledgers.invoicing.queries.receipts import LOOKS, Standing
from canone.ledgers.invoicing.services import settling
from canone.ledgers.invoicing.web import due_tools, looks
from canone.ledgers.invoicing.web.days import today
from canone.ledgers.invoicing.web.due_forms import GiveForm, UndoForm
from canone.ui import formats, forms, pages
from canone.ui.heads import Action, Counter, Head, Link, Note
from canone.ui.pages import PageRequest, page
from canone.ui.timelines import Entry


@page(permissions.SETTLE)
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Show a payment, refund or write-off: what it settled, and what undid it."""
    row: Any = _find(pk)
    state = Standing(row.standing)
    parts = row.allocations.select_related("due_item__document").order_by("pk")
    counters = [Counter(formats.money(row.amount), _("amount"))]
    if state is Standing.CREDIT:
        counters.append(Counter(formats.money(row.credit), _("credit left")))
    head = Head(
        now_("%(kind)s of %(day)s")
        % {"kind": row.get_kind_display(), "day": formats.date_of(row.day)},
        crumbs=due_tools.crumbs(Link(now_("No. %(number)s") % {"number": row.pk})),
        subject=Link(row.customer.name, looks.party_url(row.customer_id, request.user)),
        state=LOOKS[state],
        counters=counters,
        actions=_actions(row, state),
        notes=_notes(row),
    )
    facts = [
        (_("Date"), formats.date_of(row.day)),
        (_("Method"), looks.method_word(row.method)),
        (_("Reference"), row.reference),
        (_("Reason"), row.reason),
    ]
    return pages.render(
        request,
        "invoicing/payment.html",
        head,
        payment=row,
        parts=[
            (part, looks.document_url(part.due_item.document), queries.open_of(part.due_item))
            for part in parts
        ],
        credit=row.credit,
        back=row.back,
        facts=[(word, value) for word, value in facts if value],
        history=_story(row),
    )


@page(permissions.SETTLE)
def give(request: PageRequest, pk: int) -> HttpResponse:
    """Give the credit of a payment to due items of its customer."""
    row: Any = _find(pk)
    if row.standing != Standing.CREDIT.value:
        raise Http404
    items = due_tools.open_items(request, row.customer_id)
    found = queries.proposal(row.customer_id, row.credit, day=today())
    form = GiveForm(request.POST or None, items=items, shares=found, credit=row.credit)
    if request.method == "POST" and form.is_valid():
        try:
            settling.allocate(
                settlement_id=row.pk, shares=form.shares(), at=timezone.now(), by=request.user.pk
            )
        except ValidationError as error:
            due_tools.refuse(form, error)
        else:
            given = Money(sum(share.minor for share in form.shares().values()))
            text = now_("%(amount)s of the credit settle due items now.")
            told = text % {"amount": formats.money(given)}
            return pages.done(request, told, looks.payment_url(row))
    head = Head(
        _("Give the credit to due items"),
        crumbs=due_tools.crumbs(
            Link(now_("No. %(number)s") % {"number": row.pk}, looks.payment_url(row))
        ),
        subject=Link(row.customer.name, looks.party_url(row.customer_id, request.user)),
        counters=[Counter(formats.money(row.credit), _("credit left"))],
    )
    buttons = forms.Buttons(_("Give it"), cancel=looks.payment_url(row))
    return forms.render(request, form, head, buttons, template="invoicing/shares_form.html")


@page(permissions.SETTLE)
def undo(request: PageRequest, pk: int) -> HttpResponse:
    """Ask why a payment is undone, and book the reversal."""
    row: Any = _find(pk)
    if row.standing in (Standing.REVERSED.value, Standing.REVERSAL.value):
        raise Http404
    form = UndoForm(request.POST or None, initial={"day": today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            back = settling.reverse(
                settlement_id=row.pk,
                reason=data["reason"],
                day=data["day"],
                at=timezone.now(),
                by=request.user.pk,
            )
        except ValidationError as error:
            due_tools.refuse(form, error)
        else:
            text = now_("Undone: %(amount)s, and its due items are open again.")
            told = text % {"amount": formats.money(back.amount, signed=True)}
            return pages.done(request, told, looks.payment_url(row))
    head = Head(
        now_("Undo: %(kind)s of %(day)s")
        % {"kind": row.get_kind_display(), "day": formats.date_of(row.day)},
        crumbs=due_tools.crumbs(
            Link(now_("No. %(number)s") % {"number": row.pk}, looks.payment_url(row))
        ),
        subject=Link(row.customer.name, looks.party_url(row.customer_id, request.user)),
        counters=[Counter(formats.money(row.amount), _("amount"))],
    )
    consequences = now_(
        "An opposite booking is made with your reason; its due items are open again. "
        "Both stay on record."
    )
    buttons = forms.Buttons(
        _("Undo it"), cancel=looks.payment_url(row), leave=_("Leave it as it is")
    )
    return forms.render(request, form, head, buttons, consequences=consequences)


def _find(pk: int) -> Settlement:
    rows = Settlement.objects.select_related("customer", "by", "reverses", "returns")
    return get_object_or_404(receipts.with_standing(rows), pk=pk)


def _actions(row: Settlement, state: Standing) -> list[Action]:
    if state not in (Standing.BOOKED, Standing.CREDIT):
        return []
    found = [Action(_("Undo"), address("invoicing:payment_undo", args=[row.pk]), "undo")]
    if state is Standing.CREDIT:
        back = address("invoicing:payment_back", args=[row.pk])
        found.append(Action(_("Give the money back"), back, "left"))
        url = address("invoicing:payment_give", args=[row.pk])
        found.append(Action(_("Give the credit"), url, "right", main=True))
    return found


def _notes(row: Settlement) -> list[Note]:
    if row.reverses is not None:
        text = now_("This undoes no. %(number)s of %(day)s: %(reason)s")
        told = {"number": row.reverses.pk, "day": formats.date_of(row.reverses.day)}
        return [Note("idle", text % {**told, "reason": row.reason}, "undo")]
    back = Settlement.objects.filter(reverses=row).first()
    if back is None and row.returns is not None:
        text = now_("This gives back what no. %(number)s of %(day)s left over.")
        told = {"number": row.returns.pk, "day": formats.date_of(row.returns.day)}
        return [Note("idle", text % told, "left")]
    if back is None:
        return []
    text = now_("Undone on %(day)s: %(reason)s")
    return [Note("stop", text % {"day": formats.date_of(back.day), "reason": back.reason}, "undo")]


def _story(row: Settlement) -> list[Entry]:
    found = [Entry(row.at, _name(row), now_("Booked"))]
    back = Settlement.objects.filter(reverses=row).select_related("by").first()
    later = row.allocations.exclude(at=row.at).select_related("by", "due_item__document")
    for part in later.order_by("pk"):
        text = now_("%(amount)s of the credit given to %(document)s") % {
            "amount": formats.money(part.amount),
            "document": part.due_item.document.label,
        }
        found.append(Entry(part.at, part.by.get_full_name() if part.by else "", text))
    for refund in row.given_back.select_related("by").order_by("pk"):
        word = now_("Given back") if refund.reverses_id is None else now_("Refund undone")
        told = f"{word}: {formats.money(-refund.amount)}"
        found.append(Entry(refund.at, _name(refund), told, url=looks.payment_url(refund)))
    if back is not None:
        url = looks.payment_url(back)
        found.append(Entry(back.at, _name(back), now_("Undone"), reason=back.reason, url=url))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _name(row: Settlement) -> str:
    return row.by.get_full_name() if row.by else ""
