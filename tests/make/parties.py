"""Customers and what hangs on them."""

from __future__ import annotations

from itertools import count
from typing import Any

from canone.base.access.models import User
from canone.registers.parties.models import (
    Contact,
    Group,
    Party,
    PaymentTerms,
    PortalLogin,
    Site,
    Zone,
)

_number = count(1)


def party(name: str = "", **fields: Any) -> Party:
    """Return a customer; `is_supplier=True, is_customer=False` makes it a supplier."""
    number = next(_number)
    given = {"code": f"T{number:05d}", "name": name or f"Officine Prova {number} S.r.l."} | fields
    given.setdefault("search_text", f"{given['name']} {given['code']}".casefold())
    return Party.objects.create(**given)


def group(of: Party | None = None, name: str = "", **fields: Any) -> Group:
    """Return a group of the address book, of a new customer unless one is given."""
    owner = of or party()
    return Group.objects.create(party=owner, name=name or f"{owner.name} {next(_number)}", **fields)


def site(of: Party | None = None, **fields: Any) -> Site:
    """Return a site in Como."""
    given: dict[str, Any] = {
        "name": "Sede",
        "street": "Via Milano 12",
        "postcode": "22100",
        "city": "Como",
        "province": "CO",
    }
    return Site.objects.create(party=of or party(), **given | fields)


def contact(of: Party | None = None, name: str = "Paola Riva", **fields: Any) -> Contact:
    """Return a contact of a customer."""
    return Contact.objects.create(party=of or party(), name=name, **fields)


def zone(name: str = "") -> Zone:
    """Return a zone."""
    return Zone.objects.create(name=name or f"Zona {next(_number)}")


def payment_terms(code: str = "", **fields: Any) -> PaymentTerms:
    """Return payment terms of thirty days by bank transfer."""
    given = {"names": {"it": "Bonifico 30 giorni"}, "first_days": 30} | fields
    return PaymentTerms.objects.create(code=code or f"PT{next(_number)}", **given)


def login(user: User, of: Party) -> PortalLogin:
    """Return the tie that lets a user of the customer role see a customer's data."""
    return PortalLogin.objects.create(user=user, party=of)
