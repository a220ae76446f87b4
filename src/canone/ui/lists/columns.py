"""Columns that know how their values look on a page, on a phone and in a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now_
from django_tables2.utils import Accessor

from canone.base.exchange.writers import Kind
from canone.kernel import money as amounts
from canone.ui import formats, zones
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Ask = Callable[[Any], Any]


class Column(tables.Column):
    """A column: `title`, where its value is (`accessor` or a function of the row), its looks.

    `span` is the width of its cell on a phone's card (`w3`, `w4`, `w6`; a third otherwise),
    `sort` the database fields that order it, `export` whether and how files carry it.
    """

    kind: Kind = Kind.TEXT
    numeric = False
    span = ""
    classes = ""

    def __init__(
        self,
        title: StrOrPromise = "",
        accessor: str | Ask | None = None,
        **options: Any,
    ) -> None:
        self.title = title
        self.source = accessor
        self.span = options.pop("span", self.span)
        self.extra = options.pop("classes", self.classes)
        self.short = options.pop("label", None)
        self.exported = options.pop("export", True)
        sort = options.pop("sort", None)
        self.sort: tuple[str, ...] | None = (sort,) if isinstance(sort, str) else sort
        path = accessor if isinstance(accessor, str) else None
        super().__init__(verbose_name=title, accessor=path, orderable=False, **options)
        self.empty_values = ()

    def get(self, record: Any, name: str) -> Any:
        """Return the raw value of this column for `record`."""
        if callable(self.source):
            return self.source(record)
        return Accessor(self.source or name).resolve(record, quiet=True)

    def write(self, value: Any) -> Any:
        """Return a raw value as text (or safe HTML); a missing one is a dash."""
        return formats.MISSING if value is None or value == "" else value

    def render(self, record: Any, bound_column: Any) -> Any:
        """Return the cell."""
        value = self.write(self.get(record, bound_column.name))
        return format_html('<span class="cn-muted">{}</span>', value) if value == "–" else value

    def export_value(self, record: Any, name: str) -> Any:
        """Return what a file carries."""
        return self.get(record, name)

    @property
    def fields(self) -> tuple[str, ...] | None:
        """The database fields that order this column; None where it cannot be ordered."""
        if self.sort is not None:
            return self.sort or None
        if isinstance(self.source, str):
            return (self.source.replace(".", "__"),)
        return None

    @property
    def css(self) -> str:
        """The classes of its cells."""
        parts = ["cn-num" if self.numeric else "", self.extra, self.span]
        return " ".join(part for part in parts if part)


class Text(Column):
    """Plain text."""


class Name(Column):
    """The name of the row, its link, and a second line below.

    `link`, `sub` and `beside` are functions of the row.
    """

    span = "w6"

    def __init__(
        self,
        title: StrOrPromise = "",
        accessor: str | Ask | None = None,
        *,
        link: Ask | None = None,
        sub: Ask | None = None,
        beside: Ask | None = None,
        **options: Any,
    ) -> None:
        super().__init__(title, accessor, **options)
        self.to, self.sub, self.beside = link, sub, beside

    def render(self, record: Any, bound_column: Any) -> SafeString:
        """Return name, remark beside and second line."""
        return cell(
            self.write(self.get(record, bound_column.name)),
            link=self.to(record) if self.to else "",
            sub=self.sub(record) if self.sub else "",
            beside=self.beside(record) if self.beside else "",
        )


class StateColumn(Column):
    """The row's state; the first such column also marks the row with its colour."""

    span = "w4 top"

    def write(self, value: Any) -> Any:
        """Return colour, icon and word."""
        from canone.ui.templatetags.ui import state  # noqa: PLC0415 (tags import the kit)

        return state(value) if isinstance(value, State) else super().write(value)

    def export_value(self, record: Any, name: str) -> str:
        """Return the word alone."""
        value = self.get(record, name)
        return str(value.word) if isinstance(value, State) else str(value or "")


class Number(Column):
    """A number; `decimals` rounds it for the page only."""

    kind = Kind.NUMBER
    numeric = True

    def __init__(self, *args: Any, decimals: int | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.decimals = decimals

    def write(self, value: Any) -> str:
        """Return the number with groups."""
        return formats.number(value, decimals=self.decimals)


class Percent(Column):
    """A ratio, shown as a percentage."""

    kind = Kind.NUMBER
    numeric = True

    def write(self, value: Any) -> str:
        """Return `3,1 %`."""
        return formats.percent(value)

    def export_value(self, record: Any, name: str) -> Decimal | None:
        """Return the ratio as a decimal number: files know no fractions."""
        ratio = self.get(record, name)
        if ratio is None:
            return None
        exact = Fraction(ratio)
        return Decimal(exact.numerator) / Decimal(exact.denominator)


class Money(Column):
    """An amount."""

    kind = Kind.MONEY
    numeric = True
    classes = "cn-price"

    def write(self, value: amounts.Money | None) -> str:
        """Return `1.234,56 €`."""
        return formats.money(value)


class UnitPrice(Column):
    """A price per unit."""

    kind = Kind.PRICE
    numeric = True

    def write(self, value: amounts.UnitPrice | None) -> str:
        """Return `0,0085 €`."""
        return formats.unit_price(value)


class Duration(Column):
    """Minutes, shown as `2:43`; `signed` shows differences as `+15`."""

    kind = Kind.DURATION
    numeric = True

    def write(self, value: int | None) -> str:
        """Return `2:43`."""
        return formats.duration(value)


class Date(Column):
    """A day."""

    kind = Kind.DAY
    classes = "cn-nw"

    def write(self, value: date | None) -> str:
        """Return `01/12/2026`."""
        return formats.date_of(value)


class Instant(Column):
    """An instant in the firm's zone; files carry local and UTC times."""

    kind = Kind.INSTANT
    classes = "cn-nw"
    span = "w4"

    def write(self, value: datetime | None) -> str:
        """Return `19/11/2026 09:05`."""
        return formats.instant(value, zones.zone())


class Yes(Column):
    """Yes or no, as a word."""

    kind = Kind.YES

    def write(self, value: Any) -> str:
        """Return the word."""
        return now_("Yes") if value else now_("No")


class Explained(Column):
    """A figure with its explanation: the function returns a `ui.explain.Explanation` or None.

    `raw` is what files carry and the foot sums, as Money.
    """

    kind = Kind.MONEY
    numeric = True
    classes = "cn-price"

    def __init__(self, *args: Any, raw: Ask, **options: Any) -> None:
        super().__init__(*args, **options)
        self.raw = raw

    def render(self, record: Any, bound_column: Any) -> Any:
        """Return the dotted figure."""
        from canone.ui.explain import draw  # noqa: PLC0415 (tags import the kit)

        explanation = self.get(record, bound_column.name)
        if explanation is None:
            return self.write(self.raw(record))
        return draw(explanation)

    def write(self, value: amounts.Money | None) -> str:
        """Return the amount, for the foot."""
        return formats.money(value)

    def export_value(self, record: Any, name: str) -> Any:  # noqa: ARG002 (by `raw`)
        """Return the amount."""
        return self.raw(record)


class Actions(Column):
    """Buttons of the row; the function returns safe HTML."""

    span = "act"
    numeric = True

    def __init__(self, accessor: Ask, title: StrOrPromise = "") -> None:
        super().__init__(title, accessor, export=False)

    def write(self, value: Any) -> Any:
        """Return the buttons, or nothing."""
        return value or ""


class Table(tables.Table):
    """A list's columns in order; see `docs/developers/ui-kit.md`."""

    class Meta:
        orderable = False


def cell(main: object, *, link: str = "", sub: object = "", beside: object = "") -> SafeString:
    """Return a cell with a strong word, its link, a quiet remark beside and a second line."""
    if link:
        head = format_html('<a class="cn-b" href="{}">{}</a>', link, main)
    else:
        head = format_html('<span class="cn-b">{}</span>', main)
    if beside:
        head += format_html(' <span class="cn-muted">· {}</span>', beside)
    return head + format_html('<span class="sub">{}</span>', sub) if sub else head
