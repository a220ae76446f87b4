"""Wrong codes of the second factor: counted per person, so nobody goes on guessing.

Only who knows the right password comes this far, so a count per person lets no stranger close the
door. It stands in the database beside the wrong passwords: all web processes see the same one, and
a restart forgets none.
"""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from canone.base.access.models import User


def name(user: User) -> str:
    """Return what the count is kept under; typed addresses are kept in small letters only."""
    return f"SECOND FACTOR {user.pk}"


def pause() -> timedelta:
    """Return how long the door stays closed."""
    return timedelta(hours=settings.AXES_COOLOFF_TIME)


@transaction.atomic
def may_try(user: User) -> bool:
    """Whether one more code may be looked at; the try counts at once, so many together count too.

    A try that is refused does not make the pause longer.
    """
    now = timezone.now()
    row, _made = AccessAttempt.objects.select_for_update().get_or_create(
        username=name(user),
        # the key of this table wants both: it is one row per person, wherever they are
        ip_address="127.0.0.1",
        user_agent="",
        defaults={"failures_since_start": 0},
    )
    if row.attempt_time <= now - pause():
        row.failures_since_start = 0
    if row.failures_since_start >= settings.AXES_FAILURE_LIMIT:
        return False
    row.failures_since_start += 1
    row.attempt_time = now
    row.save()
    return True


def forget(user: User) -> None:
    """Return nothing; the right code was given, and the count starts again."""
    AccessAttempt.objects.filter(username=name(user)).delete()
