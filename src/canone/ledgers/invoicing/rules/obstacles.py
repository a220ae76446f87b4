"""What stands between a customer, or a charge, and an invoice."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from canone.ledgers.invoicing.rules import vat


class Obstacle(StrEnum):
    """Why something cannot be invoiced now; the first that holds is told."""

    BLOCKED = "blocked"
    NO_CUSTOMER = "no_customer"
    NO_ADDRESS = "no_address"
    NO_IDENTITY = "no_identity"
    NO_SIREN = "no_siren"
    SPLIT_AND_WITHHOLDING = "split_and_withholding"
    NO_VAT = "no_vat"
    VAT_ABROAD = "vat_abroad"
    NO_NATURE = "no_nature"
    NO_MANDATE = "no_mandate"
    SEVERAL_MANDATES = "several_mandates"
    MANDATE_UNKNOWN = "mandate_unknown"
    MANDATE_UNSIGNED = "mandate_unsigned"
    MANDATE_REVOKED = "mandate_revoked"
    MANDATE_SPENT = "mandate_spent"
    MANDATE_LAPSED = "mandate_lapsed"
    MOVED = "moved"
    NEGATIVE = "negative"
    NOTHING = "nothing"
    UNTICKED = "unticked"


class Payer(NamedTuple):
    """A customer as far as an invoice needs it."""

    country: str
    is_customer: bool
    is_person: bool
    is_blocked: bool
    vat_number: str
    tax_code: str
    siren: str
    has_address: bool
    is_split: bool = False
    withholding_bp: int = 0


class Rate(NamedTuple):
    """A rate of VAT as it stands on a line."""

    id: int
    code: str
    basis_points: int
    nature: str


def of_payer(payer: Payer, home: str) -> Obstacle | None:
    """Return what keeps every invoice of a customer back; `home` is the country of the firm.

    At home an Italian customer needs a VAT number or tax code, a French business its SIREN;
    abroad nobody asks for either. Everybody needs an address. Without payment terms an invoice is
    due after the thirty days of the law.
    """
    at_home = payer.country if payer.country == home else ""
    reasons = (
        (payer.is_blocked, Obstacle.BLOCKED),
        (not payer.is_customer, Obstacle.NO_CUSTOMER),
        (not payer.has_address, Obstacle.NO_ADDRESS),
        (
            at_home == "IT" and not (payer.vat_number or payer.tax_code),
            Obstacle.NO_IDENTITY,
        ),
        (at_home == "FR" and not payer.is_person and not payer.siren, Obstacle.NO_SIREN),
        (payer.is_split and bool(payer.withholding_bp), Obstacle.SPLIT_AND_WITHHOLDING),
    )
    return next((obstacle for holds, obstacle in reasons if holds), None)


def rate_for(
    own: Rate | None,
    usual: Rate | None,
    of_article: Rate | None,
    ordinary: Rate | None,
    *,
    is_business_abroad: bool,
) -> Rate | Obstacle:
    """Return the rate of a line, or what is missing.

    The one chosen for it comes first, then the usual one of its customer, then that of its
    article, then the firm's ordinary rate; a business abroad has to have one of the first two,
    because the place of the service decides.
    """
    chosen = own or usual
    if chosen is None and is_business_abroad:
        return Obstacle.VAT_ABROAD
    chosen = chosen or of_article or ordinary
    if chosen is None:
        return Obstacle.NO_VAT
    if not vat.is_whole(chosen.basis_points, chosen.nature):
        return Obstacle.NO_NATURE
    return chosen
