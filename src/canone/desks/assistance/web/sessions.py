"""The list of sessions: filter, price, padlock, foot, account all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from canone.desks.assistance import permissions
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import listing, pieces, scope
from canone.desks.assistance.queries import totals as sums_of
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.web import aside, cells, columns, folding, looks
from canone.desks.assistance.web.scoping import SessionFilters, scope_of
from canone.registers.parties.models import Group
from canone.ui import formats, lists, pages, states, zones
from canone.ui.heads import Action, Head, Link, Note
from canone.ui.lists import Bar, Empty, Foot, Totals
from canone.ui.pages import PageRequest, page

CHUNK = 500
LEFT_OUT = (State.IGNORED, State.RUNNING, State.ORPHAN, State.NO_PROFILE, State.UNASSIGNED)


class SessionList(lists.List):
    """Sessions of a filter with what they are worth today."""

    key = "assistance.sessions"
    title = _("Remote sessions")
    table = columns.PriceTable
    filters = SessionFilters
    order = ("-started_at",)
    template = "assistance/sessions.html"
    file_name = "sessions"

    def __init__(
        self,
        request: PageRequest,
        parameters: QueryDict | None = None,
        *,
        saved: int | None = None,
        faults: dict[int, tuple[str, str]] | None = None,
        reports: Sequence[Note] = (),
    ) -> None:
        super().__init__(request, parameters)
        if not self.user.may(permissions.PRICES):
            self.table = columns.WorkTable  # type: ignore[misc]
        self.reports = reports
        self.now = timezone.now()
        self.day = self.now.astimezone(zones.zone()).date()
        query = self.parameters.urlencode()
        self.desk = cells.Desk(request, self.user, query, dict(faults or {}), saved)

    @cached_property
    def scope(self) -> scope.Scope:
        """What the filter leaves."""
        filters = self.filterset
        asked = scope_of(filters) if isinstance(filters, SessionFilters) else scope.Scope()
        return scope.settled(asked, user=self.user, day=self.day, now=self.now)

    def rows(self) -> QuerySet[Any]:
        """Return the sessions that the reader may see."""
        return RemoteSession.objects.visible_to(self.user)

    def filtered(self) -> QuerySet[Any]:
        """Return the sessions of the filter."""
        found = scope.sessions(self.scope, user=self.user, day=self.day, now=self.now)
        return found.select_related("group__party", "technician")

    def shown_table(self, page: Sequence[Any]) -> lists.Table:
        """Return the table over rows that know their state and worth, pieces before their parts."""
        self._look_up(page)
        shown = [columns.shown(record) for record in page]
        found = pieces.of(shown, user=self.user, day=self.day, now=self.now)
        return super().shown_table(folding.arranged(page, found, self.desk))

    def holds(self, record: Any) -> int:
        """Return how many sessions a piece of work opens."""
        return len(record.piece.rows) if getattr(record, "piece", None) else 0

    def export(self) -> Iterator[Sequence[Any]]:
        """Yield the filtered rows as files carry them, in portions."""
        columns = [(name, column) for name, column in self._columns().items() if column.exported]
        found = self.ordered().iterator(chunk_size=CHUNK)
        while portion := list(islice(found, CHUNK)):
            self._look_up(portion)
            for record in portion:
                yield [column.export_value(record, name) for name, column in columns]

    def _look_up(self, records: Sequence[Any]) -> None:
        shown = listing.shown(records, day=self.day, now=self.now)
        self.desk.names_group = self.scope.group_id is None
        for record, row in zip(records, shown, strict=True):
            record.shown = row
            record.desk = self.desk

    @cached_property
    def sums(self) -> sums_of.Totals:
        """The sums of the filter, worked out once."""
        return sums_of.totals(self.scope, user=self.user, day=self.day, now=self.now)

    def totals(self, rows: QuerySet[Any]) -> Totals:  # noqa: ARG002 (the scope asks by itself)
        """Return a line for what is accounted, to account and left out, then the whole."""
        lines = self.sums.lines
        feet = [
            self._line(State.ACCOUNTED, lines.get(State.ACCOUNTED)),
            self._line(State.PENDING, lines.get(State.PENDING)),
            self._left_out(),
        ]
        whole = self.sums.whole
        count = ngettext("%(count)s session", "%(count)s sessions", whole.count) % {
            "count": formats.number(whole.count)
        }
        cells_ = {"minutes": whole.minutes, "price": whole.price}
        feet.append(
            Foot(now_("Total of the filter · %(count)s") % {"count": count}, cells_, sum=True)
        )
        return Totals(whole.count, [foot for foot in feet if foot is not None], data=self.sums)

    def _line(self, state: State, line: sums_of.Line | None) -> Foot | None:
        if line is None:
            return None
        cells_ = {"minutes": line.minutes, "price": line.price}
        return Foot(state=looks.STATES[state], count=line.count, cells=cells_)

    def _left_out(self) -> Foot | None:
        found = [(state, self.sums.lines[state]) for state in LEFT_OUT if state in self.sums.lines]
        if not found:
            return None
        words = ", ".join(
            f"{line.count} {str(looks.STATES[state].word).lower()}" for state, line in found
        )
        return Foot(
            state=states.State("idle", now_("Left out")),
            count=sum(line.count for _state, line in found),
            remark=words,
            cells={"minutes": sum(line.minutes for _state, line in found), "price": None},
        )

    def bar(self, totals: Totals) -> Bar | None:  # noqa: ARG002 (the sums are kept)
        """Return how many are to account, and the button that accounts them."""
        line = self.sums.lines.get(State.PENDING)
        if line is None or not self.user.may(permissions.ACCOUNT):
            return None
        given = {"count": formats.number(line.count)}
        strong = ngettext("%(count)s to account", "%(count)s to account", line.count) % given
        parts = [now_("in the filter"), formats.duration(line.minutes)]
        if line.price is not None:
            parts.append(formats.money(line.price))
        button = ngettext("Account it", "Account all %(count)s", line.count) % given
        url = f"{reverse('assistance:account_all')}?{self.parameters.urlencode()}"
        action = Action(button, url, "lock", main=True, post=True)
        return Bar(strong, " · ".join(parts), [action])

    def actions(self) -> Sequence[Action]:
        """Return manual session, import and the customer's statement."""
        found = []
        if self.user.may(permissions.EDIT):
            new = reverse("assistance:manual")
            found.append(Action(_("Manual session"), new, "plus", key="n"))
        if self.user.may(permissions.PRICES) and self.scope.group_id:
            url = f"{reverse('assistance:statement')}?{self.parameters.urlencode()}"
            found.append(Action(_("PDF statement"), url, "printer", download=True))
        return found

    def head(self, totals: Totals) -> Head:
        """Return the top of the page, under the name of the group that was chosen."""
        head = super().head(totals)
        if self.scope.group_id is None:
            return head
        name = Group.objects.values_list("name", flat=True).get(pk=self.scope.group_id)
        return replace(head, title=name, crumbs=crumbs())

    def fresh_head(self) -> Head:
        """Return the top of the page for a filter that was chosen on it."""
        return self.head(Totals(self.sums.whole.count, data=self.sums))

    def empty(self) -> Empty:
        """Return what would stand here and how sessions come in."""
        text = _("Sessions come in from a file, from a connected tool, or are written by hand.")
        return Empty(_("No session yet"), text, self.actions())

    def row_label(self, record: Any) -> str:
        """Return computer and period."""
        piece = columns.piece(record)
        if piece is not None:
            return f"{folding.name(piece)}, {folding.when(piece)}"
        return f"{record.device_name}, {looks.when(columns.shown(record))}"

    def extra(self) -> dict[str, Any]:
        """Return the panels beside the list."""
        return {"aside": aside.of(self.scope, self.sums, user=self.user, day=self.day)}


def _this_month() -> QueryDict:
    """Return the running month, for a list that is opened without a filter."""
    first = timezone.now().astimezone(zones.zone()).date().replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    parameters = QueryDict(mutable=True)
    parameters["start"] = formats.date_of(first)
    parameters["end"] = formats.date_of(last)
    return parameters


@page(permissions.VIEW)
def listing_page(request: PageRequest) -> HttpResponseBase:
    """Return the list; without any filter that of the running month."""
    if not request.GET and not request.headers.get("HX-Request"):
        return SessionList(request, _this_month()).response()
    return SessionList(request).response()


@page(permissions.VIEW)
def aside_panel(request: PageRequest) -> HttpResponse:
    """Return what the chosen filter changes besides the list: the panels, the page's top."""
    shown = SessionList(request)
    return pages.fragment(
        request,
        "assistance/aside.html",
        title=now_("What the customer pays"),
        aside=aside.of(shown.scope, shown.sums, user=shown.user, day=shown.day),
        fresh_head=shown.fresh_head() if request.headers.get("HX-Request") else None,
    )


def results(
    request: PageRequest,
    query: str,
    *,
    saved: int | None = None,
    faults: dict[int, tuple[str, str]] | None = None,
    reports: Sequence[Note] = (),
) -> HttpResponseBase:
    """Return the list's results after something was written on one of its rows."""
    shown = SessionList(request, QueryDict(query), saved=saved, faults=faults, reports=reports)
    return shown.response()


def crumbs() -> list[Link]:
    """Return the way back to the list."""
    return [Link(now_("Remote sessions"), reverse("assistance:list"))]
