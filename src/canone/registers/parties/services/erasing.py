"""Erases contacts and documents, and makes parties, sites and groups anonymous.

Rows that charges and sessions lean on stay, under a number; their history tells no more either.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from canone.base.files import services as files
from canone.base.history import services as history
from canone.registers.parties.models import (
    Contact,
    Distinct,
    Document,
    Group,
    Party,
    PortalLogin,
    Site,
)

BLANK = (
    "vat_number", "tax_code", "siren", "siret", "iban", "sdi_code", "pec", "email", "phone",
    "website", "notes", "block_reason",
)  # fmt: skip
PLACE = ("street", "postcode", "city", "province", "phone", "opening", "access_notes")


@transaction.atomic
def erase_contacts(*, party_id: int) -> int:
    """Return how many contacts of the party are gone, with their history."""
    past: Any = Contact.history
    gone, _by_model = Contact.objects.filter(party_id=party_id).delete()
    past.filter(party_id=party_id).delete()
    return gone


@transaction.atomic
def erase_contact(*, contact_id: int) -> int:
    """Return whether the contact was there; it is gone, with its history."""
    gone, _by_model = Contact.objects.filter(pk=contact_id).delete()
    history.forget(Contact, [contact_id])
    return gone


@transaction.atomic
def erase_documents(*, party_id: int) -> int:
    """Return how many documents of the party are gone, with files and history."""
    past: Any = Document.history
    found = list(Document.objects.filter(party_id=party_id).select_related("file"))
    for document in found:
        document.delete()
        files.delete(document.file, at_once=True)
    past.filter(party_id=party_id).delete()
    return len(found)


@transaction.atomic
def erase_logins(*, party_id: int | None = None, user_id: int | None = None) -> int:
    """Return how many ties of a party, or of a user, to the portal are gone."""
    mine = {"party_id": party_id} if party_id else {"user_id": user_id}
    gone, _by_model = PortalLogin.objects.filter(**mine).delete()
    return gone


@transaction.atomic
def erase_groups(*, party_id: int) -> int:
    """Return how many groups of the party are nothing but numbers."""
    ids = list(Group.objects.filter(party_id=party_id).values_list("pk", flat=True))
    for pk in ids:
        gone = {"name": f"{pk}-erased", "notes": ""}
        Group.objects.filter(pk=pk).update(**gone, is_active=False)
        history.scrub(Group, [pk], gone)
    past: Any = Group.history
    past.filter(party_id=party_id).exclude(id__in=Group.objects.values("pk")).delete()
    return len(ids)


@transaction.atomic
def erase_sites(*, party_id: int) -> int:
    """Return how many sites of the party keep their country alone."""
    gone: dict[str, Any] = {"name": "-", "latitude": None, "longitude": None, "zone": None}
    gone |= dict.fromkeys(PLACE, "")
    past: Any = Site.history
    past.filter(party_id=party_id).update(**gone, history_change_reason=None)
    return Site.objects.filter(party_id=party_id).update(**gone, is_active=False)


@transaction.atomic
def erase_party(*, party_id: int, name: str) -> int:
    """Return how many rows tell of nobody: the party, called `name`, is never offered again."""
    Distinct.objects.filter(first_id=party_id).delete()
    Distinct.objects.filter(second_id=party_id).delete()
    gone: dict[str, Any] = {"code": f"ERASED-{party_id}", "name": name, "zone": None}
    gone |= dict.fromkeys(BLANK, "")
    gone |= {"reliability": Party.Reliability.UNKNOWN, "is_active": False, "is_blocked": False}
    history.scrub(Party, [party_id], gone)
    return Party.objects.filter(pk=party_id).update(**gone, search_text=name.casefold())
