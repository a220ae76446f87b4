"""Customers and suppliers are written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import models, transaction

from canone.base import bulk
from canone.base.history import services as history
from canone.kernel import identities
from canone.registers.parties.models import Contact, Distinct, Group, Party, Site
from canone.registers.parties.rules import checks
from canone.registers.parties.services import documents, finding, places, records, wording

FIELDS = (
    "code", "name", "is_customer", "is_supplier", "is_person", "is_public_body", "country",
    "language", "vat_number", "tax_code", "siren", "siret", "iban", "sdi_code", "pec", "email",
    "phone", "website", "payment_terms", "reliability", "zone", "notes", "is_active", "is_blocked",
    "block_reason",
)  # fmt: skip
NUMBERS = ("vat_number", "tax_code", "siren", "siret", "iban", "sdi_code", "phone")


class InUseError(Exception):
    """Parties that other records lean on, with their names; nothing was removed."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)
        super().__init__(", ".join(self.names))


@transaction.atomic
def create(
    *, at: datetime, by: int | None, office: Mapping[str, Any] | None = None, **values: Any
) -> Party:
    """Return a new party; `office` holds the fields of its registered office, if known.

    Without a code it gets the next free number.
    """
    (key,) = bulk.reserve(Party, 1)
    party = Party(pk=key)
    records.put(party, {"code": "", **values}, FIELDS)
    if not party.code:
        party.code = _free_code(key)
    party._state.adding = True  # noqa: SLF001 (the id was reserved for the code)
    _keep(party, at=at, by=by)
    if office and any(office.values()):
        places.create(at=at, by=by, party=party, is_main=True, **office)
    return party


@transaction.atomic
def update(*, party_id: int, at: datetime, by: int | None, **values: Any) -> Party:
    """Return the party after the change; fields that are not given stay."""
    party = Party.objects.select_for_update().get(pk=party_id)
    if records.put(party, values, FIELDS):
        _keep(party, at=at, by=by)
    return party


def deactivate(*, party_id: int, at: datetime, by: int | None) -> Party:
    """Return the party, no longer offered for new work."""
    return update(party_id=party_id, at=at, by=by, is_active=False)


def activate(*, party_id: int, at: datetime, by: int | None) -> Party:
    """Return the party, offered again."""
    return update(party_id=party_id, at=at, by=by, is_active=True)


def block(*, party_id: int, reason: str, at: datetime, by: int | None) -> Party:
    """Return the party, marked so that nobody works for it without asking; the reason is shown."""
    return update(party_id=party_id, at=at, by=by, is_blocked=True, block_reason=reason)


def unblock(*, party_id: int, at: datetime, by: int | None) -> Party:
    """Return the party without the mark."""
    return update(party_id=party_id, at=at, by=by, is_blocked=False, block_reason="")


@transaction.atomic
def tell_apart(*, first: int, second: int, at: datetime, by: int | None) -> Distinct:
    """Return the decision that two parties are not one; they are not pointed out again."""
    low, high = sorted((first, second))
    decision, _made = Distinct.objects.get_or_create(
        first_id=low, second_id=high, defaults={"decided_at": at, "decided_by_id": by}
    )
    return decision


@transaction.atomic
def remove_unused(*, party_ids: Iterable[int], by: int | None) -> int:
    """Return how many parties were removed, with their sites, contacts, groups and documents.

    For taking back an import. Where another record leans on one of them, InUseError names them
    all and nothing is removed.
    """
    wanted = list(Party.objects.select_for_update().filter(pk__in=list(party_ids)))
    used: list[str] = []
    with history.acting(by):
        for party in wanted:
            try:
                with transaction.atomic():
                    _remove(party)
            except models.ProtectedError:
                used.append(party.name)
    if used:
        raise InUseError(used)
    return len(wanted)


def _remove(party: Party) -> None:
    for document in party.documents.select_related("file"):
        documents.remove_row(document)
    for model in (Contact, Group, Site):
        for row in model.objects.filter(party=party):
            row.delete()
    party.delete()


def _keep(party: Party, *, at: datetime, by: int | None) -> None:
    party.country = party.country.upper()
    faults: records.Faults = {}
    if not identities.is_country(party.country):
        faults["country"] = [wording.NO_COUNTRY]
    if not (party.is_customer or party.is_supplier):
        faults["is_customer"] = [wording.NEITHER]
    if not faults:
        faults = _numbers(party)
    party.search_text = finding.text(party)
    records.keep(party, faults, at=at, by=by)


def _numbers(party: Party) -> records.Faults:
    typed = {name: getattr(party, name) for name in NUMBERS}
    kept, problems = checks.check(
        checks.Numbers(country=party.country, is_public_body=party.is_public_body, **typed)
    )
    for name, value in asdict(kept).items():
        setattr(party, name, value)
    faults: records.Faults = {}
    for problem in problems:
        faults.setdefault(problem.field, []).append(wording.say(problem))
    return faults


def _free_code(key: int) -> str:
    number = key
    while Party.objects.filter(code=f"{number:05d}").exists():
        number += 1
    return f"{number:05d}"
