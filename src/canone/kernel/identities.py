"""Numbers that name firms, people, accounts and telephones, by country and check digit.

Every reader takes what somebody typed and returns a Reading: the canonical form, and a Fault when
it cannot be. Texts for people are not made here; a Fault is a code that pages translate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import phonenumbers
from schwifty import IBAN
from schwifty.exceptions import (
    InvalidBankCode,
    InvalidBBANChecksum,
    InvalidChecksumDigits,
    InvalidCountryCode,
    InvalidLength,
    InvalidStructure,
    SchwiftyException,
)
from stdnum import get_cc_module
from stdnum.ch import uid
from stdnum.exceptions import (
    InvalidChecksum,
    InvalidComponent,
    InvalidFormat,
    ValidationError,
)
from stdnum.exceptions import InvalidLength as WrongLength
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret
from stdnum.it import codicefiscale, iva

EU = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
PREFIXES = {"EL": "GR", "XI": "GB"}
"""Letters before a VAT number that are not the country's own."""
WHOLE = frozenset({"CH", "NO", "LI"})
"""Countries whose letters are part of the number."""


class Fault(StrEnum):
    """What is wrong with a number."""

    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK_DIGIT = "check_digit"
    PART = "part"
    COUNTRY = "country"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as it is kept, and what is wrong with it (None when nothing is)."""

    value: str
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        """Whether the number can be kept."""
        return self.fault is None


class Numbering(Protocol):
    """A module that knows one kind of number."""

    def validate(self, number: str, /) -> str:
        """Return the number in its compact form, or raise."""


NOTHING = Reading("")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")


def squeeze(text: str) -> str:
    """Return `text` in capitals without spaces, dots, dashes and slashes."""
    return re.sub(r"[\s.\-/·’']", "", text).upper()


def _check(module: Numbering, number: str) -> Reading:
    try:
        return Reading(str(module.validate(number)))
    except ValidationError as error:
        return Reading(number, _fault(error))


def _fault(error: ValidationError) -> Fault:
    if isinstance(error, WrongLength):
        return Fault.LENGTH
    if isinstance(error, InvalidChecksum):
        return Fault.CHECK_DIGIT
    if isinstance(error, InvalidComponent):
        return Fault.PART
    return Fault.CHARACTERS if isinstance(error, InvalidFormat) else Fault.UNKNOWN


def vat_number(text: str, country: str) -> Reading:
    """Return the VAT number of a firm in `country` (two capitals), without the country's letters.

    Countries of the European Union and those whose rules are published are checked in full;
    elsewhere only the characters and the length are.
    """
    number = squeeze(text)
    if not number:
        return NOTHING
    country = country.upper()
    letters = number[:2]
    owner = PREFIXES.get(letters, letters)
    if owner == country and country not in WHOLE and not _bare(number, country):
        number = number[2:]
    elif letters.isalpha() and owner in EU and owner != country:
        return Reading(number, Fault.COUNTRY)
    if country == "IT":
        return italian_vat(number)
    if country == "CH":
        return _check(uid, re.sub(r"(MWST|TVA|IVA|TPV)$", "", number))
    module = get_cc_module(country.lower(), "vat")
    if module is None:
        plain = re.fullmatch(r"[A-Z0-9]{2,20}", number)
        return Reading(number, None if plain else Fault.CHARACTERS)
    return _check(module, number)


def _bare(number: str, country: str) -> bool:
    """Whether the number is complete although it begins with the country's letters (ES, FR)."""
    module = get_cc_module(country.lower(), "vat")
    short = number[2:]
    if module is None or _check(module, short).ok:
        return False
    return _check(module, number).value == number and _check(module, number).ok


def vat_letters(country: str) -> str:
    """Return the letters that stand before a VAT number of `country` (EL for Greece)."""
    country = country.upper()
    return "EL" if country == "GR" else country


def whole_vat(number: str, country: str) -> str:
    """Return a VAT number of `country` with the letters that it carries abroad (FR40303265045)."""
    country = country.upper()
    bare = vat_number(number, country).value
    return bare if not bare or country in WHOLE else vat_letters(country) + bare


def italian_vat(text: str) -> Reading:
    """Return a partita IVA: eleven digits, the last a check digit."""
    number = squeeze(text).removeprefix("IT")
    if not number:
        return NOTHING
    if not (number.isascii() and number.isdigit()):
        return Reading(number, Fault.CHARACTERS)
    return _check(iva, number)


def italian_tax_code(text: str) -> Reading:
    """Return a codice fiscale: sixteen characters for people, eleven digits for the others."""
    number = squeeze(text)
    if not number:
        return NOTHING
    if number.isascii() and number.isdigit():
        return italian_vat(number)
    if len(number) != 16:
        return Reading(number, Fault.LENGTH)
    return _check(codicefiscale, number)


def tax_code(text: str, country: str) -> Reading:
    """Return the tax code of a party in `country`; only Italian ones can be checked."""
    if country.upper() == "IT":
        return italian_tax_code(text)
    number = squeeze(text)
    plain = re.fullmatch(r"[A-Z0-9]{0,20}", number)
    return Reading(number, None if plain else Fault.CHARACTERS)


def siren(text: str) -> Reading:
    """Return a SIREN: nine digits, the last a check digit."""
    number = squeeze(text)
    return _check(stdnum_siren, number) if number else NOTHING


def siret(text: str) -> Reading:
    """Return a SIRET: the SIREN and five digits of the establishment."""
    number = squeeze(text)
    return _check(stdnum_siret, number) if number else NOTHING


_IBAN_FAULTS: tuple[tuple[type[SchwiftyException], Fault], ...] = (
    (InvalidCountryCode, Fault.COUNTRY),
    (InvalidLength, Fault.LENGTH),
    (InvalidChecksumDigits, Fault.CHECK_DIGIT),
    (InvalidBBANChecksum, Fault.CHECK_DIGIT),
    (InvalidBankCode, Fault.PART),
    (InvalidStructure, Fault.CHARACTERS),
)


def iban(text: str) -> Reading:
    """Return an IBAN, checked by its own digits and by those of the national account number."""
    number = squeeze(text)
    if not number:
        return NOTHING
    try:
        return Reading(str(IBAN(number, validate_bban=True)))
    except SchwiftyException as error:
        fault = next((f for kind, f in _IBAN_FAULTS if isinstance(error, kind)), Fault.UNKNOWN)
        return Reading(number, fault)


def bic(text: str) -> Reading:
    """Return the code of a bank: eight or eleven characters of ISO 9362."""
    number = squeeze(text)
    if not number:
        return NOTHING
    if _BIC.fullmatch(number):
        return Reading(number)
    fault = Fault.LENGTH if len(number) not in (8, 11) else Fault.CHARACTERS
    return Reading(number, fault)


def bank_name(number: str) -> str:
    """Return the name of the bank behind a correct IBAN; "" when the register has none."""
    try:
        return str(IBAN(number).bank_name or "")
    except SchwiftyException:
        return ""


def sdi_code(text: str, *, public_body: bool = False) -> Reading:
    """Return the code to which SdI delivers: seven characters, six for public bodies."""
    number = squeeze(text)
    if not number:
        return NOTHING
    if not re.fullmatch(r"[A-Z0-9]+", number):
        return Reading(number, Fault.CHARACTERS)
    return Reading(number, None if len(number) == (6 if public_body else 7) else Fault.LENGTH)


def phone(text: str, country: str) -> Reading:
    """Return a telephone number as +39031640123; without a prefix it belongs to `country`."""
    plain = text.strip()
    if not plain:
        return NOTHING
    try:
        number = phonenumbers.parse(plain, country.upper())
    except phonenumbers.NumberParseException:
        return Reading(plain, Fault.CHARACTERS)
    if not phonenumbers.is_valid_number(number):
        return Reading(plain, Fault.LENGTH)
    return Reading(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def readable_phone(number: str) -> str:
    """Return +39031640123 as +39 031 640123; what is no number comes back as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def postcode(text: str, country: str) -> Reading:
    """Return a postcode; Italy, France, Germany and Spain have five digits, elsewhere as typed."""
    number = " ".join(text.upper().split())
    if country.upper() in {"IT", "FR", "DE", "ES"} and number:
        number = number.replace(" ", "")
        return Reading(number, None if re.fullmatch(r"[0-9]{5}", number) else Fault.LENGTH)
    return Reading(number, None if len(number) <= 12 else Fault.LENGTH)


def is_country(code: str) -> bool:
    """Whether `code` (two capitals) names a country or territory."""
    return code in phonenumbers.SUPPORTED_REGIONS
