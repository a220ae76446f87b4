"""The functions a user may hold, declared by each context, switched per user by an owner.

A context declares its functions in its `permissions.py`, which its AppConfig imports when Django
is ready. Nothing here touches the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Role(StrEnum):
    """What a person is in the firm; one person may hold several."""

    OWNER = "owner"
    BACK_OFFICE = "back_office"
    DISPATCHER = "dispatcher"
    TECHNICIAN = "technician"
    CUSTOMER = "customer"


ROLE_NAMES: dict[Role, StrOrPromise] = {
    Role.OWNER: _("Owner"),
    Role.BACK_OFFICE: _("Back office"),
    Role.DISPATCHER: _("Dispatcher"),
    Role.TECHNICIAN: _("Technician"),
    Role.CUSTOMER: _("Customer"),
}
STAFF = (Role.OWNER, Role.BACK_OFFICE, Role.DISPATCHER, Role.TECHNICIAN)
OFFICE = (Role.OWNER, Role.BACK_OFFICE)


@dataclass(frozen=True, slots=True)
class Function:
    """One thing that can be allowed, with the roles that hold it unless switched."""

    code: str
    title: StrOrPromise
    roles: frozenset[Role]


_declared: dict[str, Function] = {}


def declare(code: str, title: StrOrPromise, roles: tuple[Role, ...]) -> str:
    """Return `code` after making it known; declaring a code twice differently is a ValueError."""
    function = Function(code, title, frozenset(roles))
    known = _declared.setdefault(code, function)
    if known.roles != function.roles:
        raise ValueError(f"function {code} is declared twice")
    return code


def all_functions() -> list[Function]:
    """Return every declared function, ordered by code."""
    return sorted(_declared.values(), key=lambda function: function.code)


def get(code: str) -> Function:
    """Return the function called `code`; KeyError when nobody declared it."""
    return _declared[code]


SIGNED_IN = declare("access.signed_in", _("Enter Canone"), tuple(Role))
SETTINGS = declare("access.settings", _("Change the firm's settings and users"), (Role.OWNER,))
