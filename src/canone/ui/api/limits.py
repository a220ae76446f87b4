"""How often a caller may ask: a budget per token or user, and one per address for the rest.

A process takes a share of the minute's budget from the database at once and spends it in memory,
so that few requests write, and all processes together never give more than the budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.access.models import User
from canone.ui import services
from canone.ui.api import errors

WINDOW = 60
SHARES = 20
"""Into how many parts a budget is cut: so many processes can each hold one."""


@dataclass(slots=True)
class Spent:
    """What one process knows of a caller in one minute."""

    window: int
    left: int = 0
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """What the answer tells: how many a minute, how many are left, when the next minute begins."""

    limit: int
    left: int
    reset: int


_known: dict[str, Spent] = {}
_lock = Lock()


def spend(request: HttpRequest, user: User | None) -> Budget | None:
    """Return what is left after this request; a Problem when nothing was, None without a limit."""
    token = getattr(request, "token", None)
    if user is None:
        key, limit = f"address:{request.META.get('REMOTE_ADDR', '')}", settings.API_ADDRESS_RATE
    else:
        key, limit = (f"token:{token.pk}" if token else f"user:{user.pk}"), settings.API_RATE
    return take(key, limit, at=timezone.now()) if limit else None


def take(key: str, limit: int, *, at: datetime) -> Budget:
    """Return the budget after one more request of `key`; raises a Problem."""
    seconds = int(at.timestamp())
    window, reset = seconds // WINDOW, WINDOW - seconds % WINDOW
    with _lock:
        spent = _spent(key, window)
        if not spent.left:
            share = max(1, limit // SHARES)
            taken = services.take_requests(key=key[:80], window=window, share=share, limit=limit)
            if taken is None:
                raise _too_many(Budget(limit, 0, reset))
            spent.left, spent.taken = min(share, limit - taken), taken + share
        spent.left -= 1
        return Budget(limit, max(0, limit - spent.taken) + spent.left, reset)


def tell(answer: HttpResponseBase, budget: Budget | None) -> HttpResponseBase:
    """Return the answer with what is left in its head."""
    if budget is not None:
        answer["RateLimit-Limit"] = str(budget.limit)
        answer["RateLimit-Remaining"] = str(budget.left)
        answer["RateLimit-Reset"] = str(budget.reset)
    return answer


def forget() -> None:
    """Return nothing; this process holds no share any more."""
    with _lock:
        _known.clear()


def _spent(key: str, window: int) -> Spent:
    if key not in _known or _known[key].window != window:
        for old in [name for name, spent in _known.items() if spent.window != window]:
            del _known[old]
        _known[key] = Spent(window)
    return _known[key]


class TooManyProblem(errors.Problem):
    """A caller asks too often; `budget` says when it may ask again."""

    budget: Budget


def _too_many(budget: Budget) -> TooManyProblem:
    text = _("More than %(limit)s requests in a minute. Wait %(seconds)s seconds.")
    said = text % {"limit": budget.limit, "seconds": budget.reset}
    problem = TooManyProblem(429, "too_many", said)
    problem.budget = budget
    return problem


def refused(problem: TooManyProblem) -> HttpResponseBase:
    """Return the answer to who asks too often."""
    answer = tell(errors.answer(problem), problem.budget)
    answer["Retry-After"] = str(problem.budget.reset)
    return answer
