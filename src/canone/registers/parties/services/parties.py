"""Customers and suppliers are written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import models, transaction

from canone.base import bulk
from canone.base.events import facts
from canone.base.firm import queries as firms
from canone.base.history import services as history
from canone.kernel import identities
from canone.registers.parties.events import PartyChanged, PartyCreated
from canone.registers.parties.models import Contact, Distinct, Group, Party, Site
from canone.registers.parties.rules import checks
from canone.registers.parties.services import documents, finding, places, records, wording

FIELDS = (
    "code", "name", "is_customer", "is_supplier", "is_person", "is_public_body", "country",
    "language", "vat_number", "tax_code", "siren", "siret", "iban", "sdi_code", "pec", "email",
    "phone", "website", "payment_terms", "invoice_grouping", "reliability", "zone", "notes",
    "is_active", "is_blocked", "block_reason",
)  # fmt: skip
HOME = frozenset({"country", "language"})
NUMBERS = ("vat_number", "tax_code", "siren", "siret", "iban", "sdi_code", "phone")


@transaction.atomic
def create(
    *, at: datetime, by: int | None, office: Mapping[str, Any] | None = None, **values: Any
) -> Party:
    """Return a new party; `office` holds the fields of its registered office, if known.

    Without a code it gets the next free number, without a country or language the firm's. Faults
    of the office begin with `office_`.
    """
    (key,) = bulk.reserve(Party, 1)
    party = Party(pk=key)
    told = values if values.keys() >= HOME else home() | values
    records.put(party, {"code": "", **told}, FIELDS)
    if not party.code:
        party.code = _free_code(key)
    party._state.adding = True  # noqa: SLF001 (the id was reserved for the code)
    wrong = faults(party, office=office)
    party.search_text = finding.text(party)
    records.keep(party, wrong, at=at, by=by)
    _keep_office(party, office, at=at, by=by)
    facts.tell(PartyCreated, [PartyCreated(**_told(party))], at=at)
    return party


def home() -> dict[str, str]:
    """Return country and language of a party of which nothing else is said: the firm's."""
    own = firms.firm()
    return {"country": own.country.upper(), "language": own.language}


@transaction.atomic
def update(
    *,
    party_id: int,
    at: datetime,
    by: int | None,
    office: Mapping[str, Any] | None = None,
    **values: Any,
) -> Party:
    """Return the party after the change; fields that are not given stay, those of `office` too."""
    party = Party.objects.select_for_update().get(pk=party_id)
    changed = records.put(party, values, FIELDS)
    told = faults(party, office=office)
    if changed or told:
        party.search_text = finding.text(party)
        records.keep(party, told, at=at, by=by)
    _keep_office(party, office, at=at, by=by)
    if changed:
        what = PartyChanged(**_told(party), changed=tuple(sorted(changed)))
        facts.tell(PartyChanged, [what], at=at)
    return party


def faults(
    party: Party, *, office: Mapping[str, Any] | None = None, light: bool = False
) -> records.Faults:
    """Return everything that is wrong with a party in memory and its office, by field.

    On the way its numbers become canonical. Light asks the database nothing, for long files.
    """
    party.country = party.country.upper()
    if party.website and "://" not in party.website:
        party.website = f"https://{party.website}"
    special: records.Faults = {}
    if not identities.is_country(party.country):
        special["country"] = [wording.NO_COUNTRY]
    else:
        special = _numbers(party)
    if not (party.is_customer or party.is_supplier):
        special["is_customer"] = [wording.NEITHER]
    if office:
        site = _office(party, office, light=light)
        told = places.faults(site, light=light)
        special |= {f"office_{name}": texts for name, texts in told.items() if name != "party"}
    return records.faults(party, special, light=light)


def _told(party: Party) -> dict[str, Any]:
    names = ("code", "name", "is_customer", "is_supplier", "is_active", "is_blocked")
    return {"party_id": party.pk} | {name: getattr(party, name) for name in names}


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
def remove_unused(*, party_ids: Iterable[int], reason: str, at: datetime, by: int | None) -> int:
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
                    _remove(party, reason=reason, at=at)
            except models.ProtectedError:
                used.append(party.name)
    if used:
        raise records.InUseError(used)
    return len(wanted)


def _remove(party: Party, *, reason: str, at: datetime) -> None:
    for document in party.documents.select_related("file"):
        documents.remove_row(document)
    for model in (Contact, Group, Site):
        for row in model.objects.filter(party=party):
            records.remove(row, reason=reason, at=at)
    records.remove(party, reason=reason, at=at)


def _office(party: Party, office: Mapping[str, Any], *, light: bool) -> Site:
    known = None if light or party._state.adding else _office_of(party)  # noqa: SLF001 (public)
    site = known or Site(country=party.country, is_main=True)
    records.put(site, office, places.FIELDS)
    return site


def _office_of(party: Party) -> Site | None:
    return Site.objects.filter(party_id=party.pk, is_main=True).first()


def _keep_office(
    party: Party, office: Mapping[str, Any] | None, *, at: datetime, by: int | None
) -> None:
    if not office:
        return
    known = _office_of(party)
    if known:
        places.update(site_id=known.pk, at=at, by=by, **office)
    elif any(value for name, value in office.items() if name != "country"):
        values = {"country": party.country, **office, "party": party, "is_main": True}
        places.create(at=at, by=by, **values)


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
