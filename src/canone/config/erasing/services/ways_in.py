"""Takes everything by which a user came in: these tables belong to the packages for sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import transaction

from canone.base.access.models import User
from canone.config.guesses import services as guesses


def count(user: User) -> int:
    """Return how many rows there are."""
    return sum(rows.count() for rows in _rows(user))


@transaction.atomic
def erase(user: User) -> int:
    """Return how many rows are gone; sessions end, wherever they are open."""
    gone = count(user)
    for session in UserSession.objects.filter(user=user):
        session.end()
    for rows in _rows(user):
        rows.delete()
    return gone


def _rows(user: User) -> list[Any]:
    owned = (UserSession, Authenticator, SocialAccount, EmailAddress)
    tried = (AccessAttempt, AccessFailureLog, AccessLog)
    return [
        *(model.objects.filter(user=user) for model in owned),
        *(model.objects.filter(username__iexact=user.email) for model in tried),
        AccessAttempt.objects.filter(username=guesses.name(user)),
    ]
