"""Users, and tokens of theirs."""

from django.utils import timezone

from canone.base.access import functions, services
from canone.base.access.functions import Role
from canone.base.access.models import User


def user(
    *roles: Role, email: str = "", name: str = "Anna Riva", password: str | None = None
) -> User:
    """Return a user with the roles."""
    number = User.objects.count() + 1
    made = User.objects.create_user(email or f"user{number}@example.com", password, name=name)
    for role in roles:
        made.grants.create(role=role)
    return made


def token(of: User) -> str:
    """Return the text of a token that names every function its user holds."""
    named = [one.code for one in functions.all_functions() if of.may(one.code)]
    return services.create_token(user=of, name="Test", scopes=["*", *named], at=timezone.now())[1]
