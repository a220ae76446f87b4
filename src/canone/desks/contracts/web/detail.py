"""The page of a contract: its situation, and its register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.desks.contracts.models import Contract, Cover, Line
from canone.desks.contracts.permissions import CHANGE, VIEW
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.queries import past, situation
from canone.desks.contracts.web import looks, own, shared
from canone.kernel.periods import add_months
from canone.ui import formats, pages, zones
from canone.ui.heads import Action, Counter, Head, Link, Note, Tab
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BACK = 2
"""The calendar begins so many months before today's."""
WORDS: dict[str, StrOrPromise] = {
    "billed": _("billed"),
    "to_bill": _("to bill"),
    "foreseen": _("foreseen"),
    "if_renewed": _("if renewed"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of the calendar as it is drawn; without a state it is empty."""

    span: int
    text: str = ""
    state: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class LineTold:
    """A line in the reader's words."""

    line: Line
    words: str
    cycle: str
    quantity: str
    discount: str
    granted: str
    state: State
    actions: list[Action]


def today() -> date:
    """Return the firm's day."""
    return timezone.now().astimezone(zones.zone()).date()


@page(VIEW)
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Return the situation of a contract: what it bills and when, and its lines."""
    contract, day = shared.find(request.user, pk), today()
    lines = list(contract.lines.all())
    first = add_months(day.replace(day=1), -BACK)
    months = situation.of_contract(contract, today=day, first=first)
    rows = situation.calendar(contract, today=day, first=first)
    return pages.render(
        request,
        "contracts/contract.html",
        _head(request, contract, day, "situation"),
        contract=contract,
        months=[(_month(month.day, first), month.day == day.replace(day=1)) for month in months],
        sums=[_sum(month) for month in months],
        rows=[(looks.line_words(row.line), _boxes(row.cells)) for row in rows],
        legend=list(WORDS.items()),
        lines=[_told(request, line, day) for line in lines],
        annual=queries.worth([pk], on=day).get(pk, queries.Worth()).annual,
        may_change=request.user.may(CHANGE),
        new_line=reverse("contracts:line_new", args=[pk]),
        new_usage=reverse("contracts:usage_new", args=[pk]),
        history=None,
    )


def _told(request: PageRequest, line: Line, day: date) -> LineTold:
    return LineTold(
        line,
        looks.line_words(line),
        looks.cycle_and_timing(line),
        looks.quantity(line),
        _share(line.discount_bp) if line.discount_bp else "",
        looks.granted(line),
        _line_state(line, day),
        _line_actions(request, line),
    )


def _month(month: date, first: date) -> str:
    """Return the month's short name, with the year where one begins."""
    word = formats.short_month(month)
    return f"{word} {month.year}" if month == first or month.month == 1 else word


def _sum(month: situation.Month) -> str:
    total = month.billed + month.to_bill + month.foreseen + month.if_renewed
    return formats.money(total) if total else formats.MISSING


def _boxes(cells: list[situation.Cell]) -> list[Box]:
    found, at = list[Box](), 0
    for cell in cells:
        if cell.first > at:
            found.append(Box(cell.first - at))
        words = now_("%(state)s, invoice of %(day)s") % {
            "state": WORDS[cell.state],
            "day": formats.date_of(cell.invoice_date),
        }
        found.append(Box(cell.span, formats.money(cell.amount), cell.state, words))
        at = cell.first + cell.span
    if at < situation.MONTHS:
        found.append(Box(situation.MONTHS - at))
    return found


def _line_state(line: Line, day: date) -> State:
    end = line.end or line.contract.end
    if end is not None and end <= day:
        return State("idle", _("Ended"))
    if line.start > day:
        return State("run", _("Not begun"))
    return State("done", _("Active"))


def _line_actions(request: PageRequest, line: Line) -> list[Action]:
    if not request.user.may(CHANGE):
        return []
    name = looks.line_words(line)
    kind = "usage" if line.kind == Line.Kind.USAGE else "line"
    edit = reverse(f"contracts:{kind}_edit", args=[line.pk])
    revise = reverse(f"contracts:{kind}_revise", args=[line.pk])
    end = reverse("contracts:line_end", args=[line.pk])
    pairs = [(_("Correct"), edit, "pencil")]
    if line.end is None:
        pairs += [
            (_("Change from a day on"), revise, "calendar"),
            (_("End the line"), end, "minus"),
        ]
    return [
        Action(title, url, icon, quiet=True, label=f"{title}: {name}") for title, url, icon in pairs
    ]


@page(VIEW)
def register(request: PageRequest, pk: int) -> HttpResponse:
    """Return what was agreed: who, when, how it is paid, what it covers, what was signed."""
    contract, day = shared.find(request.user, pk), today()
    return pages.render(
        request,
        "contracts/register.html",
        _head(request, contract, day, "register"),
        contract=contract,
        who=_who(contract),
        paid=_paid(contract),
        agents=[(agent.party.name, _share(agent.share_bp)) for agent in contract.agents.all()],
        own=own.told(contract.type, contract.custom),
        machines=[(looks.machine(cover.asset), _days(cover)) for cover in contract.covers.all()],
        papers=list(contract.papers.all()),
        history=None,
    )


def _days(cover: Cover) -> str:
    if cover.end is not None:
        return formats.period(cover.start, cover.end)
    return now_("from %(day)s") % {"day": formats.date_of(cover.start)}


@page(VIEW)
def history_of(request: PageRequest, pk: int) -> HttpResponse:
    """Return everything that happened to a contract and to what hangs on it."""
    contract = shared.find(request.user, pk)
    return pages.render(
        request,
        "ui/detail.html",
        _head(request, contract, today(), "history"),
        history=looks.entries(past.of_contract(contract)),
    )


def _share(basis_points: int) -> str:
    return formats.percent(Fraction(basis_points, 10_000))


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
        ("CIG", contract.cig or None),
        ("CUP", contract.cup or None),
    ]


def _day(day: date | None) -> str | None:
    return None if day is None else formats.date_of(day)


def _head(request: PageRequest, contract: Contract, day: date, tab: str) -> Head:
    pk = contract.pk
    worth = queries.worth([pk], on=day).get(pk, queries.Worth())
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
        counters=[
            Counter(formats.money(worth.annual), now_("of fees a year")),
            Counter(str(len(contract.lines.all())), now_("lines")),
            Counter(str(len(contract.covers.all())), now_("machines covered")),
        ],
        tabs=[Tab(title, url, current=key == tab) for title, url, key in tabs],
        notes=list(_notes(contract, day)),
    )


def _notes(contract: Contract, day: date) -> list[Note]:
    found = []
    if contract.suspended_from is not None:
        told = {"day": formats.date_of(contract.suspended_from), "why": contract.suspend_reason}
        text = now_("Suspended from %(day)s: %(why)s. Nothing is billed from then on.") % told
        found.append(Note("idle", text, "minus"))
    last = looks.last_day(contract.end)
    if last is not None and day <= last and last - day <= looks.SOON:
        text = now_("It expires on %(day)s.") % {"day": formats.date_of(last)}
        found.append(Note("todo", text, "calendar"))
    return found


def _actions(contract: Contract, *, may_change: bool) -> list[Action]:
    def url(name: str) -> str:
        return reverse(f"contracts:{name}", args=[contract.pk])

    paper = Action(now_("Print"), url("print"), "download", download=True)
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
