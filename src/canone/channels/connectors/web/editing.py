"""Connecting a tool, changing it, and trying the connection before it is saved."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from canone.channels.connectors.permissions import MANAGE
from canone.channels.connectors.queries import naming, wording
from canone.channels.connectors.rules.kinds import Description
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import sources, tools
from canone.channels.connectors.web import looks
from canone.channels.connectors.web.sourceform import SourceForm
from canone.ui import forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page


@page(MANAGE)
def choose(request: PageRequest) -> HttpResponseBase:
    """Choose the tool to connect."""
    head = Head(_("Connect a remote tool"), crumbs=looks.crumbs(Link(_("New source"))))
    offered = [(tool, naming.NEEDS.get(tool.slug, "")) for tool in tools.offered()]
    return pages.render(request, "connectors/choose.html", head, offered=offered)


@page(MANAGE)
def new(request: PageRequest, slug: str) -> HttpResponseBase:
    """Connect a tool."""
    tool = _tool(slug)
    form = SourceForm(tool, request.POST or None)
    if request.method == "POST" and form.is_valid():
        source = sources.connect(connection=form.connection(), at=timezone.now())
        text = now_("Connected. The first sessions come in within a minute.")
        if tool.receives:
            text = now_("Connected. Now tell the tool where to send its sessions.")
        return pages.done(request, text, looks.url(source))
    title = now_("Connect %(tool)s") % {"tool": tool.title}
    back = reverse("connectors:new")
    head = Head(title, crumbs=looks.crumbs(Link(_("New source"), back)))
    trial = "" if tool.receives else reverse("connectors:try_new", args=[slug])
    return _page(request, form, head, back, trial)


@page(MANAGE)
def edit(request: PageRequest, pk: int) -> HttpResponseBase:
    """Change a source; what was in trouble is tried anew."""
    source = looks.found(pk)
    form = SourceForm(source.description, request.POST or None, known=source)
    if request.method == "POST" and form.is_valid():
        sources.revise(source_id=pk, connection=form.connection(), at=timezone.now())
        return pages.done(request, now_("Saved."), looks.url(source))
    head = Head(
        _("Edit"), crumbs=looks.crumbs(Link(source.title, looks.url(source))), subtitle=source.title
    )
    trial = "" if source.description.receives else reverse("connectors:try", args=[pk])
    return _page(request, form, head, looks.url(source), trial)


@require_POST
@page(MANAGE)
def try_new(request: PageRequest, slug: str) -> HttpResponse:
    """Show what the connection would give, without saving it."""
    return _tried(request, SourceForm(_tool(slug), request.POST))


@require_POST
@page(MANAGE)
def try_known(request: PageRequest, pk: int) -> HttpResponse:
    """Show what the changed connection would give, without saving it."""
    source = looks.found(pk)
    return _tried(request, SourceForm(source.description, request.POST, known=source))


def _tool(slug: str) -> Description:
    for tool in tools.offered():
        if tool.slug == slug:
            return tool
    raise Http404


def _page(
    request: PageRequest, form: SourceForm, head: Head, cancel: str, trial: str
) -> HttpResponse:
    buttons = forms.Buttons(_("Save"), cancel=cancel)
    return forms.render(request, form, head, buttons, "connectors/form.html", trial=trial)


def _tried(request: PageRequest, form: SourceForm) -> HttpResponse:
    title = now_("Try the connection")
    template = "connectors/trial.html"
    if not form.is_valid():
        faults = [_fault(form, name, errors) for name, errors in form.errors.items()]
        return pages.fragment(request, template, title=title, faults=faults)
    try:
        probe = sources.probe(connection=form.connection(), known=form.known)
    except Trouble as trouble:
        said = wording.trouble(trouble.code, trouble.values)
        return pages.fragment(request, template, title=title, faults=[said])
    remarks = [wording.notice(notice.code, notice.values) for notice in probe.warnings]
    return pages.fragment(request, template, title=title, probe=probe, remarks=remarks)


def _fault(form: SourceForm, name: str, errors: list[str]) -> str:
    label = f"{form[name].label}: " if name in form.fields else ""
    return f"{label}{' '.join(errors)}"
