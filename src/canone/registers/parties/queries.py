"""Reads of customers, suppliers and what hangs on them, for pages, the API and higher contexts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Upper

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.firm import queries as firms
from canone.base.firm.models import Firm
from canone.base.history import queries as history
from canone.registers.parties.models import Contact, Distinct, Group, Party, Site
from canone.registers.parties.rules import checks, names, twins
from canone.registers.parties.rules.checks import Lack
from canone.registers.parties.rules.twins import Record

RECEIVES = {"reports": "gets_reports", "invoices": "gets_invoices", "statements": "gets_statements"}


def search(user: User, text: str, *, limit: int = 8) -> list[Party]:
    """Return the parties whose name, numbers or town hold every word of `text`, active first."""
    found = matching(Party.objects.visible_to(user), text)
    return list(found.order_by("-is_active", "name")[:limit])


def matching(parties: QuerySet[Party], text: str) -> QuerySet[Party]:
    """Return those of `parties` that hold every word of `text`, accents and capitals aside."""
    for word in names.fold(text).split()[: names.SEARCHED]:
        parties = parties.filter(search_text__contains=word)
    return parties


def for_list(user: User) -> QuerySet[Party]:
    """Return the parties `user` may see, with the town of the registered office and counts."""
    offices = Site.objects.filter(party=OuterRef("pk"), is_main=True)
    active = Group.objects.filter(party=OuterRef("pk"), is_active=True).order_by()
    groups = active.values("party").annotate(count=Count("pk")).values("count")
    return (
        Party.objects.visible_to(user)
        .select_related("zone", "payment_terms")
        .annotate(
            city=offices.values("city")[:1],
            province=offices.values("province")[:1],
            group_count=Coalesce(Subquery(groups), 0),
            incomplete=incomplete(),
        )
        .order_by("name", "pk")
    )


def incomplete() -> Q:
    """Return the condition that `rules.checks.lacks` states, for the database."""
    own = Subquery(Firm.objects.filter(pk=1).values("country"))
    at_home = Q(country=Upper(Coalesce(own, Value(Firm().country))))
    italian, french = at_home & Q(country="IT"), at_home & Q(country="FR")
    addressed = Exists(
        Site.objects.filter(party=OuterRef("pk"), is_main=True).exclude(street="").exclude(city="")
    )
    return Q(is_customer=True) & (
        (italian & Q(vat_number="", tax_code=""))
        | (french & Q(is_person=False, siren=""))
        | ~Q(addressed)
        | (italian & Q(is_person=False, sdi_code="", pec=""))
        | Q(payment_terms=None)
    )


def lacks(party: Party) -> tuple[Lack, ...]:
    """Return what an invoice to this party would miss."""
    office = office_of(party)
    return checks.lacks(
        checks.Profile(
            home=firms.firm().country.upper(),
            country=party.country,
            is_customer=party.is_customer,
            is_person=party.is_person,
            vat_number=party.vat_number,
            tax_code=party.tax_code,
            siren=party.siren,
            sdi_code=party.sdi_code,
            pec=party.pec,
            has_address=bool(office and office.street and office.city),
            has_payment_terms=party.payment_terms_id is not None,
        )
    )


def office_of(party: Party) -> Site | None:
    """Return the registered office."""
    return Site.objects.filter(party=party, is_main=True).first()


def counts(party: Party) -> dict[str, int]:
    """Return how many sites, contacts, groups, mandates, documents and logins a party has."""
    return Party.objects.filter(pk=party.pk).aggregate(
        sites=Count("sites", distinct=True),
        contacts=Count("contacts", distinct=True),
        groups=Count("groups", distinct=True),
        mandates=Count("mandates", distinct=True),
        documents=Count("documents", distinct=True),
        logins=Count("logins", distinct=True),
    )


def counters(user: User) -> dict[str, int]:
    """Return how many customers, suppliers, incomplete and blocked ones `user` sees."""
    return Party.objects.visible_to(user).aggregate(
        customers=Count("pk", filter=Q(is_customer=True, is_active=True)),
        suppliers=Count("pk", filter=Q(is_supplier=True, is_active=True)),
        incomplete=Count("pk", filter=Q(is_active=True) & incomplete()),
        blocked=Count("pk", filter=Q(is_active=True, is_blocked=True)),
        inactive=Count("pk", filter=Q(is_active=False)),
    )


def groups(user: User) -> QuerySet[Group]:
    """Return the groups of the address book that `user` may see, with their customer."""
    return Group.objects.visible_to(user).select_related("party").order_by("name")


def find_contacts(user: User, text: str, *, limit: int = 8) -> list[Contact]:
    """Return the active contacts whose name, mail address or telephone holds `text`."""
    digits = "".join(letter for letter in text if letter.isdigit())
    test = Q(name__icontains=text) | Q(email__icontains=text)
    if len(digits) >= 5:
        test |= Q(phone__contains=digits) | Q(mobile__contains=digits)
    found = Contact.objects.visible_to(user).filter(test, is_active=True, party__is_active=True)
    return list(found.select_related("party")[:limit])


def group_by_name(name: str) -> Group | None:
    """Return the group called `name`, capitals and accents aside; None where it is not clear."""
    exact = Group.objects.filter(name=name).first()
    if exact:
        return exact
    wanted = names.fold(name)
    found = [group for group in Group.objects.all() if names.fold(group.name) == wanted]
    return found[0] if len(found) == 1 else None


def portal_users() -> QuerySet[User]:
    """Return who can be let into a customer's portal: active users of the customer role."""
    return User.objects.filter(grants__role=Role.CUSTOMER, is_active=True)


def recipients(party_id: int, what: str) -> list[Contact]:
    """Return the active contacts with a mail address that receive `what`.

    `what` is `reports`, `invoices` or `statements`.
    """
    wanted = {RECEIVES[what]: True}
    contacts = Contact.objects.filter(party_id=party_id, is_active=True, **wanted)
    return list(contacts.exclude(email="").select_related("party"))


def language_of(contact: Contact) -> str:
    """Return the language in which to write to a contact."""
    return contact.language or contact.party.language


@dataclass(frozen=True, slots=True)
class Twin:
    """Two parties that may be one, and why."""

    first: Party
    second: Party
    reason: twins.Reason
    likeness: int


def duplicates(user: User) -> list[Twin]:
    """Return the parties among those `user` sees that may be one, strongest reason first."""
    known = _records(Party.objects.visible_to(user).filter(is_active=True))
    apart = frozenset(Distinct.objects.values_list("first_id", "second_id"))
    return _twins(twins.pairs(known, apart=apart))


def twins_of(
    user: User, *, name: str, vat_number: str = "", tax_code: str = "", party_id: int | None = None
) -> list[Twin]:
    """Return the parties that may be the one being written; `second` is the party that exists.

    For a new one, `first` is that party too.
    """
    typed = Record(key=party_id or 0, name=name, vat_number=vat_number, tax_code=tax_code)
    apart = set(Distinct.objects.values_list("first_id", "second_id")) if party_id else set()
    found = [
        pair
        for pair in twins.against(typed, _records(Party.objects.visible_to(user)))
        if (min(pair.first, pair.second), max(pair.first, pair.second)) not in apart
    ]
    return _twins([replace(pair, first=pair.first or pair.second) for pair in found])


def _records(parties: QuerySet[Party]) -> list[Record]:
    rows = parties.values_list("pk", "name", "vat_number", "tax_code")
    return [Record(*row) for row in rows]


def _twins(found: Sequence[twins.Pair]) -> list[Twin]:
    wanted = {key for pair in found for key in (pair.first, pair.second)}
    # In slices, because SQLite takes only so many values in one question.
    keys = sorted(wanted)
    parties: dict[int, Party] = {}
    for start in range(0, len(keys), 500):
        parties |= Party.objects.in_bulk(keys[start : start + 500])
    return [
        Twin(parties[pair.first], parties[pair.second], pair.reason, pair.likeness)
        for pair in found
    ]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a party's timeline; `of` is what changed: a site, contact, group or mandate."""

    of: str
    change: history.Change


def timeline(party: Party, *, limit: int = 100) -> list[Event]:
    """Return what changed on a party and on what hangs on it, newest first."""
    events = [Event("", change) for change in history.timeline(party, limit=limit)]
    related: list[Any] = [*party.sites.all(), *party.contacts.all(), *party.groups.all()]
    for row in (*related, *party.mandates.all()):
        events += [Event(str(row), change) for change in history.timeline(row, limit=limit)]
    return sorted(events, key=lambda event: event.change.when, reverse=True)[:limit]
