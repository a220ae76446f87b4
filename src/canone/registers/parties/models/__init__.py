"""The tables of the register."""

from canone.registers.parties.models.mandates import Mandate
from canone.registers.parties.models.parties import (
    COMMERCIAL,
    Contact,
    Distinct,
    Document,
    Group,
    Party,
    PaymentTerms,
    PortalLogin,
    Site,
    VisibleOfParty,
    VisibleParties,
    Zone,
)

__all__ = [
    "COMMERCIAL",
    "Contact",
    "Distinct",
    "Document",
    "Group",
    "Mandate",
    "Party",
    "PaymentTerms",
    "PortalLogin",
    "Site",
    "VisibleOfParty",
    "VisibleParties",
    "Zone",
]
