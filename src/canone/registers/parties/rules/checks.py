"""Whether a party's numbers can be kept, and what it lacks before it can be invoiced."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from canone.kernel import identities
from canone.kernel.identities import Fault, Reading


class Mismatch(StrEnum):
    """Numbers that are right each by itself and wrong together."""

    SIRET_OF_ANOTHER = "siret_of_another"
    VAT_OF_ANOTHER = "vat_of_another"


class Lack(StrEnum):
    """What an invoice would miss."""

    IDENTITY = "identity"
    ADDRESS = "address"
    DELIVERY = "delivery"
    SIREN = "siren"
    TERMS = "payment_terms"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field."""

    field: str
    code: Fault | Mismatch


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a party, as typed or as kept."""

    country: str = "IT"
    is_public_body: bool = False
    vat_number: str = ""
    tax_code: str = ""
    siren: str = ""
    siret: str = ""
    iban: str = ""
    sdi_code: str = ""
    phone: str = ""


def check(typed: Numbers) -> tuple[Numbers, tuple[Problem, ...]]:
    """Return the numbers as they are kept, and every problem with them."""
    readings = {
        "vat_number": identities.vat_number(typed.vat_number, typed.country),
        "tax_code": identities.tax_code(typed.tax_code, typed.country),
        "siren": identities.siren(typed.siren),
        "siret": identities.siret(typed.siret),
        "iban": identities.iban(typed.iban),
        "sdi_code": identities.sdi_code(typed.sdi_code, public_body=typed.is_public_body),
        "phone": identities.phone(typed.phone, typed.country),
    }
    faults = [Problem(name, r.fault) for name, r in readings.items() if r.fault]
    siren = readings["siren"].value or _siren_of(readings["siret"])
    kept = Numbers(
        country=typed.country,
        is_public_body=typed.is_public_body,
        vat_number=readings["vat_number"].value,
        tax_code=readings["tax_code"].value,
        siren=siren,
        siret=readings["siret"].value,
        iban=readings["iban"].value,
        sdi_code=readings["sdi_code"].value,
        phone=readings["phone"].value,
    )
    return kept, (*faults, *_together(kept, {problem.field for problem in faults}))


def _siren_of(siret: Reading) -> str:
    return siret.value[:9] if siret.ok else ""


def _together(kept: Numbers, wrong: set[str]) -> list[Problem]:
    problems: list[Problem] = []
    if not kept.siren or "siren" in wrong:
        return problems
    if kept.siret and "siret" not in wrong and kept.siret[:9] != kept.siren:
        problems.append(Problem("siret", Mismatch.SIRET_OF_ANOTHER))
    french = kept.country == "FR" and kept.vat_number and "vat_number" not in wrong
    if french and kept.vat_number[2:] != kept.siren:
        problems.append(Problem("vat_number", Mismatch.VAT_OF_ANOTHER))
    return problems


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a party, as far as an invoice of a firm in `home` needs it."""

    home: str
    country: str
    is_customer: bool
    is_person: bool
    vat_number: str
    tax_code: str
    siren: str
    sdi_code: str
    pec: str
    has_address: bool
    has_payment_terms: bool


def lacks(profile: Profile) -> tuple[Lack, ...]:
    """Return what an active customer still lacks, in the order in which it is asked for.

    At home an Italian customer needs a VAT number or tax code, and a firm also SdI code or PEC; a
    French firm needs a SIREN. Suppliers that are no customers lack nothing.
    """
    if not profile.is_customer:
        return ()
    at_home = profile.country if profile.country == profile.home else ""
    found: list[Lack] = []
    if at_home == "IT" and not (profile.vat_number or profile.tax_code):
        found.append(Lack.IDENTITY)
    if at_home == "FR" and not profile.is_person and not profile.siren:
        found.append(Lack.SIREN)
    if not profile.has_address:
        found.append(Lack.ADDRESS)
    firm = at_home == "IT" and not profile.is_person
    if firm and not (profile.sdi_code or profile.pec):
        found.append(Lack.DELIVERY)
    if not profile.has_payment_terms:
        found.append(Lack.TERMS)
    return tuple(found)
