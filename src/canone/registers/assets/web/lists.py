"""The lists of machines and of readings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.registers.assets import queries
from canone.registers.assets.models import Asset, Reading
from canone.registers.assets.permissions import CHANGE, VIEW
from canone.registers.assets.web import customers, looks
from canone.ui import lists
from canone.ui.heads import Action
from canone.ui.pages import PageRequest, page


class WordsFilter(lists.TextFilter):
    """Looks through name, maker, model, serial number and customer."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the machines that hold every word."""
        return queries.matching(qs, value or "")


class ReadWordsFilter(lists.TextFilter):
    """Looks through the machines whose meters were read."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the readings of machines that hold every word."""
        if not (value or "").strip():
            return qs
        return qs.filter(meter__asset__in=queries.matching(Asset.objects.all(), value))


def _unread(rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
    if value == "none":
        return rows.filter(meters__isnull=True)
    return rows.filter(meters__isnull=False, read_on__isnull=True).distinct()


class AssetFilters(lists.FilterSet):
    """By words, customer, meters and state."""

    text = WordsFilter(_("Text"), (), hint=_("name, serial number, customer"))
    customer = customers.customer_filter("customer")
    meters = lists.ChoiceFilter(
        _("Meters"), [("none", _("without")), ("unread", _("never read"))], method=_unread
    )
    active = lists.YesFilter(_("State"), field="is_active", yes=_("in use"), no=_("no longer used"))


class AssetTable(lists.Table):
    """One machine a row."""

    state = lists.StateColumn(_("State"), looks.state, sort=("is_active",))
    name = lists.Name(_("Machine"), "name", link=looks.asset_url, sub=looks.sub)
    customer = lists.Text(_("Customer"), "customer__name")
    site = lists.Text(_("Site"), "site__name")
    serial = lists.Text(_("Serial number"), "serial")
    meters = lists.Number(_("Meters"), "meter_count")
    read_on = lists.Date(_("Last reading"), "read_on")


class AssetList(lists.List):
    """All machines at customers."""

    key = "assets.list"
    title = looks.LIST
    table, filters, order, file_name = AssetTable, AssetFilters, ("name", "pk"), "machines"

    def rows(self) -> QuerySet[Any]:
        """Return the machines this user may see."""
        return queries.for_list(self.user)

    def row_label(self, record: Asset) -> str:
        """Return the machine's name."""
        return record.name

    def actions(self) -> list[Action]:
        """Return the ways to the readings and to a new machine."""
        found = [Action(now_("Readings"), reverse("assets:readings"), "list")]
        if self.user.may(CHANGE):
            new = reverse("assets:new")
            found.append(Action(now_("New machine"), new, "plus", key="n", main=True))
        return found

    def empty(self) -> lists.Empty:
        """Return what stands here later."""
        text = now_("Printers, boilers, servers: what stands at customers, and what meters show.")
        return lists.Empty(now_("No machines yet"), text, self.actions())


class ReadingFilters(lists.FilterSet):
    """By words, customer, days and where they come from."""

    text = ReadWordsFilter(_("Text"), (), hint=_("machine, serial number, customer"))
    customer = customers.customer_filter("meter__asset__customer")
    source = lists.ChoiceFilter(_("Source"), Reading.Source.choices, field="source")
    start = lists.DayFilter(_("From"), field="day", first=True)
    end = lists.DayFilter(_("To"), field="day", first=False)


class ReadingTable(lists.Table):
    """One reading a row."""

    day = lists.Date(_("Day"), "day")
    machine = lists.Name(
        _("Machine"),
        "meter__asset__name",
        link=lambda row: looks.asset_url(row.meter.asset),
        sub=lambda row: row.meter.asset.serial,
    )
    customer = lists.Text(_("Customer"), "meter__asset__customer__name")
    meter = lists.Text(_("Meter"), "meter__name")
    value = lists.Number(_("Reading"), "value")
    unit = lists.Text(_("Unit"), "meter__unit")
    source = lists.Text(_("Source"), lambda row: row.get_source_display(), sort=("source",))


class ReadingList(lists.List):
    """All readings."""

    key = "assets.readings"
    title = _("Readings")
    table, filters, order, file_name = ReadingTable, ReadingFilters, ("-day", "-pk"), "readings"

    def rows(self) -> QuerySet[Any]:
        """Return the readings this user may see."""
        return queries.readings_of(self.user)

    def row_label(self, record: Reading) -> str:
        """Return the meter's name."""
        return record.meter.name

    def actions(self) -> Sequence[Action]:
        """Return the way to the machines."""
        return [Action(looks.LIST, reverse("assets:list"), "list")]

    def empty(self) -> lists.Empty:
        """Return where readings are entered."""
        text = now_("Readings are entered on the page of a machine, or come in from a file.")
        return lists.Empty(now_("No readings yet"), text, list(self.actions()))


@page(VIEW)
def assets(request: PageRequest) -> HttpResponseBase:
    """Return the list of machines."""
    return AssetList(request).response()


@page(VIEW)
def readings(request: PageRequest) -> HttpResponseBase:
    """Return the list of readings."""
    return ReadingList(request).response()
