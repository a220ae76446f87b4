"""Lists: columns, filters, foot, paging, export and bulk actions, declared once per list."""

from canone.ui.lists.columns import (
    Actions,
    Column,
    Date,
    Duration,
    Explained,
    Instant,
    Money,
    Name,
    Number,
    Percent,
    StateColumn,
    Table,
    Text,
    UnitPrice,
    Yes,
    cell,
)
from canone.ui.lists.filters import (
    ChoiceFilter,
    DayFilter,
    FilterSet,
    ModelFilter,
    TextFilter,
    YesFilter,
)
from canone.ui.lists.parts import Bar, Bulk, Empty, Foot, Totals
from canone.ui.lists.selection import Selection, selected
from canone.ui.lists.shows import List

__all__ = [
    "Actions",
    "Bar",
    "Bulk",
    "ChoiceFilter",
    "Column",
    "Date",
    "DayFilter",
    "Duration",
    "Empty",
    "Explained",
    "FilterSet",
    "Foot",
    "Instant",
    "List",
    "ModelFilter",
    "Money",
    "Name",
    "Number",
    "Percent",
    "Selection",
    "StateColumn",
    "Table",
    "Text",
    "TextFilter",
    "Totals",
    "UnitPrice",
    "Yes",
    "YesFilter",
    "cell",
    "selected",
]
