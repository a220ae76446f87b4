"""Makes a user unknown: the row stays, for what was done under it, and tells of nobody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from canone.base import vault
from canone.base.access.models import IdempotencyKey, User
from canone.base.access.services import answers, users
from canone.base.history import services as history
from canone.kernel.mentions import Words


@transaction.atomic
def erase(*, user: User, name: str, at: datetime, by: int | None) -> None:
    """Return nothing; nobody can enter as this user, who is called `name` from now on.

    The last owner is a LastOwnerError.
    """
    users.deactivate(user=user, at=at, by=by)
    user.grants.all().delete()
    user.switches.all().delete()
    user.tokens.all().delete()
    user.groups.clear()
    user.user_permissions.clear()
    IdempotencyKey.objects.filter(user=user).delete()
    if invitation := getattr(user, "invitation", None):
        invitation.delete()
    unknown = {"email": f"erased-{user.pk}@canone.invalid", "name": name, "aliases": []}
    for field, value in unknown.items():
        setattr(user, field, value)
    user.last_login = None
    user.set_unusable_password()
    user.save()
    history.scrub(User, [user.pk], unknown)


@transaction.atomic
def forget_answers_about(words: Words) -> int:
    """Return how many answers that the API keeps for a day spoke of somebody and are gone.

    The key stays taken, so that no write is done twice: asked again, it is answered with an
    empty object.
    """
    about = [row.pk for row in IdempotencyKey.objects.iterator() if _speaks(row, words)]
    empty = vault.seal("{}", purpose=answers.PURPOSE)
    return IdempotencyKey.objects.filter(pk__in=about).update(answer=empty)


def _speaks(row: IdempotencyKey, words: Words) -> bool:
    return bool(row.answer) and words.are_in(answers.kept_answer(row))
