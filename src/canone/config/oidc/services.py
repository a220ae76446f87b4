"""The only writer of connections between users and their subjects at the provider."""

from __future__ import annotations

from datetime import datetime

from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.db import transaction
from django.http import HttpRequest

from canone.base.access import services as access
from canone.base.access.models import User
from canone.config import notices


@transaction.atomic
def connect(request: HttpRequest, login: SocialLogin, *, user: User) -> None:
    """Return nothing; from now on the subject is the user, who is told by mail."""
    login.user = login.account.user = user
    login.account.save()
    notices.send(request, user, "account_connected", to=user.email)


@transaction.atomic
def disconnect(request: HttpRequest, *, user: User, at: datetime, by: int | None) -> bool:
    """Return whether there was a connection; the user is told that it was taken away."""
    deleted, _models = SocialAccount.objects.filter(user=user).delete()
    if deleted:
        access.note_disconnected(user=user, at=at, by=by)
        notices.send(request, user, "account_disconnected", to=user.email)
    return bool(deleted)
