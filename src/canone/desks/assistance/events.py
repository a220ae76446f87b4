"""What others may hear of remote sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from canone.base.events import facts
from canone.kernel.money import Money


@facts.declare(
    "session.accounted",
    title=_("A remote session was accounted"),
    sees="assistance.prices",
    sample={
        "session_id": 812,
        "customer_id": 12,
        "accounting_id": 640,
        "revision": 0,
        "head_id": None,
        "minutes": 35,
        "prepaid_minutes": 0,
        "price": Money(4400),
    },
)
@dataclass(frozen=True, slots=True)
class SessionAccounted:
    """A session is locked with what it is worth."""

    session_id: int
    customer_id: int
    accounting_id: int
    revision: int
    head_id: Annotated[int | None, "the accounting that carries the price of the whole piece"]
    minutes: Annotated[int, "that count, extra minutes among them"]
    prepaid_minutes: Annotated[int, "taken from prepaid hours"]
    price: Annotated[Money | None, "null where it has none of its own"]


@facts.declare(
    "session.undone",
    title=_("The accounting of a remote session was undone"),
    sees="assistance.prices",
    sample={"session_id": 812, "accounting_id": 640, "reason": "Wrong customer"},
)
@dataclass(frozen=True, slots=True)
class SessionUndone:
    """A session is open again; its charge was reversed and prepaid minutes were given back."""

    session_id: int
    accounting_id: Annotated[int, "the accounting that counts no more"]
    reason: str
