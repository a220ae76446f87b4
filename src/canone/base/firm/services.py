"""The only writer of the firm's own data."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base.firm import queries
from canone.base.firm.models import Firm

FIELDS = frozenset(
    {
        *("name", "country", "time_zone", "language", "vat_number", "tax_code"),
        *("street", "postcode", "city", "province", "email", "phone"),
        *("iban", "bic", "pays_vat_on_debits"),
    }
)


@transaction.atomic
def revise(**values: Any) -> Firm:
    """Return the firm with new values; unknown fields are a TypeError, wrong ones ValidationError.

    The first call makes the firm's row.
    """
    unknown = set(values) - FIELDS
    if unknown:
        raise TypeError(f"not of the firm: {', '.join(sorted(unknown))}")
    firm = queries.firm()
    for field, value in values.items():
        setattr(firm, field, value.strip() if isinstance(value, str) else value)
    firm.full_clean()
    try:
        ZoneInfo(firm.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValidationError({"time_zone": _("There is no such time zone.")}) from error
    firm.save()
    return firm
