"""The set-up of a new firm: firm and owner behind a secret address, the rest already signed in."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from canone.base.access import queries as access
from canone.base.access import services
from canone.base.access.functions import SETTINGS
from canone.base.access.models import User
from canone.base.firm import queries as firms
from canone.base.firm import services as firm_services
from canone.base.firm.models import Firm
from canone.base.mail import queries as mail
from canone.config import accounts, doors, set_up
from canone.config.web import mail_server, numbers, papers
from canone.config.web.firm import VatChecked
from canone.registers.catalog.services import articles
from canone.ui import forms
from canone.ui.heads import Head
from canone.ui.pages import PageRequest, page
from canone.ui.wizards import ShownStep

STEPS = (
    ("set_up_firm", gettext_lazy("Firm")),
    ("set_up_owner", gettext_lazy("You")),
    ("set_up_mail", gettext_lazy("Mail server")),
    ("set_up_numbers", gettext_lazy("Numbers")),
    ("set_up_logo", gettext_lazy("Logo")),
)
COUNTRIES = {
    Firm.Country.ITALY: {"time_zone": "Europe/Rome", "language": "it"},
    Firm.Country.FRANCE: {"time_zone": "Europe/Paris", "language": "fr"},
}
"""What the country brings along; the firm's page can change it."""
STEP = "config/set_up/step.html"


class FirmForm(VatChecked, forms.ModelForm):
    """Who the firm is, as short as possible."""

    panels = [forms.Panel("", ["name", "country", "vat_number", "city"])]

    class Meta:
        model = Firm
        fields = ["name", "country", "vat_number", "city"]
        widgets = {"country": django_forms.RadioSelect}
        help_texts = {"country": gettext_lazy("Decides VAT, documents, time zone and language.")}


class OwnerForm(forms.Form):
    """Who leads the firm here."""

    panels = [forms.Panel("", ["name", "email", "password"])]
    name = django_forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        widget=django_forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = django_forms.EmailField(
        label=gettext_lazy("Your mail address"),
        widget=django_forms.EmailInput(attrs={"autocomplete": "username"}),
        help_text=gettext_lazy("With it you sign in."),
    )
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
def where(request: HttpRequest) -> HttpResponse:
    """Say where the secret address is found."""
    if access.anybody():
        set_up.settle()
        raise Http404
    set_up.token()
    return render(request, "config/set_up/where.html", {"file": set_up.FILE})


@never_cache
def firm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask who the firm is."""
    _must_open(token)
    now = firms.firm()
    first = {} if now.pk and now.name != "Canone" else {"name": ""}
    form = FirmForm(request.POST or None, instance=now, initial=first)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        values |= COUNTRIES[values["country"]]
        try:
            firm_services.revise(**values)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("set_up_owner", token)
    return _door(request, form, "set_up_firm", token, _("Your firm"), _("Go on"))


@never_cache
def owner(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first account and sign its owner in; from here on the address opens nothing.

    The country is settled now: its usual VAT rates come along.
    """
    _must_open(token)
    if firms.firm()._state.adding:  # noqa: SLF001 (public by Django's documentation)
        return redirect("set_up_firm", token)
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _made(form)
        if made is not None:
            articles.provide_vat(country=firms.firm().country)
            set_up.settle()
            login(request, made, accounts.BACKEND)
            accounts.remember(request, made)
            answer = redirect("set_up_mail")
            doors.know(answer, made)
            return answer
    return _door(request, form, "set_up_owner", token, _("You"), _("Make the account"))


@page(SETTINGS)
def mail_step(request: PageRequest) -> HttpResponse:
    """Ask for the mail server; may be skipped."""
    if mail.from_environment():
        return redirect("set_up_numbers")
    return mail_server.edit(request, **_step("set_up_mail", "set_up_numbers"))


@page(SETTINGS)
def numbers_step(request: PageRequest) -> HttpResponse:
    """Ask for the first series of numbers; may be skipped."""
    return numbers.edit(request, **_step("set_up_numbers", "set_up_logo"))


@page(SETTINGS)
def logo_step(request: PageRequest) -> HttpResponse:
    """Ask for the logo; may be skipped."""
    form = papers.LetterheadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and papers.keep(request, form):
        return redirect("start")
    buttons = forms.Buttons(_("Finish"), cancel=reverse("start"), leave=_("Without a logo"))
    parts = {"steps": _line("set_up_logo")}
    return forms.render(request, form, Head(_("Logo and footer")), buttons, STEP, **parts)


def _must_open(token: str) -> None:
    if not set_up.opens(token):
        raise Http404


def _made(form: OwnerForm) -> User | None:
    values = form.cleaned_data
    language = (translation.get_language() or "it")[:2]
    try:
        return services.create_first(**values, language=language, at=timezone.now())
    except services.AlreadySetUpError as error:
        raise Http404 from error
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _door(
    request: HttpRequest, form: Any, current: str, token: str, title: str, button: str
) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    parts = {"form": form, "title": title, "button": button, "steps": _line(current, token)}
    return render(request, "config/set_up/door.html", parts, status=status)


def _step(current: str, following: str) -> dict[str, Any]:
    return {"after": reverse(following), "template": STEP, "steps": _line(current)}


def _line(current: str, token: str = "") -> list[ShownStep]:
    """Return the steps; past ones are links while they can still be gone back to."""
    names = [name for name, _title in STEPS]
    at = names.index(current)
    shown = []
    for number, (name, title) in enumerate(STEPS):
        args = [token] if token else []
        back = number < at and (bool(token) or number > 1)
        shown.append(
            ShownStep(title, reverse(name, args=args) if back else "", number == at, number < at)
        )
    return shown
