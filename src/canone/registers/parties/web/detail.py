"""The page of a party and its tabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.firm import queries as firm
from canone.base.history.queries import Change as Past
from canone.kernel import identities
from canone.registers.parties import queries
from canone.registers.parties.models import Contact, Group, Party, Site
from canone.registers.parties.permissions import CHANGE, VIEW, VIEW_COMMERCIAL
from canone.registers.parties.web import heads, shared
from canone.ui import formats, lists, pages
from canone.ui.heads import Action, Head
from canone.ui.lists import Empty, Table, Totals
from canone.ui.pages import PageRequest, page
from canone.ui.timelines import Change, Entry

Fact = tuple[object, object]


@page(VIEW)
def register(request: PageRequest, pk: int) -> HttpResponse:
    """Show the register of a party, with the panels of higher contexts."""
    party = shared.find(request.user, pk)
    office = queries.office_of(party)
    return pages.render(
        request,
        "parties/party.html",
        heads.of(request, party, "detail"),
        party=party,
        who=_who(party),
        place=_place(party, office),
        invoicing=_invoicing(party) if shared.commercial(request.user) else None,
        reach=_reach(party),
    )


def _who(party: Party) -> list[Fact]:
    kinds = [
        (party.is_customer, now_("Customer")),
        (party.is_supplier, now_("Supplier")),
        (party.is_person, now_("Natural person")),
        (party.is_public_body, now_("Public body")),
    ]
    return [
        (_("Code"), party.code),
        (_("Kind"), ", ".join(word for holds, word in kinds if holds)),
        (_("Language"), shared.language_name(party.language, settings.LANGUAGES)),
        (_("Zone"), party.zone.name if party.zone else None),
    ]


def _place(party: Party, office: Site | None) -> list[Fact]:
    facts: list[Fact] = [(_("Country"), shared.country_name(party.country))]
    if office:
        facts = [
            (_("Street and number"), office.street),
            (_("Postcode"), office.postcode),
            (_("Town"), office.city),
            (firm.province(office.country), office.province),
            *facts,
        ]
    return facts


def _invoicing(party: Party) -> list[Fact]:
    facts: list[Fact] = [
        (_("VAT number"), party.vat_number),
        (_("Tax code"), party.tax_code),
        (_("SdI code"), party.sdi_code),
        (_("PEC address"), _mail(party.pec)),
    ]
    if party.country == "FR" or party.siren:
        facts = [facts[0], ("SIREN", party.siren), ("SIRET", party.siret)]
        facts += [(_("PEC address"), _mail(party.pec))] if party.pec else []
    bank = identities.bank_name(party.iban) if party.iban else ""
    return [
        *facts,
        (_("Payment terms"), party.payment_terms),
        (_("Grouping of invoices"), party.get_invoice_grouping_display()),
        ("IBAN", " ".join(part for part in (in_fours(party.iban), bank and f"({bank})") if part)),
        (_("Reliability"), party.get_reliability_display()),
    ]


def _reach(party: Party) -> list[Fact]:
    site = format_html(
        '<a class="text-break" href="{0}" rel="noopener noreferrer">{0}</a>', party.website
    )
    return [
        (_("Telephone"), telephone(party.phone)),
        (_("Mail address"), _mail(party.email)),
        (_("Website"), site if party.website else None),
    ]


def telephone(number: str) -> Any:
    """Return the number in readable groups, as a link that calls."""
    if not number:
        return None
    return format_html(
        '<a class="cn-nw" href="tel:{}">{}</a>', number, identities.readable_phone(number)
    )


def _mail(address: str) -> Any:
    return (
        format_html('<a class="text-break" href="mailto:{0}">{0}</a>', address) if address else None
    )


def in_fours(number: str) -> str:
    """Return an IBAN as it stands on paper."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


class Part(lists.List):
    """A tab of a party's page that lists what hangs on it."""

    tab = ""
    add = ""
    add_title: Any = ""
    nothing: tuple[Any, Any] = ("", "")

    def __init__(self, request: PageRequest, party: Party) -> None:
        super().__init__(request)
        self.party = party

    def actions(self) -> Sequence[Action]:
        """Return the button that adds one."""
        if not self.user.may(CHANGE):
            return ()
        url = reverse(self.add, args=[self.party.pk])
        return [Action(self.add_title, url, "plus", main=True, key="n")]

    def head(self, totals: Totals) -> Head:  # noqa: ARG002 (the tabs count)
        """Return the head of the party."""
        return heads.of(self.request, self.party, self.tab, first=self.actions())

    def empty(self) -> Empty:
        """Return what would stand here."""
        return Empty(*self.nothing, self.actions())


def _edit(name: str) -> Any:
    return lambda row: reverse(f"parties:{name}", args=[row.pk])


def _address(site: Site) -> str:
    town = " ".join(part for part in (site.postcode, site.city) if part)
    province = site.province if site.country == "IT" else ""  # elsewhere the postcode says it
    return ", ".join(part for part in (site.street, town, province) if part)


def _map(site: Site) -> Any:
    if site.latitude is None:
        return ""
    url = f"https://www.openstreetmap.org/?mlat={site.latitude}&mlon={site.longitude}#map=17"
    return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', url, now_("Map"))


class SiteTable(Table):
    """Sites."""

    state = lists.StateColumn(_("State"), shared.switch, sort=("is_active",))
    name = lists.Name(
        _("Site"),
        "name",
        link=_edit("site_edit"),
        beside=lambda site: now_("registered office") if site.is_main else "",
        sub=lambda site: site.access_notes,
    )
    address = lists.Text(_("Address"), _address, sort=("city", "street"))
    position = lists.Text(_("Position"), _map, sort=(), export=False)
    opening = lists.Text(_("Opening hours"), "opening", sort=())
    phone = lists.Text(_("Telephone"), lambda site: telephone(site.phone), sort=(), export=False)
    zone = lists.Text(_("Zone"), "zone__name")


class PlainSiteTable(SiteTable):
    """The same for those who change nothing."""

    name = lists.Name(_("Site"), "name", sub=lambda site: site.access_notes)


class SitesOf(Part):
    """The sites of a party."""

    key, tab, title, file_name = "parties.sites", "sites", _("Sites"), "sites"
    order = ("-is_main", "name")
    add, add_title = "parties:site_new", _("New site")
    nothing = (_("No sites yet"), _("A site says where work is done and how to get in."))

    @property
    def table(self) -> type[Table]:  # type: ignore[override]
        """The table that fits what the user may do."""
        return SiteTable if self.user.may(CHANGE) else PlainSiteTable

    def rows(self) -> QuerySet[Site]:
        """Return the sites."""
        return self.party.sites.select_related("zone")


RECEIVES = (
    ("gets_reports", _("work reports")),
    ("gets_invoices", _("invoices")),
    ("gets_statements", _("statements")),
)


def _receives(contact: Contact) -> str:
    return ", ".join(str(word) for name, word in RECEIVES if getattr(contact, name))


class ContactTable(Table):
    """Contacts."""

    state = lists.StateColumn(_("State"), shared.switch, sort=("is_active",))
    name = lists.Name(
        _("Contact"), "name", link=_edit("contact_edit"), sub=lambda contact: contact.role
    )
    phone = lists.Text(_("Telephone"), lambda c: telephone(c.phone), sort=(), export=False)
    mobile = lists.Text(_("Mobile"), lambda c: telephone(c.mobile), sort=(), export=False)
    email = lists.Text(_("Mail address"), lambda c: _mail(c.email), sort=("email",), export=False)
    site = lists.Text(_("Site"), "site__name")
    receives = lists.Text(_("Receives"), _receives, sort=())


class PlainContactTable(ContactTable):
    """The same for those who change nothing."""

    name = lists.Name(_("Contact"), "name", sub=lambda contact: contact.role)


class ContactsOf(Part):
    """The contacts of a party."""

    key, tab, title, file_name = "parties.contacts", "contacts", _("Contacts"), "contacts"
    order = ("name",)
    add, add_title = "parties:contact_new", _("New contact")
    nothing = (_("No contacts yet"), _("A contact receives reports, invoices or statements."))

    @property
    def table(self) -> type[Table]:  # type: ignore[override]
        """The table that fits what the user may do."""
        return ContactTable if self.user.may(CHANGE) else PlainContactTable

    def rows(self) -> QuerySet[Contact]:
        """Return the contacts."""
        return self.party.contacts.select_related("site")


class GroupOfTable(Table):
    """Groups of one party."""

    state = lists.StateColumn(_("State"), shared.switch, sort=("is_active",))
    name = lists.Name(_("Group"), "name", link=_edit("group_edit"), sub=lambda group: group.notes)


class PlainGroupOfTable(GroupOfTable):
    """The same for those who change nothing."""

    name = lists.Name(_("Group"), "name", sub=lambda group: group.notes)


class GroupsOf(Part):
    """The groups of a party."""

    key, tab, title, file_name = "parties.groups_of", "groups_of", _("Groups"), "groups"
    order = ("name",)
    add, add_title = "parties:group_add", _("New group")
    nothing = (
        _("No groups yet"),
        _("A group holds the computers of one customer. Remote sessions come in by group."),
    )

    @property
    def table(self) -> type[Table]:  # type: ignore[override]
        """The table that fits what the user may do."""
        return GroupOfTable if self.user.may(CHANGE) else PlainGroupOfTable

    def rows(self) -> QuerySet[Group]:
        """Return the groups."""
        return self.party.groups.all()


@page(VIEW)
def sites(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show the sites of a party."""
    return SitesOf(request, shared.find(request.user, pk)).response()


@page(VIEW)
def contacts(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show the contacts of a party."""
    return ContactsOf(request, shared.find(request.user, pk)).response()


@page(VIEW)
def groups(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show the groups of a party."""
    return GroupsOf(request, shared.find(request.user, pk)).response()


@page(VIEW_COMMERCIAL)
def history(request: PageRequest, pk: int) -> HttpResponse:
    """Show what changed on a party and on what hangs on it."""
    party = shared.find(request.user, pk)
    head = heads.of(request, party, "history")
    return pages.render(request, "parties/history.html", head, entries=entries(party))


def entries(party: Party) -> list[Entry]:
    """Return the timeline as the page shows it: changes of one moment together."""
    shown: list[Entry] = []
    for event in queries.timeline(party):
        past: Past = event.change
        what = _what(event.of, past.kind)
        changes = [Change(past.field, past.before or "–", past.after or "–")] if past.field else []
        last = shown[-1] if shown else None
        if last and (last.at, last.who, last.what) == (past.when, past.who, what):
            shown[-1] = Entry(last.at, last.who, last.what, [*last.changes, *changes])
        else:
            shown.append(Entry(past.when, past.who, what, changes))
    return shown


def _what(of: str, kind: str) -> str:
    if kind == "created":
        return now_("%(name)s added") % {"name": of} if of else now_("Added")
    if kind == "deleted":
        return now_("%(name)s removed") % {"name": of} if of else now_("Removed")
    return of


def last_change(row: Any) -> tuple[str, str]:
    """Return who changed a row last, and when, in words."""
    last = (
        row.history.select_related("history_user").order_by("-history_date", "-history_id").first()
    )
    who = last.history_user.get_full_name() if last and last.history_user else ""
    return who, formats.instant(last.history_date, firm.zone()) if last else ""
