from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from tests.make import access as make

from canone.base.access import queries, services
from canone.base.access.functions import Role
from canone.base.access.models import Invitation, User
from canone.base.history.models import JournalEntry

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PASSWORD = "tre cavalli blu"


@pytest.fixture
def user() -> User:
    return make.user(Role.TECHNICIAN)


def accept(secret: str, at: datetime = AT, password: str = PASSWORD) -> User:
    return services.accept_invitation(secret=secret, password=password, at=at)


def test_an_invitation_works_once(user: User) -> None:
    made, secret = services.invite(user=user, at=AT, by=None)
    assert made.expires_at == AT + timedelta(days=7)
    assert secret not in str(Invitation.objects.values())
    assert accept(secret).check_password(PASSWORD)
    with pytest.raises(services.ClosedError):
        accept(secret)
    kinds = [entry.kind for entry in JournalEntry.objects.order_by("pk")]
    assert kinds == ["access.invited", "access.invitation_used"]


def test_it_runs_out(user: User) -> None:
    made, secret = services.invite(user=user, at=AT, by=None)
    with pytest.raises(services.ClosedError):
        accept(secret, at=made.expires_at)
    assert accept(secret, at=made.expires_at - timedelta(seconds=1)) == user


def test_a_new_one_ends_the_earlier(user: User) -> None:
    _made, first = services.invite(user=user, at=AT, by=None)
    _made, second = services.invite(user=user, at=AT, by=None)
    with pytest.raises(services.ClosedError):
        accept(first)
    assert accept(second) == user


def test_it_can_be_withdrawn(user: User) -> None:
    _made, secret = services.invite(user=user, at=AT, by=None)
    assert services.withdraw_invitation(user=user, at=AT, by=None)
    assert not services.withdraw_invitation(user=user, at=AT, by=None)
    with pytest.raises(services.ClosedError):
        accept(secret)


def test_who_is_switched_off_is_not_let_in(user: User) -> None:
    _made, secret = services.invite(user=user, at=AT, by=None)
    services.deactivate(user=user, at=AT, by=None)
    with pytest.raises(services.ClosedError):
        accept(secret)
    with pytest.raises(ValidationError):
        services.invite(user=user, at=AT, by=None)


def test_a_weak_password_leaves_it_open(user: User) -> None:
    _made, secret = services.invite(user=user, at=AT, by=None)
    with pytest.raises(ValidationError):
        accept(secret, password="1234567890")
    assert accept(secret) == user


def test_roles_ask_for_a_second_factor(user: User) -> None:
    assert not queries.needs_second_factor(user)
    services.ask_second_factor(roles=[Role.OWNER, Role.TECHNICIAN], at=AT, by=None)
    assert queries.needs_second_factor(user)
    services.ask_second_factor(roles=["owner"], at=AT, by=None)  # type: ignore[list-item]  # a form's
    assert queries.roles_with_second_factor() == {Role.OWNER}
    assert not queries.needs_second_factor(user)
    services.ask_second_factor(roles=[Role.OWNER], at=AT, by=None)
    assert JournalEntry.objects.filter(kind="access.second_factor").count() == 2
