"""Tells whether all is up: the database answers, its tables are current, the worker is alive."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from canone.base import engine
from canone.base.tasks import queries as tasks


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """Return 200 `ok` when all is up; 503 with a line per fault otherwise."""
    return _answered(find_faults())


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Return 200 `ok` when this process can show pages: database and tables, not the worker."""
    return _answered(_first_faults([_database, _migrations]))


def _answered(faults: list[str]) -> HttpResponse:
    text = "\n".join(faults) or "ok"
    answer = HttpResponse(f"{text}\n", status=503 if faults else 200, content_type="text/plain")
    # Whoever asks gets the answer; asked every second, it would fill the log.
    answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 (Django's mark)
    return answer


def find_faults() -> list[str]:
    """Return what is not as it should be, in words; later checks need the earlier ones."""
    checks: list[Callable[[], list[str]]] = [_database, _migrations]
    if settings.EXPECT_WORKER:
        checks.append(_worker)
    return _first_faults(checks)


def _first_faults(checks: list[Callable[[], list[str]]]) -> list[str]:
    for check in checks:
        try:
            faults = check()
        except DatabaseError as error:
            faults = [f"the database does not answer: {type(error).__name__}"]
        if faults:
            return faults
    return []


def _database() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return []


def _migrations() -> list[str]:
    if missing := engine.unapplied():
        return [f"{missing} migrations are not applied: run ./canone serve again"]
    if engine.is_ahead():
        return ["the tables are of a newer version: start that one"]
    return []


def _worker() -> list[str]:
    return [] if tasks.worker_alive(timezone.now()) else ["the worker is silent"]
