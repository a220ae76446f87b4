"""What is to invoice: everything that is owed and on no document, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.base.access.models import User
from canone.base.tasks import queries as tasks
from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Outlook, OwedItem, OwedQuerySet
from canone.ledgers.invoicing.queries import outlooks, words
from canone.ledgers.invoicing.queries.charges import Total
from canone.ledgers.invoicing.rules.states import Age
from canone.ledgers.invoicing.services import outlooks as services
from canone.ledgers.invoicing.web import cockpit_looks as looks
from canone.ledgers.invoicing.web import customers
from canone.ledgers.invoicing.web.days import today
from canone.registers.parties.models import Party
from canone.ui import fields, formats, jobs, lists, origins, zones
from canone.ui.heads import Action, Counter, Head, Link, Note, Tab
from canone.ui.pages import PageRequest, page

AGE_CHOICES = [(age.value, word) for age, word in words.AGES.items()]
NOTHING = Total(0, Money(0))


def _by_code(rows: Any, _name: str, value: str) -> OwedQuerySet:
    return outlooks.of_code(rows, value)


def _of_age(rows: Any, _name: str, value: str) -> OwedQuerySet:
    return outlooks.of_age(rows, Age(value), day=today())


class OwedTable(lists.Table):
    """What the list shows."""

    state = lists.StateColumn(_("State"), lambda one: looks.state(one.code))
    customer = lists.Name(
        _("Customer"),
        lambda one: one.customer.name if one.customer else now_("Not known yet"),
        link=looks.place_url,
        sub=lambda one: one.title,
        sort="customer__name",
    )
    kind = lists.Text(_("Kind"), lambda one: origins.kind_word(one.kind), sort="kind")
    end = lists.Date(_("Service until"), looks.last_day, sort="service_end")
    reason = lists.Text(_("What stands in the way"), looks.reason, sort="code", span="w6")
    amount = lists.Money(_("Net"), "amount")
    action = lists.Actions(looks.button)


class FileTable(lists.Table):
    """What files carry."""

    state = lists.StateColumn(_("State"), lambda one: looks.state(one.code))
    code = lists.Text(_("Customer code"), lambda one: one.customer.code if one.customer else "")
    customer = lists.Text(_("Customer"), lambda one: one.customer.name if one.customer else "")
    kind = lists.Text(_("Kind"), lambda one: origins.kind_word(one.kind))
    title = lists.Text(_("Description"), "title")
    end = lists.Date(_("Service until"), looks.last_day)
    due = lists.Date(_("To invoice from"), "invoice_on")
    amount = lists.Money(_("Net"), "amount")
    reason = lists.Text(_("What stands in the way"), looks.reason)
    bundle = lists.Text(_("Belongs to"), lambda one: origins.called(one.bundle, one.named))
    origin = lists.Text(_("Origin"), "origin")


class OwedFilters(lists.FilterSet):
    """How what is owed is searched."""

    text = lists.TextFilter(_("Text"), ["title", "customer__name"], hint=_("customer, what"))
    customer = customers.customer_filter()
    kind = lists.ChoiceFilter(_("Kind"), origins.kinds, field="kind")
    age = lists.ChoiceFilter(_("Service ended"), AGE_CHOICES, method=_of_age)
    code = lists.ChoiceFilter(_("What stands in the way"), looks.choices, method=_by_code)
    through = lists.DayFilter(_("Due through"), field="invoice_on", first=False)


class Cockpit(lists.List):
    """Everything that is owed, the oldest first."""

    key = "invoicing.unbilled"
    title = _("To invoice")
    table, file_table, filters = OwedTable, FileTable, OwedFilters
    order = ("service_end", "customer__name")
    template = "invoicing/cockpit.html"
    file_name = "to-invoice"

    @cached_property
    def named(self) -> dict[str, str]:
        """What contracts are called, as far as a file asked for it."""
        return {}

    def told(self, page: Sequence[Any]) -> Sequence[Any]:
        """Return the rows with the names that were asked for before."""
        for one in page:
            one.named = self.named
        return page

    @cached_property
    def look(self) -> Outlook | None:
        """The last look that is whole."""
        return outlooks.last()

    @cached_property
    def through(self) -> date:
        """The day that was asked for; today unless one was."""
        field = fields.DateField(required=False)
        try:
            asked: date | None = field.clean(self.parameters.get("through", ""))
        except ValidationError:
            return today()
        return asked or today()

    def rows(self) -> OwedQuerySet:
        """Return what is due through today, or through the day that was asked for."""
        found = outlooks.items(self.look).visible_to(self.user).select_related("customer")
        return found.filter(invoice_on__lte=self.through)

    @cached_property
    def whole(self) -> outlooks.Parts:
        """What everything comes to, not the filter alone."""
        return outlooks.parts(self.rows(), day=today())

    def totals(self, rows: QuerySet[OwedItem]) -> lists.Totals:
        """Return a line of what is ready, one of what is stuck, and the whole."""
        found = outlooks.parts(cast("OwedQuerySet", rows), day=today())
        ready = found.codes.get("", NOTHING)
        cells = [
            (looks.state(""), ready.count, ready.amount),
            (looks.HELD, found.count - ready.count, Money(found.cents - ready.amount.minor)),
        ]
        feet = [
            lists.Foot(cells={"amount": amount}, state=state, count=count)
            for state, count, amount in cells
            if count
        ]
        whole = {"amount": Money(found.cents)}
        feet.append(lists.Foot(_("Total of the filter"), whole, count=found.count, sum=True))
        return lists.Totals(found.count, feet, data=found)

    def url(self, **changes: str) -> str:
        """Return this page's address with one filter, through the same day."""
        asked = self.parameters.get("through", "")
        query = urlencode({"through": asked} | changes if asked else changes)
        return f"{reverse('invoicing:unbilled')}?{query}"

    def counters(self, totals: lists.Totals) -> Sequence[Counter]:  # noqa: ARG002 (of all, not of the filter)
        """Return what is ready, what is stuck, and how old it is."""
        ready = self.whole.codes.get("", NOTHING)
        stuck = self.whole.count - ready.count
        cells = [
            Counter(formats.money(ready.amount), _("ready to bill"), self.url(code=outlooks.READY)),
            Counter(formats.number(stuck), _("not ready"), self.url(code=outlooks.STUCK)),
        ]
        return cells + [
            Counter(formats.money(total.amount), words.AGES[age], self.url(age=age.value))
            for age, total in self.whole.ages.items()
            if total.count
        ]

    def run_url(self, **more: str) -> str:
        """Return the choice of a run, filled in with what is filtered here."""
        said = {
            "through": formats.date_of(self.through),
            "customer": self.parameters.get("customer", ""),
            "kinds": self.parameters.get("kind", ""),
            **more,
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{reverse('invoicing:run_new')}?{query}"

    def actions(self) -> Sequence[Action]:
        """Return what looks anew."""
        return [Action(_("Look again"), reverse("invoicing:look"), "sync", post=True)]

    def bar(self, totals: lists.Totals) -> lists.Bar | None:
        """Return what bills what the filter leaves and nothing stands in the way of."""
        ready = totals.data.codes.get("", NOTHING)
        if not ready.count:
            return None
        text = ngettext("%(count)s ready", "%(count)s ready", ready.count)
        strong = text % {"count": formats.number(ready.count)}
        button = Action(_("Bill this"), self.run_url(), "right", main=True)
        return lists.Bar(strong, formats.money(ready.amount), [button])

    def head(self, totals: lists.Totals) -> Head:
        """Return the top, with when all this was seen."""
        look = self.look
        seen = formats.instant(look.made_at, zones.zone()) if look and look.made_at else ""
        through = now_("through %(day)s") % {"day": formats.date_of(self.through)}
        when = now_("as seen on %(when)s") % {"when": seen} if seen else ""
        return Head(
            self.title,
            subtitle=" · ".join(filter(None, (through, when))),
            actions=self.actions(),
            counters=self.counters(totals) if self.whole.count else (),
            tabs=tabs("items", self.parameters.get("through", "")),
            notes=_beyond(look, self.through),
        )

    def extra(self) -> dict[str, Any]:
        """Return the sums by kind and by obstacle, and the look that is under way."""
        job = tasks.active(services.JOB)
        return {
            "progress": jobs.progress(job, at=timezone.now()) if job else None,
            "kinds": [
                (origins.kind_word(kind), self.url(kind=kind), total.count, total.amount or None)
                for kind, total in sorted(self.whole.kinds.items(), key=lambda one: -one[1].count)
            ],
            "codes": [
                (
                    looks.state(code),
                    looks.word(code),
                    self.url(code=code or outlooks.READY),
                    total.count,
                    total.amount or None,
                )
                for code, total in sorted(self.whole.codes.items(), key=lambda one: -one[1].count)
            ],
        }

    def row_label(self, record: Any) -> str:
        """Return customer and what."""
        return f"{record.customer.name if record.customer else ''}, {record.title}"

    def empty(self) -> lists.Empty:
        """Return that nothing is owed, or that nobody has looked yet."""
        if self.look is None:
            text = now_("Contracts, charges and sessions are being looked at for the first time.")
            return lists.Empty(now_("Nothing was looked at yet"), text)
        return lists.Empty(
            now_("Nothing is to invoice"),
            now_("What is accounted, granted or agreed appears here until a document takes it."),
            [Action(_("All charges"), reverse("invoicing:charges"))],
        )


def tabs(current: str, through: str) -> list[Tab]:
    """Return the two ways to look at it."""
    query = f"?{urlencode({'through': through})}" if through else ""
    pairs = [
        ("items", now_("Everything"), "invoicing:unbilled"),
        ("customers", now_("By customer"), "invoicing:unbilled_customers"),
    ]
    return [Tab(title, reverse(url) + query, current=key == current) for key, title, url in pairs]


def _beyond(look: Outlook | None, through: date) -> list[Note]:
    if look is None or through <= look.through:
        return []
    text = now_(
        "This page looks ahead until %(day)s. What is due later stands in the preview of a run."
    )
    return [Note("todo", text % {"day": formats.date_of(look.through)}, "calendar")]


def _keep_fresh(user: User) -> None:
    """Have a new look taken in the background where the last one is old."""
    now = timezone.now()
    if outlooks.is_old(outlooks.last(), at=now, day=today()):
        services.start(at=now, by=user.pk)


@page(permissions.ISSUE)
def unbilled(request: PageRequest) -> HttpResponseBase:
    """Show everything that is owed."""
    if "format" not in request.GET:
        _keep_fresh(request.user)
    return Cockpit(request).response()


@require_POST
@page(permissions.ISSUE)
def look(request: PageRequest) -> HttpResponse:
    """Look anew."""
    services.start(at=timezone.now(), by=request.user.pk)
    return redirect("invoicing:unbilled")


class CustomerTable(lists.Table):
    """What the list by customer shows."""

    customer = lists.Name(
        _("Customer"),
        "name",
        link=lambda one: f"{reverse('invoicing:unbilled')}?customer={one.pk}",
        sub=lambda one: one.code,
    )
    count = lists.Number(_("Count"), "owed_count")
    stuck = lists.Number(_("Not ready"), "owed_stuck")
    oldest = lists.Date(_("Oldest"), lambda one: looks.before(one.oldest), sort="oldest")
    amount = lists.Money(_("Net"), "owed_total")
    action = lists.Actions(
        lambda one: format_html(
            '<a class="btn btn-quiet" href="{}?customer={}">{}</a>',
            reverse("invoicing:run_new"), one.pk, now_("Bill this"),
        )
    )  # fmt: skip


class CustomerFilters(lists.FilterSet):
    """How customers are searched."""

    text = lists.TextFilter(_("Text"), ["name", "code"], hint=_("name, code"))


class CustomerList(lists.List):
    """What is owed, one line a customer, the largest first."""

    key = "invoicing.unbilled_customers"
    title = _("To invoice")
    table, filters = CustomerTable, CustomerFilters
    order = ("-owed_total", "name")
    file_name = "to-invoice-by-customer"

    def items(self) -> OwedQuerySet:
        """Return what is due through the day that was asked for."""
        asked = Cockpit(self.request, self.parameters).through
        found = outlooks.items(outlooks.last()).visible_to(self.user)
        return found.filter(invoice_on__lte=asked)

    def rows(self) -> QuerySet[Party]:
        """Return the customers who owe something."""
        return outlooks.customers(self.items())

    def totals(self, rows: QuerySet[Party]) -> lists.Totals:
        """Return the whole."""
        found = outlooks.of_customers(rows, self.items())
        cells = {"count": found.count, "stuck": found.stuck, "amount": Money(found.cents)}
        foot = lists.Foot(_("Total of the filter"), cells, sum=True)
        return lists.Totals(found.customers, [foot])

    def head(self, totals: lists.Totals) -> Head:  # noqa: ARG002 (of every list)
        """Return the top with both ways to look at it."""
        asked = self.parameters.get("through", "")
        crumbs = [Link(_("To invoice"), reverse("invoicing:unbilled"))]
        return Head(self.title, crumbs=crumbs, tabs=tabs("customers", asked))

    def empty(self) -> lists.Empty:
        """Return that nobody owes anything."""
        return lists.Empty(now_("Nothing is to invoice"))


@page(permissions.ISSUE)
def by_customer(request: PageRequest) -> HttpResponseBase:
    """Show what is owed by customer."""
    return CustomerList(request).response()
