"""The provider that people may sign in through: entered, tried, taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from canone.base.access import queries, services
from canone.base.access.functions import SETTINGS
from canone.base.access.models import IdentityProvider
from canone.config import accounts
from canone.config.oidc import asking, entering
from canone.config.oidc import services as links
from canone.ui import forms, pages
from canone.ui.heads import Action, Head, Link, Note
from canone.ui.pages import PageRequest, page

TRY = "try"


class ProviderForm(forms.Form):
    """Who the provider is, and what is believed of it."""

    panels = [
        forms.Panel(gettext_lazy("Provider"), ["name", "issuer", "hosts"]),
        forms.Panel(gettext_lazy("This installation there"), ["client_id", "secret"]),
        forms.Panel(
            gettext_lazy("Who comes in"), ["lets_invited_in", "is_second_factor", "is_active"]
        ),
    ]
    name = django_forms.CharField(
        label=gettext_lazy("Name on the button"), max_length=60, help_text="Google, Microsoft, …"
    )
    issuer = django_forms.CharField(
        label=gettext_lazy("Address of the issuer"),
        max_length=300,
        help_text=gettext_lazy("As the provider gives it, such as https://accounts.google.com"),
    )
    hosts = django_forms.CharField(
        label=gettext_lazy("Further hosts"),
        required=False,
        widget=django_forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "One a line, when the provider uses others than the issuer’s: the test names them. "
            "Nothing is asked elsewhere."
        ),
    )
    client_id = django_forms.CharField(label=gettext_lazy("Client id"), max_length=300)
    secret = django_forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=500,
        required=False,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=True),
    )
    lets_invited_in = forms.SwitchField(
        label=gettext_lazy("Invited people may enter without choosing a password"),
        help_text=gettext_lazy(
            "Only whoever has a user here comes in, found by the address that the provider has "
            "verified. Nobody is added by signing in."
        ),
    )
    is_second_factor = forms.SwitchField(
        label=gettext_lazy("Stands for a second factor"),
        help_text=gettext_lazy(
            "Only if the provider itself asks everybody for one. Otherwise it is asked for here."
        ),
    )
    is_active = forms.SwitchField(label=gettext_lazy("In use"))

    def __init__(self, known: IdentityProvider | None, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = known
        if known and known.secret:
            text = _("Empty keeps the one that is set, as long as issuer and client id stay.")
            self.fields["secret"].help_text = text

    def clean_issuer(self) -> str:
        """Return the address, without a slash at its end."""
        return entering.issuer(self.cleaned_data["issuer"])

    def clean_hosts(self) -> tuple[str, ...]:
        """Return the hosts, each once."""
        return entering.hosts(self.cleaned_data["hosts"].splitlines())


@page(SETTINGS)
@accounts.confirmed
def show(request: PageRequest) -> HttpResponse:
    """Show and change the provider, and try it."""
    known = queries.provider()
    form = ProviderForm(known, request.POST or None, initial=_first(known))
    notes: Sequence[Note] = ()
    if request.method == "POST" and form.is_valid():
        said = services.Provider(**form.cleaned_data)
        if TRY in request.POST:
            notes = [_tried(said)]
        else:
            services.set_provider(said, at=timezone.now(), by=request.user.pk)
            asking.forget()
            return pages.done(request, _("Saved."), reverse("provider"))
    title = _("Signing in through a provider")
    head = Head(
        title,
        crumbs=[Link(_("Signing in"), reverse("sign_in")), Link(title)],
        notes=notes,
        actions=_actions(known),
    )
    parts = {
        "back": request.build_absolute_uri(reverse("oidc_callback")),
        "try_name": TRY,
    }
    buttons = forms.Buttons(_("Save"), cancel=reverse("sign_in"))
    answer = forms.render(request, form, head, buttons, "config/provider.html", **parts)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@page(SETTINGS)
@accounts.confirmed
def remove(request: PageRequest) -> HttpResponse:
    """Take the provider away; connections stay for when the same one is entered again."""
    if services.remove_provider(at=timezone.now(), by=request.user.pk):
        asking.forget()
        return pages.done(request, _("Nobody signs in through it any more."), reverse("provider"))
    return pages.refused(request, _("No provider is entered."), reverse("provider"))


@require_POST
@page(SETTINGS)
@accounts.confirmed
def disconnect(request: PageRequest, pk: int) -> HttpResponse:
    """Take somebody's connection away; their next sign-in there makes a new one."""
    user = get_object_or_404(queries.users(), pk=pk)
    back = reverse("person", args=[pk])
    if links.disconnect(request, user=user, at=timezone.now(), by=request.user.pk):
        return pages.done(request, _("The connection is taken away."), back)
    return pages.refused(request, _("There is no connection."), back)


def _first(known: IdentityProvider | None) -> dict[str, Any]:
    if known is None:
        return {"lets_invited_in": True, "is_active": True}
    names = ("name", "issuer", "client_id", "lets_invited_in", "is_second_factor", "is_active")
    return {name: getattr(known, name) for name in names} | {"hosts": "\n".join(known.hosts)}


def _actions(known: IdentityProvider | None) -> list[Action]:
    if known is None:
        return []
    return [Action(_("Take away"), reverse("provider_remove"), "minus", post=True)]


def _tried(said: services.Provider) -> Note:
    """Return what the provider's description says, or why it cannot be read."""
    found = entering.tried(said)
    return Note("done", found.text, "check") if found.answers else Note("stop", found.text, "alert")
