"""Who of a customer may look into the portal is written here."""

from __future__ import annotations

from django.db import transaction

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.registers.parties.models import Party, PortalLogin
from canone.registers.parties.services import records, wording


@transaction.atomic
def allow(*, user_id: int, party_id: int) -> PortalLogin:
    """Return the tie between a user of the customer role and a party; a second is the first."""
    user = User.objects.get(pk=user_id)
    if Role.CUSTOMER not in user.roles:
        raise records.refuse(wording.NOT_A_CUSTOMER, "user")
    login, _made = PortalLogin.objects.get_or_create(
        user=user, party=Party.objects.get(pk=party_id)
    )
    return login


@transaction.atomic
def withdraw(*, user_id: int, party_id: int) -> int:
    """Return how many ties were removed: the user sees the party's data no more."""
    removed, _by_model = PortalLogin.objects.filter(user_id=user_id, party_id=party_id).delete()
    return removed
