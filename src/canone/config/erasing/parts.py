"""For each kind of rows: its words, how many there are, and whose service erases them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from canone.base.access import services as access
from canone.base.access.models import User
from canone.base.exchange.services import erasing as imports
from canone.base.firm import queries as firm
from canone.base.history.models import JournalEntry
from canone.base.mail import queries as mails
from canone.base.mail import services as mail
from canone.base.tasks.services import erasing as jobs
from canone.channels.connectors.services import erasing as connectors
from canone.channels.webhooks.services import erasing as webhooks
from canone.config.erasing.services import ways_in
from canone.config.erasing.subjects import Subject, portal_users, sessions
from canone.desks.assistance.models import Accounting, DeviceRule, GroupRule, RemoteSession
from canone.desks.assistance.models import TechnicianRule as KnownAs
from canone.desks.assistance.services import erasing as assistance
from canone.desks.contracts.models import Contract
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.services import erasing as allowances
from canone.ledgers.invoicing.models import Charge, Document, RunLeftOut, Settlement
from canone.ledgers.invoicing.services import erasing as invoicing
from canone.registers.assets.models import Asset
from canone.registers.assets.services import erasing as assets
from canone.registers.parties.models import Contact, Group, Mandate, Party, PortalLogin, Site
from canone.registers.parties.models import Document as Paper
from canone.registers.parties.rules.erasure import Of
from canone.registers.parties.services import erasing as parties
from canone.ui import services as ui

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Act:
    """When and by whom it is done, how the erased one is called from now on, and what to call
    between batches.
    """

    at: datetime
    by: int | None
    called: str
    step: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows there are, and of which day the latest is."""

    count: int
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What belongs to one kind; without `found` it is only looked for during the work."""

    title: StrOrPromise
    found: Callable[[Subject], Found] | None = None
    erase: Callable[[Subject, Act], int] | None = None


def _rows(model: Any, key: str) -> Callable[[Subject], Found]:
    return lambda who: Found(model.objects.filter(**{key: who.pk}).count())


def _day(last: datetime | date | None) -> date | None:
    return last.astimezone(firm.zone()).date() if isinstance(last, datetime) else last


def _booked(rows: Any, moment: str) -> Found:
    told = rows.aggregate(count=Count("pk"), last=Max(moment))
    last = told["last"]
    return Found(told["count"], _day(last))


def _books(model: Any, key: str, moment: str) -> Callable[[Subject], Found]:
    return lambda who: _booked(model.objects.filter(**{key: who.pk}), moment)


def _groups(who: Subject) -> list[int]:
    return list(Group.objects.filter(party_id=who.pk).values_list("pk", flat=True))


def _mapped(who: Subject) -> Found:
    models: tuple[Any, ...] = (DeviceRule, GroupRule)
    rows = (model.objects.filter(group__party_id=who.pk).count() for model in models)
    return Found(sum(rows))


def _imports(who: Subject, act: Act) -> int:
    holding = set(imports.holding(who.words))
    if who.of is Of.PARTY and not who.open:
        theirs = sessions(who.pk).filter(accounting=None).exclude(import_batch=None)
        holding |= imports.existing(theirs.values_list("import_batch", flat=True).distinct())
    return imports.erase(sorted(holding), at=act.at)


def _traces(who: Subject, _act: Act) -> int:
    gone = jobs.erase(who.words) + access.forget_answers_about(who.words)
    return gone + ui.forget_views_about(who.words)


def _told(who: Subject, _act: Act) -> int:
    devices: set[str] = set()
    if who.of is Of.PARTY and not who.open:
        devices = set(sessions(who.pk).values_list("device_key", flat=True)) - {""}
    said = connectors.telling(who.words, devices)
    return webhooks.erase(who.words) + connectors.erase(said)


def _sessions(who: Subject, act: Act) -> int:
    return assistance.erase_sessions(groups=_groups(who), step=act.step)


def _journal(who: Subject) -> Found:
    subjects = Q(subject=who.fact_subject)
    if who.of is Of.USER:
        subjects |= Q(by_id=who.pk)
    told = JournalEntry.objects.filter(subjects).aggregate(count=Count("seq"), last=Max("at"))
    return Found(told["count"], _day(told["last"]))


def _account(who: Subject, act: Act) -> int:
    user = User.objects.get(pk=who.pk)
    parties.erase_logins(user_id=who.pk)
    access.erase(user=user, name=act.called, at=act.at, by=act.by)
    return 1


def _ways_in(who: Subject, _act: Act) -> int:
    user = User.objects.get(pk=who.pk)
    return ways_in.erase(user) + ui.forget_views_of(user.pk)


PARTS: Mapping[str, Part] = {
    "mails": Part(
        _("Mails to them or about them, their texts and addresses"),
        lambda who: Found(len(mails.about(who.mails))),
        lambda who, _act: mail.erase(mails.about(who.mails)),
    ),
    "imports": Part(_("Files and remarks of imports that hold their values"), None, _imports),
    "traces": Part(
        _("Reports of ended background work, kept answers of the API and saved views"),
        None,
        _traces,
    ),
    "told": Part(_("Messages to and from other programs about them"), None, _told),
    "contact": Part(
        _("The contact, with its history"),
        _rows(Contact, "pk"),
        lambda who, _act: parties.erase_contact(contact_id=who.pk),
    ),
    "contacts": Part(
        _("Contacts, with their history"),
        _rows(Contact, "party_id"),
        lambda who, _act: parties.erase_contacts(party_id=who.pk),
    ),
    "documents": Part(
        _("Documents and pictures, with their files"),
        _rows(Paper, "party_id"),
        lambda who, _act: parties.erase_documents(party_id=who.pk),
    ),
    "logins": Part(
        _("Ways into the portal, and the users who see this customer alone"),
        lambda who: Found(
            PortalLogin.objects.filter(party_id=who.pk).count() + len(portal_users(who.pk))
        ),
        lambda who, _act: parties.erase_logins(party_id=who.pk),
    ),
    "sessions": Part(
        _("Computers and notes of sessions that are not accounted"),
        lambda who: Found(sessions(who.pk).filter(accounting=None).count()),
        _sessions,
    ),
    "mapping": Part(
        _("Rules that know their computers"),
        _mapped,
        lambda who, _act: assistance.forget_groups(groups=_groups(who)),
    ),
    "pools": Part(
        _("Titles of prepaid pools"),
        _rows(Allowance, "customer_id"),
        lambda who, act: allowances.erase(customer_id=who.pk, title=act.called),
    ),
    "assets": Part(
        _("Names, serial numbers and notes of machines"),
        _rows(Asset, "customer_id"),
        lambda who, _act: assets.erase(customer_id=who.pk),
    ),
    "left_out": Part(
        _("Remarks of billing runs"),
        _rows(RunLeftOut, "customer_id"),
        lambda who, _act: invoicing.erase(customer_id=who.pk, words=who.words),
    ),
    "groups": Part(
        _("Names and notes of groups of the address book"),
        _rows(Group, "party_id"),
        lambda who, _act: parties.erase_groups(party_id=who.pk),
    ),
    "sites": Part(
        _("Addresses and notes of sites, with their history"),
        _rows(Site, "party_id"),
        lambda who, _act: parties.erase_sites(party_id=who.pk),
    ),
    "master": Part(
        _("Name, numbers, addresses, bank and notes, with their history"),
        _rows(Party, "pk"),
        lambda who, act: parties.erase_party(party_id=who.pk, name=act.called),
    ),
    "worked": Part(
        _("What tools call them, on sessions that are not accounted"),
        lambda who: Found(
            RemoteSession.objects.filter(technician_id=who.pk, accounting=None).count()
        ),
        lambda who, act: assistance.erase_technician(user_id=who.pk, step=act.step),
    ),
    "known_as": Part(
        _("Rules that know them by the tools’ names"),
        _rows(KnownAs, "technician_id"),
        lambda who, _act: assistance.forget_technician(user_id=who.pk),
    ),
    "ways_in": Part(
        _("Sessions, second factors, passkeys, connections, sign-in records and saved views"),
        lambda who: Found(ways_in.count(User.objects.get(pk=who.pk))),
        _ways_in,
    ),
    "account": Part(
        _("Name, address, password, roles, tokens and invitation, with their history"),
        _rows(User, "pk"),
        _account,
    ),
    "accounted": Part(
        _("Accounted sessions, with computer, note and history"),
        _books(Accounting, "customer_id", "at"),
    ),
    "worked_accounted": Part(
        _("Accounted sessions and their charges, with the technician’s name"),
        lambda who: _booked(
            RemoteSession.objects.filter(technician_id=who.pk).exclude(accounting=None),
            "accounting__at",
        ),
    ),
    "contracts": Part(
        _("Contracts, with their lines, papers and history"),
        _books(Contract, "customer_id", "end"),
    ),
    "mandates": Part(_("Mandates for direct debits"), _rows(Mandate, "party_id")),
    "charges": Part(
        _("Charges, with their explanation"), _books(Charge, "customer_id", "posted_at")
    ),
    "invoices": Part(
        _("Invoices and other documents, with the name and address on them"),
        _books(Document, "customer_id", "issue_date"),
    ),
    "payments": Part(
        _("Payments and write-offs, with reference and reason"),
        _books(Settlement, "customer_id", "day"),
    ),
    "movements": Part(
        _("Movements of prepaid pools, with their notes"),
        _books(Entry, "allowance__customer_id", "day"),
    ),
    "journal": Part(_("Entries of the journal"), _journal),
}
"""Every kind of `registers.parties.rules.erasure`; what has no `erase` is a book."""
