"""The top of every page about one party: state, tabs, buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from canone.registers.parties import queries
from canone.registers.parties.models import Party
from canone.registers.parties.permissions import CHANGE, LOGINS
from canone.registers.parties.services import wording
from canone.registers.parties.web import shared
from canone.ui import slots
from canone.ui.heads import Action, Head, Note, Tab
from canone.ui.pages import PageRequest

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KEY = "parties.party"
"""How config/panels.py calls the page of a party."""


def of(request: PageRequest, party: Party, tab: str, *, first: Sequence[Action] = ()) -> Head:
    """Return the head of one tab; `first` are the tab's own buttons."""
    user, office = request.user, shared.commercial(request.user)
    lacks = queries.lacks(party) if office else ()
    guests = slots.actions(KEY, user, party.pk)
    own = _buttons(party) if user.may(CHANGE) and tab == "detail" else []
    return Head(
        party.name,
        crumbs=shared.crumbs(),
        subtitle=party.code,
        state=shared.state_of(party, incomplete=bool(lacks)),
        actions=[*guests, *first, *own],
        tabs=_tabs(request, party, tab, office=office),
        tabs_label=_("Parts of this customer"),
        notes=_notes(party, [str(wording.LACKS[lack]) for lack in lacks]),
    )


def _tabs(request: PageRequest, party: Party, tab: str, *, office: bool) -> list[Tab]:
    counts = queries.counts(party)
    shown: list[tuple[str, StrOrPromise, int | None]]
    shown = [("detail", _("Register"), None), ("sites", _("Sites"), counts["sites"])]
    shown += [("contacts", _("Contacts"), counts["contacts"])]
    shown += [("groups_of", _("Groups"), counts["groups"])]
    if office and (party.is_customer or counts["mandates"]):
        shown += [("mandates", _("Mandates"), counts["mandates"])]
    if office:
        shown += [("documents", _("Documents"), counts["documents"])]
    if request.user.may(LOGINS) and party.is_customer:
        shown += [("logins", _("Portal"), counts["logins"])]
    if office:
        shown += [("history", _("History"), None)]
    return [
        Tab(title, reverse(f"parties:{name}", args=[party.pk]), current=name == tab, count=count)
        for name, title, count in shown
    ]


def _notes(party: Party, lacks: list[str]) -> list[Note]:
    notes = []
    if party.is_blocked:
        text = _("Blocked: %(reason)s. Ask the office before you work here.")
        notes.append(Note("stop", text % {"reason": party.block_reason or "–"}))
    if lacks and party.is_active:
        text = _("Missing for invoices: %(lacks)s.")
        notes.append(Note("warn", text % {"lacks": ", ".join(lacks)}))
    return notes


def _buttons(party: Party) -> list[Action]:
    key = [party.pk]
    switch = Action(
        _("Deactivate") if party.is_active else _("Activate"),
        reverse("parties:activate", args=key),
        post=True,
        name="active",
        value="0" if party.is_active else "1",
    )
    block = (
        Action(_("Unblock"), reverse("parties:unblock", args=key), "unlock", post=True)
        if party.is_blocked
        else Action(_("Block"), reverse("parties:block", args=key), "lock")
    )
    edit = Action(_("Edit"), reverse("parties:edit", args=key), "pencil", main=True, key="e")
    return [switch, block, edit]
