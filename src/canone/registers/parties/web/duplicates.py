"""Parties that may be one firm twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.registers.parties import queries
from canone.registers.parties.models import Party
from canone.registers.parties.permissions import CHANGE
from canone.registers.parties.rules.twins import Reason
from canone.registers.parties.services import parties, wording
from canone.registers.parties.web import shared
from canone.ui import formats, pages, reading
from canone.ui.heads import Counter, Head
from canone.ui.lists import Empty
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties, why they may be one, and how alike their names are."""

    first: int
    second: int
    parties: Sequence[Party]
    state: State
    likeness: StrOrPromise


@page(CHANGE)
def duplicates(request: PageRequest) -> HttpResponse:
    """Show the pairs, strongest reason first."""
    found = queries.duplicates(request.user)
    head = Head(
        _("Possible duplicates"),
        crumbs=shared.crumbs(),
        subtitle=_("Same numbers or similar names. Nothing is changed by itself."),
        counters=[Counter(formats.number(len(found)), ngettext("pair", "pairs", len(found)))]
        if found
        else (),
    )
    nothing = Empty(
        _("No duplicates"),
        _("No two customers or suppliers share a VAT number, a tax code or a similar name."),
    )
    return pages.render(
        request,
        "parties/duplicates.html",
        head,
        pairs=[_pair(twin) for twin in found[:SHOWN]],
        may_change=request.user.may(CHANGE),
        empty=nothing,
    )


def _pair(twin: queries.Twin) -> Pair:
    similar = twin.reason is Reason.SIMILAR_NAME
    likeness = formats.percent(Fraction(twin.likeness, 100), decimals=0) if similar else ""
    state = State("todo" if similar else "warn", wording.REASONS[twin.reason], "copy")
    return Pair(twin.first.pk, twin.second.pk, (twin.first, twin.second), state, likeness)


@require_POST
@page(CHANGE)
def apart(request: PageRequest) -> HttpResponse:
    """Keep the decision that two parties are two."""
    keys = [request.POST.get(name, "") for name in ("first", "second")]
    if not all(map(reading.is_key, keys)):
        raise Http404
    first, second = (shared.find(request.user, int(key)) for key in keys)
    if first == second:
        raise Http404
    parties.tell_apart(first=first.pk, second=second.pk, at=timezone.now(), by=request.user.pk)
    words = {"first": first.name, "second": second.name}
    text = _("%(first)s and %(second)s are two: they are not pointed out again.") % words
    return pages.done(request, text, reverse("parties:duplicates"))
