"""What is wrong, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from canone.kernel.identities import Fault
from canone.registers.parties.rules.checks import Lack, Mismatch, Problem
from canone.registers.parties.rules.twins import Reason

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_ANY: dict[Fault | Mismatch, StrOrPromise] = {
    Fault.LENGTH: _("The number of characters is not right. Check that it is complete."),
    Fault.CHARACTERS: _("It holds characters that cannot stand here. Check it."),
    Fault.CHECK_DIGIT: _("The check digit does not match: a character is mistyped."),
    Fault.PART: _("A part of it does not exist. Check it."),
    Fault.COUNTRY: _("It belongs to another country. Change the country or the number."),
    Fault.UNKNOWN: _("It cannot be read. Check it."),
    Mismatch.SIRET_OF_ANOTHER: _("This SIRET belongs to another SIREN. Correct one of the two."),
    Mismatch.VAT_OF_ANOTHER: _("This VAT number belongs to another SIREN. Correct one of the two."),
}
_SPECIAL: dict[tuple[str, Fault | Mismatch], StrOrPromise] = {
    ("tax_code", Fault.LENGTH): _(
        "A tax code has 16 characters, that of a company 11 digits. Check that it is complete."
    ),
    ("siren", Fault.LENGTH): _("A SIREN has 9 digits. Check that it is complete."),
    ("siret", Fault.LENGTH): _("A SIRET has 14 digits. Check that it is complete."),
    ("iban", Fault.COUNTRY): _(
        "No country begins its IBAN like this. Check the first two letters."
    ),
    ("sdi_code", Fault.LENGTH): _(
        "An SdI code has 7 characters, that of a public body 6. Check that it is complete."
    ),
    ("phone", Fault.LENGTH): _(
        "No telephone has this number. Write it with the area code, abroad with + and the prefix."
    ),
    ("postcode", Fault.LENGTH): _("A postcode has 5 digits here. Check it."),
}
LACKS: dict[Lack, StrOrPromise] = {
    Lack.IDENTITY: _("VAT number or tax code"),
    Lack.SIREN: _("SIREN"),
    Lack.ADDRESS: _("address of the registered office"),
    Lack.DELIVERY: _("SdI code or PEC address"),
    Lack.TERMS: _("payment terms"),
}
REASONS: dict[Reason, StrOrPromise] = {
    Reason.VAT_NUMBER: _("Same VAT number"),
    Reason.TAX_CODE: _("Same tax code"),
    Reason.SAME_NAME: _("Same name"),
    Reason.SIMILAR_NAME: _("Similar name"),
}
NAME_TAKEN = _("Another group is already called like this. Choose another name.")
OTHER_PARTY = _("This site belongs to another customer. Choose one of this customer’s sites.")
NO_COUNTRY = _("No country has this code. Write two letters, such as IT or FR.")
ONE_COORDINATE = _("A position needs latitude and longitude. Write both, or neither.")
OFF_EARTH = _("Latitude goes from −90 to 90, longitude from −180 to 180.")
NEITHER = _("Say whether it is a customer, a supplier or both.")
NO_NAME = _("Write the name in at least one language.")
NOT_A_CUSTOMER = _("This user is not a customer. Give the user the role first.")
NO_ZONE = _("No zone is called like this. Add it under Zones, or leave the cell empty.")
NO_TERMS = _(
    "No payment terms have this code or name. Add them under Payment terms, or leave the cell "
    "empty."
)
NO_INSTALMENT = _("At least one instalment is needed.")
ONE_END = _(
    "Either the due date moves to the end of its month, or the days are counted from the end of "
    "the document’s month. Leave one of the two."
)
NO_DAY = _("A month has the days 1 to 31.")
NO_MONTHS = _("Months are numbers from 1 to 12, each once.")
NO_MONTH_LEFT = _("Something has to fall due in some month. Leave one of them free.")


def say(problem: Problem) -> StrOrPromise:
    """Return the sentence for a problem of a number."""
    special = "phone" if problem.field == "mobile" else problem.field
    return _SPECIAL.get((special, problem.code), _ANY[problem.code])
