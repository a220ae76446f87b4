"""The list of contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from canone.desks.contracts.models import Contract
from canone.desks.contracts.permissions import CHANGE, VIEW
from canone.desks.contracts.queries import active, cycles
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.queries.contracts import Chosen
from canone.desks.contracts.web import looks, shared
from canone.kernel.money import Money
from canone.registers.catalog.models import Article
from canone.ui import formats, lists, zones
from canone.ui.heads import Action, Counter
from canone.ui.pages import PageRequest, page

STATES = [
    ("running", _("In force")),
    ("soon", _("Expires soon")),
    ("ended", _("Ended")),
    ("cancelled", _("Cancelled")),
    ("suspended", _("Suspended")),
]


def months() -> list[tuple[str, str]]:
    """Return the months of the year as choices."""
    return [(str(number), cycles.month_name(number)) for number in cycles.ALL]


class WordsFilter(lists.TextFilter):
    """Looks through number, description, customer and the texts of the lines."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the contracts that hold every word."""
        return queries.narrowed(qs, Chosen(text=value or ""))


class ServiceFilter(lists.ModelFilter):
    """Contracts that have a line of the article."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Return the contracts with such a line."""
        return qs if value is None else queries.narrowed(qs, Chosen(article_id=value.pk))


def _by(**fixed: Any) -> Any:
    name = next(iter(fixed))

    def method(rows: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        kind = fixed[name]
        return queries.narrowed(rows, replace(Chosen(), **{name: kind(value)}))

    return method


def _state(rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
    day = timezone.now().astimezone(zones.zone()).date()
    if value == "cancelled":
        return queries.narrowed(rows, Chosen(is_cancelled=True))
    if value == "suspended":
        return rows.filter(suspended_from__lte=day)
    if value == "soon":
        return queries.ending(rows, day, within=looks.SOON)
    if value == "ended":
        return rows.filter(end__lte=day)
    return queries.narrowed(rows, Chosen(on=day))


class ContractFilters(lists.FilterSet):
    """By words, customer, service, cycle, month and state."""

    text = WordsFilter(_("Text"), (), hint=_("number, description, customer"))
    customer = shared.customer_filter()
    service = ServiceFilter(
        _("Service"), Article.objects.order_by("title"), shown=lambda article: article.title
    )
    cycle = lists.ChoiceFilter(_("Billing"), looks.CYCLES, method=_by(cycle=str))
    month = lists.ChoiceFilter(_("Month of activation"), months, method=_by(month=int))
    state = lists.ChoiceFilter(_("State"), STATES, method=_state)


class ContractTable(lists.Table):
    """One contract a row, with what it brings in."""

    state = lists.StateColumn(_("State"), lambda row: row.told, sort=("end",))
    title = lists.Name(
        _("Contract"),
        lambda row: row.title or row.number,
        link=looks.contract_url,
        sub=lambda row: row.number,
        sort=("number",),
    )
    customer = lists.Text(_("Customer"), "customer__name")
    start = lists.Date(_("Activation"), "start")
    last = lists.Date(_("Expiry"), lambda row: looks.last_day(row.end), sort=("end",))
    cycle = lists.Text(_("Billing"), lambda row: looks.cycle_names(row.worth.cycles), sort=())
    invoice = lists.Money(_("Invoice"), lambda row: row.worth.invoice, sort=())
    annual = lists.Money(_("A year"), lambda row: row.worth.annual, sort=())


class ContractList(lists.List):
    """All contracts with what their fees come to."""

    key = "contracts.list"
    title = _("Contracts")
    table, filters, order, file_name = ContractTable, ContractFilters, ("number",), "contracts"

    @cached_property
    def day(self) -> date:
        """The day at which the page says what is in force."""
        return timezone.now().astimezone(zones.zone()).date()

    def rows(self) -> QuerySet[Any]:
        """Return the contracts this user may see."""
        return queries.for_list(self.user)

    def totals(self, rows: QuerySet[Any]) -> lists.Totals:
        """Return how many there are and what they bring in a year."""
        found = active.of_contracts(rows, on=self.day)
        cells = {"invoice": Money(found.invoice), "annual": Money(found.annual)}
        count = rows.count()
        foot = lists.Foot(now_("Total of the filter"), cells, count=count, sum=True)
        return lists.Totals(count, [foot], data=cells)

    def counters(self, totals: lists.Totals) -> Sequence[Counter]:
        """Return how many contracts and what they come to."""
        annual = totals.data["annual"]
        return [
            Counter(formats.number(totals.count), ngettext("contract", "contracts", totals.count)),
            Counter(formats.money(annual), now_("of fees a year")),
        ]

    def told(self, page: Sequence[Any]) -> Sequence[Any]:
        """Return the contracts with what each brings in."""
        worth = queries.worth([row.pk for row in page], on=self.day)
        for row in page:
            row.worth = worth.get(row.pk, queries.Worth())
            row.told = looks.state(row, self.day)
        return page

    def row_label(self, record: Contract) -> str:
        """Return the contract's number."""
        return record.number

    def actions(self) -> list[Action]:
        """Return the way to a new contract."""
        if not self.user.may(CHANGE):
            return []
        return [Action(now_("New contract"), reverse("contracts:new"), "plus", key="n", main=True)]

    def empty(self) -> lists.Empty:
        """Return what stands here later."""
        text = now_("What was agreed with a customer, and what each line of it charges, and when.")
        return lists.Empty(now_("No contracts yet"), text, self.actions())


@page(VIEW)
def listing(request: PageRequest) -> HttpResponseBase:
    """Return the list of contracts."""
    return ContractList(request).response()
