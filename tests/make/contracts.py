"""Contracts and their lines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from tests.make import assets, catalog, parties

from canone.desks.contracts.models import Contract, ContractType, Cover, Line, Paper
from canone.desks.contracts.services import contracts, lines, parts, types
from canone.kernel.money import UnitPrice
from canone.registers.parties.models import Mandate, Party
from canone.registers.parties.services import mandates

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
START = date(2026, 1, 1)
IBAN = "IT60X0542811101000000123456"
_number = count(1)


def contract_type(**fields: Any) -> ContractType:
    """Return a type of contract without fields of its own."""
    number = next(_number)
    given: dict[str, Any] = {"code": f"T{number}", "name": f"Assistenza {number}"} | fields
    return types.create(at=AT, by=None, **given)


def contract(of: Party | None = None, **fields: Any) -> Contract:
    """Return a contract in force since 1 January 2026, of a new customer unless one is given."""
    given: dict[str, Any] = {"customer": of or parties.party(), "start": START} | fields
    return contracts.create(at=AT, by=None, **given)


def line(of: Contract | None = None, price: str = "100.00", **fields: Any) -> Line:
    """Return a line of 100.00 a month in advance."""
    given: dict[str, Any] = {
        "description": "Canone assistenza",
        "unit_price": UnitPrice.of(price),
        "vat": catalog.vat(),
    } | fields
    return lines.add(contract_id=(of or contract()).pk, at=AT, by=None, **given)


def mandate(of: Party, **fields: Any) -> Mandate:
    """Return a mandate of a customer."""
    given: dict[str, Any] = {
        "reference": f"CANONE-{next(_number):05d}",
        "iban": IBAN,
        "signed_on": date(2025, 12, 1),
    } | fields
    return mandates.create(at=AT, by=None, party=of, **given)


def cover(of: Contract | None = None, **fields: Any) -> Cover:
    """Return a machine of the customer, covered from the activation."""
    of = of or contract()
    machine = assets.asset(of.customer)
    return parts.cover(contract_id=of.pk, asset_id=machine.pk, at=AT, by=None, **fields)


def paper(of: Contract | None = None, **fields: Any) -> Paper:
    """Return the signed contract."""
    given: dict[str, Any] = {"name": "contratto.pdf", "title": "Contratto", "is_signed": True}
    key = (of or contract()).pk
    source = b"%PDF-1.4\n%%EOF\n"
    return parts.add_paper(contract_id=key, source=source, at=AT, by=None, **given | fields)
