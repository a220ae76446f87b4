"""The monthly analysis: twelve months by service, as a chart, a table and an Excel file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.exchange import writers
from canone.base.exchange.writers import Column
from canone.desks.contracts.models import Line
from canone.desks.contracts.permissions import VIEW
from canone.desks.contracts.queries import active
from canone.desks.contracts.queries import analysis as queries
from canone.desks.contracts.queries.analysis import Analysis, Cell
from canone.desks.contracts.web.active import ActiveFilters, ActiveList
from canone.desks.contracts.web.detail import today
from canone.desks.contracts.web.drawing import WORDS
from canone.kernel.money import Money
from canone.kernel.periods import add_months
from canone.registers.catalog.models import Article
from canone.ui import formats, pages
from canone.ui.charts import Bars, Point
from canone.ui.heads import Action, Counter, Head, Link, Note
from canone.ui.pages import PageRequest, page

STATES = ("billed", "to_bill", "foreseen", "if_renewed")
KIND = writers.Kind
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Row:
    """A month, or a service, in words and amounts."""

    title: str
    url: str
    cells: Sequence[tuple[str, Money | None]]
    total: Money | None


class AnalysisFilters(ActiveFilters):
    """Those of the list; the months say when."""

    when = None  # type: ignore[assignment]  # django-filter: this one is taken off


class _Filter(ActiveList):
    """The filter of the list of active contracts, on every line that ever was."""

    filters = AnalysisFilters

    def rows(self) -> QuerySet[Line]:
        """Return all lines: what ended in these twelve months was billed in some of them."""
        return active.billed(self.user)


@page(VIEW)
def show(request: PageRequest) -> HttpResponseBase:
    """Show what contracts invoice month by month."""
    chosen, day = _Filter(request), today()
    first = _first(request, day)
    try:
        lines = cast("QuerySet[Line]", chosen.filtered())
        found = queries.of_lines(lines, today=day, first=first)
    except queries.TooManyError:
        return _too_many(request, first)
    if request.GET.get("format") == "xlsx":
        return _file(found)
    whole = found.whole
    return pages.render(
        request,
        "contracts/analysis.html",
        _head(request, chosen, whole, first),
        chart=_chart(found),
        months=[
            _row(_month(month), _list_url(request), cell)
            for month, cell in zip(found.days, whole, strict=True)
        ],
        services=list(_services(request, found)),
        total=_row("", "", _sum(whole)),
        legend=[(state, _word(state)) for state in STATES],
        list=chosen,
        first=request.GET.get("first", ""),
    )


def _first(request: PageRequest, day: date) -> date:
    """Return the month that was asked for (`2026-01`), else January of this year."""
    asked = request.GET.get("first", "")
    try:
        found = date.fromisoformat(f"{asked}-01")
    except ValueError:
        return day.replace(month=1, day=1)
    return found if 1990 <= found.year <= 2190 else day.replace(month=1, day=1)


def _url(request: PageRequest, first: date, **more: str) -> str:
    query = request.GET.copy()
    for name in ("first", "format", "page"):
        query.pop(name, None)
    query["first"] = f"{first:%Y-%m}"
    for name, value in more.items():
        query[name] = value
    return f"{reverse('contracts:analysis')}?{query.urlencode()}"


def _list_url(request: PageRequest, **more: str) -> str:
    query = request.GET.copy()
    for name in ("first", "format", "page"):
        query.pop(name, None)
    for name, value in more.items():
        query[name] = value
    return f"{reverse('contracts:active')}?{query.urlencode()}"


def _head(request: PageRequest, chosen: ActiveList, whole: Sequence[Cell], first: date) -> Head:
    total = _sum(whole)
    last = add_months(first, queries.MONTHS - 1)
    words = ", ".join(str(one.words) for one in chosen.active)
    span = f"{_month(first)} – {_month(last)}"
    return Head(
        _("Monthly analysis"),
        crumbs=[Link(_("Active contracts"), reverse("contracts:active"))],
        subtitle=" · ".join(filter(None, (span, words))),
        actions=[
            Action(_("The year before"), _url(request, add_months(first, -12)), "left"),
            Action(_("The year after"), _url(request, add_months(first, 12)), "right"),
            Action(_("Excel"), _url(request, first, format="xlsx"), "download", download=True),
            Action(_("Active contracts"), _list_url(request), "list", main=True),
        ],
        counters=[
            Counter(formats.money(Money(getattr(total, state))), WORDS[state]) for state in STATES
        ],
    )


def _too_many(request: PageRequest, first: date) -> HttpResponseBase:
    text = now_(
        "More than %(most)s lines cannot be foreseen at once. Choose a service or a customer."
    )
    told = text % {"most": formats.number(queries.MOST)}
    head = Head(
        _("Monthly analysis"),
        subtitle=_month(first),
        actions=[Action(_("Active contracts"), _list_url(request), "list", main=True)],
        notes=[Note("warn", told)],
    )
    return pages.render(request, "contracts/analysis.html", head)


def _sum(cells: Sequence[Cell]) -> Cell:
    total = Cell()
    for cell in cells:
        total.add(cell)
    return total


def _month(day: date) -> str:
    return f"{formats.short_month(day)} {day.year}"


def _word(state: str) -> str:
    return str(WORDS[state]).capitalize()


def _row(title: str, url: str, cell: Cell) -> Row:
    amounts = [(_word(state), queries.money(getattr(cell, state))) for state in STATES]
    return Row(title, url, amounts, queries.money(cell.total))


def _names(found: Analysis) -> list[tuple[int | None, str]]:
    """Return the services by title, those without one last."""
    rows = Article.objects.filter(pk__in=[key for key in found.services if key])
    titles = {article.pk: f"{article.code} · {article.title}" for article in rows}
    known: list[tuple[int | None, str]] = [*sorted(titles.items(), key=lambda one: one[1])]
    return [*known, (None, now_("Without a service"))] if None in found.services else known


def _services(request: PageRequest, found: Analysis) -> Iterator[Row]:
    for key, title in _names(found):
        cell = _sum(found.services[key])
        if cell.total:
            url = _list_url(request, service=str(key)) if key else ""
            yield _row(title, url, cell)


def _chart(found: Analysis) -> Bars:
    whole = found.whole
    most = max((cell.total for cell in whole), default=0)
    step = _step(most)
    axis = [(n * step, formats.number(n * step // 100)) for n in range(most // step + 2)]
    points = [
        Point(
            formats.short_month(day),
            [max(getattr(cell, state), 0) for state in STATES],
            [formats.money(queries.money(getattr(cell, state))) for state in STATES],
        )
        for day, cell in zip(found.days, whole, strict=True)
    ]
    return Bars(_("Invoiced month by month"), [str(WORDS[s]) for s in STATES], points, axis)


def _step(most: int) -> int:
    """Return how far the lines of the axis stand apart: four of them at most."""
    step = 100
    while True:
        for factor in STEPS:
            if most <= 4 * step * factor:
                return step * factor
        step *= 10


def _file(found: Analysis) -> HttpResponseBase:
    columns = (
        Column(_("Service")),
        Column(_("Month"), KIND.DAY),
        *(Column(WORDS[state], KIND.MONEY) for state in STATES),
        Column(_("Total"), KIND.MONEY),
    )
    language = translation.get_language() or "it"
    book = writers.excel(columns, _cells(found), language=language, title=now_("Monthly analysis"))
    name = f"{now_('analysis')}-{found.first:%Y-%m}.xlsx"
    return FileResponse(book, as_attachment=True, filename=name, content_type=writers.EXCEL_TYPE)


def _cells(found: Analysis) -> Iterator[Sequence[Any]]:
    for key, title in _names(found):
        for day, cell in zip(found.days, found.services[key], strict=True):
            if cell.total:
                yield (
                    title, day, *(Money(getattr(cell, state)) for state in STATES),
                    Money(cell.total),
                )  # fmt: skip
