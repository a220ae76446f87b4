"""The mail server: entered, tried with a message to oneself, kept sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from canone.base.access.functions import SETTINGS
from canone.base.firm import queries as firm
from canone.base.mail import queries, services
from canone.base.mail.models import MailServer
from canone.base.mail.queries import Server
from canone.config import accounts
from canone.ui import forms, pages
from canone.ui.heads import Action, Head, Link, Note
from canone.ui.pages import PageRequest, page
from canone.ui.wizards import ShownStep

TRY = "try"
Notes = Sequence[Note]


class MailServerForm(forms.Form):
    """Where mail is handed over."""

    panels = [
        forms.Panel(gettext_lazy("Server"), ["host", "port", "security"]),
        forms.Panel(gettext_lazy("Sign-in"), ["username", "password"]),
        forms.Panel(gettext_lazy("Sender"), ["sender"]),
    ]
    host = django_forms.CharField(
        label=gettext_lazy("Server"), max_length=200, help_text="smtp.example.com"
    )
    port = django_forms.IntegerField(
        label=gettext_lazy("Port"), min_value=1, max_value=65535, initial=587
    )
    security = django_forms.ChoiceField(
        label=gettext_lazy("Encryption"),
        choices=MailServer.Security.choices,
        initial=MailServer.Security.STARTTLS,
    )
    username = django_forms.CharField(
        label=gettext_lazy("User name"),
        max_length=200,
        required=False,
        widget=django_forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = django_forms.CharField(
        label=gettext_lazy("Password"),
        max_length=500,
        required=False,
        strip=False,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=True),
    )
    sender = django_forms.EmailField(
        label=gettext_lazy("Address that mails come from"),
        required=False,
        help_text=gettext_lazy("Empty: the firm's address."),
    )

    def __init__(self, known: MailServer | None, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if known and known.password:
            text = _("Empty keeps the one that is set, as long as the server is the same.")
            self.fields["password"].help_text = text

    def server(self) -> Server:
        """Return what was entered; a password that is left empty stays, on the same server."""
        return queries.completed(Server(**self.cleaned_data))


@page(SETTINGS)
@accounts.confirmed
def show(request: PageRequest) -> HttpResponse:
    """Show and change the mail server."""
    if queries.from_environment():
        return _fixed(request)
    return edit(request, after=reverse("mail_server"))


@require_POST
@page(SETTINGS)
def attempt(request: PageRequest) -> HttpResponse:
    """Send a message through the server in use."""
    if not queries.is_set_up():
        return pages.refused(request, _("Enter a server first."), reverse("mail_server"))
    note = _tried(request, None)
    act = pages.done if note.kind == "done" else pages.refused
    return act(request, str(note.text), reverse("mail_server"))


def edit(
    request: PageRequest,
    *,
    after: str,
    template: str = "config/mail_server.html",
    steps: Sequence[ShownStep] = (),
) -> HttpResponse:
    """Return the form; `after` is where it leads when all is kept."""
    known = queries.stored()
    first = {name: getattr(known, name) for name in MailServerForm.base_fields if known}
    form = MailServerForm(known, request.POST or None, initial=first | {"password": ""})
    notes: Notes = ()
    if request.method == "POST" and form.is_valid():
        if TRY in request.POST:
            notes = [_tried(request, form.server())]
        elif _saved(request, form):
            return pages.done(request, _("The mail server is kept."), after)
    head = Head(_("Mail server"), crumbs=[] if steps else _crumbs(), notes=notes)
    leave = _("Skip") if steps else ""
    buttons = forms.Buttons(_("Save"), cancel=after if steps else reverse("mails"), leave=leave)
    parts = {"steps": steps, "try_name": TRY}
    answer = forms.render(request, form, head, buttons, template, **parts)
    answer["Cache-Control"] = "no-store"
    return answer


def _fixed(request: PageRequest) -> HttpResponse:
    server = queries.server()
    action = Action(_("Send a test"), reverse("mail_server_try"), "mail", main=True, post=True)
    note = _("The environment names the server (CANONE_MAIL_URL): it is changed there.")
    head = Head(
        _("Mail server"), crumbs=_crumbs(), notes=[Note("idle", note, "info")], actions=[action]
    )
    facts = [
        (_("Server"), f"{server.get('host')}:{server.get('port')}"),
        (_("User name"), server.get("username") or "–"),
        (_("Sender"), queries.sender()),
    ]
    return pages.render(request, "config/mail_server_fixed.html", head, facts=facts)


def _crumbs() -> list[Link]:
    return [Link(_("Outgoing mail"), reverse("mails")), Link(_("Mail server"))]


def _saved(request: PageRequest, form: MailServerForm) -> bool:
    try:
        services.set_server(form.server(), at=timezone.now(), by=request.user.pk)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def trial_text() -> services.Source:
    """Return what a message says that only tries the server."""
    return services.Source(
        _("A test from %(firm)s") % {"firm": firm.firm().name},
        _("This message shows that Canone can send mail."),
    )


def _tried(request: PageRequest, server: Server | None) -> Note:
    to = request.user.email
    said = services.try_server(server, to=to, text=trial_text())
    if said:
        return Note("stop", _("The test did not go out: %(said)s") % {"said": said})
    return Note("done", _("The server took a message to %(to)s.") % {"to": to})
