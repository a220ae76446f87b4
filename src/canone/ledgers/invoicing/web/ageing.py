"""What is open by customer and by how late it is, with a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canone.kernel.money import Money
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import DueItem, DueItemQuerySet
from canone.ledgers.invoicing.queries import ageing as queries
from canone.ledgers.invoicing.queries import settlement
from canone.ledgers.invoicing.queries.ageing import NAMES
from canone.ledgers.invoicing.queries.dues import LATE
from canone.ledgers.invoicing.queries.settlement import Total
from canone.ledgers.invoicing.rules.ages import Lateness
from canone.ledgers.invoicing.web.days import today
from canone.registers.parties.models import Party, Zone
from canone.ui import formats, lists
from canone.ui.heads import Action
from canone.ui.pages import PageRequest, page
from canone.ui.stacks import Part, Stack

LATENESS = [(late.value, word) for late, word in LATE.items()]
KINDS = {
    Lateness.NOT_DUE: ("done", False),
    Lateness.UP_TO_30: ("todo", False),
    Lateness.UP_TO_60: ("warn", False),
    Lateness.UP_TO_90: ("stop", True),
    Lateness.OLDER: ("stop", False),
}
"""The colour of what is so late, and whether it is pale."""


def bar(totals: dict[Lateness, Total], *, customer: int = 0, table: bool = True) -> Stack:
    """Return the picture of what is open by how late it is; its parts lead to the due items."""
    who = f"&customer={customer}" if customer else ""
    parts = [
        Part(
            LATE[late],
            total.amount.minor,
            formats.money(total.amount),
            KINDS[late][0],
            f"{reverse('invoicing:due')}?late={late.value}{who}",
            KINDS[late][1],
        )
        for late, total in totals.items()
    ]
    return Stack(now_("What is open, by how late it is"), parts, table)


class Bucket(lists.Money):
    """An amount that leads to its due items."""

    def __init__(self, title: Any, late: Lateness, **options: Any) -> None:
        super().__init__(title, NAMES[late], classes="", **options)
        self.late = late

    def render(self, record: Any, bound_column: Any) -> Any:
        """Return the amount as a link; nothing is a dash."""
        amount: Money = self.get(record, bound_column.name)
        if not amount:
            return format_html('<span class="cn-muted">{}</span>', formats.MISSING)
        url = f"{reverse('invoicing:due')}?late={self.late.value}&customer={record.pk}"
        return format_html('<a href="{}">{}</a>', url, formats.money(amount))


def _sub(record: Any) -> str:
    if not record.oldest:
        return ""
    return now_("oldest due %(day)s") % {"day": formats.date_of(record.oldest)}


def _picture(record: Any) -> SafeString:
    totals = {late: Total(1, getattr(record, name)) for late, name in NAMES.items()}
    return render_to_string("ui/stack.html", {"stack": bar(totals, table=False)})


def _due_url(party: Party) -> str:
    return f"{reverse('invoicing:due')}?customer={party.pk}"


class AgeingTable(lists.Table):
    """What the list shows."""

    name = lists.Name(_("Customer"), "name", link=_due_url, sub=_sub, sort="name")
    picture = lists.Text(_("How late"), _picture, sort=(), export=False, span="w6")
    not_due = Bucket(_("Not due"), Lateness.NOT_DUE)
    late_30 = Bucket(_("1–30 days"), Lateness.UP_TO_30)
    late_60 = Bucket(_("31–60 days"), Lateness.UP_TO_60)
    late_90 = Bucket(_("61–90 days"), Lateness.UP_TO_90)
    older = Bucket(_("Over 90 days"), Lateness.OLDER)
    overdue = lists.Money(pgettext_lazy("amount", "Overdue"), "overdue", classes="")
    open = lists.Money(pgettext_lazy("amount", "Open"), "open_amount")


class FileTable(lists.Table):
    """What files carry."""

    code = lists.Text(_("Customer code"), "code")
    name = lists.Text(_("Customer"), "name")
    oldest = lists.Date(_("Oldest due"), "oldest")
    not_due = lists.Money(_("Not due"), "not_due")
    late_30 = lists.Money(_("1–30 days"), "late_30")
    late_60 = lists.Money(_("31–60 days"), "late_60")
    late_90 = lists.Money(_("61–90 days"), "late_90")
    older = lists.Money(_("Over 90 days"), "older")
    overdue = lists.Money(pgettext_lazy("amount", "Overdue"), "overdue")
    open = lists.Money(pgettext_lazy("amount", "Open"), "open_amount")


def _late(rows: Any, _name: str, value: str) -> QuerySet[Party]:
    return queries.with_late(rows, Lateness(value))


class AgeingFilters(lists.FilterSet):
    """How the customers are searched."""

    text = lists.TextFilter(_("Text"), ["name", "code"], hint=_("name, code"))
    zone = lists.ModelFilter(_("Zone"), Zone.objects.order_by("name"), shown=lambda zone: zone.name)
    late = lists.ChoiceFilter(_("How late"), LATENESS, method=_late)


class AgeingList(lists.List):
    """Customers of whom something is open, who owes most for longest on top."""

    key = "invoicing.ageing"
    title = _("Ageing by customer")
    table, file_table, filters = AgeingTable, FileTable, AgeingFilters
    order: ClassVar[tuple[str, ...]] = ("-overdue", "-open_amount")
    template = "invoicing/ageing.html"
    file_name = "ageing"

    def rows(self) -> QuerySet[Party]:
        """Return the customers of what this reader may see."""
        return queries.by_customer(DueItem.objects.visible_to(self.user), day=today())

    def totals(self, rows: QuerySet[Party]) -> lists.Totals:
        """Return the sums of the filter."""
        seen = DueItem.objects.visible_to(self.user)
        plain = rows.order_by().values("pk")
        aged = self._aged(seen.filter(customer__in=plain))
        cells = {NAMES[late]: total.amount for late, total in aged.items()}
        whole = Money(sum(amount.minor for amount in cells.values()))
        overdue = settlement.sum_of(
            settlement.overdue(seen.filter(customer__in=plain), day=today())
        )
        count = rows.count()
        sums = {**cells, "overdue": overdue, "open": whole}
        foot = lists.Foot(_("Total of the filter"), sums, count=count, sum=True)
        return lists.Totals(count, [foot], data=aged)

    def _aged(self, items: DueItemQuerySet) -> dict[Lateness, Total]:
        return settlement.ageing(items, day=today())

    def extra(self) -> dict[str, Any]:
        """Return the picture of everything that is open."""
        aged = self._aged(DueItem.objects.visible_to(self.user))
        return {"stack": bar(aged), "is_open": any(total.count for total in aged.values())}

    def actions(self) -> Sequence[Action]:
        """Return the way to what is overdue."""
        url = f"{reverse('invoicing:due')}?state=overdue"
        return [Action(_("What is overdue"), url, "clock", main=True)]

    def empty(self) -> lists.Empty:
        """Return that everything is settled."""
        return lists.Empty(
            now_("Nothing is open"),
            now_("Who owes something appears here, with what is late and for how long."),
            [Action(_("All due items"), reverse("invoicing:due_all"), "list")],
        )


@page(permissions.VIEW)
def ageing(request: PageRequest) -> HttpResponseBase:
    """Show what is open by customer and by how late it is."""
    return AgeingList(request).response()
