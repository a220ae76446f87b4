from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from tests.make import access
from tests.people import people

from canone.base.access import functions, queries, services
from canone.base.access.functions import Role
from canone.base.access.models import User
from canone.base.history import queries as history

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)


def create(**changes: object) -> User:
    given = {"email": "Anna@Example.com ", "name": "Anna Riva", "roles": [Role.TECHNICIAN]}
    return services.create(**{**given, **changes}, at=AT, by=None)  # type: ignore[arg-type]


def test_a_user_has_a_lower_case_address_roles_and_a_profile() -> None:
    user = create(language="fr", password="quattro cavalli blu")
    saved = User.objects.get(pk=user.pk)
    assert (saved.email, saved.language, saved.roles) == (
        "anna@example.com",
        "fr",
        {Role.TECHNICIAN},
    )
    assert saved.check_password("quattro cavalli blu")
    (fact,) = history.facts_of(f"user:{user.pk}")
    assert (fact.kind, fact.payload) == ("access.roles", '{"roles":["technician"]}')


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "ANNA@example.com"}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "b@example.com", "name": " "}, "name"),
        ({"email": "b@example.com", "password": "12345"}, "password"),
        ({"email": "b@example.com", "language": "tlh" * 3}, "language"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_is_written(
    changes: dict[str, object], field: str
) -> None:
    create()
    with pytest.raises(ValidationError) as caught:
        create(**changes)
    assert list(caught.value.message_dict) == [field]
    assert User.objects.count() == 1


def test_a_user_without_password_cannot_sign_in_with_one() -> None:
    assert not create().has_usable_password()


def test_roles_are_replaced_and_seen_at_once() -> None:
    user = create()
    assert not user.may(functions.SETTINGS)
    services.set_roles(user=user, roles={Role.OWNER, Role.TECHNICIAN}, at=AT, by=None)
    assert user.may(functions.SETTINGS)
    second = create(email="b@example.com", roles=[Role.OWNER])
    services.set_roles(user=second, roles=[], at=AT, by=user.pk)
    assert User.objects.get(pk=second.pk).roles == frozenset()


def test_a_switch_beats_the_roles_until_it_is_taken_back() -> None:
    who = people()
    services.switch(
        user=who.technician, switches={functions.SETTINGS: True}, at=AT, by=who.owner.pk
    )
    assert who.technician.may(functions.SETTINGS)
    services.switch(
        user=who.technician, switches={functions.SETTINGS: None}, at=AT, by=who.owner.pk
    )
    assert not who.technician.may(functions.SETTINGS)
    services.switch(user=who.owner, switches={functions.SIGNED_IN: False}, at=AT, by=who.owner.pk)
    assert not who.owner.may(functions.SIGNED_IN)
    with pytest.raises(KeyError):
        services.switch(user=who.owner, switches={"nothing.known": True}, at=AT, by=None)


def test_the_last_active_owner_stays() -> None:
    who = people()
    for attempt in (
        lambda: services.deactivate(user=who.owner, at=AT, by=None),
        lambda: services.set_roles(user=who.owner, roles=[Role.TECHNICIAN], at=AT, by=None),
    ):
        with pytest.raises(services.LastOwnerError):
            attempt()
    services.set_roles(user=who.colleague, roles=[Role.OWNER], at=AT, by=None)
    services.deactivate(user=who.owner, at=AT, by=who.colleague.pk)
    assert list(queries.holders(Role.OWNER)) == [who.colleague]
    assert not who.owner.may(functions.SIGNED_IN)
    services.activate(user=who.owner, at=AT, by=who.colleague.pk)
    assert who.owner.may(functions.SETTINGS)


def test_a_profile_changes_only_by_its_fields() -> None:
    user = create()
    services.update(user=user, email="NEW@example.com", theme="dark")
    user.refresh_from_db()
    assert (user.email, user.theme) == ("new@example.com", "dark")
    with pytest.raises(TypeError, match="is_superuser"):
        services.update(user=user, is_superuser=True)


def token_of(user: User, **given: object) -> tuple[object, str]:
    return services.create_token(
        **{"user": user, "name": "Import", "scopes": [functions.SIGNED_IN], "at": AT, **given}  # type: ignore[arg-type]
    )


def test_a_token_opens_until_it_is_revoked() -> None:
    user = access.user(Role.TECHNICIAN)
    token, text = services.create_token(
        user=user, name="Import", scopes=[functions.SIGNED_IN], at=AT
    )
    assert text.split("_", 2)[2] not in str(token.__dict__)
    found = services.authenticate_token(text, at=AT)
    assert found == token
    assert found.covers(functions.SIGNED_IN)
    assert not found.covers(functions.SETTINGS)
    token.refresh_from_db()
    assert token.last_used_at == AT
    services.authenticate_token(text, at=AT + timedelta(seconds=59))
    token.refresh_from_db()
    assert token.last_used_at == AT
    services.revoke_token(token=token, at=AT, by=user.pk)
    assert services.authenticate_token(text, at=AT) is None


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "x",
        "canone_",
        "canone__",
        "canone_{prefix}_",
        "other_{prefix}_{secret}",
        "canone_{prefix}_{secret}x",
        "canone_ffffffff_{secret}",
    ],
)
def test_what_is_not_a_token_opens_nothing(damage: str) -> None:
    _token, text = token_of(access.user(Role.TECHNICIAN))
    _family, prefix, secret = text.split("_", 2)
    wrong = damage.format(prefix=prefix, secret=secret)
    assert services.authenticate_token(wrong, at=AT) is None


def test_a_token_ends_with_its_day_and_with_its_user() -> None:
    who = people()
    _token, text = token_of(who.technician, expires_at=AT + timedelta(days=1))
    assert services.authenticate_token(text, at=AT + timedelta(hours=23))
    assert services.authenticate_token(text, at=AT + timedelta(days=1)) is None
    services.deactivate(user=who.technician, at=AT, by=who.owner.pk)
    services.activate(user=who.technician, at=AT, by=who.owner.pk)
    assert services.authenticate_token(text, at=AT) is None


@pytest.mark.parametrize("scopes", [[], [functions.SETTINGS]])
def test_nobody_hands_a_program_more_than_they_hold(scopes: list[str]) -> None:
    with pytest.raises(ValidationError) as caught:
        token_of(access.user(Role.TECHNICIAN), scopes=scopes)
    assert caught.value.error_dict["scopes"][0].code == "not_held"
