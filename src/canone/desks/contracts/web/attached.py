"""The papers of a contract, and the machines that should not stand in it."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.files import queries as files
from canone.desks.contracts.models import Contract, Cover, Paper
from canone.desks.contracts.permissions import CHANGE, VIEW
from canone.desks.contracts.services import parts
from canone.desks.contracts.web import looks, shared
from canone.ui import forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page


@page(VIEW)
def paper(request: PageRequest, pk: int) -> HttpResponseBase:
    """Send the file of a paper."""
    found = _paper(request, pk)
    try:
        content = files.open_file(found.file)
    except FileNotFoundError as error:
        raise Http404 from error
    name, kind = found.file.name, found.file.content_type
    return FileResponse(content, as_attachment=True, filename=name, content_type=kind)


@page(CHANGE)
def paper_remove(request: PageRequest, pk: int) -> HttpResponse:
    """Take a paper away, after asking: its file cannot be brought back."""
    found = _paper(request, pk)
    back = reverse("contracts:conditions", args=[found.contract_id])
    if request.method == "POST":
        parts.remove_paper(paper_id=pk, reason="", at=timezone.now(), by=request.user.pk)
        return pages.done(request, _("%(name)s removed.") % {"name": found.title}, back)
    text = _("The file is deleted and cannot be brought back. The history keeps its title.")
    return _ask(request, found.contract, found.title, text, back)


@page(CHANGE)
def cover_remove(request: PageRequest, pk: int) -> HttpResponse:
    """Take a machine out of a contract as if it had never stood there, after asking."""
    seen = Contract.objects.visible_to(request.user)
    found = Cover.objects.select_related("contract", "asset").filter(pk=pk, contract__in=seen)
    row = found.first()
    if row is None:
        raise Http404
    back = reverse("contracts:machines", args=[row.contract_id])
    name = looks.machine(row.asset)
    if request.method == "POST":
        parts.remove_cover(cover_id=pk, reason="", at=timezone.now(), by=request.user.pk)
        return pages.done(request, _("%(name)s removed.") % {"name": name}, back)
    text = _(
        "For a machine that was entered by mistake. For one that is covered no longer, write the "
        "last day instead."
    )
    return _ask(request, row.contract, name, text, back)


def _paper(request: PageRequest, pk: int) -> Paper:
    seen = Contract.objects.visible_to(request.user)
    found = Paper.objects.select_related("file", "contract").filter(pk=pk, contract__in=seen)
    row = found.first()
    if row is None:
        raise Http404
    return row


def _ask(request: PageRequest, contract: Contract, name: str, text: str, back: str) -> HttpResponse:
    title = _("Remove %(name)s") % {"name": name}
    head = Head(title, crumbs=shared.crumbs(contract, Link(title)))
    buttons = forms.Buttons(_("Remove"), cancel=back)
    return forms.render(request, forms.Form(), head, buttons, consequences=text)
