"""Active contracts by service, and what they invoice month by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from pydantic import Field

from canone.desks.contracts.api import shared
from canone.desks.contracts.api.shapes import Day, Timing
from canone.desks.contracts.models import Line
from canone.desks.contracts.permissions import VIEW
from canone.desks.contracts.queries import active, analysis, naming
from canone.desks.contracts.queries.analysis import Cell
from canone.desks.contracts.queries.contracts import CYCLES, cycle_of
from canone.kernel.money import Money
from canone.registers.catalog.models import Article
from canone.ui import api, formats

router = api.Router(tags=["contracts"])
STATES = ("billed", "to_bill", "foreseen", "if_renewed")


class ActiveFilters(api.Schema):
    """Which lines are meant, of fees and of usage.

    `q` looks through descriptions, contracts, services and customers; `cycle` is one of monthly,
    bimonthly, quarterly, four_monthly, half_yearly, yearly, once; `month` keeps lines counted from
    an activation in that month.
    """

    q: str = Field("", max_length=200)
    article_id: api.Id | None = None
    customer_id: api.Id | None = None
    cycle: str = Field("", max_length=20)
    month: int | None = Field(None, ge=1, le=12)
    cancelled: bool | None = None


class ListedFilters(ActiveFilters):
    """Which lines are listed: those in force on a day, today unless one is named.

    `ended_too` lists all that were ever agreed.
    """

    on: Day | None = None
    ended_too: bool = False


class ActiveLineOut(api.Schema):
    """A line of a contract; `invoice` is what a whole cycle costs, `annual` what a year does.

    Of kind `usage`, both are null: its readings say.
    """

    line_id: int
    contract_id: int
    contract: str
    customer_id: int
    customer: str
    article_id: int | None
    kind: Literal["fee", "usage"]
    description: str
    start: date
    last_day: date | None
    cycle: str
    timing: Timing
    invoice: str | None
    annual: str | None
    cancelled_on: date | None


class ActiveServiceOut(api.Schema):
    """What the lines of a service come to; lines without one have no `article_id`."""

    article_id: int | None
    code: str
    title: str
    lines: int
    invoice: str
    annual: str


class ActiveTotalsOut(api.Schema):
    """What all lines come to, and by service, the largest first."""

    lines: int
    invoice: str
    annual: str
    services: list[ActiveServiceOut]


class AnalysisCellOut(api.Schema):
    """What is invoiced in a month, before VAT."""

    month: str
    billed: str
    to_bill: str
    foreseen: str
    if_renewed: str
    total: str


class AnalysisServiceOut(api.Schema):
    """The months of a service."""

    article_id: int | None
    code: str
    title: str
    months: list[AnalysisCellOut]


class ContractAnalysisOut(api.Schema):
    """Twelve months: all services together, and each."""

    months: list[AnalysisCellOut]
    services: list[AnalysisServiceOut]


FILTERS: Any = api.Query(...)


@router.get(
    "/active-contracts", response=api.Paged[ActiveLineOut], summary="List lines of active contracts"
)
@api.allows(VIEW)
def list_active(
    request: api.Request, filters: ListedFilters = FILTERS, page: api.Page = api.PAGE
) -> dict[str, Any]:
    """Return the lines of fees and usage in force, each with what it brings in."""
    cut = api.cut(_listed(request, filters), page)
    return cut | {"items": [_line(line) for line in cut["items"]]}


@router.get(
    "/active-contracts/totals", response=ActiveTotalsOut, summary="Sum active contracts by service"
)
@api.allows(VIEW)
def sum_active(request: api.Request, filters: ListedFilters = FILTERS) -> dict[str, Any]:
    """Return how many lines each service has, and what those of fees bring in."""
    found = active.by_service(_listed(request, filters))
    articles = _articles(found)
    ordered = sorted(found.items(), key=lambda one: -one[1].annual)
    services = [_named(key, articles) | _sums(one) for key, one in ordered]
    return _sums(active.whole(found.values())) | {"services": services}


@router.get(
    "/contract-analysis",
    response=ContractAnalysisOut,
    summary="Read what contracts invoice month by month",
)
@api.allows(VIEW)
def read_analysis(
    request: api.Request, filters: ActiveFilters = FILTERS, first: Day | None = None
) -> dict[str, Any]:
    """Return twelve months from that of `first`, January of this year unless it is sent.

    What was billed counts in the month in which it was due to be invoiced; lines that have ended
    count with what was billed.
    """
    today = shared.today()
    lines = _narrowed(request, filters)
    try:
        found = analysis.of_lines(lines, today=today, first=first or today.replace(month=1, day=1))
    except analysis.TooManyError as error:
        text = _(
            "More than %(most)s lines cannot be foreseen at once. Choose a service or a customer."
        )
        told = text % {"most": formats.number(analysis.MOST)}
        raise api.invalid("article_id", "too_many", told) from error
    articles = _articles(found.services)
    services = [
        _named(key, articles) | {"months": _months(found.days, cells)}
        for key, cells in sorted(found.services.items(), key=lambda one: one[0] or 0)
        if any(cell.total for cell in cells)
    ]
    return {"months": _months(found.days, found.whole), "services": services}


def _listed(request: api.Request, filters: ListedFilters) -> QuerySet[Line]:
    found = _narrowed(request, filters)
    return found if filters.ended_too else active.in_force(found, filters.on or shared.today())


def _narrowed(request: api.Request, filters: ActiveFilters) -> QuerySet[Line]:
    if filters.cycle and filters.cycle not in (*CYCLES, "once"):
        names = ", ".join((*CYCLES, "once"))
        raise api.invalid("cycle", "unknown", _("One of these: %(names)s.") % {"names": names})
    wanted = active.Wanted(
        text=filters.q,
        article_id=filters.article_id,
        customer_id=filters.customer_id,
        cycle=filters.cycle,
        month=filters.month,
        is_cancelled=filters.cancelled,
    )
    return active.narrowed(active.billed(request.user), wanted)


def _line(line: Line) -> dict[str, Any]:
    contract = line.contract
    annual, invoice = active.expected(line) or (None, None)
    return {
        "line_id": line.pk,
        "contract_id": contract.pk,
        "contract": contract.number,
        "customer_id": contract.customer_id,
        "customer": contract.customer.name,
        "article_id": line.article_id,
        "kind": line.kind,
        "description": naming.plain(line),
        "start": line.start,
        "last_day": shared.last(line.end or contract.end),
        "cycle": cycle_of(line),
        "timing": line.timing,
        "invoice": str(invoice) if invoice is not None else None,
        "annual": str(annual) if annual is not None else None,
        "cancelled_on": contract.cancelled_on,
    }


def _articles(keys: Any) -> dict[int, Article]:
    found: dict[int, Article] = Article.objects.in_bulk([key for key in keys if key])
    return found


def _named(key: int | None, articles: dict[int, Article]) -> dict[str, Any]:
    article = articles.get(key or 0)
    code, title = (article.code, article.title) if article else ("", "")
    return {"article_id": key, "code": code, "title": title}


def _sums(one: active.Sum) -> dict[str, Any]:
    return {
        "lines": one.count,
        "invoice": str(Money(one.invoice)),
        "annual": str(Money(one.annual)),
    }


def _months(days: Sequence[date], cells: Sequence[Cell]) -> list[dict[str, str]]:
    return [
        {"month": f"{day:%Y-%m}", "total": str(Money(cell.total))}
        | {state: str(Money(getattr(cell, state))) for state in STATES}
        for day, cell in zip(days, cells, strict=True)
    ]
