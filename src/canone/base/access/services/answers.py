"""The stored answers of the API: a write that is asked for twice is done once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base import vault
from canone.base.access.models import IdempotencyKey, User

KEPT = timedelta(hours=24)
PURPOSE = "access.answer"


class KeyReusedError(ValueError):
    """The key was used for another request."""

    def __init__(self) -> None:
        super().__init__(_("This idempotency key was used for another request."))


def claim_answer(*, user: User, key: str, request_hash: str, at: datetime) -> IdempotencyKey:
    """Return the key's row, which holds the answer when the request was answered before.

    Call it in the transaction of the write: another request with the same key waits for its end.
    A key that belongs to another request is a KeyReusedError.
    """
    IdempotencyKey.objects.filter(user=user, key=key, expires_at__lte=at).delete()
    row, made = IdempotencyKey.objects.get_or_create(
        user=user, key=key, defaults={"request_hash": request_hash, "expires_at": at + KEPT}
    )
    if not made and row.request_hash != request_hash:
        raise KeyReusedError
    return row


def keep_answer(*, row: IdempotencyKey, status: int, answer: str) -> None:
    """Return nothing; the same request will get this answer again."""
    row.status, row.answer = status, vault.seal(answer, purpose=PURPOSE)
    row.save(update_fields=["status", "answer"])


def kept_answer(row: IdempotencyKey) -> str:
    """Return the answer of before; it is sealed, because it may tell a key that is shown once."""
    try:
        return vault.unseal(row.answer, purpose=PURPOSE)
    except vault.SealError:
        return row.answer  # kept before answers were sealed


@transaction.atomic
def forget_answers(*, at: datetime) -> int:
    """Return how many stored answers of the API were too old to be asked for again."""
    forgotten, _models = IdempotencyKey.objects.filter(expires_at__lt=at).delete()
    return forgotten
