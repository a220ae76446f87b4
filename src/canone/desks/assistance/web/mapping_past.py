"""A rule applied to the past: what it would change, doing it, what was done, and its undoing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.desks.assistance import permissions
from canone.desks.assistance.models import Application, ApplicationChange, RemoteSession
from canone.desks.assistance.queries import mapping
from canone.desks.assistance.queries.mapping import Foreseen, Kind, Rule, Worth
from canone.desks.assistance.services import applying
from canone.desks.assistance.web import looks
from canone.desks.assistance.web import mapping as shown
from canone.desks.assistance.web.mapping_edit import crumbs, rule_of
from canone.kernel.money import Money
from canone.ui import formats, lists, pages, states, zones
from canone.ui.heads import Action, Counter, Head, Link, Tab
from canone.ui.lists import Empty, Totals
from canone.ui.pages import PageRequest, page


@page(permissions.ASSIGN)
def past(request: PageRequest, slug: str, pk: int) -> HttpResponseBase:
    """Show what applying the rule would change; do it when that is sent."""
    rule = rule_of(slug, pk)
    elsewhere = request.GET.get("elsewhere") == "1"
    if request.method == "POST":
        return _apply(request, rule, elsewhere=elsewhere)
    now = timezone.now()
    day = now.astimezone(zones.zone()).date()
    seen = mapping.foresee(rule, user=request.user, elsewhere=elsewhere, day=day, now=now)
    return pages.render(
        request,
        "assistance/rule_past.html",
        _head(request, rule, seen, elsewhere=elsewhere),
        rows=[_line(rule, session) for session in seen.rows],
        more=seen.count - len(seen.rows),
        later=seen.total - seen.count,
        facts=_facts(request, rule, seen),
        count=seen.count,
        others=seen.others,
        name=mapping.name_of(rule),
        target=shown.target(rule),
        back=shown.rules_url(mapping.kind_of(rule)),
    )


def _head(request: PageRequest, rule: Rule, seen: Foreseen, *, elsewhere: bool) -> Head:
    here = shown.url("rule_past", rule)
    by_person = mapping.kind_of(rule) == Kind.TECHNICIAN
    narrow = mapping.touched(rule, user=request.user, elsewhere=False).count()
    wide = mapping.touched(rule, user=request.user, elsewhere=True).count()
    alone = _("Without a technician") if by_person else _("Without a customer")
    every = _("Also those of other technicians") if by_person else _("Also those of other groups")
    return Head(
        now_("Apply to the past"),
        crumbs=[
            *crumbs(mapping.kind_of(rule)),
            Link(mapping.name_of(rule), shown.url("rule_edit", rule)),
        ],
        subtitle=f"{rule.source} · {mapping.name_of(rule)} → {shown.target(rule)}",
        counters=[
            Counter(formats.number(seen.count), now_("sessions")),
            Counter(formats.duration(seen.minutes), now_("hours")),
        ],
        tabs=[
            Tab(alone, here, current=not elsewhere, count=narrow),
            Tab(every, f"{here}?elsewhere=1", current=elsewhere, count=wide),
        ],
        tabs_label=now_("Which sessions"),
    )


def _line(rule: Rule, session: RemoteSession) -> dict[str, Any]:
    before = ""
    if mapping.kind_of(rule) == Kind.TECHNICIAN:
        before = session.technician.name if session.technician else ""
    elif session.group is not None:
        before = session.group.name
    return {
        "session": session,
        "when": formats.span(session.started_at, session.ended_at, zones.zone()),
        "before": before,
        "minutes": (session.seconds or 0) // 60,
    }


def _facts(request: PageRequest, rule: Rule, seen: Foreseen) -> list[tuple[str, Any]]:
    """Return states, price and prepaid time before and after, for who may see prices."""
    if mapping.kind_of(rule) == Kind.TECHNICIAN or not seen.count:
        return []
    facts: list[tuple[str, Any]] = [
        (now_("Now"), _states(seen.before)),
        (now_("Then"), _states(seen.after)),
    ]
    if request.user.may(permissions.PRICES):
        facts += [
            (now_("Price now"), _price(seen.before)),
            (now_("Price then"), _price(seen.after)),
        ]
        if seen.before.pool_minutes or seen.after.pool_minutes:
            facts += [
                (now_("Prepaid hours now"), formats.duration(seen.before.pool_minutes)),
                (now_("Prepaid hours then"), formats.duration(seen.after.pool_minutes)),
            ]
    return facts


def _states(worth: Worth) -> str:
    parts = (
        f"{formats.number(count)} {str(looks.STATES[state].word).lower()}"
        for state, count in worth.states.items()
    )
    return ", ".join(parts)


def _price(worth: Worth) -> str:
    return formats.money(None if worth.cents is None else Money(worth.cents))


def _apply(request: PageRequest, rule: Rule, *, elsewhere: bool) -> HttpResponseBase:
    here = shown.url("rule_past", rule)
    try:
        done = applying.apply(
            rule=rule,
            user=request.user,
            by=request.user.pk,
            at=timezone.now(),
            elsewhere=elsewhere,
        )
    except applying.MovedError:
        text = now_("One of them was accounted at this moment. Nothing was changed: look again.")
        return pages.refused(request, text, here)
    if done is None:
        return pages.refused(request, now_("No session waits for this rule."), here)
    text = ngettext("%(count)s session changed.", "%(count)s sessions changed.", done.count)
    url = reverse("assistance:application", args=[done.pk])
    return pages.done(request, text % {"count": formats.number(done.count)}, url)


def state(row: Application) -> states.State:
    """Return whether an application holds, wholly or in part."""
    if row.undone == 0:
        return states.State("done", _("In force"))
    if row.undone >= row.count:
        return states.State("idle", _("Undone"))
    return states.State("warn", _("Undone in part"))


def _target(row: Application) -> str:
    if row.technician is not None:
        return row.technician.name
    return row.group.name if row.group is not None else ""


def _by(row: Application) -> str:
    return row.by.name if row.by else ""


class ApplicationTable(lists.Table):
    """Which rule was applied when, and to how many sessions."""

    state = lists.StateColumn(_("State"), state)
    name = lists.Name(
        _("In the tool"),
        "name",
        link=lambda row: reverse("assistance:application", args=[row.pk]),
        sub=lambda row: f"{row.get_kind_display()} · {row.source}",
    )
    to = lists.Text(_("Belongs to"), _target, span="w6")
    count = lists.Number(_("Sessions"), "count")
    minutes = lists.Duration(_("Connection"), "minutes")
    undone = lists.Number(_("Undone"), "undone")
    who = lists.Text(_("By"), _by, sort="by__name", span="w3")
    when = lists.Instant(_("Applied"), "at", span="w3")


class ApplicationFilters(lists.FilterSet):
    """Text and kind."""

    text = lists.TextFilter(_("Text"), ["name", "key", "group__name", "technician__name"])
    kind = lists.ChoiceFilter(_("Kind"), Application.Kind.choices, field="kind")

    class Meta:
        model = Application
        fields: list[str] = []


class ApplicationList(lists.List):
    """What was applied to the past."""

    key, title = "assistance.applications", _("Mapping rules")
    table, filters = ApplicationTable, ApplicationFilters
    order, file_name = ("-at",), "applications"

    def rows(self) -> QuerySet[Any]:
        """Return all applications."""
        return Application.objects.select_related("group", "technician", "by")

    def head(self, totals: Totals) -> Head:  # noqa: ARG002 (the kit's)
        """Return the top of the page with the kinds as tabs."""
        return Head(self.title, tabs=shown.tabs("applied"), tabs_label=now_("Kinds of rules"))

    def empty(self) -> Empty:
        """Return what would stand here."""
        text = _("A rule that is applied to sessions of the past is listed here and can be undone.")
        return Empty(_("Nothing applied to the past yet"), text)


@page(permissions.ASSIGN)
def applications(request: PageRequest) -> HttpResponseBase:
    """Return what was applied."""
    return ApplicationList(request).response()


STATES = {
    ApplicationChange.State.APPLIED: states.State("done", _("Applied")),
    ApplicationChange.State.UNDONE: states.State("idle", _("Undone")),
    ApplicationChange.State.MOVED: states.State("warn", _("Changed by somebody since")),
}


def _change(row: ApplicationChange) -> states.State:
    if row.state == ApplicationChange.State.APPLIED and row.session.accounting_id is not None:
        return states.State("done", _("Accounted since"), "lock")
    return STATES[ApplicationChange.State(row.state)]


def _before(row: ApplicationChange) -> str:
    if row.before_technician is not None:
        return row.before_technician.name
    return row.before_group.name if row.before_group is not None else ""


class ChangeTable(lists.Table):
    """Which session came from where."""

    state = lists.StateColumn(_("State"), _change)
    session = lists.Name(
        _("Computer, technician"),
        "session__device_name",
        link=lambda row: reverse("assistance:session", args=[row.session_id]),
        beside=lambda row: row.session.technician_name,
    )
    start = lists.Instant(_("Start"), "session__started_at")
    before = lists.Text(_("Before"), _before, span="w6")
    minutes = lists.Duration(_("Connection"), lambda row: (row.session.seconds or 0) // 60)
    number = lists.Number(_("Number"), "session_id", visible=False)


class ChangeList(lists.List):
    """The sessions of one application."""

    key, title = "assistance.changes", _("Applied to the past")
    table = ChangeTable
    order, file_name = ("session__started_at",), "changes"

    def __init__(self, request: PageRequest, application: Application) -> None:
        super().__init__(request)
        self.application = application

    def rows(self) -> QuerySet[Any]:
        """Return the changes of sessions that the reader may see."""
        mine = RemoteSession.objects.visible_to(self.user)
        found = self.application.changes.select_related(
            "session", "before_group", "before_technician"
        )
        every = self.user.may(permissions.VIEW_ALL)
        return found if every else found.filter(session__in=mine.values("id"))

    def head(self, totals: Totals) -> Head:  # noqa: ARG002 (the kit's)
        """Return what was applied, and its undoing."""
        row = self.application
        undo = reverse("assistance:application_undo", args=[row.pk])
        action = Action(_("Undo the whole"), undo, "undo", post=True)
        kind = Kind(row.kind)
        return Head(
            f"{row.name} → {_target(row)}",
            crumbs=[
                *crumbs(kind)[:1],
                Link(now_("Applied to the past"), reverse("assistance:applications")),
            ],
            subtitle=f"{row.source} · {formats.instant(row.at, zones.zone())} · {_by(row)}",
            state=state(row),
            counters=[
                Counter(formats.number(row.count), now_("sessions")),
                Counter(formats.duration(row.minutes), now_("hours")),
                *([Counter(formats.number(row.undone), now_("undone"))] if row.undone else []),
            ],
            actions=[action] if row.undone < row.count else [],
        )

    def actions(self) -> Sequence[Action]:
        """Return nothing: the head has the way back."""
        return ()


@page(permissions.ASSIGN)
def application(request: PageRequest, pk: int) -> HttpResponseBase:
    """Return which sessions an application changed, from what to what."""
    return ChangeList(request, _application(pk)).response()


def _application(pk: int) -> Application:
    found = Application.objects.select_related("group", "technician", "by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_POST
@page(permissions.ASSIGN)
def undo(request: PageRequest, pk: int) -> HttpResponseBase:
    """Take an application back, and say what stays and why."""
    row = _application(pk)
    url = reverse("assistance:application", args=[row.pk])
    try:
        undone = applying.undo(application_id=pk, user=request.user, at=timezone.now())
    except applying.NothingToUndoError as error:
        text = now_("Nothing can go back. %(why)s")
        why = stays(len(error.accounted), len(error.moved))
        return pages.refused(request, (text % {"why": why}).strip(), url)
    except applying.MovedError:
        text = now_("One of them was accounted at this moment. Nothing was changed: look again.")
        return pages.refused(request, text, url)
    count = len(undone.back)
    text = ngettext(
        "%(count)s session is back where it was.",
        "%(count)s sessions are back where they were.",
        count,
    ) % {"count": formats.number(count)}
    why = stays(len(undone.accounted), len(undone.moved))
    return pages.done(request, f"{text} {why}".strip(), url)


def stays(accounted: int, moved: int) -> str:
    """Return in words how many sessions an undoing leaves, and why."""
    parts = []
    if accounted:
        text = ngettext(
            "%(count)s stays, because it was accounted since: undo that accounting first.",
            "%(count)s stay, because they were accounted since: undo those accountings first.",
            accounted,
        )
        parts.append(text % {"count": formats.number(accounted)})
    if moved:
        text = ngettext(
            "%(count)s stays, because somebody changed it since.",
            "%(count)s stay, because somebody changed them since.",
            moved,
        )
        parts.append(text % {"count": formats.number(moved)})
    return " ".join(parts)
