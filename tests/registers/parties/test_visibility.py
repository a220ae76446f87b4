from __future__ import annotations

import pytest
from tests.make import parties as make

from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.registers.parties.models import Contact, Group, Party

pytestmark = pytest.mark.django_db


def _user(mail: str, *roles: Role) -> User:
    user = User.objects.create_user(f"{mail}@example.com", name=mail)
    for role in roles:
        user.grants.create(role=role)
    return user


@pytest.mark.parametrize("role", [Role.OWNER, Role.BACK_OFFICE, Role.DISPATCHER])
def test_the_office_sees_everybody(role: Role) -> None:
    make.party()
    make.party(is_customer=False, is_supplier=True)
    assert Party.objects.visible_to(_user("office", role)).count() == 2


def test_a_technician_sees_customers_and_not_suppliers() -> None:
    ours = make.party()
    other = make.party(is_customer=False, is_supplier=True)
    make.contact(ours)
    make.contact(other)
    technician = _user("technician", Role.TECHNICIAN)
    assert list(Party.objects.visible_to(technician)) == [ours]
    assert [c.party for c in Contact.objects.visible_to(technician)] == [ours]


def test_a_customer_sees_only_the_parties_of_their_logins() -> None:
    mine, other = make.party(), make.party()
    group = make.group(mine)
    make.group(other)
    owner, stranger = _user("mine", Role.CUSTOMER), _user("stranger", Role.CUSTOMER)
    colleague = _user("colleague", Role.CUSTOMER)
    make.login(owner, mine)
    make.login(colleague, mine)
    for user in (owner, colleague):
        assert list(Party.objects.visible_to(user)) == [mine]
        assert list(Group.objects.visible_to(user)) == [group]
    assert not Party.objects.visible_to(stranger).exists()
    assert not Group.objects.visible_to(stranger).exists()


def test_nobody_sees_anything_without_a_role_or_when_closed() -> None:
    make.party()
    closed = _user("closed", Role.OWNER)
    closed.is_active = False
    assert not Party.objects.visible_to(_user("nobody")).exists()
    assert not Party.objects.visible_to(closed).exists()
