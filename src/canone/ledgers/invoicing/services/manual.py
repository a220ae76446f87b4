"""Charges that a person writes and corrects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.kernel.money import Money, UnitPrice
from canone.ledgers.invoicing.models import Charge
from canone.ledgers.invoicing.services import charges
from canone.registers.catalog.models import VatRate
from canone.registers.parties.models import Party
from canone.ui import origins

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KIND = "manual"
MICRO = 1_000_000
MOST_QUANTITY = 1_000_000
MOST_CENTS = 10**12
FORM_USED = _("This form has booked something else already: open it anew.")
SAME = (
    "customer_id",
    "description",
    "quantity_micros",
    "unit",
    "vat_id",
    "service_start",
    "service_end",
)


class ElsewhereError(charges.ChargeError):
    """The charge is corrected where it comes from."""

    def __init__(self, charge_id: int, remedy: StrOrPromise) -> None:
        super().__init__(
            now_("Charge %(id)s is not reversed here. %(remedy)s")
            % {"id": charge_id, "remedy": remedy}
        )
        self.charge_id = charge_id


@dataclass(frozen=True, slots=True)
class Written:
    """What a person writes: who pays for what; `last_day` is included."""

    customer: Party
    description: str
    quantity: Decimal
    unit: str
    unit_price: UnitPrice
    vat: VatRate | None
    first_day: date
    last_day: date

    @property
    def amount(self) -> Money:
        """Quantity times price, rounded half up once."""
        return self.unit_price.times(Fraction(self.quantity))


def write(*, written: Written, key: str, at: datetime, by: int | None) -> int:
    """Return the id of the charge; the same under the same `key` returns the one on record.

    Something else under a used key is a ValidationError, as is what cannot be; that names fields.
    """
    if found := faults(written):
        raise ValidationError(found)
    draft = charges.ChargeDraft(
        origin=f"{KIND}:{key}",
        revision=1,
        customer_id=written.customer.pk,
        kind=KIND,
        description=" ".join(written.description.split()),
        quantity_micros=int(written.quantity * MICRO),
        unit=written.unit.strip(),
        unit_price_micros=written.unit_price.micros,
        amount_minor=written.amount.minor,
        vat_id=written.vat.pk if written.vat else None,
        service_start=written.first_day,
        service_end=written.last_day + timedelta(days=1),
    )
    with transaction.atomic():
        made = charges.post_missing([draft], at=at, by=by)
        if number := made.get((draft.origin, 1)):
            return number
        known = Charge.objects.get(origin=draft.origin, revision=1, is_reversal=False)
        is_same = all(getattr(known, name) == getattr(draft, name) for name in SAME)
        if not is_same or known.unit_price != written.unit_price:
            raise ValidationError(FORM_USED)
        return known.pk


@transaction.atomic
def reverse(
    *, charge_ids: Sequence[int], reason: str, at: datetime, by: int | None
) -> dict[int, int]:
    """Return the id of the reversal of each charge, as `charges.reverse`.

    Charges whose origin has its own way back raise ElsewhereError: reversing them here would
    leave, say, a session accounted that nobody pays.
    """
    for part in charges.chunks(sorted(set(charge_ids))):
        for charge in Charge.objects.filter(pk__in=part, is_reversal=False).order_by("pk"):
            found = origins.find(charge.origin)
            if found is not None and found.remedy:
                raise ElsewhereError(charge.pk, found.remedy)
    return charges.reverse(charge_ids=charge_ids, reason=reason, at=at, by=by)


def faults(written: Written) -> dict[str, list[str]]:
    """Return everything that is wrong with what a person writes, by field."""
    found = {name: text for name, is_wrong, text in RULES if is_wrong(written)}
    if not found and abs(written.amount.minor) > MOST_CENTS:
        found["unit_price"] = _("This amount is not plausible.")
    return {name: [str(text)] for name, text in found.items()}


RULES: tuple[tuple[str, Callable[[Written], bool], StrOrPromise], ...] = (
    ("customer", lambda w: not w.customer.is_customer, _("This is a supplier, not a customer.")),
    ("description", lambda w: not w.description.strip(), _("Say what is charged.")),
    ("description", lambda w: len(w.description) > 400, _("At most 400 characters.")),
    (
        "quantity",
        lambda w: not 0 < w.quantity <= MOST_QUANTITY,
        _("The quantity is above zero and at most 1,000,000."),
    ),
    ("quantity", lambda w: w.quantity % Decimal("0.000001") != 0, _("At most six decimals.")),
    ("unit", lambda w: len(w.unit.strip()) > 12, _("At most 12 characters.")),
    (
        "last_day",
        lambda w: w.last_day < w.first_day,
        _("The last day comes before the first."),
    ),
)
