"""The list of payments, refunds and write-offs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Settlement
from canone.ledgers.invoicing.queries import receipts as queries
from canone.ledgers.invoicing.queries.receipts import LOOKS, Standing
from canone.ledgers.invoicing.web import customers, looks
from canone.registers.parties.models import PaymentTerms
from canone.ui import lists
from canone.ui.heads import Action
from canone.ui.pages import PageRequest, page

STANDINGS = [(standing.value, look.word) for standing, look in LOOKS.items()]


def _standing(rows: Any, _name: str, value: str) -> Any:
    return rows.filter(standing=value)


def _state(row: Any) -> Any:
    return LOOKS[Standing(row.standing)]


def _method(row: Settlement) -> str:
    return looks.method_word(row.method)


def _credit(row: Any) -> Money | None:
    return row.credit or None


class PaymentTable(lists.Table):
    """What the list of payments shows."""

    state = lists.StateColumn(_("State"), _state)
    customer = lists.Name(
        _("Customer"),
        lambda row: row.customer.name,
        link=looks.payment_url,
        sub=lambda row: row.reference or row.reason,
        sort="customer__name",
    )
    day = lists.Date(_("Date"), "day")
    kind = lists.Text(_("Kind"), lambda row: str(row.get_kind_display()), sort="kind")
    method = lists.Text(_("Method"), _method, sort="method")
    amount = lists.Money(_("Amount"), "amount")
    credit = lists.Money(_("Credit left"), _credit, sort="credit", classes="")


class FileTable(lists.Table):
    """What files of payments carry."""

    state = lists.StateColumn(_("State"), _state)
    day = lists.Date(_("Date"), "day")
    kind = lists.Text(_("Kind"), lambda row: str(row.get_kind_display()))
    code = lists.Text(_("Customer code"), "customer__code")
    customer = lists.Text(_("Customer"), "customer__name")
    method = lists.Text(_("Method"), _method)
    reference = lists.Text(_("Reference"), "reference")
    amount = lists.Money(_("Amount"), "amount")
    credit = lists.Money(_("Credit left"), "credit")
    reason = lists.Text(_("Reason"), "reason")
    booked = lists.Instant(_("Booked"), "at")
    by = lists.Text(_("Booked by"), lambda row: row.by.get_full_name() if row.by else "")


class PaymentFilters(lists.FilterSet):
    """How payments are searched."""

    text = lists.TextFilter(
        _("Text"), ["customer__name", "reference", "reason"], hint=_("customer, reference")
    )
    customer = customers.customer_filter()
    kind = lists.ChoiceFilter(_("Kind"), Settlement.Kind.choices, field="kind")
    state = lists.ChoiceFilter(_("State"), STANDINGS, method=_standing)
    method = lists.ChoiceFilter(_("Method"), PaymentTerms.Method.choices, field="method")
    start = lists.DayFilter(_("From"), field="day", first=True)
    end = lists.DayFilter(_("To"), field="day", first=False)


class PaymentList(lists.List):
    """Everything that settled due items, the newest first."""

    key = "invoicing.payments"
    title = _("Payments")
    table, file_table, filters = PaymentTable, FileTable, PaymentFilters
    order: ClassVar[tuple[str, ...]] = ("-day", "-pk")
    file_name = "payments"

    def rows(self) -> QuerySet[Settlement]:
        """Return all settlements: they are shown to who books them."""
        rows = Settlement.objects.select_related("customer", "by")
        return queries.with_standing(rows)

    def totals(self, rows: QuerySet[Settlement]) -> lists.Totals:
        """Return a line per kind; money and write-offs have no sum in common."""
        found = queries.sums(rows)
        feet = [
            lists.Foot(
                str(Settlement.Kind(one.kind).label),
                {"amount": one.amount, "credit": one.credit},
                count=one.count,
            )
            for one in found
        ]
        money = (Settlement.Kind.PAYMENT, Settlement.Kind.REFUND)
        received = Money(sum(one.amount.minor for one in found if one.kind in money))
        feet.append(lists.Foot(_("Received, less refunds"), {"amount": received}, sum=True))
        return lists.Totals(sum(one.count for one in found), feet)

    def actions(self) -> Sequence[Action]:
        """Return the button for a payment."""
        new = reverse("invoicing:payment_new")
        return [Action(_("Book a payment"), new, "plus", key="n", main=True)]

    def row_label(self, record: Any) -> str:
        """Return kind and customer."""
        return f"{record.get_kind_display()}, {record.customer.name}"

    def empty(self) -> lists.Empty:
        """Return what would stand here."""
        return lists.Empty(
            now_("No payments yet"),
            now_("What comes in is booked here and settles the due items of its customer."),
            self.actions(),
        )


@page(permissions.SETTLE)
def payments(request: PageRequest) -> HttpResponseBase:
    """Show payments, refunds, write-offs and credits set off."""
    return PaymentList(request).response()
