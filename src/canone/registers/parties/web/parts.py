"""Adding and changing what hangs on a party: sites, contacts, groups, documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.files import queries as files
from canone.base.files.services import FileError
from canone.registers.parties.models import Contact, Document, Group, Party, Site
from canone.registers.parties.permissions import CHANGE, VIEW_COMMERCIAL
from canone.registers.parties.services import documents as document_services
from canone.registers.parties.services import people, places
from canone.registers.parties.web import shared
from canone.registers.parties.web.detail import Part, last_change
from canone.registers.parties.web.forms import ContactForm, DocumentForm, GroupForm, SiteForm
from canone.ui import forms, lists, pages, slots
from canone.ui.heads import Action, Head
from canone.ui.lists import Empty, Table
from canone.ui.pages import PageRequest, page

CONTACT = "parties.contact"
"""How config/panels.py calls the page of a contact."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A form on its page: its title, where it leads back to, how it is saved."""

    title: str
    back: str
    save: Callable[..., Any]
    party: Party | None = None
    actions: Sequence[Action] = ()


def answer(request: PageRequest, form: Any, shown: Shown) -> HttpResponse:
    """Return the form's page, or the way back after saving."""
    trail = [shared.crumb_of(shown.party)] if shown.party else []
    head = Head(shown.title, crumbs=shared.crumbs(*trail), actions=shown.actions)
    if request.method == "POST":
        conflict = form.conflict(who=lambda: last_change(form.instance))
        if conflict:
            return forms.conflicted(request, form, conflict, head, reload=request.path)
        if form.is_valid() and _saved(request, form, shown.save):
            return pages.done(request, _("Saved."), shown.back)
    return forms.render(request, form, head, forms.Buttons(_("Save"), cancel=shown.back))


def _saved(request: PageRequest, form: Any, save: Callable[..., Any]) -> bool:
    try:
        save(at=timezone.now(), by=request.user.pk, **form.values)
    except ValidationError as error:
        shared.tell(form, {name: list(texts) for name, texts in error.message_dict.items()})
        return False
    return True


def _row(request: PageRequest, model: Any, pk: int) -> Any:
    found = model.objects.visible_to(request.user).select_related("party").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@page(CHANGE)
def site_new(request: PageRequest, pk: int) -> HttpResponse:
    """Add a site."""
    party = shared.find(request.user, pk)
    form = SiteForm(request.POST or None, instance=Site(party=party, country=party.country))

    def save(**values: Any) -> Site:
        return places.create(party=party, **values)

    back = reverse("parties:sites", args=[pk])
    return answer(request, form, Shown(_("New site"), back, save, party))


@page(CHANGE)
def site_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a site."""
    site: Site = _row(request, Site, pk)

    def save(**values: Any) -> Site:
        return places.update(site_id=pk, **values)

    back = reverse("parties:sites", args=[site.party_id])
    form = SiteForm(request.POST or None, instance=site)
    return answer(request, form, Shown(site.name, back, save, site.party))


@page(CHANGE)
def contact_new(request: PageRequest, pk: int) -> HttpResponse:
    """Add a contact."""
    party = shared.find(request.user, pk)
    form = ContactForm(request.POST or None, instance=Contact(party=party), party=party)

    def save(**values: Any) -> Contact:
        return people.create_contact(party=party, **values)

    back = reverse("parties:contacts", args=[pk])
    return answer(request, form, Shown(_("New contact"), back, save, party))


@page(CHANGE)
def contact_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a contact."""
    contact: Contact = _row(request, Contact, pk)
    form = ContactForm(request.POST or None, instance=contact, party=contact.party)

    def save(**values: Any) -> Contact:
        return people.update_contact(contact_id=pk, **values)

    back = reverse("parties:contacts", args=[contact.party_id])
    guests = slots.actions(CONTACT, request.user, pk)
    return answer(request, form, Shown(contact.name, back, save, contact.party, guests))


@page(CHANGE)
def group_new(request: PageRequest) -> HttpResponse:
    """Add a group to any customer."""
    form = GroupForm(request.POST or None)
    shown = Shown(_("New group"), reverse("parties:groups"), people.create_group)
    return answer(request, form, shown)


@page(CHANGE)
def group_add(request: PageRequest, pk: int) -> HttpResponse:
    """Add a group to one customer."""
    party = shared.find(request.user, pk)
    start = {"party": party, "name": party.name}
    form = GroupForm(request.POST or None, initial=start)
    back = reverse("parties:groups_of", args=[pk])
    return answer(request, form, Shown(_("New group"), back, people.create_group, party))


@page(CHANGE)
def group_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a group; it may go to another customer."""
    group: Group = _row(request, Group, pk)

    def save(**values: Any) -> Group:
        return people.update_group(group_id=pk, **values)

    back = reverse("parties:groups_of", args=[group.party_id])
    form = GroupForm(request.POST or None, instance=group)
    return answer(request, form, Shown(group.name, back, save, group.party))


class DocumentTable(Table):
    """Documents of a party."""

    title = lists.Name(
        gettext_lazy("Document"),
        "title",
        link=lambda document: reverse("parties:document", args=[document.pk]),
        sub=lambda document: document.file.name,
    )
    since = lists.Instant(gettext_lazy("Added"), "file__uploaded_at")
    by = lists.Text(gettext_lazy("By"), "file__uploaded_by__name", sort=())


def _remove(document: Document) -> Any:
    url = reverse("parties:document_remove", args=[document.pk])
    label = _("Remove %(name)s") % {"name": document.title}
    return format_html('<a href="{}" aria-label="{}">{}</a>', url, label, _("Remove"))


class FullDocumentTable(DocumentTable):
    """The same with the way to take one away."""

    remove = lists.Actions(_remove)


class DocumentsOf(Part):
    """The documents of a party, with the form that adds one."""

    key, tab, title = "parties.documents", "documents", gettext_lazy("Documents")
    order, file_name = ("-pk",), "documents"
    template = "parties/documents.html"
    form: DocumentForm | None = None

    @property
    def table(self) -> type[Table]:  # type: ignore[override]
        """The table that fits what the user may do."""
        return FullDocumentTable if self.user.may(CHANGE) else DocumentTable

    def rows(self) -> Any:
        """Return the documents."""
        return self.party.documents.select_related("file", "file__uploaded_by")

    def actions(self) -> list[Action]:
        """Return nothing: the form stands on the page."""
        return []

    def empty(self) -> Empty:
        """Return what would stand here."""
        text = _("Signed contracts, consents, identity papers: whatever belongs to the customer.")
        return Empty(_("No documents yet"), text)

    def extra(self) -> dict[str, Any]:
        """Return the form, for who may add."""
        return {"form": self.form}


@page(VIEW_COMMERCIAL)
def documents(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show the documents of a party; take one more."""
    party = shared.find(request.user, pk)
    shown = DocumentsOf(request, party)
    if request.user.may(CHANGE):
        shown.form = DocumentForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and shown.form.is_valid() and _added(request, shown.form, pk):
            return pages.done(request, _("Document added."), request.path)
    elif request.method == "POST":
        raise Http404
    answer = shown.response()
    if shown.form and shown.form.is_bound:
        answer.status_code = 422
    return answer


def _added(request: PageRequest, form: DocumentForm, pk: int) -> bool:
    upload = form.cleaned_data["file"]
    try:
        document_services.add(
            party_id=pk,
            source=upload,
            name=upload.name,
            title=form.cleaned_data["title"],
            at=timezone.now(),
            by=request.user.pk,
        )
    except FileError as error:
        form.add_error("file", str(error.message))
        return False
    return True


@page(VIEW_COMMERCIAL)
def document(request: PageRequest, pk: int) -> HttpResponseBase:
    """Send the file of a document."""
    found: Document = _row(request, Document, pk)
    try:
        content = files.open_file(found.file)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        content,
        as_attachment=True,
        filename=found.file.name,
        content_type=found.file.content_type,
    )


@page(CHANGE)
def document_remove(request: PageRequest, pk: int) -> HttpResponse:
    """Take a document away, after asking: its file cannot be brought back."""
    found: Document = _row(request, Document, pk)
    back = reverse("parties:documents", args=[found.party_id])
    if request.method == "POST":
        document_services.remove(document_id=pk, by=request.user.pk)
        return pages.done(request, _("%(name)s removed.") % {"name": found.title}, back)
    head = Head(
        _("Remove %(name)s") % {"name": found.title},
        crumbs=shared.crumbs(shared.crumb_of(found.party)),
    )
    text = _("The file is deleted and cannot be brought back. The history keeps its title.")
    buttons = forms.Buttons(_("Remove document"), cancel=back)
    return forms.render(request, forms.Form(), head, buttons, consequences=text)
