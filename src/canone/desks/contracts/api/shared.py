"""What the operations share: who asks, one row or none, what was sent, faults by their field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.firm import queries as firm
from canone.desks.contracts.models import Contract, ContractType, Line
from canone.kernel.money import MICRO, Money, UnitPrice
from canone.kernel.periods import ONE_DAY
from canone.registers.assets.models import Asset, Meter
from canone.registers.catalog.models import Article, Tariff, VatRate
from canone.registers.parties.models import Group, Mandate, Party, PaymentTerms, Site
from canone.ui import api

M = TypeVar("M", bound=Model)
EMPTIED = frozenset(
    {
        "signed_on", "last_day", "go_live", "order_date", "counted_from", "anchor_day",
        "billed_through",
    }
)  # fmt: skip
"""Plain fields that null empties; in the others null means that nothing was sent."""
NEEDED = frozenset({"customer_id"})
RENAMED = {
    "type": "type_id", "customer": "customer_id", "site": "site_id", "mandate": "mandate_id",
    "payment_terms": "payment_terms_id", "article": "article_id", "vat": "vat_id",
    "meter": "meter_id", "tariff": "tariff_id", "group": "group_id", "asset": "asset_id",
    "party": "party_id",
    "end": "last_day", "quantity_micros": "quantity",
    "discount_bp": "discount_basis_points", "unit_of_cycle": "cycle.unit", "every": "cycle.every",
}  # fmt: skip
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


def contracts(request: api.Request) -> QuerySet[Contract]:
    """Return the contracts that the caller may see."""
    return Contract.objects.visible_to(request.user)


def lines(request: api.Request) -> QuerySet[Line]:
    """Return the lines of contracts that the caller may see."""
    return Line.objects.filter(contract__in=contracts(request)).select_related("contract")


@contextmanager
def told() -> Iterator[None]:
    """Return nothing; faults stand at the names of the API, what contradicts what is there is 409.

    A fault that is about no field says that the row's state does not allow it.
    """
    try:
        yield
    except ValidationError as error:
        by_field = error.update_error_dict({})
        if set(by_field) == {NON_FIELD_ERRORS}:
            raise api.Problem(409, "not_possible", " ".join(error.messages)) from error
        named = {RENAMED.get(name, name): faults for name, faults in by_field.items()}
        raise ValidationError(named) from error


def values(request: api.Request, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent as the services take it: rows for ids, exact amounts, ends."""
    found: dict[str, Any] = {}
    for name, value in sent.items():
        if name.endswith("_id"):
            found[name.removesuffix("_id")] = linked(request, name, value)
        elif value is not None or name in EMPTIED:
            found |= READERS.get(name, lambda kept, name=name: {name: kept})(value)
    return found


def linked(request: api.Request, name: str, pk: int | None) -> Model | None:
    """Return the row that a body names, None for null; one that is not there is 422."""
    seen = Party.objects.visible_to(request.user)
    rows: dict[str, Callable[[], QuerySet[Any]]] = {
        "customer_id": lambda: seen,
        "party_id": lambda: seen,
        "asset_id": lambda: Asset.objects.visible_to(request.user),
        "site_id": lambda: Site.objects.visible_to(request.user),
        "mandate_id": lambda: Mandate.objects.filter(party__in=seen),
        "meter_id": lambda: Meter.objects.select_related("asset").filter(asset__customer__in=seen),
        "type_id": ContractType.objects.all,
        "payment_terms_id": PaymentTerms.objects.all,
        "article_id": Article.objects.all,
        "vat_id": VatRate.objects.all,
        "tariff_id": Tariff.objects.all,
        "group_id": lambda: Group.objects.filter(party__in=seen),
    }
    found: Model | None = rows[name]().filter(pk=pk).first() if pk is not None else None
    if found is None and (pk is not None or name in NEEDED):
        raise api.invalid(name, "unknown", _("There is nothing with this id."))
    return found


def last(ends: date | None) -> date | None:
    """Return the last day covered of what ends before a day."""
    return ends - ONE_DAY if ends else None


def _ends(day: date | None) -> dict[str, Any]:
    return {"end": day + ONE_DAY if day else None}


def _cycle(cycle: Mapping[str, Any]) -> dict[str, Any]:
    unit = "" if cycle["unit"] == "once" else cycle["unit"]
    return {"unit_of_cycle": unit, "every": cycle["every"]}


READERS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "last_day": _ends,
    "cycle": _cycle,
    "quantity": lambda number: {"quantity_micros": int(number * MICRO)},
    "unit_price": lambda number: {"unit_price": UnitPrice.of(number)},
    "minimum": lambda number: {"minimum": Money.of(number)},
    "discount_basis_points": lambda number: {"discount_bp": number},
}
