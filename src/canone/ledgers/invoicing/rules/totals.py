"""What a document comes to, and what of it the customer pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from canone.ledgers.invoicing.rules import law, vat
from canone.ledgers.invoicing.rules.vat import Tax


class Taxed(NamedTuple):
    """A line as the totals need it: its net amount in cents, its rate and nature."""

    amount: int
    basis_points: int
    nature: str


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a customer is taxed on one day.

    `is_split`: the customer pays the VAT to the State. `withholding_bp`: what it withholds of the
    net amount. `stamp_vat`: rate and nature under which stamp duty is charged on; None bears it.
    """

    country: str = "IT"
    is_split: bool = False
    withholding_bp: int = 0
    recharges_stamp: bool = False


class Totals(NamedTuple):
    """The sums of a document in cents; `payable` is what the due items sum to."""

    net: int
    vat: int
    gross: int
    payable: int
    withholding: int
    stamp: int
    taxes: tuple[Tax, ...]


STAMP_NATURE = "N1"


def of(lines: Sequence[Taxed], treatment: Treatment, day: date) -> Totals:
    """Return the sums of the lines for a document of `day`.

    Stamp duty that is charged on joins as one more line outside VAT (art. 15); what is withheld
    is worked out on the net amount without it. Split payment takes the VAT off what is paid.
    """
    taxes = vat.summary(lines)
    net = sum(tax.base for tax in taxes)
    stamp = law.stamp(treatment.country, day, [(tax.nature, tax.base) for tax in taxes])
    withholding = vat.share(net, treatment.withholding_bp)
    if stamp and treatment.recharges_stamp:
        taxes = vat.summary([*lines, Taxed(stamp, 0, STAMP_NATURE)])
        net += stamp
    tax_sum = sum(tax.tax for tax in taxes)
    gross = net + tax_sum
    unpaid = tax_sum if treatment.is_split else 0
    return Totals(net, tax_sum, gross, gross - unpaid - withholding, withholding, stamp, taxes)
