"""API tokens: made, shown once, revoked, recognised."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import ApiToken, User
from canone.base.access.services import notes

PREFIX = "canone"
USED_AGAIN_AFTER = timedelta(minutes=1)


@transaction.atomic
def create_token(
    *,
    user: User,
    name: str,
    scopes: Iterable[str],
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Return the token's row and its text, which is nowhere kept and never shown again.

    A scope that the user does not hold is a ValidationError under `scopes`.
    """
    wanted = sorted(set(scopes))
    foreign = [code for code in wanted if code != "*" and not user.may(code)]
    if foreign or not wanted:
        refused = ValidationError(_("Choose among what you may do yourself."), code="not_held")
        raise ValidationError({"scopes": refused})
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        name=name.strip(),
        prefix=prefix,
        digest=_digest(secret),
        scopes=wanted,
        created_at=at,
        expires_at=expires_at,
    )
    token.full_clean()
    token.save()
    notes.write("access.token_made", user, {"prefix": prefix, "scopes": wanted}, at, user.pk)
    return token, f"{PREFIX}_{prefix}_{secret}"


@transaction.atomic
def revoke_token(*, token: ApiToken, at: datetime, by: int | None) -> None:
    """Return nothing; the token opens nothing any more."""
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        notes.write("access.token_revoked", token.user, {"prefix": token.prefix}, at, by)


def authenticate_token(text: str, *, at: datetime) -> ApiToken | None:
    """Return the token of which this is the text, with its user; None when it opens nothing.

    Its last use is written down once a minute at most.
    """
    family, _separator, rest = text.partition("_")
    prefix, _separator, secret = rest.partition("_")
    if family != PREFIX or not secret:
        return None
    token = ApiToken.objects.select_related("user").filter(prefix=prefix).first()
    if token is None or not constant_time_compare(token.digest, _digest(secret)):
        return None
    expired = token.expires_at is not None and token.expires_at <= at
    if token.revoked_at or expired or not token.user.is_active:
        return None
    if token.last_used_at is None or at - token.last_used_at >= USED_AGAIN_AFTER:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token


def _digest(secret: str) -> str:
    # the secret is random and long: a slow hash would only slow down every request
    return sha256(secret.encode()).hexdigest()
