"""Erasing a customer, a contact or a user: what would happen, then the name and the reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms as django_forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.access.models import User
from canone.config import accounts
from canone.config.erasing import subjects
from canone.config.erasing.services import erasing
from canone.config.erasing.services.erasing import Line
from canone.config.erasing.subjects import Subject
from canone.registers.parties.models import Contact, Party
from canone.registers.parties.permissions import ERASE
from canone.registers.parties.rules.erasure import Fate, Of
from canone.ui import formats, forms, jobs, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

LOOKS = {
    Fate.ERASED: State("stop", gettext_lazy("Erased")),
    Fate.ANONYMOUS: State("stop", gettext_lazy("Made anonymous")),
    Fate.OPEN: State("todo", gettext_lazy("Stays for now")),
    Fate.BOOKS: State("idle", gettext_lazy("Stays")),
}
WHY = {
    Fate.ERASED: gettext_lazy("nothing asks for it"),
    Fate.ANONYMOUS: gettext_lazy("the row stays under a number, others lean on it"),
    Fate.OPEN: gettext_lazy("until what is open is settled; then erase again"),
}


class EraseForm(forms.Form):
    """Why, and the name, typed."""

    panels = [forms.Panel(gettext_lazy("To erase for good"), ["reason", "name"])]
    reason = django_forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[(reason.value, words) for reason, words in erasing.REASONS.items()],
        help_text=gettext_lazy(
            "The journal keeps it, with your name and the number of the record."
        ),
    )
    name = django_forms.CharField(
        label=gettext_lazy("Name, typed once more"),
        widget=django_forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, who: Subject, **options: Any) -> None:
        super().__init__(*args, **options)
        self.who = who
        self.fields["name"].help_text = _("Exactly as it is written: %(name)s") % {"name": who.name}

    def clean_name(self) -> str:
        """Return the name, when it is the right one."""
        typed = str(self.cleaned_data["name"])
        if typed.strip() != self.who.name.strip():
            raise django_forms.ValidationError(_("This is not the name."))
        return typed


@page(ERASE)
@accounts.confirmed
def party(request: PageRequest, pk: int) -> HttpResponse:
    """Erase a customer or supplier."""
    row = get_object_or_404(Party.objects.visible_to(request.user), pk=pk)
    crumb = Link(_("Customers"), reverse("parties:list"))
    return _answer(request, Of.PARTY, pk, [crumb], reverse("parties:detail", args=[row.pk]))


@page(ERASE)
@accounts.confirmed
def contact(request: PageRequest, pk: int) -> HttpResponse:
    """Erase a contact."""
    row = get_object_or_404(Contact.objects.visible_to(request.user).select_related("party"), pk=pk)
    crumb = Link(row.party.name, reverse("parties:detail", args=[row.party_id]))
    back = reverse("parties:contacts", args=[row.party_id])
    return _answer(request, Of.CONTACT, pk, [crumb], back)


@page(ERASE)
@accounts.confirmed
def user(request: PageRequest, pk: int) -> HttpResponse:
    """Erase a user."""
    get_object_or_404(User, pk=pk)
    crumb = Link(_("Users"), reverse("people"))
    return _answer(request, Of.USER, pk, [crumb], reverse("person", args=[pk]))


def _answer(request: PageRequest, of: Of, pk: int, crumbs: list[Link], back: str) -> HttpResponse:
    now = timezone.now()
    who = subjects.find(of, pk, at=now)
    try:
        erasing.refuse(who, request.user.pk)
    except erasing.RefusedError as error:
        return pages.refused(request, str(error), back)
    form = EraseForm(request.POST or None, who=who)
    if request.method == "POST" and form.is_valid():
        reason = erasing.ErasureReason(form.cleaned_data["reason"])
        job = erasing.start(who, reason=reason, at=now, by=request.user.pk)
        return jobs.started(request, job)
    before = erasing.last_erased(who)
    head = Head(
        _("Erase %(name)s") % {"name": who.name},
        crumbs=[*crumbs, Link(who.name, back), Link(_("Erase"))],
    )
    return forms.render(
        request,
        form,
        head,
        forms.Buttons(_("Erase for good"), cancel=back),
        consequences=_("This cannot be undone: nobody can bring back what is erased."),
        template="config/erase.html",
        lines=[_shown(line) for line in erasing.foresee(who)],
        open=who.open,
        remarks=erasing.remarks(who),
        before=before,
    )


def _shown(line: Line) -> dict[str, Any]:
    return {
        "title": line.title,
        "state": LOOKS[line.fate],
        "count": "" if line.count is None else formats.number(line.count),
        "why": WHY[line.fate] if line.fate in WHY else _books(line.until),
    }


def _books(until: date | None) -> str:
    law = _("books: ten years (art. 2220 c.c., art. L123-22 C. com.)")
    if until is None:
        return law
    return _("%(law)s, until %(day)s") % {"law": law, "day": formats.date_of(until)}
