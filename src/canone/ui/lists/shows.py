"""The list page: filter, words, table, foot, bar, pages, files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.formats import localize
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now_
from django.utils.translation import ngettext

from canone.ui import formats, slots
from canone.ui.heads import Action, Counter, Head, Link
from canone.ui.lists import files
from canone.ui.lists.columns import Column, StateColumn, Table, Text
from canone.ui.lists.filters import Active, FilterSet
from canone.ui.lists.parts import Bar, Bulk, Empty, Foot, Totals
from canone.ui.models import SavedView
from canone.ui.pages import PageRequest
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SIZES = (25, 50, 100, 200)
ENOUGH = 1000
KEPT = ("sort", "per")


@dataclass(frozen=True, slots=True)
class Header:
    """A column's head: its title, how a click would sort, how it is sorted now."""

    title: StrOrPromise
    css: str
    sort: str
    direction: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the template draws it."""

    pk: Any
    css: str
    label: str
    cells: Sequence[tuple[str, str, Any]]

    @property
    def drawn(self) -> SafeString:
        """The cells; drawn here, because a page has hundreds."""
        return SafeString("".join(_drawn(*cell) for cell in self.cells))


@dataclass(frozen=True, slots=True)
class Body:
    """Rows that follow each other; in a fold the first opens the others."""

    rows: Sequence[Row]
    fold: bool = False


@dataclass(frozen=True, slots=True)
class FootRow:
    """A foot line as the template draws it: how many columns its label spans, the other cells."""

    foot: Foot
    span: int
    cells: Sequence[tuple[str, Any]]


class _Known(Paginator):  # type: ignore[type-arg]
    """Pages of rows whose number is known already; the later half is counted from the end."""

    def __init__(self, rows: QuerySet[Any], per_page: int, count: int) -> None:
        super().__init__(rows, per_page)
        self.rows = rows
        self.known = count

    @cached_property
    def count(self) -> int:
        """How many rows there are, without asking again."""
        return self.known

    def page(self, number: int | str) -> Page[Any]:
        """Return a page; the database passes over what lies between it and the nearer end."""
        place = self.validate_number(number)
        first = (place - 1) * self.per_page
        last = min(first + self.per_page, self.known)
        if first <= self.known // 2:
            return Page(self.rows[first:last], place, self)
        backwards = self.rows.reverse()[self.known - last : self.known - first]
        return Page(list(backwards)[::-1], place, self)


class List(ABC):
    """A list of a queryset. Subclasses say what it shows; `response()` answers the request.

    `key` names it for saved views and guests of higher contexts; `order` is its first sorting.
    """

    key: ClassVar[str]
    title: StrOrPromise
    crumbs: Sequence[Link] = ()
    table: ClassVar[type[Table]]
    file_table: ClassVar[type[Table] | None] = None
    """What files carry, where that is not what the page shows."""
    filters: ClassVar[type[FilterSet] | None] = None
    order: ClassVar[tuple[str, ...]] = ()
    per_page: ClassVar[int] = 50
    template: ClassVar[str] = "ui/list.html"
    file_name: ClassVar[str] = "list"

    def __init__(self, request: PageRequest, parameters: QueryDict | None = None) -> None:
        self.request = request
        self.user = request.user
        self.parameters = request.GET if parameters is None else parameters

    # what subclasses say

    @abstractmethod
    def rows(self) -> QuerySet[Any]:
        """Return the rows that this user may see, before the filter."""

    def totals(self, rows: QuerySet[Any]) -> Totals:
        """Return how many rows the filter leaves and the foot; give both from one query."""
        return Totals(rows.count())

    def actions(self) -> Sequence[Action]:
        """Return the buttons beside the title."""
        return ()

    def counters(self, totals: Totals) -> Sequence[Counter]:  # noqa: ARG002 (for subclasses)
        """Return the figures under the title."""
        return ()

    def bulk(self) -> Sequence[Bulk]:
        """Return the buttons for chosen rows; rows get check boxes where there are any."""
        return ()

    def bar(self, totals: Totals) -> Bar | None:  # noqa: ARG002 (for subclasses)
        """Return the action bar for the whole filter."""
        return None

    def empty(self) -> Empty:
        """Return what stands here before the first row exists."""
        return Empty(now_("Nothing here yet"))

    def head(self, totals: Totals) -> Head:
        """Return the top of the page."""
        guests = slots.actions(self.key, self.user)
        return Head(
            self.title,
            crumbs=self.crumbs,
            actions=[*guests, *self.actions()],
            counters=self.counters(totals),
        )

    def told(self, page: Sequence[Any]) -> Sequence[Any]:
        """Return some rows, of a page or a file, told what their columns need besides."""
        return page

    def holds(self, record: Any) -> int:  # noqa: ARG002 (for subclasses)
        """Return how many of the rows behind `record` open inside it."""
        return 0

    def row_label(self, record: Any) -> str:
        """Return what a screen reader says for the row's check box."""
        return str(record)

    def extra(self) -> dict[str, Any]:
        """Return what the list's own template needs besides."""
        return {}

    # what the kit does

    def response(self) -> HttpResponseBase:
        """Return the page, its results alone (HTMX), or a file of the filtered rows."""
        kind = self.parameters.get("format")
        if kind in ("csv", "xlsx"):
            return files.answer(self, kind)
        alone = self.request.headers.get("HX-Target") == "results"
        template = "ui/list_results.html" if alone else self.template
        answer: HttpResponse = render(self.request, template, self._context())
        answer["Vary"] = "HX-Request, HX-Target, Cookie"
        return answer

    @cached_property
    def filterset(self) -> FilterSet | None:
        """The filters with what was asked."""
        if self.filters is None:
            return None
        return self.filters(self.parameters, queryset=self.rows(), request=self.request)

    def filtered(self) -> QuerySet[Any]:
        """Return the rows that the filter leaves, unordered."""
        found: QuerySet[Any] = self.rows() if self.filterset is None else self.filterset.qs
        return found

    def ordered(self) -> QuerySet[Any]:
        """Return the filtered rows in the order asked for; ties go by id."""
        name, backwards = self._sorting()
        fields = self._columns()[name].fields if name else None
        order = [_turned(field, backwards) for field in fields] if fields else list(self.order)
        last = "-pk" if order and order[0].startswith("-") else "pk"
        return self.filtered().order_by(*order, last)

    @cached_property
    def active(self) -> list[Active]:
        """The filters in use, in words."""
        return self.filterset.active(self.parameters) if self.filterset else []

    def shown_table(self, page: Sequence[Any]) -> Table:
        """Return the table over `page`, with the columns of higher contexts."""
        ids = [getattr(record, "pk", None) for record in page]
        extra = []
        for number, guest in enumerate(slots.columns(self.key, self.user)):
            cells = guest.answer(ids, self.user)
            column = Text(guest.title, partial(_cell_of, cells))
            column.numeric = guest.numeric
            extra.append((f"guest{number}", column))
        return self.table(page, extra_columns=extra, request=self.request)

    def _columns(self) -> dict[str, Column]:
        return dict(self.table.base_columns)

    def _sorting(self) -> tuple[str, bool]:
        asked = self.parameters.get("sort", "")
        name = asked.removeprefix("-")
        column = self._columns().get(name)
        known = column is not None and column.fields
        return (name, asked.startswith("-")) if known else ("", False)

    def _page(self, count: int) -> Page[Any]:
        asked = self.parameters.get("per", "")
        size = int(asked) if asked in map(str, SIZES) else self.per_page
        return _Known(self.ordered(), size, count).get_page(self.parameters.get("page"))

    def _context(self) -> dict[str, Any]:
        totals = self.totals(self.filtered())
        page = self._page(totals.count)
        table = self.shown_table(self.told(list(page.object_list)))
        context: dict[str, Any] = {
            "list": self,
            "totals": totals,
            "page": page,
            "sizes": SIZES,
            "headers": [self._header(name, column) for name, column in _visible(table)],
            "bodies": self._bodies(table),
            "feet": [self._foot(foot, table) for foot in totals.feet],
            "bulk": self._bulk(),
            "bar": self.bar(totals) if totals.count else None,
            "found": _found(totals.count),
            "query": self.parameters.urlencode(),
            "kept": [(name, self.parameters[name]) for name in KEPT if name in self.parameters],
            "views": list(SavedView.objects.filter(user=self.user, page=self.key)),
            "empty": None if totals.count or self.active else self.empty(),
            "nothing": None if totals.count or not self.active else self._nothing(),
            "head": self.head(totals),
        }
        return context | self.extra()

    def _bulk(self) -> list[Bulk]:
        guests = slots.guests(self.key, "bulk", self.user)
        return [*(Bulk(guest.title, guest.url(), guest.icon) for guest in guests), *self.bulk()]

    def _header(self, name: str, bound: Any) -> Header:
        column: Column = bound.column
        sorted_by, backwards = self._sorting()
        direction = ""
        if name == sorted_by:
            direction = "descending" if backwards else "ascending"
        elif not sorted_by and column.fields and self.order:
            first = self.order[0]
            if first.removeprefix("-") == column.fields[0]:
                direction = "descending" if first.startswith("-") else "ascending"
        after = f"-{name}" if direction == "ascending" else name
        return Header(column.title, column.css, after if column.fields else "", direction)

    def _bodies(self, table: Table) -> list[Body]:
        bodies: list[Body] = []
        plain: list[Row] = []
        rows = iter(table.rows)
        for row in rows:
            held = self.holds(row.record)
            drawn = [self._row(row), *(self._row(next(rows)) for _part in range(held))]
            if not held:
                plain += drawn
                continue
            bodies += [*([Body(plain)] if plain else []), Body(drawn, fold=True)]
            plain = []
        return [*bodies, Body(plain)] if plain else bodies

    def _row(self, row: Any) -> Row:
        css, cells = "", []
        for bound in row.table.columns:
            column: Column = bound.column
            # django-tables2 inspects signatures at every cell: only its own hooks go that way
            own = hasattr(row.table, f"render_{bound.name}")
            value = row.get_cell(bound.name) if own else column.render(row.record, bound)
            if isinstance(column, StateColumn) and not css:
                state = column.get(row.record, bound.name)
                css = f"is-{state.kind}" if isinstance(state, State) else ""
            plain = column.span in ("w4 top", "act", "w6")
            label = str(column.short or ("" if plain else column.title))
            cells.append((column.css, label, value))
        return Row(getattr(row.record, "pk", None), css, self.row_label(row.record), cells)

    def _foot(self, foot: Foot, table: Table) -> FootRow:
        names = [name for name, _column in _visible(table)]
        first = next((names.index(name) for name in names if name in foot.cells), len(names))
        span = max(1, first)
        cells = []
        for name in names[span:]:
            column: Column = table.columns[name].column
            value = column.write(foot.cells[name]) if name in foot.cells else ""
            cells.append((column.css if column.numeric else "", value))
        return FootRow(foot, span + (1 if self._bulk() else 0), cells)

    def _nothing(self) -> Empty:
        """Return what would be found without each filter: which one to remove."""
        actions, best = [], ""
        for active in self.active[:5]:
            without = type(self)(self.request, QueryDict(active.without.lstrip("?")))
            count = without.filtered()[:ENOUGH].count()
            figure = f"{count}+" if count == ENOUGH else str(count)
            words = {"filter": active.words, "count": figure}
            if count and not best:
                best = now_("Without %(filter)s there are %(count)s.") % words
            actions.append(Action(now_("Remove %(filter)s (%(count)s)") % words, active.without))
        actions.append(Action(now_("Remove all filters"), "?"))
        text = best or now_("No single filter is the reason: remove them all.")
        return Empty(now_("Nothing with these filters"), text, actions)

    def export(self) -> Iterator[Sequence[Any]]:
        """Yield the filtered rows as files carry them."""
        columns = [(name, column) for name, column in self._carried().items() if column.exported]
        for record in files.told(self.ordered(), self.told):
            yield [column.export_value(record, name) for name, column in columns]

    @property
    def export_columns(self) -> list[Column]:
        """The columns that files carry."""
        return [column for column in self._carried().values() if column.exported]

    def _carried(self) -> dict[str, Column]:
        return dict((self.file_table or self.table).base_columns)

    @property
    def faults(self) -> list[str]:
        """What could not be read in the filter, with what was typed."""
        if self.filterset is None or not self.filterset.is_bound:
            return []
        form = self.filterset.form
        return [
            f"{form.fields[name].label}: “{self.parameters.get(name, '')}”. {' '.join(errors)}"
            for name, errors in form.errors.items()
        ]


def _drawn(css: str, label: str, value: Any) -> str:
    shown = value if isinstance(value, str) else localize(value)
    return format_html("<td{}>{}</td>", _attributes(css, label), shown)


@lru_cache(maxsize=500)
def _attributes(css: str, label: str) -> SafeString:
    """Return what a column's cells carry, on every row the same."""
    first = format_html(' class="{}"', css) if css else SafeString("")
    return first + (format_html(' data-label="{}"', label) if label else SafeString(""))


def _visible(table: Table) -> list[tuple[str, Any]]:
    """Return the columns of the page; the others are for files alone."""
    return [(name, column) for name, column in table.columns.items() if column.visible]


def _cell_of(cells: Mapping[Any, object], record: Any) -> object:
    return cells.get(record.pk)


def _turned(field: str, backwards: bool) -> str:  # noqa: FBT001 (a direction)
    if not backwards:
        return field
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"


def _found(count: int) -> str:
    words = ngettext("%(count)s row found", "%(count)s rows found", count)
    return words % {"count": formats.number(count)}
