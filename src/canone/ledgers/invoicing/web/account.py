"""What the page of a customer shows of invoices: open, overdue, ageing, the last documents."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Document, DueItem
from canone.ledgers.invoicing.queries import documents, dues, settlement
from canone.ledgers.invoicing.queries.documents import LOOKS, Standing
from canone.ledgers.invoicing.web import looks, surplus
from canone.ledgers.invoicing.web.ageing import bar
from canone.ledgers.invoicing.web.days import today
from canone.registers.parties.models import Party
from canone.ui import pages
from canone.ui.heads import Action
from canone.ui.pages import PageRequest, page

SHOWN = 5


@page(permissions.VIEW)
def of_customer(request: PageRequest, pk: int) -> HttpResponse:
    """Show what one customer owes, how late it is, and the last documents."""
    customer = get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    day = today()
    items = DueItem.objects.visible_to(request.user)
    owed = dues.account(items, customer.pk, day=day)
    seen = Document.objects.visible_to(request.user).filter(customer=customer)
    last = documents.with_standing(seen, day=day).order_by("-issue_date", "-pk")
    due_url = f"{reverse('invoicing:due')}?customer={pk}"
    return pages.fragment(
        request,
        "invoicing/account.html",
        title=now_("Invoices and due items"),
        account=owed,
        is_open=any(total.count for total in owed.ages.values()),
        days=(day - owed.late_since).days if owed.late_since else 0,
        stack=bar(owed.ages, customer=pk),
        due_url=due_url,
        overdue_url=f"{due_url}&state=overdue",
        all_url=f"{reverse('invoicing:documents')}?customer={pk}",
        last=[_told(row) for row in last[:SHOWN]],
        actions=_actions(request.user, pk, has_open=bool(owed.open)),
    )


def _told(row: Document) -> tuple[str, str, object, object, object]:
    standing = LOOKS[Standing(row.standing)]  # type: ignore[attr-defined]
    gross = documents.signed(row, row.gross)
    return documents.name(row), looks.document_url(row), row.issue_date, standing, gross


def _actions(user: User, pk: int, *, has_open: bool) -> list[Action]:
    taxed = reverse("invoicing:taxation", args=[pk])
    last = [Action(_("Taxation"), taxed, "gear")] if user.may(permissions.SETTINGS) else []
    if not user.may(permissions.SETTLE):
        return last
    new = f"{reverse('invoicing:payment_new')}?customer={pk}"
    found = [Action(_("Book a payment"), new, "plus")] if has_open else []
    opened = settlement.unsettled(DueItem.objects.filter(customer=pk))
    if opened.filter(amount__lt=0).exists():
        url = reverse("invoicing:set_off", args=[pk])
        if opened.filter(amount__gt=0).exists():
            found.append(Action(_("Set credit notes off"), url, "undo", post=True))
        found.append(Action(_("Book a refund"), reverse("invoicing:refund", args=[pk]), "left"))
    has_debt = opened.filter(amount__gt=0).exists()
    return found + surplus.actions(pk, has_debt=has_debt) + last
