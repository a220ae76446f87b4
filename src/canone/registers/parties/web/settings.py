"""Zones and payment terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.firm import queries as firm
from canone.registers.parties.models import PaymentTerms, Zone
from canone.registers.parties.permissions import SETTINGS
from canone.registers.parties.rules import terms as rules
from canone.registers.parties.services import settings as services
from canone.registers.parties.web import shared
from canone.registers.parties.web.parts import Shown, answer
from canone.registers.parties.web.settings_forms import TermsForm, ZoneForm
from canone.ui import formats, lists
from canone.ui.heads import Action
from canone.ui.lists import Empty, Table
from canone.ui.pages import PageRequest, page

INSTALMENTS_SHOWN = 4


def today() -> date:
    """Return the day in the firm's zone."""
    return timezone.now().astimezone(firm.zone()).date()


class ZoneTable(Table):
    """Zones."""

    state = lists.StateColumn(_("State"), shared.switch, sort=("is_active",))
    name = lists.Name(
        _("Zone"), "name", link=lambda zone: reverse("parties:zone_edit", args=[zone.pk])
    )
    parties = lists.Number(_("Customers"), "party_count")


class ZoneList(lists.List):
    """The zones with how many customers are in each."""

    key, title, file_name = "parties.zones", _("Zones"), "zones"
    table, order = ZoneTable, ("name",)

    def rows(self) -> QuerySet[Any]:
        """Return every zone."""
        active = Count("parties", filter=Q(parties__is_active=True), distinct=True)
        return Zone.objects.annotate(party_count=active)

    def actions(self) -> Sequence[Action]:
        """Return the button that adds one."""
        url = reverse("parties:zone_new")
        return [Action(_("New zone"), url, "plus", main=True, key="n")]

    def empty(self) -> Empty:
        """Return the first step."""
        text = _("A zone is a part of the territory: lists are cut by it, visits planned by it.")
        return Empty(_("No zones yet"), text, self.actions())


def _example(terms: PaymentTerms) -> str:
    due = rules.due_dates(terms.terms(), today())
    shown = ", ".join(formats.date_of(day) for day in due[:INSTALMENTS_SHOWN])
    return shown if len(due) <= INSTALMENTS_SHOWN else f"{shown} …"


class TermsTable(Table):
    """Payment terms."""

    state = lists.StateColumn(_("State"), shared.switch, sort=("is_active",))
    name = lists.Name(
        _("Payment terms"),
        str,
        link=lambda terms: reverse("parties:terms_edit", args=[terms.pk]),
        sub=lambda terms: terms.code,
        sort=("code",),
    )
    method = lists.Text(_("Method"), lambda terms: terms.get_method_display(), sort=("method",))
    example = lists.Text(_("An invoice of today is due on"), _example, sort=())
    parties = lists.Number(_("Customers"), "party_count")


class TermsList(lists.List):
    """The payment terms, with the due dates of an invoice of today."""

    key, title, file_name = "parties.terms", _("Payment terms"), "payment-terms"
    table, order = TermsTable, ("code",)

    def rows(self) -> QuerySet[Any]:
        """Return all payment terms."""
        active = Count("parties", filter=Q(parties__is_active=True), distinct=True)
        return PaymentTerms.objects.annotate(party_count=active)

    def actions(self) -> Sequence[Action]:
        """Return the button that adds some."""
        url = reverse("parties:terms_new")
        return [Action(_("New payment terms"), url, "plus", main=True, key="n")]

    def empty(self) -> Empty:
        """Return the first step."""
        text = _("They say how and when a customer pays, and give an invoice its due dates.")
        return Empty(_("No payment terms yet"), text, self.actions())


@page(SETTINGS)
def zones(request: PageRequest) -> HttpResponseBase:
    """Show the zones."""
    return ZoneList(request).response()


@page(SETTINGS)
def zone_new(request: PageRequest) -> HttpResponse:
    """Add a zone."""
    shown = Shown(now_("New zone"), reverse("parties:zones"), services.create_zone)
    return answer(request, ZoneForm(request.POST or None), shown)


@page(SETTINGS)
def zone_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a zone."""
    zone = Zone.objects.filter(pk=pk).first()
    if zone is None:
        raise Http404

    def save(**values: Any) -> Zone:
        return services.update_zone(zone_id=pk, **values)

    shown = Shown(zone.name, reverse("parties:zones"), save)
    return answer(request, ZoneForm(request.POST or None, instance=zone), shown)


@page(SETTINGS)
def terms(request: PageRequest) -> HttpResponseBase:
    """Show the payment terms."""
    return TermsList(request).response()


@page(SETTINGS)
def terms_new(request: PageRequest) -> HttpResponse:
    """Add payment terms."""
    shown = Shown(now_("New payment terms"), reverse("parties:terms"), services.create_terms)
    return answer(request, TermsForm(request.POST or None), shown)


@page(SETTINGS)
def terms_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change payment terms."""
    row = PaymentTerms.objects.filter(pk=pk).first()
    if row is None:
        raise Http404

    def save(**values: Any) -> PaymentTerms:
        return services.update_terms(terms_id=pk, **values)

    shown = Shown(str(row), reverse("parties:terms"), save)
    return answer(request, TermsForm(request.POST or None, instance=row), shown)
