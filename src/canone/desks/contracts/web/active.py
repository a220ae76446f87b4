"""The list of active contracts: a line a row, by service, with totals and counts of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple, cast

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from canone.base.exchange import writers
from canone.base.exchange.writers import Column
from canone.desks.contracts.models import Line
from canone.desks.contracts.permissions import VIEW
from canone.desks.contracts.queries import active as queries
from canone.desks.contracts.queries.active import Wanted
from canone.desks.contracts.web import looks, shared
from canone.desks.contracts.web.lists import months
from canone.kernel.money import Money
from canone.registers.catalog.models import Article
from canone.ui import formats, lists, zones
from canone.ui.heads import Action, Counter, Link
from canone.ui.pages import PageRequest, page

KIND = writers.Kind
MOST_SERVICES = 12
"""So many services have a line of their own at the foot, the largest; a link opens the rest."""
ALL = "all"
CANCELLED = [("no", _("Not cancelled")), ("yes", _("Cancelled"))]
TIMES = [("today", _("In force today")), ("all", _("All, ended ones too"))]


def _cycle(rows: QuerySet[Line], _name: str, value: str) -> QuerySet[Line]:
    return queries.narrowed(rows, Wanted(cycle=value))


def _month(rows: QuerySet[Line], _name: str, value: str) -> QuerySet[Line]:
    return queries.narrowed(rows, Wanted(month=int(value)))


def _cancelled(rows: QuerySet[Line], _name: str, value: str) -> QuerySet[Line]:
    return queries.narrowed(rows, Wanted(is_cancelled=value == "yes"))


def _when(rows: QuerySet[Line], _name: str, _value: str) -> QuerySet[Line]:
    return rows  # the list itself asks: without a choice it shows what is in force


class ActiveFilters(lists.FilterSet):
    """By service, cycle, month of billing, customer, cancellation and words."""

    service = lists.ModelFilter(
        _("Service"),
        Article.objects.order_by("title"),
        field="article",
        shown=lambda article: f"{article.code} · {article.title}",
    )
    cycle = lists.ChoiceFilter(_("Billing"), looks.CYCLES, method=_cycle)
    month = lists.ChoiceFilter(_("Billed in the month of activation"), months, method=_month)
    customer = shared.customer_filter("contract__customer")
    cancelled = lists.ChoiceFilter(_("Cancellation"), CANCELLED, method=_cancelled)
    text = lists.TextFilter(
        _("Description"),
        queries.TEXTS,
        hint=_("description, customer"),
    )
    when = lists.ChoiceFilter(_("When"), TIMES[1:], method=_when, every=TIMES[0][1])


def _sub(line: Line) -> str:
    """Return what a line is, and whose meter counts it."""
    machine = looks.machine(line.meter.asset) if line.meter else ""
    return ", ".join(filter(None, (looks.line_words(line), machine)))


class ActiveTable(lists.Table):
    """What a line shows."""

    state = lists.StateColumn(_("State"), lambda line: looks.state(line.contract, line.told_on))
    service = lists.Text(
        _("Service"), lambda line: line.article.code if line.article else "", sort="article__code"
    )
    customer = lists.Name(
        _("Customer"),
        "contract__customer__name",
        link=lambda line: looks.contract_url(line.contract),
        sub=_sub,
        sort="contract__customer__name",
    )
    code = lists.Text(
        _("Customer code"), "contract__customer__code", sort="contract__customer__code"
    )
    start = lists.Date(_("Activation"), "start")
    cycle = lists.Text(_("Billing"), looks.cycle, sort=("unit_of_cycle", "every"))
    invoice = lists.Money(_("Invoice"), lambda line: line.invoice, sort=())
    annual = lists.Money(_("A year"), lambda line: line.annual, sort=())


class FileTable(lists.Table):
    """What files carry."""

    state = lists.StateColumn(_("State"), lambda line: looks.state(line.contract, line.told_on))
    service = lists.Text(_("Service"), lambda line: line.article.code if line.article else "")
    contract = lists.Text(_("Contract"), "contract__number")
    code = lists.Text(_("Customer code"), "contract__customer__code")
    customer = lists.Text(_("Customer"), "contract__customer__name")
    vat_number = lists.Text(_("VAT number"), "contract__customer__vat_number")
    description = lists.Text(_("Description"), looks.line_words)
    start = lists.Date(_("Activation"), "start")
    last = lists.Date(_("Expiry"), lambda line: looks.last_day(line.end or line.contract.end))
    cycle = lists.Text(_("Billing"), looks.cycle)
    timing = lists.Text(_("Invoiced"), lambda line: line.get_timing_display())
    kind = lists.Text(_("Kind"), lambda line: line.get_kind_display())
    invoice = lists.Money(_("Invoice"), lambda line: line.invoice)
    annual = lists.Money(_("A year"), lambda line: line.annual)
    cancelled = lists.Date(_("Cancelled on"), "contract__cancelled_on")


class ActiveList(lists.List):
    """Lines of fees and of usage, by service."""

    key = "contracts.active"
    title = _("Active contracts")
    table, file_table, filters = ActiveTable, FileTable, ActiveFilters
    order = ("article__code", "contract__customer__name")
    file_name = "active-contracts"

    @cached_property
    def day(self) -> date:
        """The day at which the page says what is in force."""
        return timezone.now().astimezone(zones.zone()).date()

    def rows(self) -> QuerySet[Line]:
        """Return the lines that are in force, or all that were asked for."""
        found = queries.billed(self.user)
        if self.parameters.get("when") == "all":
            return found
        return queries.in_force(found, self.day)

    def totals(self, rows: QuerySet[Line]) -> lists.Totals:
        """Return a line a service and the whole, however many there are."""
        found = _by_service(rows)
        most = len(found) if self.parameters.get("services") == ALL else MOST_SERVICES
        feet = [_foot(service.code or service.title, service.sums) for service in found[:most]]
        if rest := found[most:]:
            foot = _foot(now_("Other services"), queries.whole(one.sums for one in rest))
            asked = self.parameters.copy()
            asked["services"] = ALL
            told = now_("Show all %(count)s") % {"count": formats.number(len(found))}
            feet.append(replace(foot, link=Link(told, f"?{asked.urlencode()}")))
        whole = queries.whole(one.sums for one in found)
        last = _foot(now_("Total of the filter"), whole, is_sum=True)
        return lists.Totals(whole.count, [*feet, last], data=whole)

    def counters(self, totals: lists.Totals) -> Sequence[Counter]:
        """Return how many lines and what they come to."""
        whole: queries.Sum = totals.data
        return [
            Counter(formats.number(whole.count), ngettext("line", "lines", whole.count)),
            Counter(formats.money(Money(whole.annual)), now_("of fees a year")),
            Counter(formats.money(Money(whole.invoice)), now_("on one invoice each")),
        ]

    def actions(self) -> Sequence[Action]:
        """Return the ways to the months and to the file of services."""
        query = self.parameters.urlencode()
        url, file = (reverse(f"contracts:{name}") for name in ("analysis", "active_services"))
        return [
            Action(_("Services in Excel"), f"{file}?{query}", "download", download=True),
            Action(_("Monthly analysis"), f"{url}?{query}", "chart", main=True),
        ]

    def told(self, page: Sequence[Any]) -> Sequence[Any]:
        """Return the lines with what each brings in."""
        for line in page:
            line.annual, line.invoice = queries.expected(line) or (None, None)
            line.told_on = self.day
        return page

    def row_label(self, record: Line) -> str:
        """Return contract and what is charged."""
        return f"{record.contract.number}, {looks.line_words(record)}"

    def empty(self) -> lists.Empty:
        """Return what stands here later."""
        text = now_("Every line that is in force, with what it brings in by service.")
        return lists.Empty(now_("No contract is in force"), text)


class Service(NamedTuple):
    """What the lines of a service come to; without an article it has no code."""

    code: str
    title: str
    sums: queries.Sum


def _by_service(rows: QuerySet[Line]) -> list[Service]:
    """Return every service of the rows, the largest first."""
    found = queries.by_service(rows)
    known = Article.objects.filter(pk__in=[key for key in found if key])
    names = {article.pk: (article.code, article.title) for article in known}
    without = ("", now_("Without a service"))
    told = [Service(*names.get(key or 0, without), one) for key, one in found.items()]
    return sorted(told, key=lambda one: (-one.sums.annual, -one.sums.count, one.code))


def _foot(name: str, one: queries.Sum, *, is_sum: bool = False) -> lists.Foot:
    cells = {"invoice": Money(one.invoice), "annual": Money(one.annual)}
    return lists.Foot(name, cells, count=one.count, sum=is_sum)


@page(VIEW)
def listing(request: PageRequest) -> HttpResponseBase:
    """Return the list of active contracts."""
    return ActiveList(request).response()


@page(VIEW)
def services(request: PageRequest) -> HttpResponseBase:
    """Return the file of all services of the filtered lines, with their counts and totals."""
    rows = cast("QuerySet[Line]", ActiveList(request).filtered())
    columns = (
        Column(_("Service")),
        Column(_("Description")),
        Column(_("Lines"), KIND.NUMBER),
        Column(_("Invoice"), KIND.MONEY),
        Column(_("A year"), KIND.MONEY),
    )
    cells = (
        (one.code, one.title, one.sums.count, Money(one.sums.invoice), Money(one.sums.annual))
        for one in _by_service(rows)
    )
    language = translation.get_language() or "it"
    book = writers.excel(columns, cells, language=language, title=now_("Active contracts"))
    name = "active-services.xlsx"
    return FileResponse(book, as_attachment=True, filename=name, content_type=writers.EXCEL_TYPE)
