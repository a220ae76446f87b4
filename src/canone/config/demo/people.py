"""The firm and the people who work in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.access.services import users
from canone.base.firm import services as firms
from canone.config.demo.land import House, Land
from canone.registers.parties.models import Party
from canone.registers.parties.services import logins


@dataclass(frozen=True, slots=True)
class Staff:
    """Who does what in the demo."""

    owner: User
    office: User
    technicians: tuple[User, ...]


def load(land: Land, *, at: datetime) -> Staff:
    """Return the staff after writing the firm and its users."""
    house = land.house
    firms.revise(**house.firm)
    since = at - timedelta(days=1210)
    made: dict[str, User] = {}
    for short, name, roles, aliases in house.staff:
        made[short] = users.create(
            email=address(house, short),
            name=name,
            roles=roles,
            password=house.password,
            at=since,
            by=None,
            language=land.language,
            aliases=list(aliases),
        )
    technicians = tuple(made[short] for short in house.technicians)
    owner, office, *_others = made.values()
    return Staff(owner, office, technicians)


def address(house: House, short: str) -> str:
    """Return the mail address of somebody of the firm."""
    return f"{short}@{house.domain}"


def customer(land: Land, party: Party, *, at: datetime, by: int | None) -> User:
    """Return a person of a customer, who sees only that customer's."""
    house = land.house
    short, name = house.customer
    user = users.create(
        email=address(house, short),
        name=name,
        roles=(Role.CUSTOMER,),
        password=house.password,
        at=at,
        by=by,
        language=party.language,
    )
    logins.allow(user_id=user.pk, party_id=party.pk)
    return user
