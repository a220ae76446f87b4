"""How people sign in here: of whom a second factor is asked."""

from __future__ import annotations

from django import forms as django_forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.access import queries, services
from canone.base.access.functions import ROLE_NAMES, SETTINGS
from canone.config import accounts
from canone.ui import forms, pages
from canone.ui.heads import Action, Head
from canone.ui.pages import PageRequest, page


class SignInForm(forms.Form):
    """The roles that need a second factor."""

    panels = [forms.Panel(gettext_lazy("Second factor"), ["roles"])]
    roles = django_forms.MultipleChoiceField(
        label=gettext_lazy("Who holds one of these roles needs one"),
        choices=[(role.value, name) for role, name in ROLE_NAMES.items()],
        widget=django_forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "A passkey, a security key, or codes by an app. Who has none yet is led to set one up "
            "and sees nothing else until then."
        ),
    )


@page(SETTINGS)
@accounts.confirmed
def sign_in(request: PageRequest) -> HttpResponse:
    """Show and change how people sign in."""
    first = {"roles": [role.value for role in queries.roles_with_second_factor()]}
    form = SignInForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        roles = form.cleaned_data["roles"]
        services.ask_second_factor(roles=roles, at=timezone.now(), by=request.user.pk)
        return pages.done(request, _("Saved."), reverse("sign_in"))
    buttons = forms.Buttons(_("Save"), cancel=reverse("start"))
    provider = Action(_("Signing in through a provider"), reverse("provider"), "key")
    head = Head(_("Signing in"), actions=[provider])
    return forms.render(request, form, head, buttons)
