"""Who changed what, on all records together, with the closed facts of the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.access import queries as access
from canone.base.access.functions import SETTINGS
from canone.base.access.models import User
from canone.base.exchange.writers import Column, Kind
from canone.base.history import queries
from canone.base.history.queries import Changed, Wanted
from canone.ui import pages, zones
from canone.ui.fields import DateField, PickField
from canone.ui.heads import Head
from canone.ui.lists import files
from canone.ui.pages import PageRequest, page

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE = 50
LONGEST = 300
"""Characters of a value that the page shows; files hold all of it."""
LINKS = {
    "access.user": "person",
    "assistance.remotesession": "assistance:session",
    "catalog.article": "catalog:article",
    "catalog.pricelist": "catalog:price_list",
    "catalog.tariff": "catalog:profile",
    "catalog.unit": "catalog:unit_edit",
    "catalog.vatrate": "catalog:vat_edit",
    "connectors.source": "connectors:show",
    "contracts.contract": "contracts:detail",
    "contracts.line": "contracts:line_edit",
    "parties.contact": "parties:contact_edit",
    "parties.group": "parties:group_edit",
    "parties.mandate": "parties:mandate_edit",
    "parties.party": "parties:detail",
    "parties.paymentterms": "parties:terms_edit",
    "parties.site": "parties:site_edit",
    "parties.zone": "parties:zone_edit",
    "webhooks.hook": "webhooks:show",
}
"""Where a record stands; others have no page of their own."""
KINDS: dict[str, StrOrPromise] = {
    "access.identityprovider": gettext_lazy("Sign-in provider"),
    "access.user": gettext_lazy("User"),
    "allowances.allowance": gettext_lazy("Prepaid pool"),
    "assets.asset": gettext_lazy("Machine"),
    "assets.meter": gettext_lazy("Meter"),
    "assets.reading": gettext_lazy("Reading"),
    "assistance.devicerule": gettext_lazy("Rule for a computer"),
    "assistance.grouprule": gettext_lazy("Rule for a tool’s group"),
    "assistance.remotesession": gettext_lazy("Remote session"),
    "assistance.technicianrule": gettext_lazy("Rule for a technician"),
    "backups.plan": gettext_lazy("Plan of backups"),
    "catalog.article": gettext_lazy("Article"),
    "catalog.price": gettext_lazy("Price"),
    "catalog.pricelist": gettext_lazy("Price list"),
    "catalog.tariff": gettext_lazy("Profile"),
    "catalog.unit": gettext_lazy("Unit"),
    "catalog.vatrate": gettext_lazy("VAT rate"),
    "connectors.source": gettext_lazy("Source"),
    "contracts.agent": gettext_lazy("Agent of a contract"),
    "contracts.contract": gettext_lazy("Contract"),
    "contracts.contracthabits": gettext_lazy("Habits of contracts"),
    "contracts.contracttype": gettext_lazy("Contract type"),
    "contracts.cover": gettext_lazy("Machine under contract"),
    "contracts.line": gettext_lazy("Contract line"),
    "contracts.paper": gettext_lazy("Paper of a contract"),
    "firm.firm": gettext_lazy("Firm"),
    "history.journalentry": gettext_lazy("Closed fact"),
    "invoicing.billingsettings": gettext_lazy("Settings of billing"),
    "invoicing.series": gettext_lazy("Series of numbers"),
    "invoicing.taxprofile": gettext_lazy("Taxation of a customer"),
    "mail.mailserver": gettext_lazy("Mail server"),
    "mail.mailtemplate": gettext_lazy("Text of a mail"),
    "parties.contact": gettext_lazy("Contact"),
    "parties.document": gettext_lazy("Document of a customer"),
    "parties.group": gettext_lazy("Group"),
    "parties.mandate": gettext_lazy("Mandate"),
    "parties.party": gettext_lazy("Customer or supplier"),
    "parties.paymentterms": gettext_lazy("Payment terms"),
    "parties.site": gettext_lazy("Site"),
    "parties.zone": gettext_lazy("Zone"),
    "printing.letterhead": gettext_lazy("Letterhead"),
    "printing.printtemplate": gettext_lazy("Printed document"),
    "webhooks.hook": gettext_lazy("Webhook"),
}
"""What each kind of record is called."""
FIELDS: dict[str, StrOrPromise] = {
    "state": gettext_lazy("State"),
    "source": gettext_lazy("Source"),
    "technician": gettext_lazy("Technician"),
    "group": gettext_lazy("Group"),
    "seconds": gettext_lazy("Seconds"),
    "settings": gettext_lazy("Settings"),
    "contract": gettext_lazy("Contract"),
    "file": gettext_lazy("File"),
    "logo": gettext_lazy("Logo"),
    "name": gettext_lazy("Name"),
    "language": gettext_lazy("Language"),
    "article": gettext_lazy("Article"),
    "price list": gettext_lazy("Price list"),
    "asset": gettext_lazy("Machine"),
    "meter": gettext_lazy("Meter"),
}
"""Fields whose tables have no words for them."""
ACTS = {
    "created": gettext_lazy("Created"),
    "changed": gettext_lazy("Changed"),
    "deleted": gettext_lazy("Deleted"),
    "closed": gettext_lazy("Closed for good"),
}
COLUMNS = (
    Column(gettext_lazy("When"), Kind.INSTANT),
    Column(gettext_lazy("Who")),
    Column(gettext_lazy("Kind of record")),
    Column(gettext_lazy("Record")),
    Column(gettext_lazy("What happened")),
    Column(gettext_lazy("Field")),
    Column(gettext_lazy("Before")),
    Column(gettext_lazy("After")),
    Column(gettext_lazy("Reason")),
)


def title(kind: str) -> str:
    """Return what a kind of record is called."""
    return str(KINDS.get(kind, kind))


def label(field: StrOrPromise) -> str:
    """Return what a field is called."""
    word = str(FIELDS.get(str(field), field))
    return word[:1].upper() + word[1:]


def _kinds() -> list[tuple[str, str]]:
    known = sorted((title(kind).casefold(), kind) for kind in queries.kinds())
    return [("", _("All")), *((kind, title(kind)) for _word, kind in known)]


class ChangesForm(django_forms.Form):
    """The filters."""

    text = django_forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=100,
        widget=django_forms.TextInput(attrs={"type": "search"}),
    )
    kind = django_forms.ChoiceField(
        label=gettext_lazy("Kind of record"), choices=_kinds, required=False
    )
    by = PickField(
        User.objects.none(),
        label=gettext_lazy("Who"),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    since = DateField(label=gettext_lazy("From"), required=False)
    until = DateField(label=gettext_lazy("To"), required=False)

    def __init__(self, said: QueryDict) -> None:
        super().__init__(said)
        people: Any = self.fields["by"]
        people.queryset, people.shown = access.users(), lambda user: user.get_full_name()

    @property
    def wanted(self) -> Wanted:
        """What is looked for; a filter that makes no sense is left out, and told beside it."""
        _errors = self.errors  # reads what was sent
        said = self.cleaned_data
        until = said.get("until")
        return Wanted(
            kind=said.get("kind") or "",
            by=said["by"].pk if said.get("by") else None,
            since=_midnight(said.get("since")),
            until=_midnight(until + timedelta(days=1)) if until else None,
            text=said.get("text") or "",
        )


def _midnight(day: Any) -> datetime | None:
    return datetime.combine(day, time(), tzinfo=zones.zone()) if day else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A change with its words and the address of its record."""

    change: Changed
    title: str
    act: str
    url: str
    fields: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Exported:
    """What a file of the changes holds."""

    wanted: Wanted
    title: str
    file_name: str = "changes"
    export_columns = COLUMNS

    def export(self) -> Iterator[tuple[Any, ...]]:
        """Yield a line per field that was changed."""
        for change in queries.every(self.wanted):
            name = change.name or change.pk
            start = (change.place.at, change.who, title(change.kind), name, str(ACTS[change.act]))
            for field in change.fields or (None,):
                told = (label(field.field), field.before, field.after) if field else ("", "", "")
                yield (*start, *told, change.reason)


@page(SETTINGS)
def show(request: PageRequest) -> HttpResponseBase:
    """Show what was changed, fifty at a time, or send it as a file."""
    form = ChangesForm(request.GET)
    wanted = form.wanted
    words = _("Changes")
    if (kind := request.GET.get("format")) in ("csv", "xlsx"):
        return files.answer(Exported(wanted, words), kind)
    found = queries.changes(wanted, limit=PAGE + 1, after=_after(request))
    answer: HttpResponse = pages.render(
        request,
        "config/changes.html",
        Head(words),
        form=form,
        rows=[_shown(change) for change in found[:PAGE]],
        older=found[PAGE - 1].place.text if len(found) > PAGE else "",
        is_first="after" not in request.GET,
        longest=LONGEST,
    )
    return answer


def _after(request: PageRequest) -> queries.Place | None:
    text = request.GET.get("after", "")
    try:
        return queries.place(text) if text else None
    except ValueError:
        raise Http404 from None


def _shown(change: Changed) -> Shown:
    name = LINKS.get(change.kind) if change.act != "deleted" else None
    url = reverse(name, args=[change.pk]) if name else ""
    fields = [(label(one.field), one.before, one.after) for one in change.fields]
    return Shown(change, title(change.kind), str(ACTS[change.act]), url, fields)
