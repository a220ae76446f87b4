"""The kit's own pages: search, keyboard, saved views."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from canone.base.access.functions import SIGNED_IN
from canone.ui import pages, search, services
from canone.ui.heads import Head
from canone.ui.models import SavedView
from canone.ui.pages import PageRequest, page


@page(SIGNED_IN)
def find(request: PageRequest) -> HttpResponse:
    """Show what is found, alone for the dialog or as a page."""
    text = request.GET.get("q", "").strip()
    found = search.find(request.user, text)
    if request.headers.get("HX-Request"):
        return render(request, "ui/found.html", {"text": text, "found": found})
    return pages.render(request, "ui/search.html", Head(_("Search")), text=text, found=found)


@page(SIGNED_IN)
def keys(request: PageRequest) -> HttpResponse:
    """Show what the keyboard does."""
    return pages.render(request, "ui/keys.html", Head(_("Keyboard")))


@require_POST
@page(SIGNED_IN)
def view_save(request: PageRequest) -> HttpResponse:
    """Keep a list's filter under a name."""
    path = _inside(request, request.POST.get("path", "/"))
    name = request.POST.get("name", "").strip()
    key = request.POST.get("page", "").strip()
    if not name or not key:
        return redirect(path)
    view = services.save_view(
        user=request.user, page=key, name=name, query=request.POST.get("query", "")
    )
    text = _("The view “%(name)s” is kept.") % {"name": view.name}
    return pages.done(request, text, f"{path}?{view.query}")


@require_POST
@page(SIGNED_IN)
def view_forget(request: PageRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    name = SavedView.objects.filter(user=request.user, pk=pk).values_list("name", flat=True).first()
    if name is None or not services.forget_view(user=request.user, pk=pk):
        raise Http404
    back = _inside(request, request.headers.get("Referer", "/"))
    return pages.done(request, _("The view “%(name)s” is forgotten.") % {"name": name}, back)


def _inside(request: PageRequest, url: str) -> str:
    fine = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})
    return url if fine else "/"
