"""Adding and changing customers and suppliers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from canone.kernel import identities
from canone.registers.parties import queries
from canone.registers.parties.models import Party
from canone.registers.parties.permissions import CHANGE
from canone.registers.parties.queries import Twin
from canone.registers.parties.services import parties, wording
from canone.registers.parties.web import shared
from canone.registers.parties.web.detail import last_change
from canone.registers.parties.web.forms import BlockForm, PartyForm
from canone.ui import forms, pages
from canone.ui.heads import Head
from canone.ui.pages import PageRequest, page

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TWINS_SHOWN = 6
Told = list[tuple[Twin, "StrOrPromise"]]


@page(CHANGE)
def create(request: PageRequest) -> HttpResponse:
    """Add a party; somebody who is there already is pointed out before it is saved."""
    form = PartyForm(request.POST or None)
    head = Head(_("New customer"), crumbs=shared.crumbs())
    back = reverse("parties:list")
    if request.method == "POST" and form.is_valid():
        twins: Told = [] if request.POST.get("another") else _twins(request, None)
        if twins:
            return _show(request, form, head, back, twins)
        if party := _save(request, form):
            url = reverse("parties:detail", args=[party.pk])
            return pages.done(request, _("%(name)s added.") % {"name": party.name}, url)
    return _show(request, form, head, back)


@page(CHANGE)
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a party and its registered office."""
    party = shared.find(request.user, pk)
    back = reverse("parties:detail", args=[pk])
    form = PartyForm(request.POST or None, instance=party, office=queries.office_of(party))
    head = Head(_("Edit"), crumbs=shared.crumbs(shared.crumb_of(party)), subtitle=party.name)
    if request.method == "POST":
        conflict = form.conflict(who=lambda: last_change(party))
        if conflict:
            return forms.conflicted(request, form, conflict, head, reload=request.path)
        if form.is_valid() and _save(request, form, pk):
            return pages.done(request, _("Saved."), back)
    return _show(request, form, head, back)


def _show(
    request: PageRequest, form: PartyForm, head: Head, back: str, twins: Told | None = None
) -> HttpResponse:
    pk = form.instance.pk
    preview = reverse("parties:twins_of", args=[pk]) if pk else reverse("parties:twins")
    return forms.render(
        request,
        form,
        head,
        forms.Buttons(_("Save all the same") if twins else _("Save"), cancel=back),
        "parties/party_form.html",
        preview=preview,
        twins=twins,
    )


def _save(request: PageRequest, form: PartyForm, pk: int | None = None) -> Party | None:
    """Return the saved party; None where it became impossible since the form was checked."""
    at, by = timezone.now(), request.user.pk
    values = {**form.values, "office": form.place}
    try:
        if pk is None:
            return parties.create(at=at, by=by, **values)
        return parties.update(party_id=pk, at=at, by=by, **values)
    except ValidationError as error:
        shared.tell(form, {name: list(texts) for name, texts in error.message_dict.items()})
        return None


@require_POST
@page(CHANGE)
def twins(request: PageRequest, pk: int | None = None) -> HttpResponse:
    """Show beside the form who may be there already, while it is being filled in."""
    if pk is not None:
        shared.find(request.user, pk)
    return pages.fragment(request, "parties/twins.html", twins=_twins(request, pk))


def _twins(request: PageRequest, pk: int | None) -> Told:
    sent, country = request.POST, request.POST.get("country", "IT")
    found = queries.twins_of(
        request.user,
        name=sent.get("name", ""),
        vat_number=identities.vat_number(sent.get("vat_number", ""), country).value,
        tax_code=identities.tax_code(sent.get("tax_code", ""), country).value,
        party_id=pk,
    )
    return [(twin, wording.REASONS[twin.reason]) for twin in found[:TWINS_SHOWN]]


@require_POST
@page(CHANGE)
def activate(request: PageRequest, pk: int) -> HttpResponse:
    """Take a party out of use, or back into it."""
    party = shared.find(request.user, pk)
    at, by = timezone.now(), request.user.pk
    if request.POST.get("active") == "1":
        parties.activate(party_id=party.pk, at=at, by=by)
        text = _("%(name)s is active again.")
    else:
        parties.deactivate(party_id=party.pk, at=at, by=by)
        text = _("%(name)s is no longer offered for new work. What exists stays.")
    back = reverse("parties:detail", args=[pk])
    return pages.done(request, text % {"name": party.name}, back)


@page(CHANGE)
def block(request: PageRequest, pk: int) -> HttpResponse:
    """Mark a party so that nobody works for it without asking."""
    party = shared.find(request.user, pk)
    back = reverse("parties:detail", args=[pk])
    form = BlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        at, by = timezone.now(), request.user.pk
        parties.block(party_id=pk, reason=reason, at=at, by=by)
        return pages.done(request, _("%(name)s is blocked.") % {"name": party.name}, back)
    head = Head(_("Block"), crumbs=shared.crumbs(shared.crumb_of(party)), subtitle=party.name)
    buttons = forms.Buttons(_("Block"), cancel=back)
    text = _("Everybody who opens this customer sees the reason. Nothing is deleted.")
    return forms.render(request, form, head, buttons, consequences=text)


@require_POST
@page(CHANGE)
def unblock(request: PageRequest, pk: int) -> HttpResponse:
    """Take the mark away."""
    party = shared.find(request.user, pk)
    parties.unblock(party_id=pk, at=timezone.now(), by=request.user.pk)
    back = reverse("parties:detail", args=[pk])
    return pages.done(request, _("%(name)s is free again.") % {"name": party.name}, back)
