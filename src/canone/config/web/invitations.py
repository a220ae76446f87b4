"""Invitations: sent or handed over, renewed, withdrawn, and the page they lead to."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django import forms as django_forms
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from canone.base.access import queries, services
from canone.base.access.functions import SETTINGS
from canone.base.access.models import Invitation, User
from canone.base.firm import queries as firm
from canone.config import accounts, doors, inviting
from canone.ui import forms, pages
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

LINK = "entry_link"
ACTIVE = State("done", gettext_lazy("Active"))
OFF = State("idle", gettext_lazy("Switched off"))
OPEN = State("todo", gettext_lazy("Invited"))
OVER = State("warn", gettext_lazy("Invitation run out"))
WITHDRAWN = State("idle", gettext_lazy("Invitation withdrawn"))
USED = State("done", gettext_lazy("Invitation used"))


def of(user: User) -> Invitation | None:
    """Return the user's invitation; it comes with `queries.users()`."""
    return getattr(user, "invitation", None)


def state(found: Invitation) -> State:
    """Return how an invitation stands."""
    if found.used_at:
        return USED
    if found.withdrawn_at:
        return WITHDRAWN
    return OPEN if timezone.now() < found.expires_at else OVER


def state_of(user: User) -> State:
    """Return how a user stands: invited until they came, then active, or switched off."""
    if not user.is_active:
        return OFF
    found = of(user)
    came = found is None or found.used_at or user.has_usable_password()
    return ACTIVE if found is None or came else state(found)


def send(request: PageRequest, user: User, *, by_mail: bool) -> None:
    """Return nothing; a new link waits for the user's page, and is mailed if wanted."""
    _made, link = inviting.invite(request, user, by=request.user, by_mail=by_mail)
    request.session[LINK] = [user.pk, link]


@require_POST
@page(SETTINGS)
@accounts.confirmed
def invite(request: PageRequest, pk: int) -> HttpResponse:
    """Make a new link; earlier ones work no more."""
    user = get_object_or_404(queries.users(), pk=pk)
    back = reverse("person", args=[pk])
    by_mail = request.POST.get("by") == "mail"
    try:
        send(request, user, by_mail=by_mail)
    except ValidationError as error:
        return pages.refused(request, " ".join(error.messages), back)
    if by_mail:
        return pages.done(request, _("Mailed to %(to)s.") % {"to": user.email}, back)
    return redirect(back)


@require_POST
@page(SETTINGS)
@accounts.confirmed
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Let the link work no more."""
    user = get_object_or_404(queries.users(), pk=pk)
    back = reverse("person", args=[pk])
    if services.withdraw_invitation(user=user, at=timezone.now(), by=request.user.pk):
        return pages.done(request, _("The invitation is withdrawn."), back)
    return pages.refused(request, _("There is no open invitation."), back)


class PasswordForm(forms.Form):
    """The password that somebody chooses for themselves."""

    panels = [forms.Panel("", ["password"])]
    password = django_forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "At least 10 characters, and none of the passwords that everybody uses. "
            "Three words that do not belong together are a good one."
        ),
    )


@never_cache
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Let the invited person choose a password and enter."""
    found = queries.invitation(secret)
    if found is None or not found.opens(timezone.now()):
        return render(request, "config/invitation_closed.html", status=404)
    if not request.user.is_authenticated and "django_language" not in request.COOKIES:
        translation.activate(found.user.language)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _accepted(form, secret)
        if user is not None:
            return _enter(request, user)
    status = 422 if form.is_bound and form.errors else 200
    parts: dict[str, Any] = {"form": form, "person": found.user, "firm": firm.firm()}
    return render(request, "config/invitation.html", parts, status=status)


def _accepted(form: PasswordForm, secret: str) -> User | None:
    password = form.cleaned_data["password"]
    try:
        return services.accept_invitation(secret=secret, password=password, at=timezone.now())
    except ValidationError as error:
        form.add_error(None, error)
    except services.ClosedError:
        form.add_error(None, _("This link no longer works"))
    return None


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    """Return the first page; who has a second factor shows it at the door, as always."""
    if is_mfa_enabled(user):
        return pages.done(request, _("The password is kept. Sign in."), reverse("account_login"))
    login(request, user, accounts.BACKEND)
    accounts.remember(request, user)
    answer = redirect("start")
    doors.know(answer, user)
    return answer
