"""The due items of a document with what was booked on them, and what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Allocation, Document, DueItem
from canone.ledgers.invoicing.queries import dues as queries
from canone.ledgers.invoicing.queries.dues import LOOKS, Standing
from canone.ledgers.invoicing.web import looks
from canone.ledgers.invoicing.web.days import today
from canone.ui.heads import Action
from canone.ui.states import State


@dataclass(frozen=True, slots=True)
class Due:
    """A due item as the page of its document shows it; bookings are row, words and address."""

    item: DueItem
    state: State
    method: str
    open: Money
    late: int | None
    bookings: Sequence[tuple[Allocation, str, str]]


def of_document(row: Document, user: User) -> list[Due]:
    """Return the due items of a document in their order."""
    day = today()
    items = list(queries.with_standing(DueItem.objects.filter(document=row), day=day))
    items.sort(key=lambda item: item.number)
    booked = queries.bookings([item.pk for item in items])
    return [
        Due(
            item,
            LOOKS[Standing(item.standing)],  # type: ignore[attr-defined]
            looks.method_word(item.method),
            queries.open_of(item),
            queries.days_late(item, day=day),
            [_booking(part, user) for part in booked.get(item.pk, ())],
        )
        for item in items
    ]


def actions(dues: Sequence[Due], user: User) -> list[Action]:
    """Return the buttons under the due items of which something is open."""
    opened = [due.item for due in dues if due.open]
    if not opened:
        return []
    keys, found = ",".join(str(item.pk) for item in opened), []
    who = opened[0].customer_id
    if user.may(permissions.WRITE_OFF):
        url = f"{reverse('invoicing:write_off')}?items={keys}"
        found.append(Action(_("Write off"), url, "close"))
    if not user.may(permissions.SETTLE):
        return found
    if opened[0].amount.minor < 0:
        url = reverse("invoicing:set_off", args=[who])
        found.append(Action(_("Set credit notes off"), url, "undo", post=True))
        found.append(Action(_("Book a refund"), reverse("invoicing:refund", args=[who]), "left"))
    else:
        url = f"{reverse('invoicing:payment_new')}?customer={who}&items={keys}"
        found.append(Action(_("Book a payment"), url, "plus"))
    return found


def _booking(part: Allocation, user: User) -> tuple[Allocation, str, str]:
    row = part.settlement
    words = str(row.get_kind_display())
    if row.reverses_id:
        words = now_("%(kind)s reversed") % {"kind": words}
    return part, words, looks.payment_link(row, user)
