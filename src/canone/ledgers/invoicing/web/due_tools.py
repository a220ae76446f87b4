"""What the pages of settlement share: the open due items of a customer, refusals, the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from canone.ledgers.invoicing.models import DueItem
from canone.ledgers.invoicing.queries import dues as queries
from canone.ledgers.invoicing.queries import settlement
from canone.ledgers.invoicing.services import booking
from canone.ledgers.invoicing.web.days import today
from canone.ui import forms
from canone.ui.heads import Link
from canone.ui.pages import PageRequest

MOST = 200
"""How many due items a form shows: the oldest, and those that were chosen."""


def open_items(request: PageRequest, customer_id: int, chosen: Sequence[int] = ()) -> list[DueItem]:
    """Return a customer's due items that are not settled, the oldest first, and those chosen."""
    seen = DueItem.objects.visible_to(request.user).filter(customer=customer_id)
    rows = queries.named(queries.with_standing(settlement.unsettled(seen), day=today()))
    found = list(rows.order_by("due_on", "pk")[:MOST])
    here = {item.pk for item in found}
    missing = [key for key in chosen if key not in here]
    if missing:
        found += list(rows.filter(pk__in=missing).order_by("due_on", "pk"))
    return found


def crumbs(*links: Link) -> list[Link]:
    """Return the way to here."""
    return [Link(_("Payments"), reverse("invoicing:payments")), *links]


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Put what a service refused at the fields it names."""
    if isinstance(error, booking.KeyTakenError):  # sent, corrected on the way back, sent again
        form.add_error(None, _("This form has booked something else already: open it anew."))
        return
    faults: Mapping[str, Any] = (
        error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    )
    for name, texts in faults.items():
        form.add_error(name if name in form.fields else None, texts)


def safe(back: str) -> str:
    """Return the way back if it is a list of due items."""
    ours = (reverse("invoicing:due_all"), reverse("invoicing:due"))
    return back if back.startswith(ours) else ours[-1]
