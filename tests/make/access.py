"""Users."""

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
