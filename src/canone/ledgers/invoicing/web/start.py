"""What the start page shows of charges and due items."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from canone.base.access.models import User
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Charge, DueItem
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.queries import outlooks, settlement, words
from canone.ledgers.invoicing.queries.dues import LOOKS, Standing
from canone.ledgers.invoicing.rules.ages import Lateness
from canone.ledgers.invoicing.rules.states import Age, State
from canone.ui import formats, zones
from canone.ui.queues import Figure, Queue


def queues(user: User, day: date) -> Iterator[Queue]:
    """Yield what is to invoice and what is overdue, and since when."""
    ready = _ready(user, day)
    if ready is not None:
        yield ready
    else:
        yield _charges(user, day)
    yield _overdue(user, day)


def _charges(user: User, day: date) -> Queue:
    seen = Charge.objects.visible_to(user)
    aged = queries.open_by_age(seen, day=day)
    total = queries.open_total(seen)
    late = aged[Age.OLDER]
    sub = ""
    if late.count:
        sub = _("%(amount)s older than 90 days") % {"amount": formats.money(late.amount)}
    address = reverse("invoicing:open")
    look = words.STATES[State.TO_INVOICE]
    return Queue(look, _("Charges to invoice"), address, total.count, total.amount, sub)


def _ready(user: User, day: date) -> Queue | None:
    """Return what a run would bill by now, as the last look at what is owed found it.

    The charges that stand open are among it; None for who bills nothing or before the first look.
    """
    look = outlooks.last()
    if not user.may(permissions.ISSUE) or look is None or look.made_at is None:
        return None
    owed = outlooks.items(look).visible_to(user).filter(invoice_on__lte=day)
    found = outlooks.parts(owed, day=day).codes.get("")
    if found is None:
        return None
    sub = _("as seen on %(when)s") % {"when": formats.instant(look.made_at, zones.zone())}
    address = f"{reverse('invoicing:unbilled')}?code=ready"
    state = words.STATES[State.TO_INVOICE]
    return Queue(state, _("Fees and work to bill"), address, found.count, found.amount, sub)


def figures(user: User, day: date) -> Iterator[Figure]:
    """Yield what is to invoice, what is to collect, and what of it is overdue."""
    ready = _ready(user, day)
    if ready is not None:
        yield Figure(_("to invoice"), formats.money(ready.value), ready.url)
    else:
        total = queries.open_total(Charge.objects.visible_to(user))
        yield Figure(_("to invoice"), formats.money(total.amount), reverse("invoicing:open"))
    yield from _collecting(user, day, _("to collect"))


def own_figures(user: User, day: date) -> Iterator[Figure]:
    """Yield what a customer has to pay, and what of it is overdue."""
    yield from _collecting(user, day, _("to pay"))


def _overdue(user: User, day: date) -> Queue:
    late = settlement.overdue(DueItem.objects.visible_to(user), day=day)
    old = settlement.ageing(DueItem.objects.visible_to(user), day=day)[Lateness.OLDER]
    sub = ""
    if old.count:
        sub = _("%(amount)s more than 90 days late") % {"amount": formats.money(old.amount)}
    address = f"{reverse('invoicing:due')}?state={Standing.OVERDUE.value}"
    amount = settlement.sum_of(late)
    return Queue(LOOKS[Standing.OVERDUE], _("Due items"), address, late.count(), amount, sub)


def _collecting(user: User, day: date, word: str) -> Iterator[Figure]:
    items = DueItem.objects.visible_to(user)
    opened = settlement.sum_of(settlement.unsettled(items))
    late = settlement.sum_of(settlement.overdue(items, day=day))
    remark = ""
    if late:
        remark = _("%(amount)s of it overdue") % {"amount": formats.money(late)}
    yield Figure(word, formats.money(opened), reverse("invoicing:due"), remark)
