"""Contacts and groups of the address book are written here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction

from canone.base.history import services as history
from canone.registers.parties.models import Contact, Group
from canone.registers.parties.services import records, wording

CONTACT_FIELDS = (
    "party", "site", "name", "role", "phone", "mobile", "email", "language", "gets_reports",
    "gets_invoices", "gets_statements", "notes", "is_active",
)  # fmt: skip
GROUP_FIELDS = ("party", "name", "notes", "is_active")


@transaction.atomic
def create_contact(*, at: datetime, by: int | None, **values: Any) -> Contact:
    """Return a new contact of `party`."""
    contact = Contact()
    records.put(contact, values, CONTACT_FIELDS)
    return _keep_contact(contact, at=at, by=by)


@transaction.atomic
def update_contact(*, contact_id: int, at: datetime, by: int | None, **values: Any) -> Contact:
    """Return the contact after the change; fields that are not given stay."""
    contact = Contact.objects.select_for_update().get(pk=contact_id)
    values.pop("party", None)
    if records.put(contact, values, CONTACT_FIELDS):
        _keep_contact(contact, at=at, by=by)
    return contact


def deactivate_contact(*, contact_id: int, at: datetime, by: int | None) -> Contact:
    """Return the contact, no longer written to."""
    return update_contact(contact_id=contact_id, at=at, by=by, is_active=False)


@transaction.atomic
def create_group(*, at: datetime, by: int | None, **values: Any) -> Group:
    """Return a new group of `party`."""
    group = Group()
    records.put(group, values, GROUP_FIELDS)
    return _keep_group(group, at=at, by=by)


@transaction.atomic
def update_group(*, group_id: int, at: datetime, by: int | None, **values: Any) -> Group:
    """Return the group after the change; fields that are not given stay."""
    group = Group.objects.select_for_update().get(pk=group_id)
    if records.put(group, values, GROUP_FIELDS):
        _keep_group(group, at=at, by=by)
    return group


def deactivate_group(*, group_id: int, at: datetime, by: int | None) -> Group:
    """Return the group, no longer offered for new work."""
    return update_group(group_id=group_id, at=at, by=by, is_active=False)


@transaction.atomic
def remove_unused_groups(
    *, group_ids: Iterable[int], reason: str, at: datetime, by: int | None
) -> int:
    """Return how many groups were removed, for taking back an import.

    Where another record leans on one of them, InUseError names them all and nothing is removed.
    """
    wanted = list(Group.objects.select_for_update().filter(pk__in=list(group_ids)))
    used: list[str] = []
    with history.acting(by):
        for group in wanted:
            try:
                with transaction.atomic():
                    records.remove(group, reason=reason, at=at)
            except models.ProtectedError:
                used.append(group.name)
    if used:
        raise records.InUseError(used)
    return len(wanted)


def contact_faults(contact: Contact) -> records.Faults:
    """Return everything that is wrong with a contact in memory, by field."""
    country = contact.party.country if contact.party_id else "IT"
    special = records.phones(contact, ("phone", "mobile"), country)
    if contact.site is not None and contact.site.party_id != contact.party_id:
        special["site"] = [wording.OTHER_PARTY]
    return records.faults(contact, special)


def group_faults(group: Group) -> records.Faults:
    """Return everything that is wrong with a group in memory, by field."""
    others = Group.objects.exclude(pk=group.pk)
    taken = others.filter(name__iexact=group.name).exists()
    return records.faults(group, {"name": [wording.NAME_TAKEN]} if taken else {})


def _keep_contact(contact: Contact, *, at: datetime, by: int | None) -> Contact:
    return records.keep(contact, contact_faults(contact), at=at, by=by)


def _keep_group(group: Group, *, at: datetime, by: int | None) -> Group:
    return records.keep(group, group_faults(group), at=at, by=by)
