"""The lists of due items: what is open, and all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canone.base.access.functions import STAFF
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import DueItem, DueItemQuerySet
from canone.ledgers.invoicing.queries import dues as queries
from canone.ledgers.invoicing.queries import settlement
from canone.ledgers.invoicing.queries.dues import LATE, LOOKS, UNSETTLED, Standing
from canone.ledgers.invoicing.rules.ages import Lateness
from canone.ledgers.invoicing.web import customers, looks
from canone.ledgers.invoicing.web.days import today
from canone.ledgers.invoicing.web.finding import MentionFilter
from canone.registers.parties.models import PaymentTerms
from canone.ui import formats, lists
from canone.ui.heads import Action, Counter
from canone.ui.pages import PageRequest, page

LATENESS = [(late.value, word) for late, word in LATE.items()]


def _standing(rows: Any, _name: str, value: str) -> DueItemQuerySet:
    return queries.standing_as(rows, Standing(value), day=today())


def _late(rows: Any, _name: str, value: str) -> DueItemQuerySet:
    return queries.late_as(rows, Lateness(value), day=today())


def _state(item: Any) -> Any:
    return LOOKS[Standing(item.standing)]


def _days_late(item: DueItem) -> int | None:
    return queries.days_late(item, day=today())


def _method(item: DueItem) -> str:
    return looks.method_word(item.method)


def _sub(item: DueItem) -> str:
    kind = str(item.document.get_kind_display())
    if item.number > 1:
        return now_("%(kind)s · instalment %(number)s") % {"kind": kind, "number": item.number}
    return kind


class DueTable(lists.Table):
    """What a list of due items shows."""

    state = lists.StateColumn(_("State"), _state)
    document = lists.Name(
        _("Document"),
        lambda item: item.document.label,
        link=lambda item: looks.document_url(item.document),
        sub=_sub,
        sort=("document__year", "document__series", "document__number"),
        classes="cn-nw",
    )
    customer = lists.Text(
        _("Customer"), lambda item: item.customer.name, sort="customer__name", span="w6"
    )
    due = lists.Date(_("Due"), "due_on")
    late = lists.Number(_("Days late"), _days_late, sort=("-due_on",))
    method = lists.Text(_("Method"), _method, sort="method")
    amount = lists.Money(_("Amount"), "amount", classes="")
    settled = lists.Money(_("Paid"), "settled", classes="")
    open = lists.Money(pgettext_lazy("amount", "Open"), "open_amount")


class FileTable(lists.Table):
    """What files of due items carry."""

    state = lists.StateColumn(_("State"), _state)
    code = lists.Text(_("Customer code"), "customer__code")
    customer = lists.Text(_("Customer"), "customer__name")
    document = lists.Text(_("Document"), "document__label")
    kind = lists.Text(_("Kind"), lambda item: str(item.document.get_kind_display()))
    issued = lists.Date(_("Date"), "document__issue_date")
    number = lists.Number(_("Instalment"), "number")
    due = lists.Date(_("Due"), "due_on")
    late = lists.Number(_("Days late"), _days_late)
    method = lists.Text(_("Method"), _method)
    mandate = lists.Text(_("Mandate"), "mandate")
    amount = lists.Money(_("Amount"), "amount")
    settled = lists.Money(_("Paid"), "settled")
    open = lists.Money(pgettext_lazy("amount", "Open"), "open_amount")


class DueFilters(lists.FilterSet):
    """How due items are searched."""

    text = MentionFilter(
        _("Text"),
        ["document__label", "customer__name"],
        "document__mentions",
        hint=_("number, customer, contract, order"),
    )
    customer = customers.customer_filter()
    state = lists.ChoiceFilter(
        _("State"), [(one.value, LOOKS[one].word) for one in UNSETTLED], method=_standing
    )
    late = lists.ChoiceFilter(_("How late"), LATENESS, method=_late)
    method = lists.ChoiceFilter(_("Method"), PaymentTerms.Method.choices, field="method")
    start = lists.DayFilter(_("Due from"), field="due_on", first=True)
    end = lists.DayFilter(_("Due to"), field="due_on", first=False)


class AllFilters(DueFilters):
    """How all due items are searched: by every state."""

    state = lists.ChoiceFilter(
        _("State"), [(one.value, look.word) for one, look in LOOKS.items()], method=_standing
    )


class DueList(lists.List):
    """All due items that the reader may see, the latest first."""

    key = "invoicing.dues"
    title = _("All due items")
    table, file_table, filters = DueTable, FileTable, AllFilters
    order: ClassVar[tuple[str, ...]] = ("-due_on",)
    file_name = "due-items"

    def rows(self) -> QuerySet[DueItem]:
        """Return what this reader may see."""
        seen = DueItem.objects.visible_to(self.user).select_related("document", "customer")
        return queries.with_standing(seen, day=today())

    def totals(self, rows: QuerySet[DueItem]) -> lists.Totals:
        """Return a line per state and the whole; void items count in neither sum."""
        found = queries.sums(cast("DueItemQuerySet", rows))
        feet = [
            lists.Foot(cells=_cells(one), state=LOOKS[one.standing], count=one.count)
            for one in found
        ]
        whole = queries.whole(found)
        label = _("Total of the filter")
        feet.append(lists.Foot(label, _cells(whole), count=whole.count, sum=True))
        return lists.Totals(sum(one.count for one in found), feet)

    def counters(self, totals: lists.Totals) -> Sequence[Counter]:  # noqa: ARG002 (of all, not of the filter)
        """Return what is open by how late it is."""
        aged = settlement.ageing(DueItem.objects.visible_to(self.user), day=today())
        address = reverse("invoicing:due")
        return [
            Counter(formats.money(total.amount), LATE[late], f"{address}?late={late.value}")
            for late, total in aged.items()
            if total.count
        ]

    def actions(self) -> Sequence[Action]:
        """Return the other list and the button for a payment."""
        found = [self.other()]
        if self.user.may(permissions.SETTLE):
            new = reverse("invoicing:payment_new")
            found.append(Action(_("Book a payment"), new, "plus", key="n", main=True))
        return found

    def other(self) -> Action:
        """Return the way to the other list."""
        return Action(_("What is open"), reverse("invoicing:due"), "clock")

    def bulk(self) -> Sequence[lists.Bulk]:
        """Return what is done with chosen due items of one customer."""
        found = []
        if self.user.may(permissions.SETTLE):
            url = reverse("invoicing:payment_chosen")
            found.append(lists.Bulk(_("Book a payment"), url, "check", main=True))
        if self.user.may(permissions.WRITE_OFF):
            found.append(lists.Bulk(_("Write off"), reverse("invoicing:write_off"), "close"))
        return found

    def row_label(self, record: Any) -> str:
        """Return document, customer and due date."""
        parts = (record.document.label, record.customer.name, formats.date_of(record.due_on))
        return ", ".join(parts)

    def empty(self) -> lists.Empty:
        """Return what would stand here."""
        return lists.Empty(
            now_("No due items yet"),
            now_("Every invoice that is issued puts here what is to pay, and when."),
            self.actions() if self.user.roles & frozenset(STAFF) else (),
        )


class OpenDueList(DueList):
    """What is not settled, what is due first on top."""

    key = "invoicing.due"
    title = _("Due list")
    filters = DueFilters
    order: ClassVar[tuple[str, ...]] = ("due_on",)
    file_name = "open-due-items"

    def rows(self) -> QuerySet[DueItem]:
        """Return what of the due items that this reader may see is not settled."""
        return settlement.unsettled(cast("DueItemQuerySet", super().rows()))

    def other(self) -> Action:
        """Return the way to the other list."""
        return Action(_("All due items"), reverse("invoicing:due_all"), "list")

    def empty(self) -> lists.Empty:
        """Return that everything is settled."""
        return lists.Empty(
            now_("Nothing is open"),
            now_("Every invoice is settled. What is issued next appears here until it is paid."),
            [self.other()],
        )


def _cells(one: queries.Sums) -> dict[str, Any]:
    return {"amount": one.amount, "settled": one.settled, "open": one.open}


@page(permissions.VIEW)
def due(request: PageRequest) -> HttpResponseBase:
    """Show the due items that are not settled."""
    return OpenDueList(request).response()


@page(permissions.VIEW)
def every(request: PageRequest) -> HttpResponseBase:
    """Show all due items."""
    return DueList(request).response()
