"""Profiles: the list, the page of one, retiring and duplicating."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from canone.base.history import queries as history
from canone.registers.catalog import queries
from canone.registers.catalog.models import Tariff, TariffVersion
from canone.registers.catalog.permissions import CHANGE_TARIFFS, VIEW_TARIFFS
from canone.registers.catalog.queries import impact, words
from canone.registers.catalog.queries import tariffs as tariff_queries
from canone.registers.catalog.services import tariffs
from canone.registers.catalog.web import looks
from canone.ui import formats, lists, pages, zones
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page


class ProfileTable(lists.Table):
    """One profile a row, with its words."""

    state = lists.StateColumn(gettext_lazy("State"), looks.active, sort=("is_active",))
    name = lists.Name(gettext_lazy("Name"), "name", link=looks.profile_url, sub=looks.profile_words)
    kind = lists.Text(gettext_lazy("Kind"), "get_kind_display", sort=("kind",))
    since = lists.Instant(gettext_lazy("In force since"), "since", sort=("since",))
    version = lists.Number(gettext_lazy("Version"), "number", sort=("number",))
    groups = lists.Number(gettext_lazy("Groups"), "groups", sort=())


class ProfileFilters(lists.FilterSet):
    """By text, kind and whether it is offered."""

    text = lists.TextFilter(gettext_lazy("Text"), ["name"], hint=gettext_lazy("name"))
    kind = lists.ChoiceFilter(gettext_lazy("Kind"), Tariff.Kind.choices, field="kind")
    active = lists.YesFilter(
        gettext_lazy("State"),
        field="is_active",
        yes=gettext_lazy("in use"),
        no=gettext_lazy("no longer used"),
    )


class ProfileList(lists.List):
    """All profiles with the version in force."""

    key = "catalog.profiles"
    title = gettext_lazy("Profiles")
    table, filters, order, file_name = ProfileTable, ProfileFilters, ("name",), "profiles"

    @cached_property
    def at(self) -> datetime:
        """The instant at which the page says what is in force."""
        return timezone.now()

    def rows(self) -> QuerySet[Any]:
        """Return the profiles with number and beginning of the version in force."""
        held = TariffVersion.objects.filter(
            tariff=OuterRef("pk"), valid_from__lte=self.at
        ).order_by("-valid_from", "-number")
        return Tariff.objects.annotate(
            since=Subquery(held.values("valid_from")[:1]),
            number=Subquery(held.values("number")[:1]),
        )

    def row_label(self, record: Tariff) -> str:
        """Return the profile's name."""
        return record.name

    def actions(self) -> list[Action]:
        """Return the way to a new profile."""
        if not self.user.may(CHANGE_TARIFFS):
            return []
        new = reverse("catalog:profile_new")
        return [Action(_("New profile"), new, "plus", key="n", main=True)]

    def empty(self) -> lists.Empty:
        """Return what a profile is good for."""
        return lists.Empty(
            _("No profiles yet"),
            _("A profile says what assistance costs. Assign it to the groups of your customers."),
            self.actions(),
        )

    def told(self, page: Sequence[Any]) -> Sequence[Any]:
        """Return the profiles with words and groups."""
        ids = [row.pk for row in page]
        current = queries.current_versions(self.at, tariffs=ids)
        groups = impact.groups(tariffs=ids, at=self.at)
        for row in page:
            version = current.get(row.pk)
            row.words = words.sentence(version.terms()) if version else ""
            row.groups = groups.get(row.pk, 0)
        return page


@page(VIEW_TARIFFS)
def listing(request: PageRequest) -> HttpResponseBase:
    """Return the list of profiles."""
    return ProfileList(request).response()


@page(VIEW_TARIFFS)
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Return the page of a profile: its words, its versions, what happened."""
    tariff = get_object_or_404(Tariff, pk=pk)
    versions = list(tariff_queries.versions(tariff))
    terms = versions[0].terms()
    return pages.render(
        request,
        "catalog/profile.html",
        _head(request, tariff, versions[0]),
        tariff=tariff,
        sentence=words.sentence_bold(terms),
        options=words.options(terms),
        versions=[(version, words.sentence(version.terms())) for version in versions],
        history=looks.entries(history.timeline(tariff)),
    )


@require_POST
@page(CHANGE_TARIFFS)
def activate(request: PageRequest, pk: int) -> HttpResponse:
    """Return to the profile, offered again or no longer."""
    tariff = get_object_or_404(Tariff, pk=pk)
    tariffs.activate(tariff=tariff, active=not tariff.is_active)
    if tariff.is_active:
        text = _("%(name)s can be assigned again.") % {"name": tariff.name}
    else:
        text = _("%(name)s is retired. What it prices already stays.") % {"name": tariff.name}
    return pages.done(request, text, looks.profile_url(tariff))


@require_POST
@page(CHANGE_TARIFFS)
def duplicate(request: PageRequest, pk: int) -> HttpResponse:
    """Return to the form of a copy."""
    tariff = get_object_or_404(Tariff, pk=pk)
    name = tariff_queries.free_name(tariff.name)
    copy = tariffs.duplicate(tariff=tariff, name=name, at=timezone.now(), by=request.user.pk)
    text = _("%(name)s is there. Change what differs.") % {"name": copy.name}
    return pages.done(request, text, reverse("catalog:profile_edit", args=[copy.pk]))


def _head(request: HttpRequest, tariff: Tariff, latest: TariffVersion) -> Head:
    since = formats.date_of(latest.valid_from.astimezone(zones.zone()).date())
    return Head(
        tariff.name,
        crumbs=[Link(_("Profiles"), reverse("catalog:profiles")), Link(tariff.get_kind_display())],
        state=looks.active(tariff),
        remark=_("version %(number)s in force since %(day)s")
        % {"number": latest.number, "day": since},
        actions=_actions(request, tariff),
    )


def _actions(request: HttpRequest, tariff: Tariff) -> list[Action]:
    if not request.user.may(CHANGE_TARIFFS):  # type: ignore[union-attr]
        return []
    args = [tariff.pk]
    retire = _("Retire") if tariff.is_active else _("Offer again")
    return [
        Action(retire, reverse("catalog:profile_activate", args=args), "minus", post=True),
        Action(_("Duplicate"), reverse("catalog:profile_copy", args=args), "copy", post=True),
        Action(_("Edit"), reverse("catalog:profile_edit", args=args), "pencil", main=True, key="e"),
    ]
