"""The lists of charges: what is to invoice, and all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.firm import queries as firm
from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Charge, ChargeQuerySet
from canone.ledgers.invoicing.queries import charges as queries
from canone.ledgers.invoicing.queries import words
from canone.ledgers.invoicing.rules.states import Age, State
from canone.ledgers.invoicing.web import customers, looks
from canone.ui import formats, lists, origins
from canone.ui.heads import Action, Counter
from canone.ui.pages import PageRequest, page

STATE_CHOICES = [(state.value, look.word) for state, look in words.STATES.items()]
AGE_CHOICES = [(age.value, word) for age, word in words.AGES.items()]


def _in_state(rows: Any, _name: str, value: str) -> ChargeQuerySet:
    return queries.in_states(rows, [State(value)])


def _of_age(rows: Any, _name: str, value: str) -> ChargeQuerySet:
    return queries.of_age(rows, Age(value), day=timezone.now().astimezone(firm.zone()).date())


class ChargeTable(lists.Table):
    """What a list of charges shows."""

    state = lists.StateColumn(_("State"), words.state)
    customer = lists.Name(
        _("Customer"),
        lambda charge: charge.customer.name,
        link=looks.charge_url,
        sub=lambda charge: charge.description,
        sort="customer__name",
    )
    kind = lists.Text(_("Kind"), lambda charge: origins.kind_word(charge.kind), sort="kind")
    period = lists.Text(_("Period"), words.period, sort="service_start", classes="cn-nw")
    quantity = lists.Text(_("Quantity"), words.quantity, sort=())
    amount = lists.Explained(
        _("Amount"), words.explanation, raw=lambda charge: charge.amount, sort="amount"
    )


class FileTable(lists.Table):
    """What files of charges carry: every value in a column of its own."""

    state = lists.StateColumn(_("State"), words.state)
    code = lists.Text(_("Customer code"), "customer__code")
    customer = lists.Text(_("Customer"), "customer__name")
    kind = lists.Text(_("Kind"), lambda charge: origins.kind_word(charge.kind))
    description = lists.Text(_("Description"), "description")
    first = lists.Date(_("First day"), "service_start")
    last = lists.Date(_("Last day"), words.last_day)
    quantity = lists.Number(_("Quantity"), words.count)
    unit = lists.Text(_("Unit"), "unit")
    unit_price = lists.UnitPrice(_("Unit price"), "unit_price")
    amount = lists.Money(_("Amount"), "amount")
    vat = lists.Text(_("VAT"), lambda charge: charge.vat.code if charge.vat else "")
    origin = lists.Text(_("Origin"), "origin")
    revision = lists.Number(_("Revision"), "revision")
    document = lists.Text(_("Document"), "document")
    reason = lists.Text(_("Reason"), "reason")
    posted = lists.Instant(_("Posted"), "posted_at")


class ChargeFilters(lists.FilterSet):
    """How charges are searched."""

    text = lists.TextFilter(
        _("Text"), ["description", "customer__name", "origin"], hint=_("description, customer")
    )
    customer = customers.customer_filter()
    kind = lists.ChoiceFilter(_("Kind"), origins.kinds, field="kind")
    state = lists.ChoiceFilter(_("State"), STATE_CHOICES, method=_in_state)
    start = lists.DayFilter(_("From"), field="service_start", first=True)
    end = lists.DayFilter(_("To"), field="service_start", first=False)


class OpenFilters(lists.FilterSet):
    """How charges to invoice are searched."""

    text = lists.TextFilter(
        _("Text"), ["description", "customer__name", "origin"], hint=_("description, customer")
    )
    customer = customers.customer_filter()
    kind = lists.ChoiceFilter(_("Kind"), origins.kinds, field="kind")
    age = lists.ChoiceFilter(_("Service ended"), AGE_CHOICES, method=_of_age)
    start = lists.DayFilter(_("From"), field="service_start", first=True)
    end = lists.DayFilter(_("To"), field="service_start", first=False)


class ChargeList(lists.List):
    """All charges, with their states."""

    key = "invoicing.charges"
    title = _("Charges")
    table, file_table, filters = ChargeTable, FileTable, ChargeFilters
    order = ("-service_start",)
    file_name = "charges"

    def rows(self) -> QuerySet[Charge]:
        """Return what this reader may see."""
        seen = queries.with_state().visible_to(self.user)
        return seen.select_related("customer", "vat")

    def totals(self, rows: QuerySet[Charge]) -> lists.Totals:
        """Return a line per state and the whole."""
        found = queries.totals(cast("ChargeQuerySet", rows))
        feet = [
            lists.Foot(cells={"amount": total.amount}, state=words.STATES[state], count=total.count)
            for state, total in found.items()
        ]
        count = sum(total.count for total in found.values())
        whole = Money(sum(total.amount.minor for total in found.values()))
        feet.append(lists.Foot(_("Total of the filter"), {"amount": whole}, count=count, sum=True))
        return lists.Totals(count, feet, data=found)

    def actions(self) -> Sequence[Action]:
        """Return the button for a charge by hand."""
        if not self.user.may(permissions.POST):
            return ()
        return [
            Action(_("New charge"), reverse("invoicing:new"), "plus", key="n", main=True),
        ]

    def bulk(self) -> Sequence[lists.Bulk]:
        """Return the reversal of chosen rows."""
        if not self.user.may(permissions.REVERSE):
            return ()
        return [lists.Bulk(_("Reverse"), reverse("invoicing:reverse"), "undo")]

    def row_label(self, record: Any) -> str:
        """Return customer and description."""
        return f"{record.customer.name}, {record.description}"

    def empty(self) -> lists.Empty:
        """Return what would stand here."""
        return lists.Empty(
            now_("No charges yet"),
            now_(
                "Charges appear here by themselves: accounted sessions, subscriptions, top-ups. "
                "What has no origin is written by hand."
            ),
            self.actions(),
        )


class OpenList(ChargeList):
    """What is to invoice, the oldest first."""

    key = "invoicing.open"
    title = _("To invoice")
    filters = OpenFilters
    order = ("service_start",)
    file_name = "to-invoice"

    def rows(self) -> QuerySet[Charge]:
        """Return what this reader may see of what is neither reversed nor on a document."""
        return queries.in_states(cast("ChargeQuerySet", super().rows()), [State.TO_INVOICE])

    def totals(self, rows: QuerySet[Charge]) -> lists.Totals:
        """Return the whole; there is one state only."""
        row = rows.aggregate(count=Count("pk"), amount=Sum("amount"))
        foot = lists.Foot(_("Total of the filter"), {"amount": row["amount"] or Money(0)}, sum=True)
        return lists.Totals(row["count"], [foot])

    def counters(self, totals: lists.Totals) -> Sequence[Counter]:  # noqa: ARG002 (of all, not of the filter)
        """Return what is open by age."""
        day = timezone.now().astimezone(firm.zone()).date()
        aged = queries.open_by_age(Charge.objects.visible_to(self.user), day=day)
        address = reverse("invoicing:open")
        return [
            Counter(formats.money(total.amount), words.AGES[age], f"{address}?age={age.value}")
            for age, total in aged.items()
            if total.count
        ]

    def empty(self) -> lists.Empty:
        """Return that everything is invoiced."""
        return lists.Empty(
            now_("Nothing is to invoice"),
            now_("What is accounted or granted appears here until a document takes it."),
            [Action(_("All charges"), reverse("invoicing:charges"))],
        )


@page(permissions.VIEW)
def charges(request: PageRequest) -> HttpResponseBase:
    """Show all charges."""
    return ChargeList(request).response()


@page(permissions.VIEW)
def to_invoice(request: PageRequest) -> HttpResponseBase:
    """Show what is to invoice."""
    return OpenList(request).response()
