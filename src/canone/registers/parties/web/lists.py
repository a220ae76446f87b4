"""The lists: customers and suppliers, groups of the address book."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from canone.base.exchange.importers import FieldKind
from canone.kernel import identities
from canone.registers.parties import queries
from canone.registers.parties.models import Group, Party, Zone
from canone.registers.parties.permissions import CHANGE, VIEW
from canone.registers.parties.services import sheets
from canone.registers.parties.web import shared
from canone.ui import formats, lists
from canone.ui.heads import Action, Counter
from canone.ui.lists import Empty, FilterSet, Foot, Table, Totals
from canone.ui.pages import PageRequest, page

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KINDS = [("customers", _("Customers")), ("suppliers", _("Suppliers"))]
STATES = [
    ("active", _("Active")),
    ("incomplete", _("Incomplete")),
    ("blocked", _("Blocked")),
    ("inactive", _("Not active")),
]


def _by_kind(parties: QuerySet[Party], _name: str, kind: str) -> QuerySet[Party]:
    return parties.filter(**{"is_customer" if kind == "customers" else "is_supplier": True})


def _by_state(parties: QuerySet[Party], _name: str, state: str) -> QuerySet[Party]:
    tests = {
        "active": Q(is_active=True),
        "incomplete": Q(is_active=True) & queries.incomplete(),
        "blocked": Q(is_active=True, is_blocked=True),
        "inactive": Q(is_active=False),
    }
    return parties.filter(tests[state])


class FoldedFilter(lists.TextFilter):
    """Looks through the folded text that is kept beside each party."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the parties that hold every word."""
        return queries.matching(qs, value or "")


class PartyFilters(FilterSet):
    """What the list of customers can be cut by."""

    q = FoldedFilter(_("Search"), (), _("Name, number or town"))
    kind = lists.ChoiceFilter(_("Kind"), KINDS, method=_by_kind)
    zone = lists.ModelFilter(_("Zone"), Zone.objects.all())
    reliability = lists.ChoiceFilter(_("Reliability"), Party.Reliability.choices)
    state = lists.ChoiceFilter(_("State"), STATES, method=_by_state)


class BasicFilters(FilterSet):
    """The same for those who do not see how a customer pays."""

    q = FoldedFilter(_("Search"), (), _("Name, number or town"))
    zone = lists.ModelFilter(_("Zone"), Zone.objects.all())
    active = lists.YesFilter(_("Active"), field="is_active")


def _link(party: Party) -> str:
    return reverse("parties:detail", args=[party.pk])


def _state(party: Any) -> Any:
    return shared.state_of(party, incomplete=party.incomplete)


def _basic_state(party: Any) -> Any:
    return shared.state_of(party, incomplete=False)


def _sub(party: Any) -> str:
    kind = "" if party.is_customer else str(_("Supplier"))
    return " · ".join(part for part in (party.code, kind) if part)


def _town(party: Any) -> str:
    # outside Italy a province belongs to no address
    province = f" ({party.province})" if party.province and party.country == "IT" else ""
    return f"{party.city}{province}" if party.city else ""


def _phone(party: Any) -> str:
    return identities.readable_phone(party.phone) if party.phone else ""


class BasicTable(Table):
    """Customers as a technician sees them."""

    state = lists.StateColumn(_("State"), _basic_state, sort=("is_active", "is_blocked"))
    name = lists.Name(_("Name"), "name", link=_link, sub=_sub)
    town = lists.Text(_("Town"), _town, sort=("city",))
    phone = lists.Text(_("Telephone"), _phone, classes="cn-nw")
    zone = lists.Text(_("Zone"), "zone__name")
    groups = lists.Number(_("Groups"), "group_count")


class PartyTable(BasicTable):
    """Customers and suppliers as the office sees them."""

    state = lists.StateColumn(_("State"), _state, sort=("is_active", "is_blocked"))
    vat_number = lists.Text(_("VAT number"), "vat_number", classes="cn-nw")
    reliability = lists.Text(
        _("Reliability"), lambda party: party.get_reliability_display(), sort=("reliability",)
    )

    class Meta:
        sequence = ("state", "name", "town", "phone", "vat_number", "zone", "reliability", "groups")


class PartyList(lists.List):
    """Customers and suppliers; files of it can be imported again."""

    key = "parties.parties"
    title = _("Customers and suppliers")
    table = PartyTable
    filters = PartyFilters
    order = ("name",)
    file_name = "customers"

    def rows(self) -> QuerySet[Party]:
        """Return what this user may see."""
        return queries.for_list(self.user)

    def actions(self) -> Sequence[Action]:
        """Return the ways to add and to find."""
        may_change = self.user.may(CHANGE)
        offered = [
            (may_change, Action(_("Possible duplicates"), reverse("parties:duplicates"), "copy")),
            (
                may_change,
                Action(_("New customer"), reverse("parties:create"), "plus", main=True, key="n"),
            ),
        ]
        return [action for may, action in offered if may]

    def counters(self, totals: Totals) -> Sequence[Counter]:  # noqa: ARG002 (of all, not of these)
        """Return how many there are of each sort."""
        counted = queries.counters(self.user)
        sorts: list[tuple[str, StrOrPromise, str]] = [
            ("customers", _("customers"), "?kind=customers&state=active"),
            ("suppliers", _("suppliers"), "?kind=suppliers&state=active"),
            ("incomplete", _("incomplete"), "?state=incomplete"),
            ("blocked", _("blocked"), "?state=blocked"),
            ("inactive", _("not active"), "?state=inactive"),
        ]
        return [Counter(formats.number(counted[name]), word, url) for name, word, url in sorts]

    def totals(self, rows: QuerySet[Any]) -> Totals:
        """Return the count and, at the foot, the groups of the customers found."""
        found = rows.order_by().aggregate(count=Count("pk"))["count"]
        groups = Group.objects.filter(is_active=True, party__in=rows.order_by().values("pk"))
        foot = Foot(_("Whole"), {"groups": groups.count()}, count=found, sum=True)
        return Totals(found, [foot])

    def empty(self) -> Empty:
        """Return the first steps."""
        return Empty(
            _("No customers yet"),
            _("Here stand those you work for and buy from, with their sites, contacts and groups."),
            self.actions()[1:],
        )

    def export(self) -> Iterator[Sequence[Any]]:
        """Yield the filtered rows with every field that an import takes."""
        return sheets.rows(self.ordered())

    @property
    def export_columns(self) -> list[lists.Column]:
        """The columns that files carry."""
        kinds = {FieldKind.YES: lists.Yes}
        return [kinds.get(field.kind, lists.Text)(field.label) for field in sheets.PARTY_FIELDS]


class BasicPartyList(PartyList):
    """Customers without what concerns money."""

    title = _("Customers")
    table = BasicTable
    filters = BasicFilters

    def counters(self, totals: Totals) -> Sequence[Counter]:  # noqa: ARG002 (none here)
        """Return nothing: these figures are the office's."""
        return ()

    def export(self) -> Iterator[Sequence[Any]]:
        """Yield what the page shows."""
        return lists.List.export(self)

    @property
    def export_columns(self) -> list[lists.Column]:
        """The columns of the page."""
        return [column for column in self._columns().values() if column.exported]


@page(VIEW)
def parties(request: PageRequest) -> HttpResponseBase:
    """Show customers and suppliers."""
    kind = PartyList if shared.commercial(request.user) else BasicPartyList
    return kind(request).response()


class GroupFilters(FilterSet):
    """What the list of groups can be cut by."""

    q = lists.TextFilter(_("Search"), ("name", "party__name"), _("Group or customer"))
    active = lists.YesFilter(_("Active"), field="is_active")


class GroupTable(Table):
    """Groups of the address book."""

    state = lists.StateColumn(_("State"), shared.switch, sort=("is_active",))
    name = lists.Name(
        _("Group"), "name", link=lambda group: reverse("parties:group_edit", args=[group.pk])
    )
    party = lists.Name(
        _("Customer"),
        "party__name",
        link=lambda group: _link(group.party),
        sub=lambda group: group.party.code,
        sort=("party__name",),
    )
    notes = lists.Text(_("Notes"), "notes", sort=())


class PlainGroupTable(GroupTable):
    """The same for those who change nothing."""

    name = lists.Text(_("Group"), "name")


class GroupList(lists.List):
    """Groups of the address book with their customers."""

    key = "parties.groups"
    title = _("Groups of the address book")
    table = GroupTable
    filters = GroupFilters
    order = ("name",)
    file_name = "groups"

    def rows(self) -> QuerySet[Group]:
        """Return what this user may see."""
        return queries.groups(self.user)

    def actions(self) -> Sequence[Action]:
        """Return the ways to add."""
        offered = [
            (
                self.user.may(CHANGE),
                Action(_("New group"), reverse("parties:group_new"), "plus", main=True, key="n"),
            ),
        ]
        return [action for may, action in offered if may]

    def empty(self) -> Empty:
        """Return the first step."""
        return Empty(
            _("No groups yet"),
            _("A group holds the computers of one customer. Remote sessions come in by group."),
            self.actions(),
        )


class PlainGroupList(GroupList):
    """Groups without links to forms."""

    table = PlainGroupTable


@page(VIEW)
def groups(request: PageRequest) -> HttpResponseBase:
    """Show the groups of the address book."""
    kind = GroupList if request.user.may(CHANGE) else PlainGroupList
    return kind(request).response()
