"""The list of sources, and the log of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.channels.connectors import queries
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.permissions import MANAGE, VIEW
from canone.channels.connectors.queries import wording
from canone.channels.connectors.web import details, looks
from canone.ui import lists
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page


class SourceTable(lists.Table):
    """Sources with the age of their last pull."""

    state = lists.StateColumn(_("State"), looks.source_state)
    name = lists.Name(
        _("Source"), "title", link=looks.url, sub=lambda source: source.url, sort="title"
    )
    tool = lists.Text(_("Tool"), lambda source: source.description.title, sort="kind")
    pulled = lists.Text(
        _("Last fetched"), lambda source: looks.age(source.last_ok_at), sort="last_ok_at"
    )
    latest = lists.Instant(_("Latest session"), "last_session_at")
    sessions = lists.Number(_("Sessions"), "sessions_new")
    said = lists.Text(
        _("What it says"),
        lambda source: wording.trouble(source.trouble, source.trouble_values),
        span="w6",
    )


class SourceList(lists.List):
    """Where sessions come from."""

    key = "connectors.sources"
    title = _("Sources")
    table, order, file_name = SourceTable, ("title",), "sources"

    def rows(self) -> QuerySet[Source]:
        """Return all sources."""
        return queries.sources()

    def totals(self, rows: QuerySet[Any]) -> lists.Totals:
        """Return how many sources there are and what they brought."""
        sums = rows.aggregate(count=Count("pk"), sessions=Sum("sessions_new"))
        foot = lists.Foot(_("All sources"), {"sessions": sums["sessions"] or 0}, sum=True)
        return lists.Totals(sums["count"], [foot])

    def actions(self) -> Sequence[Action]:
        """Return the way to a new source."""
        return [_connect()] if self.user.may(MANAGE) else []

    def empty(self) -> lists.Empty:
        """Return what would stand here."""
        return lists.Empty(
            now_("No sources yet"),
            now_("Connect the tool you help with, and the sessions come in by themselves."),
            self.actions(),
        )

    def row_label(self, record: Source) -> str:
        """Return the source's name."""
        return record.title


class PullTable(lists.Table):
    """Pulls with what they brought."""

    state = lists.StateColumn(_("Result"), looks.pull_state)
    at = lists.Instant(_("When"), "started_at")
    trigger = lists.Text(_("Why"), lambda log: log.get_trigger_display(), sort="trigger")
    seen = lists.Number(_("Sessions seen"), "seen")
    new = lists.Number(_("New sessions"), "new")
    closed = lists.Number(_("Ended sessions"), "closed")
    unassigned = lists.Number(_("Without a customer"), "unassigned")
    orphaned = lists.Number(_("Orphans"), "orphaned")
    took = lists.Text(_("Took"), looks.took, classes="cn-nw")
    told = lists.Text(_("What it says"), looks.told, span="w6")


class PullFilters(lists.FilterSet):
    """Pulls by result and day."""

    outcome = lists.ChoiceFilter(_("Result"), PullLog.Outcome.choices, field="outcome")
    trigger = lists.ChoiceFilter(_("Why"), PullLog.Trigger.choices, field="trigger")
    start = lists.DayFilter(_("From"), field="started_at", first=True, instants=True)
    end = lists.DayFilter(_("To"), field="started_at", first=False, instants=True)


class PullList(lists.List):
    """Every time a source was asked."""

    key = "connectors.log"
    table, filters, order, file_name = PullTable, PullFilters, ("-started_at",), "log"
    source: Source

    def rows(self) -> QuerySet[PullLog]:
        """Return the source's pulls."""
        return queries.pulls(self.source.pk)

    def totals(self, rows: QuerySet[Any]) -> lists.Totals:
        """Return how many pulls there are and what they brought."""
        sums = rows.aggregate(count=Count("pk"), new=Sum("new"), closed=Sum("closed"))
        cells = {"new": sums["new"] or 0, "closed": sums["closed"] or 0}
        return lists.Totals(sums["count"], [lists.Foot(_("Total of the filter"), cells, sum=True)])

    def head(self, totals: lists.Totals) -> Head:  # noqa: ARG002 (the head is the source's)
        """Return the source's head with its second tab open."""
        return details.head(self.user, self.source, tab="log")

    def empty(self) -> lists.Empty:
        """Return what would stand here."""
        return lists.Empty(now_("Not asked yet"), now_("Every pull leaves a line here."))

    def row_label(self, record: PullLog) -> str:
        """Return when the pull was."""
        return looks.moment(record.started_at)


@page(VIEW)
def sources(request: PageRequest) -> HttpResponseBase:
    """Show the sources."""
    return SourceList(request).response()


@page(VIEW)
def log(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show every pull of a source."""
    listed = PullList(request)
    listed.source = looks.found(pk)
    listed.title = listed.source.title
    listed.crumbs = looks.crumbs(Link(listed.source.title, looks.url(listed.source)))
    return listed.response()


def _connect() -> Action:
    return Action(_("Connect a remote tool"), reverse("connectors:new"), "plus", key="n", main=True)
