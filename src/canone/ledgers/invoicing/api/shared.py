"""What the operations share: the day, one row or none, rows that bodies name, faults by field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints

from canone.base.firm import queries as firm
from canone.kernel.money import Money
from canone.ledgers.invoicing.services.booking import KeyTakenError
from canone.ledgers.invoicing.services.charges import ChargeError
from canone.ledgers.invoicing.services.issuing import MovedError
from canone.ui import api

M = TypeVar("M", bound=Model)
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2199, 12, 31))]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Amount = Annotated[Decimal, Field(max_digits=15, decimal_places=2)]
Above = Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2)]
Method = Literal["", "transfer", "direct_debit", "riba", "cash", "card", "cheque", "other"]
RENAMED = {
    "customer": "customer_id",
    "terms": "payment_terms_id",
    "site": "site_id",
    "withholding_bp": "withholding_basis_points",
}
"""What the services call a field, and what a caller does."""


def stamp(request: api.Request) -> dict[str, Any]:
    """Return when and by whom."""
    return {"at": timezone.now(), "by": request.user.pk}


def today() -> date:
    """Return the firm's day."""
    return timezone.now().astimezone(firm.zone()).date()


def one(rows: QuerySet[M], pk: int) -> M:
    """Return the row; what is not there, or not theirs, is Http404."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def named(rows: QuerySet[M], field: str, pk: int | None) -> M | None:
    """Return the row that a body names, None for none; one that is not there is 422."""
    if pk is None:
        return None
    found = rows.filter(pk=pk).first()
    if found is None:
        raise unknown(field)
    return found


def unknown(field: str) -> api.Problem:
    """Return what a caller gets for an id that is not there."""
    return api.invalid(field, "unknown", _("There is none with this id."))


def money(amount: Decimal) -> Money:
    """Return an amount that was sent."""
    return Money.of(amount)


@contextmanager
def told() -> Iterator[None]:
    """Return nothing; faults stand at the names of the API, what contradicts what is there is 409.

    A fault that is about no field says that what is there does not allow it.
    """
    try:
        yield
    except ChargeError as error:
        raise api.Problem(409, "not_possible", str(error)) from error
    except KeyTakenError as error:
        text = " ".join(error.messages)
        at_key = {"field": "key", "error": "taken", "detail": text}
        raise api.Problem(409, "idempotency", text, [at_key]) from error
    except MovedError as error:
        text = _("Somebody else changed this just now: read it again, and repeat the call.")
        raise api.Problem(409, "not_possible", text) from error
    except ValidationError as error:
        by_field = error.update_error_dict({})
        if set(by_field) == {NON_FIELD_ERRORS}:
            raise api.Problem(409, "not_possible", " ".join(error.messages)) from error
        faults = {RENAMED.get(name, name): found for name, found in by_field.items()}
        raise ValidationError(faults) from error
