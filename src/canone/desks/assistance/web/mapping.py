"""What was learned: whose computers and groups of a tool are, and who its technicians are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import STAFF
from canone.base.access.models import User
from canone.desks.assistance import permissions
from canone.desks.assistance.models import DeviceRule, GroupRule, TechnicianRule
from canone.desks.assistance.queries import mapping
from canone.desks.assistance.queries.mapping import Kind, Rule
from canone.registers.parties.models import Group
from canone.ui import lists
from canone.ui.heads import Action, Head, Tab
from canone.ui.lists import Empty, Totals
from canone.ui.pages import PageRequest, page

SLUGS = {Kind.DEVICE: "computers", Kind.GROUP: "groups", Kind.TECHNICIAN: "technicians"}
KINDS = {slug: kind for kind, slug in SLUGS.items()}
TITLES = {
    Kind.DEVICE: _("Computers"),
    Kind.GROUP: _("Groups of the tools"),
    Kind.TECHNICIAN: _("Technicians"),
}


def kind_of(slug: str) -> Kind:
    """Return the kind of an address, or 404."""
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]


def url(name: str, rule: Rule) -> str:
    """Return the address of a page about one rule."""
    return reverse(f"assistance:{name}", args=[SLUGS[mapping.kind_of(rule)], rule.pk])


def rules_url(kind: Kind) -> str:
    """Return the address of the rules of a kind."""
    return reverse("assistance:rules_of", args=[SLUGS[kind]])


def tabs(current: str) -> list[Tab]:
    """Return the three kinds of rules, and what was applied."""
    found = [Tab(title, rules_url(kind), current=current == kind) for kind, title in TITLES.items()]
    applied = reverse("assistance:applications")
    return [*found, Tab(_("Applied to the past"), applied, current=current == "applied")]


def target(rule: Rule) -> str:
    """Return to whom a rule gives its sessions."""
    return rule.technician.name if isinstance(rule, TechnicianRule) else rule.group.name


def _who(rule: Rule) -> str:
    return rule.created_by.name if rule.created_by else ""


def _key(rule: Rule) -> str:
    key = mapping.key_of(rule)
    parts = [rule.source] if key == mapping.name_of(rule) else [rule.source, key]
    return " · ".join(parts)


def _buttons(rule: Rule) -> SafeString:
    name = mapping.name_of(rule)
    return format_html(
        '<span class="cn-row flex-nowrap justify-content-end">'
        '<a class="btn btn-quiet" href="{}" aria-label="{}">{}</a>'
        '<a class="btn btn-quiet" href="{}" aria-label="{}">{}</a></span>',
        url("rule_past", rule),
        now_("Apply to the past: %(name)s") % {"name": name},
        now_("Apply to the past"),
        url("rule_edit", rule),
        now_("Edit: %(name)s") % {"name": name},
        now_("Edit"),
    )


def _people(_request: Any) -> Any:
    ids: set[int | None] = set()
    for model in mapping.MODELS.values():
        ids.update(model._default_manager.values_list("created_by", flat=True).distinct())  # noqa: SLF001
    return User.objects.filter(pk__in=[key for key in ids if key]).order_by("name")


def _groups(_request: Any) -> Any:
    return Group.objects.filter(is_active=True).order_by("name")


class RuleTable(lists.Table):
    """What the tool says, to whom it belongs, who learned it, how much it placed."""

    name = lists.Name(_("In the tool"), mapping.name_of, sub=_key, sort="key", span="w6")
    to = lists.Text(_("Belongs to"), target, span="w6")
    placed = lists.Number(_("Sessions placed"), "placed", label=_("Sessions"))
    who = lists.Text(_("Learned by"), _who, sort="created_by__name", span="w3")
    when = lists.Instant(_("Learned"), "created_at", span="w3")
    source = lists.Text(_("Source"), "source", visible=False)
    key = lists.Text(_("Key in the tool"), mapping.key_of, visible=False)
    action = lists.Actions(_buttons)


class DeviceTable(RuleTable):
    """Computers."""

    name = lists.Name(_("Computer"), mapping.name_of, sub=_key, sort="name", span="w6")
    to = lists.Text(_("Group (customer)"), target, sort="group__name", span="w6")


class HintTable(RuleTable):
    """Groups of the tools."""

    name = lists.Name(_("Group of the tool"), mapping.name_of, sub=_key, sort="hint", span="w6")
    to = lists.Text(_("Group (customer)"), target, sort="group__name", span="w6")


class TechnicianTable(RuleTable):
    """Technicians."""

    name = lists.Name(_("Name in the tool"), mapping.name_of, sub=_key, sort="key", span="w6")
    to = lists.Text(_("Technician"), target, sort="technician__name", span="w6")


class DeviceFilters(lists.FilterSet):
    """Text, group, source, who learned it."""

    text = lists.TextFilter(_("Text"), ["name", "device_key", "group__name"])
    group = lists.ModelFilter(_("Group (customer)"), _groups, shown=lambda group: group.name)
    source = lists.TextFilter(_("Source"), ["source"])
    who = lists.ModelFilter(
        _("Learned by"), _people, shown=lambda user: user.name, field="created_by"
    )

    class Meta:
        model = DeviceRule
        fields: list[str] = []


class HintFilters(DeviceFilters):
    """The same, of the tool's groups."""

    text = lists.TextFilter(_("Text"), ["hint", "group__name"])

    class Meta:
        model = GroupRule
        fields: list[str] = []


class TechnicianFilters(lists.FilterSet):
    """Text, user, source, who learned it."""

    text = lists.TextFilter(_("Text"), ["name", "key", "technician__name"])
    technician = lists.ModelFilter(
        _("Technician"),
        lambda _request: people(),
        shown=lambda user: user.name,
        field="technician",
    )
    source = lists.TextFilter(_("Source"), ["source"])
    who = lists.ModelFilter(
        _("Learned by"), _people, shown=lambda user: user.name, field="created_by"
    )

    class Meta:
        model = TechnicianRule
        fields: list[str] = []


class RuleList(lists.List):
    """The rules of one kind."""

    kind: Kind
    title = _("Mapping rules")
    empty_text: Any = ""

    def rows(self) -> QuerySet[Any]:
        """Return all rules of the kind."""
        near = "technician" if self.kind == Kind.TECHNICIAN else "group"
        model = mapping.MODELS[self.kind]
        found: QuerySet[Any] = model._default_manager.select_related(near, "created_by")  # noqa: SLF001
        return found

    def head(self, totals: Totals) -> Head:
        """Return the top of the page with the kinds as tabs."""
        found = super().head(totals)
        return Head(
            found.title,
            actions=found.actions,
            tabs=tabs(self.kind),
            tabs_label=now_("Kinds of rules"),
        )

    def actions(self) -> Sequence[Action]:
        """Return the form for a rule that no session has taught yet."""
        new = reverse("assistance:rule_new", args=[SLUGS[self.kind]])
        return [Action(_("New rule"), new, "plus", key="n", main=True)]

    def empty(self) -> Empty:
        """Return how rules come about."""
        return Empty(_("Nothing learned yet"), self.empty_text, self.actions())


class DeviceList(RuleList):
    """Computers and whose they are."""

    key, kind = "assistance.device_rules", Kind.DEVICE
    table, filters = DeviceTable, DeviceFilters
    order, file_name = ("-created_at",), "computers"
    empty_text = _(
        "When a session without a customer is assigned, its computer is remembered here."
    )


class HintList(RuleList):
    """Groups of the tools and whose they are."""

    key, kind = "assistance.group_rules", Kind.GROUP
    table, filters = HintTable, HintFilters
    order, file_name = ("-created_at",), "groups"
    empty_text = _(
        "A group of the tool that is named like a group of the address book needs no rule. "
        "For any other, say once whose it is."
    )


class TechnicianList(RuleList):
    """Technicians of the tools and who they are."""

    key, kind = "assistance.technician_rules", Kind.TECHNICIAN
    table, filters = TechnicianTable, TechnicianFilters
    order, file_name = ("-created_at",), "technicians"
    template = "assistance/technicians.html"
    empty_text = _(
        "Technicians are known by mail address, name or alias. Whom the tool calls otherwise is "
        "matched once."
    )

    def extra(self) -> dict[str, Any]:
        """Return the technicians whom nobody has matched yet."""
        unknown = mapping.unknown_technicians(self.user)
        return {"unknown": unknown, "people": people() if unknown else ()}


LISTS: dict[Kind, type[RuleList]] = {
    Kind.DEVICE: DeviceList,
    Kind.GROUP: HintList,
    Kind.TECHNICIAN: TechnicianList,
}


def people() -> QuerySet[User]:
    """Return who may be a technician."""
    return (
        User.objects.filter(grants__role__in=list(STAFF), is_active=True)
        .distinct()
        .order_by("name")
    )


@page(permissions.ASSIGN)
def index(_request: PageRequest) -> HttpResponse:
    """Go to the computers."""
    return redirect(rules_url(Kind.DEVICE))


@page(permissions.ASSIGN)
def listing(request: PageRequest, slug: str) -> HttpResponseBase:
    """Return the rules of a kind."""
    return LISTS[kind_of(slug)](request).response()
