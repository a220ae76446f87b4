"""What several of these pages need: who is asked for, states, countries, faults in forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from babel import Locale
from django import forms
from django.db import models
from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.kernel import identities
from canone.registers.parties.models import Party
from canone.registers.parties.permissions import VIEW_COMMERCIAL
from canone.registers.parties.services import records
from canone.ui.heads import Link
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NEAR = ("IT", "FR", "CH", "SM", "DE", "AT", "ES")
ACTIVE = State("done", _("Active"))
INCOMPLETE = State("warn", _("Incomplete"))
BLOCKED = State("stop", _("Blocked"))
INACTIVE = State("idle", _("Not active"))
RELIABILITY = {
    Party.Reliability.GOOD: "done",
    Party.Reliability.SLOW: "warn",
    Party.Reliability.BAD: "stop",
    Party.Reliability.UNKNOWN: "idle",
}


def find(user: User, pk: int) -> Party:
    """Return the party that `user` may see; what is not theirs does not exist."""
    parties = Party.objects.visible_to(user).select_related("zone", "payment_terms")
    party = parties.filter(pk=pk).first()
    if party is None:
        raise Http404
    return party


def state_of(party: Party, *, incomplete: bool) -> State:
    """Return the one state that matters most."""
    if not party.is_active:
        return INACTIVE
    if party.is_blocked:
        return BLOCKED
    return INCOMPLETE if incomplete else ACTIVE


def switch(row: Any) -> State:
    """Return whether a site, contact, group, zone or row of a table is in use."""
    return ACTIVE if row.is_active else INACTIVE


def reliability(party: Party) -> State:
    """Return how a party pays, as a state."""
    return State(RELIABILITY[Party.Reliability(party.reliability)], party.get_reliability_display())


def commercial(user: User) -> bool:
    """Whether the user sees bank details, payment terms and reliability."""
    return user.may(VIEW_COMMERCIAL)


def crumbs(*links: Link) -> Sequence[Link]:
    """Return the way here from the list of customers."""
    return [Link(_("Customers"), reverse("parties:list")), *links]


def crumb_of(party: Party) -> Link:
    """Return the link to a party's page."""
    return Link(party.name, reverse("parties:detail", args=[party.pk]))


def countries() -> list[tuple[str, str]]:
    """Return code and name of every country in the page's language, the near ones first."""
    names = Locale.parse((get_language() or "it").replace("-", "_")).territories
    known = {
        code: str(name)
        for code, name in names.items()
        if len(code) == 2 and identities.is_country(code)
    }
    far = sorted((code for code in known if code not in NEAR), key=lambda code: known[code])
    return [(code, known[code]) for code in (*NEAR, *far)]


def country_name(code: str) -> str:
    """Return the country's name in the page's language."""
    return dict(countries()).get(code, code)


def tell(form: forms.BaseForm, told: records.Faults) -> None:
    """Put what a service found wrong beside the fields of a form; each field is told once."""
    for name, texts in told.items():
        if name in form.errors:
            continue
        place = name if name in form.fields else None
        form.add_error(place, [str(text) for text in texts])


def in_use(queryset: models.QuerySet[Any], kept: Any) -> models.QuerySet[Any]:
    """Return the active rows, and the one that is chosen already."""
    return queryset.filter(models.Q(is_active=True) | models.Q(pk=getattr(kept, "pk", None)))


def language_name(code: str, choices: Sequence[tuple[str, StrOrPromise]]) -> StrOrPromise:
    """Return the name of a language."""
    return dict(choices).get(code, code)
