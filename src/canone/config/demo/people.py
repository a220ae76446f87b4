"""The firm and the people who work in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.access.services import users
from canone.base.firm import services as firms
from canone.registers.parties.models import Party
from canone.registers.parties.services import logins

DOMAIN = "lariotech.example"
PASSWORD = "Lario-2026-demo"  # noqa: S105 (printed for everybody who opens the demo)
FIRM = {
    "name": "Lariotech Servizi S.r.l.",
    "country": "it",
    "time_zone": "Europe/Rome",
    "language": "it",
    "vat_number": "IT03417620139",
    "tax_code": "03417620139",
    "street": "Via Volta 18",
    "postcode": "22036",
    "city": "Erba",
    "province": "CO",
    "email": "info@lariotech.example",
    "phone": "+39 031 555 0140",
}
STAFF: tuple[tuple[str, str, tuple[Role, ...], tuple[str, ...]], ...] = (
    ("paolo", "Paolo Ferri", (Role.OWNER,), ()),
    ("sara", "Sara Molteni", (Role.BACK_OFFICE, Role.OWNER, Role.DISPATCHER), ()),
    ("giulia", "Giulia Colombo", (Role.TECHNICIAN,), ("gcolombo",)),
    ("luca", "Luca Ferrario", (Role.TECHNICIAN,), ("lferrario", "luca.f")),
    ("marco", "Marco Riva", (Role.TECHNICIAN,), ("mriva",)),
    ("elena", "Elena Sala", (Role.TECHNICIAN, Role.DISPATCHER), ("esala",)),
)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who does what in the demo."""

    owner: User
    office: User
    technicians: tuple[User, ...]


def load(*, at: datetime) -> Staff:
    """Return the staff after writing the firm and its users."""
    firms.revise(**FIRM)
    since = at - timedelta(days=1210)
    made: dict[str, User] = {}
    for short, name, roles, aliases in STAFF:
        made[short] = users.create(
            email=f"{short}@{DOMAIN}",
            name=name,
            roles=roles,
            password=PASSWORD,
            at=since,
            by=None,
            language="it",
            aliases=list(aliases),
        )
    technicians = tuple(made[short] for short in ("luca", "giulia", "marco", "elena"))
    return Staff(made["paolo"], made["sara"], technicians)


def customer(party: Party, *, at: datetime, by: int | None) -> User:
    """Return a person of a customer, who sees only that customer's."""
    user = users.create(
        email=f"cliente@{DOMAIN}",
        name="Anna Brambilla",
        roles=(Role.CUSTOMER,),
        password=PASSWORD,
        at=at,
        by=by,
        language=party.language,
    )
    logins.allow(user_id=user.pk, party_id=party.pk)
    return user
