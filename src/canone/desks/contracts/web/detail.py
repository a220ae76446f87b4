"""The page of a contract: its situation, and its register."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from canone.base.firm import queries as firms
from canone.desks.contracts.models import Contract, Cover
from canone.desks.contracts.permissions import CHANGE, VIEW
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.queries import past
from canone.desks.contracts.queries.course import Course
from canone.desks.contracts.web import drawing, line_looks, looks, own, shared
from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions as invoicing
from canone.ledgers.invoicing.models import Document, DueItem
from canone.ledgers.invoicing.queries import dues
from canone.ui import formats, pages, zones
from canone.ui.heads import Action, Counter, Head, Link, Note, Tab
from canone.ui.pages import PageRequest, page

LAST = 4
"""So many changes stand on the situation; the whole history has a part of its own."""


def today() -> date:
    """Return the firm's day."""
    return timezone.now().astimezone(zones.zone()).date()


@page(VIEW)
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Return the situation of a contract: what it bills and when, and its lines."""
    contract, day = shared.find(request.user, pk), today()
    part = pages.part(request, queries.lines_of(contract))
    course, annual = Course(contract), _annual(contract, day)
    return pages.render(
        request,
        "contracts/contract.html",
        _head(request, contract, day, "situation", annual),
        contract=contract,
        calendar=drawing.of_contract(
            course, day, lines=part, may_open=request.user.may(invoicing.VIEW)
        ),
        lines=line_looks.told(
            contract,
            part,
            day,
            may_change=request.user.may(CHANGE),
            may_bill=request.user.may(invoicing.POST),
        ),
        part=part,
        in_force=course.in_force(day),
        annual=annual,
        following=drawing.next_invoice(course, day),
        may_change=request.user.may(CHANGE),
        new_line=reverse("contracts:line_new", args=[pk]),
        new_usage=reverse("contracts:usage_new", args=[pk]),
        new_work=reverse("contracts:work_new", args=[pk]),
        last=looks.entries(past.of_contract(contract, limit=LAST)),
        all_changes=reverse("contracts:history", args=[pk]),
        history=None,
    )


@page(VIEW)
def register(request: PageRequest, pk: int) -> HttpResponse:
    """Return what was agreed: who, when, how it is paid, what it covers, what was signed."""
    contract, day = shared.find(request.user, pk), today()
    return pages.render(
        request,
        "contracts/register.html",
        _head(request, contract, day, "register", _annual(contract, day)),
        contract=contract,
        who=_who(contract),
        paid=_paid(contract),
        agents=[
            (agent.party.name, line_looks.share(agent.share_bp)) for agent in contract.agents.all()
        ],
        own=own.told(contract.type, contract.custom),
        machines=[(looks.machine(cover.asset), _days(cover)) for cover in contract.covers.all()],
        papers=list(contract.papers.all()),
        may_change=request.user.may(CHANGE),
        history=None,
    )


def _days(cover: Cover) -> str:
    if cover.end is not None:
        return formats.period(cover.start, cover.end)
    return now_("from %(day)s") % {"day": formats.date_of(cover.start)}


@page(VIEW)
def history_of(request: PageRequest, pk: int) -> HttpResponse:
    """Return everything that happened to a contract and to what hangs on it."""
    contract, day = shared.find(request.user, pk), today()
    return pages.render(
        request,
        "ui/detail.html",
        _head(request, contract, day, "history", _annual(contract, day)),
        history=looks.entries(past.of_contract(contract)),
    )


def _who(contract: Contract) -> list[tuple[object, object]]:
    return [
        (_("Number"), contract.number),
        (_("Type"), contract.type),
        (_("Site"), contract.site.name if contract.site else None),
        (_("Signed on"), _day(contract.signed_on)),
        (_("Activation"), _day(contract.start)),
        (_("Expiry"), _day(looks.last_day(contract.end))),
        (_("Billed here from"), _day(contract.go_live)),
        (_("Cancelled on"), _day(contract.cancelled_on)),
        (_("Reason"), contract.cancel_reason or contract.suspend_reason or None),
    ]


def _paid(contract: Contract) -> list[tuple[object, object]]:
    return [
        (_("Payment terms"), contract.payment_terms or now_("as the customer has them")),
        (_("Payment method"), contract.get_method_display() if contract.method else None),
        (_("Mandate"), contract.mandate.reference if contract.mandate else None),
        (_("Invoice date in arrears"), contract.get_arrears_on_display()),
        (
            _("Invoice"),
            now_("one of its own")
            if contract.is_own_invoice
            else now_("with the customer’s others"),
        ),
        (_("Order number"), contract.order_number or None),
        (_("Date of the order"), _day(contract.order_date)),
        *(_italian(contract)),
    ]


def _italian(contract: Contract) -> list[tuple[object, object]]:
    """Return the references of Italian public bodies, where there are or could be any."""
    found = [("CIG", contract.cig or None), ("CUP", contract.cup or None)]
    is_italian = firms.firm().country.upper() == "IT"
    return [(word, value) for word, value in found if value or is_italian]


def _day(day: date | None) -> str | None:
    return None if day is None else formats.date_of(day)


def _annual(contract: Contract, day: date) -> Money:
    """Return what its fees in force on a day come to in a year."""
    return queries.worth([contract.pk], on=day).get(contract.pk, queries.Worth()).annual


def _head(request: PageRequest, contract: Contract, day: date, tab: str, annual: Money) -> Head:
    pk = contract.pk
    customer = Link(contract.customer.name, reverse("parties:detail", args=[contract.customer_id]))
    tabs = [
        (now_("Situation"), reverse("contracts:detail", args=[pk]), "situation"),
        (now_("Register"), reverse("contracts:register", args=[pk]), "register"),
        (now_("History"), reverse("contracts:history", args=[pk]), "history"),
    ]
    return Head(
        contract.title or contract.number,
        crumbs=shared.crumbs(contract),
        subject=customer,
        state=looks.state(contract, day),
        actions=_actions(contract, may_change=request.user.may(CHANGE)),
        counters=_counters(request, contract, annual, day),
        tabs=[Tab(title, url, current=key == tab) for title, url, key in tabs],
        notes=list(_notes(contract, day)),
    )


def _counters(request: PageRequest, contract: Contract, annual: Money, day: date) -> list[Counter]:
    """Return what it brings in and covers, and what its customer is late with."""
    here = reverse("contracts:detail", args=[contract.pk])
    covered = reverse("contracts:register", args=[contract.pk])
    lines, machines = contract.lines.count(), len(contract.covers.all())
    found = [
        Counter(formats.money(annual), now_("of fees a year")),
        Counter(formats.number(lines), ngettext("line", "lines", lines), f"{here}#lines"),
        Counter(
            formats.number(machines),
            ngettext("machine covered", "machines covered", machines),
            f"{covered}#machines",
        ),
    ]
    if request.user.may(invoicing.VIEW):
        count = queries.invoices(contract.pk)
        owed = dues.account(DueItem.objects.visible_to(request.user), contract.customer_id, day=day)
        late = f"{reverse('invoicing:due')}?customer={contract.customer_id}&state=overdue"
        words = ngettext("invoice", "invoices", count)
        query = urlencode({"text": contract.number, "kind": Document.Kind.INVOICE.value})
        listed = f"{reverse('invoicing:documents')}?{query}" if count else ""
        found.insert(1, Counter(formats.number(count), words, listed))
        found.append(
            Counter(formats.money(owed.overdue.amount), now_("overdue of the customer"), late)
        )
    return found


def _notes(contract: Contract, day: date) -> list[Note]:
    found = []
    if contract.suspended_from is not None:
        told = {"day": formats.date_of(contract.suspended_from), "why": contract.suspend_reason}
        text = now_("Suspended from %(day)s: %(why)s. Nothing is billed from then on.") % told
        found.append(Note("idle", text, "minus"))
    last = looks.last_day(contract.end)
    if contract.cancelled_on is not None and last is not None:
        told = {
            "on": formats.date_of(contract.cancelled_on),
            "day": formats.date_of(last),
            "why": contract.cancel_reason,
        }
        text = now_("Cancelled on %(on)s, with its last day on %(day)s.") % told
        if contract.cancel_reason:
            text = now_("Cancelled on %(on)s, with its last day on %(day)s: %(why)s.") % told
        found.append(Note("idle" if last < day else "warn", text, "octagon"))
    elif last is not None and day <= last and last - day <= looks.SOON:
        text = now_("It expires on %(day)s.") % {"day": formats.date_of(last)}
        found.append(Note("todo", text, "calendar"))
    return found


def _actions(contract: Contract, *, may_change: bool) -> list[Action]:
    def url(name: str) -> str:
        return reverse(f"contracts:{name}", args=[contract.pk])

    paper = Action(now_("Print"), url("print"), "printer", download=True)
    if not may_change:
        return [paper]
    pause = (
        Action(now_("Suspend"), url("suspend"), "minus")
        if contract.suspended_from is None
        else Action(now_("Take up again"), url("resume"), "play")
    )
    return [
        paper,
        pause,
        Action(now_("Cancel the contract"), url("cancel"), "octagon"),
        Action(now_("Duplicate"), url("copy"), "copy"),
        Action(now_("Edit"), url("edit"), "pencil", main=True, key="e"),
    ]
