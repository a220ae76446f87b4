"""Connecting a server, changing it, and trying the connection before it is saved."""

from __future__ import annotations

from typing import Any

from django import forms as plain
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from canone.channels.connectors.models import Source
from canone.channels.connectors.permissions import MANAGE
from canone.channels.connectors.queries import wording
from canone.channels.connectors.rules.meshcentral import events
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import sources
from canone.channels.connectors.services.checking import Connection, checked
from canone.channels.connectors.web import looks
from canone.ui import forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page


class SourceForm(forms.Form):
    """A MeshCentral server as its owner describes it."""

    panels = [
        forms.Panel(_("Server"), ["title", "url"]),
        forms.Panel(
            _("Login token"),
            ["user", "password"],
            remark=_(
                "made in MeshCentral under “My account”, for an account that sees every group"
            ),
            columns=True,
        ),
        forms.Panel(
            _("Certificate"),
            ["fingerprint", "authority"],
            remark=_("only if the server’s certificate is its own"),
        ),
        forms.Panel(_("What counts"), ["kinds", "first_day"]),
        forms.Panel(_("How often"), ["interval_minutes", "live", "retention_days"], columns=False),
    ]
    title = plain.CharField(label=_("Name"), max_length=80)
    url = plain.CharField(
        label=_("Address"), max_length=300, help_text=_("Example: https://mesh.example.com")
    )
    user = plain.CharField(
        label=_("User of the token"), max_length=200, help_text=_("Example: ~t:AbCdEfGh01234567")
    )
    password = plain.CharField(
        label=_("Password of the token"),
        max_length=400,
        required=False,
        widget=plain.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    fingerprint = plain.CharField(
        label=_("Fingerprint (SHA-256)"),
        max_length=200,
        required=False,
        help_text=_("“Try the connection” shows the one of the server: compare before you accept."),
    )
    authority = plain.CharField(
        label=_("Certificate of your own authority (PEM)"),
        max_length=20_000,
        required=False,
        widget=plain.Textarea(attrs={"rows": 4}),
    )
    kinds = plain.MultipleChoiceField(
        label=_("Sessions that count"),
        choices=list(looks.KINDS.items()),
        widget=plain.CheckboxSelectMultiple,
        help_text=_(
            "A session in the browser (RDP, SSH …) may also open a port mapping: counting both "
            "would count the time twice."
        ),
    )
    first_day = forms.DateField(
        label=_("Sessions from"),
        required=False,
        help_text=_("Empty: everything that the server still remembers."),
    )
    interval_minutes = forms.WholeField(
        label=_("Fetch every"), minimum=1, maximum=1440, unit=_("minutes")
    )
    live = forms.SwitchField(label=_("Also fetch as sessions start and end"), required=False)
    retention_days = forms.WholeField(
        label=_("The server remembers"),
        minimum=1,
        maximum=3650,
        unit=_("days"),
        help_text=_("MeshCentral forgets events after 20 days unless it was told otherwise."),
    )

    def __init__(self, *args: Any, known: Source | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = _initial(known)
        self.known = known
        self.fields["password"].required = known is None
        if known is not None:
            self.fields["password"].help_text = now_("Empty: it stays as it is.")

    def clean(self) -> dict[str, Any]:
        """Return what was entered, checked as the services check it."""
        cleaned = dict(super().clean() or self.cleaned_data)
        if not self.errors:
            try:
                checked(self.connection(), self.known)
            except plain.ValidationError as faults:
                self.add_error(None, faults)
        return cleaned

    def connection(self) -> Connection:
        """Return the description that services take."""
        cleaned = self.cleaned_data
        return Connection(**cleaned | {"kinds": frozenset(cleaned["kinds"])})


def _initial(known: Source | None) -> dict[str, Any]:
    if known is None:
        return {
            "kinds": sorted(events.DEFAULT_KINDS),
            "interval_minutes": 15,
            "retention_days": 20,
            "live": True,
        }
    return {
        "title": known.title,
        "url": known.url,
        "interval_minutes": known.interval_minutes,
        **known.settings,
    }


@page(MANAGE)
def new(request: PageRequest) -> HttpResponseBase:
    """Connect a server."""
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        source = sources.connect(connection=form.connection(), at=timezone.now())
        text = now_("Connected. The first sessions come in within a minute.")
        return pages.done(request, text, looks.url(source))
    head = Head(_("Connect MeshCentral"), crumbs=looks.crumbs(Link(_("New source"))))
    return _page(request, form, head, reverse("connectors:list"), reverse("connectors:try_new"))


@page(MANAGE)
def edit(request: PageRequest, pk: int) -> HttpResponseBase:
    """Change a server; what was in trouble is tried anew."""
    source = looks.found(pk)
    form = SourceForm(request.POST or None, known=source)
    if request.method == "POST" and form.is_valid():
        sources.revise(source_id=pk, connection=form.connection(), at=timezone.now())
        return pages.done(request, now_("Saved."), looks.url(source))
    head = Head(
        _("Edit"), crumbs=looks.crumbs(Link(source.title, looks.url(source))), subtitle=source.title
    )
    return _page(request, form, head, looks.url(source), reverse("connectors:try", args=[pk]))


@require_POST
@page(MANAGE)
def try_new(request: PageRequest) -> HttpResponse:
    """Show what the connection would give, without saving it."""
    return _tried(request, SourceForm(request.POST))


@require_POST
@page(MANAGE)
def try_known(request: PageRequest, pk: int) -> HttpResponse:
    """Show what the changed connection would give, without saving it."""
    return _tried(request, SourceForm(request.POST, known=looks.found(pk)))


def _page(
    request: PageRequest, form: SourceForm, head: Head, cancel: str, trial: str
) -> HttpResponse:
    buttons = forms.Buttons(_("Save"), cancel=cancel)
    return forms.render(request, form, head, buttons, "connectors/form.html", trial=trial)


def _tried(request: PageRequest, form: SourceForm) -> HttpResponse:
    title = now_("Try the connection")
    template = "connectors/trial.html"
    if not form.is_valid():
        faults = [f"{form[name].label}: {' '.join(errors)}" for name, errors in form.errors.items()]
        return pages.fragment(request, template, title=title, faults=faults)
    try:
        probe = sources.probe(connection=form.connection(), known=form.known)
    except Trouble as trouble:
        said = wording.trouble(trouble.code, trouble.values)
        return pages.fragment(request, template, title=title, faults=[said])
    remarks = [wording.notice(notice.code, notice.values) for notice in probe.warnings]
    return pages.fragment(request, template, title=title, probe=probe, remarks=remarks)
