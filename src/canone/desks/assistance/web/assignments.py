"""Which profile prices which group: the list, the assignment, its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms as django_forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from canone.desks.assistance import permissions
from canone.desks.assistance.models import Assignment
from canone.desks.assistance.queries import preceding, profiles
from canone.desks.assistance.services import assignments as services
from canone.desks.contracts import permissions as contracts
from canone.kernel.periods import ONE_DAY
from canone.registers.catalog.models import Tariff
from canone.registers.parties.models import Group
from canone.ui import formats, forms, lists, pages, reading, states, zones
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page


def today() -> date:
    """Return the day in the firm's zone."""
    return timezone.now().astimezone(zones.zone()).date()


def _state(row: Assignment) -> states.State:
    day = today()
    if row.starts_on > day:
        return states.State("run", _("From later"), "calendar")
    if row.ends_on is not None and row.ends_on <= day:
        return states.State("idle", _("Ended"))
    return states.State("done", _("In force"))


def _in_force(rows: Any, _name: str, value: str) -> Any:
    condition = profiles.in_force(today())
    return rows.filter(condition) if value == "now" else rows.exclude(condition)


def _profile(row: Assignment) -> str:
    return row.tariff.name


def _while(row: Assignment) -> str:
    """Return when the contract goes before, as far as that is not simply so."""
    one, day = row.preceding, today()  # type: ignore[attr-defined]
    if one is None:
        return ""
    if one.start > day:
        return now_("from %(day)s") % {"day": formats.date_of(one.start)}
    if one.end is not None:
        return now_("until %(day)s") % {"day": formats.date_of(one.end - ONE_DAY)}
    return now_("its line prices the sessions")


class AssignmentTable(lists.Table):
    """Group, customer, profile, period, and the contract whose line goes before."""

    state = lists.StateColumn(_("State"), _state)
    group = lists.Name(
        _("Group (customer)"),
        "group__name",
        link=lambda row: reverse("parties:detail", args=[row.group.party_id]),
        sub=lambda row: row.group.party.name if row.group.party.name != row.group.name else "",
    )
    profile = lists.Name(
        _("Profile"),
        _profile,
        link=lambda row: reverse("catalog:profile", args=[row.tariff_id]),
        sub=lambda row: row.tariff.get_kind_display(),
        sort="tariff__name",
        span="w4",
    )
    starts = lists.Date(_("From"), "starts_on")
    ends = lists.Date(_("Until"), "ends_on")
    contract = lists.Name(
        _("Contract that goes before"),
        lambda row: row.preceding.number if row.preceding else None,
        link=lambda row: row.contract_url,
        sub=_while,
        span="w4",
    )
    action = lists.Actions(
        lambda row: (
            format_html(
                '<a class="btn btn-quiet" href="{}">{}</a>',
                reverse("assistance:assignment_end", args=[row.pk]),
                pgettext("of an assignment", "End"),
            )
            if row.ends_on is None
            else ""
        )
    )


class AssignmentFilters(lists.FilterSet):
    """Group, profile, in force or not."""

    text = lists.TextFilter(_("Text"), ["group__name", "tariff__name", "group__party__name"])
    profile = lists.ModelFilter(
        _("Profile"), Tariff.objects.order_by("name"), shown=lambda t: t.name, field="tariff"
    )
    state = lists.ChoiceFilter(
        _("State"), [("now", _("In force")), ("other", _("Ended or later"))], method=_in_force
    )

    class Meta:
        model = Assignment
        fields: list[str] = []


class AssignmentList(lists.List):
    """The assignments, dated."""

    key = "assistance.assignments"
    title = _("Assignments")
    table, filters = AssignmentTable, AssignmentFilters
    order, file_name = ("group__name", "-starts_on"), "assignments"

    def rows(self) -> QuerySet[Any]:
        """Return all assignments."""
        return Assignment.objects.select_related("group__party", "tariff")

    def told(self, page: Sequence[Any]) -> Sequence[Any]:
        """Return the assignments with the contract that goes before each."""
        first = preceding.of_assignments(page, today())
        may_see = self.user.may(contracts.VIEW)
        for row in page:
            row.preceding = first.get(row.pk)
            row.contract_url = ""
            if row.preceding is not None and may_see:
                row.contract_url = reverse("contracts:detail", args=[row.preceding.contract_id])
        return page

    def actions(self) -> Sequence[Action]:
        """Return the assignment of a profile to a group."""
        return [
            Action(_("Assign a profile"), reverse("assistance:assign"), "plus", main=True, key="n")
        ]

    def empty(self) -> lists.Empty:
        """Return what an assignment is for."""
        text = _("With a profile the sessions of a group have a price, or take prepaid hours.")
        return lists.Empty(_("No profile is assigned yet"), text, self.actions())


@page(permissions.ASSIGN)
def listing(request: PageRequest) -> HttpResponseBase:
    """Return the assignments."""
    return AssignmentList(request).response()


class AssignForm(forms.Form):
    """A profile for one group, or for many."""

    panels = [
        forms.Panel(_("Profile"), ["tariff", "starts_on"]),
        forms.Panel(_("Groups"), ["groups"]),
    ]
    tariff = forms.PickField(
        queryset=Tariff.objects.none(), shown=lambda tariff: tariff.name, label=_("Profile")
    )
    starts_on = forms.DateField(
        label=_("From"), help_text=_("What the group had before ends on this day.")
    )
    groups = django_forms.ModelMultipleChoiceField(
        queryset=Group.objects.none(),
        label=_("Groups of the address book"),
        widget=django_forms.CheckboxSelectMultiple,
        help_text=_("Pay per use: as many as you like. A subscription: exactly one."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        active = Tariff.objects.filter(is_active=True).order_by("name")
        self.fields["tariff"].queryset = active  # type: ignore[attr-defined]
        found = Group.objects.filter(is_active=True).order_by("name")
        self.fields["groups"].queryset = found  # type: ignore[attr-defined]
        self.fields["groups"].label_from_instance = lambda group: group.name  # type: ignore[attr-defined]


@page(permissions.ASSIGN)
def assign(request: PageRequest) -> HttpResponseBase:
    """Ask for profile, groups and day, and assign."""
    first = {
        "tariff": request.GET.get("profile"),
        "groups": reading.keys(request.GET.getlist("group")),
        "starts_on": today(),
    }
    form = AssignForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.assign(
                tariff_id=data["tariff"].pk,
                group_ids=[group.pk for group in data["groups"]],
                starts_on=data["starts_on"],
                by=request.user.pk,
                at=timezone.now(),
            )
        except services.SubscriptionTakenError as error:
            form.add_error("groups", _taken(error))
        except services.OverlapsError as error:
            text = now_("%(group)s has another profile from %(day)s on. Choose a later day.")
            later = error.later
            shown = {"group": later.group.name, "day": formats.date_of(later.starts_on)}
            form.add_error("starts_on", text % shown)
        else:
            return pages.done(request, _done(len(made)), reverse("assistance:assignments"))
    head = Head(
        now_("Assign a profile"),
        crumbs=[Link(now_("Assignments"), reverse("assistance:assignments"))],
    )
    buttons = forms.Buttons(_("Assign"), cancel=reverse("assistance:assignments"))
    return forms.render(request, form, head, buttons)


def _taken(error: services.SubscriptionTakenError) -> Any:
    text = now_(
        "%(profile)s is a subscription and belongs to %(group)s: its hours are taken from the "
        "profile itself."
    ) % {"profile": error.tariff.name, "group": error.group.name}
    return format_html(
        '{} <a href="{}">{}</a>',
        text,
        reverse("catalog:profile", args=[error.tariff.pk]),
        now_("Duplicate it for this group"),
    )


def _done(count: int) -> str:
    return ngettext("%(count)s group assigned.", "%(count)s groups assigned.", count) % {
        "count": count
    }


class EndForm(forms.Form):
    """The day from which the profile no longer holds."""

    panels = [forms.Panel(_("End"), ["ends_on"])]
    ends_on = forms.DateField(
        label=_("First day without it"),
        help_text=_("Sessions that are accounted after this day have no price until you assign."),
    )


@page(permissions.ASSIGN)
def end(request: PageRequest, pk: int) -> HttpResponseBase:
    """Ask for the day and end the assignment."""
    found = Assignment.objects.filter(Q(pk=pk)).select_related("group", "tariff").first()
    if found is None:
        raise Http404
    form = EndForm(request.POST or None, initial={"ends_on": today()})
    back = reverse("assistance:assignments")
    if request.method == "POST" and form.is_valid():
        services.end(assignment_id=pk, ends_on=form.cleaned_data["ends_on"])
        return pages.done(request, now_("Saved."), back)
    head = Head(
        now_("End the assignment"),
        crumbs=[Link(now_("Assignments"), back)],
        subtitle=f"{found.group.name} · {found.tariff.name}",
    )
    return forms.render(request, form, head, forms.Buttons(_("Save"), cancel=back))
