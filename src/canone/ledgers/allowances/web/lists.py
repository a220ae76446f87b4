"""The list of pools, and the movements of one."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpResponseBase
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.ledgers.allowances import permissions, queries
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.allowances.queries import words
from canone.ledgers.allowances.rules.thresholds import State
from canone.ledgers.allowances.web import looks
from canone.ui import lists, slots
from canone.ui.pages import PageRequest, page

STATE_CHOICES = [(state.value, word) for state, (_kind, word) in words.STATES.items()]
SUMS = ("granted", "topped_up", "consumed", "expired", "balance")


def _in_state(rows: Any, _name: str, value: str) -> Any:
    return queries.in_state(rows, State(value))


class _Quantity(lists.Column):
    """A quantity in the unit of its row; files carry the plain number."""

    numeric = True
    kind = lists.Number.kind

    def render(self, record: Any, bound_column: Any) -> Any:
        """Return minutes as hours, the rest as numbers."""
        return words.quantity(self.get(record, bound_column.name), record.unit)

    def write(self, value: Any) -> str:
        """Return a sum, which is of minutes."""
        return words.quantity(value, Allowance.Unit.MINUTE)


class _Bar(lists.Column):
    """A balance with its bar; the foot writes the sum."""

    numeric = True


class PoolTable(lists.Table):
    """What the list of pools shows."""

    state = lists.StateColumn(_("State"), words.state)
    customer = lists.Name(
        _("Customer"),
        "customer__name",
        link=looks.pool_url,
        sub=lambda pool: pool.title,
    )
    granted = _Quantity(_("Granted"), "granted")
    topped_up = _Quantity(_("Topped up"), "topped_up")
    consumed = _Quantity(_("Consumed"), "consumed")
    expired = _Quantity(_("Expired"), "expired")
    balance = _Bar(_("Balance"), looks.balance, sort="balance")


class PoolFile(lists.Table):
    """What files of pools carry."""

    state = lists.StateColumn(_("State"), words.state)
    code = lists.Text(_("Customer code"), "customer__code")
    customer = lists.Text(_("Customer"), "customer__name")
    title = lists.Text(_("Title"), "title")
    unit = lists.Text(_("Unit"), lambda pool: pool.get_unit_display())
    granted = lists.Number(_("Granted"), "granted")
    topped_up = lists.Number(_("Topped up"), "topped_up")
    consumed = lists.Number(_("Consumed"), "consumed")
    expired = lists.Number(_("Expired"), "expired")
    balance = lists.Number(_("Balance"), "balance")


class PoolFilters(lists.FilterSet):
    """How pools are searched."""

    text = lists.TextFilter(_("Text"), ["customer__name", "title"], hint=_("customer, title"))
    state = lists.ChoiceFilter(_("State"), STATE_CHOICES, method=_in_state)
    unit = lists.ChoiceFilter(_("Unit"), Allowance.Unit.choices, field="unit")
    active = lists.YesFilter(_("In use"), field="is_active", yes=_("in use"), no=_("closed"))


class PoolList(lists.List):
    """All pools that the reader may see."""

    key = "allowances.list"
    title = _("Prepaid hours")
    table, file_table, filters = PoolTable, PoolFile, PoolFilters
    order = ("customer__name", "title")
    file_name = "prepaid-hours"

    def rows(self) -> QuerySet[Allowance]:
        """Return what this reader may see."""
        return queries.pools(self.user)

    def totals(self, rows: QuerySet[Allowance]) -> lists.Totals:
        """Return how many there are, and the sums of those that count minutes."""
        minutes = Q(unit=Allowance.Unit.MINUTE)
        row = rows.aggregate(
            count=Count("pk"),
            minutes=Count("pk", filter=minutes),
            **{f"sum_{name}": Sum(name, filter=minutes) for name in SUMS},
        )
        cells = {name: row[f"sum_{name}"] or 0 for name in SUMS}
        cells["balance"] = words.quantity(cells["balance"], Allowance.Unit.MINUTE)
        label = _("Total of the filter") if row["minutes"] == row["count"] else _("Hours in all")
        foot = lists.Foot(label, cells, count=row["minutes"], sum=True)
        return lists.Totals(row["count"], [foot] if row["minutes"] else [])

    def row_label(self, record: Any) -> str:
        """Return customer and title."""
        return f"{record.customer.name}, {record.title}"

    def empty(self) -> lists.Empty:
        """Return what would stand here."""
        guests = slots.actions(self.key, self.user)
        return lists.Empty(
            now_("No prepaid hours yet"),
            now_(
                "A balance appears here when a subscription is assigned to a group: what was "
                "granted, topped up and consumed, and what is left."
            ),
            guests,
        )


@page(permissions.VIEW)
def pools(request: PageRequest) -> HttpResponseBase:
    """Show all pools."""
    return PoolList(request).response()
