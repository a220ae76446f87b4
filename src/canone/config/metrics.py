"""Figures for Prometheus at `/metrics`, for who holds `CANONE_METRICS_TOKEN`; off without one.

Every web process counts its requests into files of a folder that the launcher names, so that
whichever is asked tells of all. What the database knows is asked when somebody wants to know it.
Labels come from the program alone: names of routes, methods, states; never from what was sent.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.db import DatabaseError, connection
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import canone
from canone.base.backups import queries as backups
from canone.base.backups.queries import Light
from canone.base.events.models import Delivery
from canone.base.mail.models import OutgoingMail
from canone.base.tasks import queries as tasks
from canone.base.tasks.models import Job
from canone.channels.webhooks.models import Delivery as HookDelivery

MISSING = "CANONE_METRICS_TOKEN is set and prometheus-client is missing: start with ./canone"
SHARED = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
Answer = Callable[[HttpRequest], HttpResponse]

JOBS: Mapping[str, str] = {
    Job.State.WAITING: "waiting",
    Job.State.RUNNING: "running",
    Job.State.FAILED: "failed",
}
OUTBOX: Mapping[str, tuple[Callable[[], QuerySet[Any]], Mapping[str, str]]] = {
    "events": (
        Delivery.objects.all,
        {Delivery.State.WAITING: "waiting", Delivery.State.DEAD: "failed"},
    ),
    "mails": (
        OutgoingMail.objects.all,
        {
            OutgoingMail.State.QUEUED: "waiting",
            OutgoingMail.State.SENDING: "waiting",
            OutgoingMail.State.FAILED: "failed",
        },
    ),
    "webhooks": (
        HookDelivery.objects.all,
        {HookDelivery.State.WAITING: "waiting", HookDelivery.State.DEAD: "failed"},
    ),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What every request adds to."""

    registry: Any
    count: Any
    seconds: Any


@cache
def figures() -> Figures:
    """Return the figures of this process, made once."""
    client = _client()
    registry = client.CollectorRegistry()
    count = client.Counter(
        "canone_requests",
        "Requests answered, by route, method and status",
        ["route", "method", "status"],
        registry=registry,
    )
    seconds = client.Histogram(
        "canone_request_seconds",
        "Seconds until an answer began, by route",
        ["route"],
        buckets=BUCKETS,
        registry=registry,
    )
    return Figures(registry, count, seconds)


@cache
def _client() -> Any:
    try:
        return import_module("prometheus_client")
    except ImportError as error:
        raise ImproperlyConfigured(MISSING) from error


class MeasuringMiddleware:
    """Counts every request and the seconds that it took; stands aside without a token."""

    def __init__(self, answer: Answer) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.answer = answer
        self.figures = figures()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.answer(request)
        seconds = time.perf_counter() - begun
        route = _route(request)
        method = request.method if request.method in METHODS else OTHER
        self.figures.count.labels(route, method, str(response.status_code)).inc()
        self.figures.seconds.labels(route).observe(seconds)
        return response


def _route(request: HttpRequest) -> str:
    """Return what the program calls the address; what it does not know goes under one name."""
    if match := request.resolver_match:
        return match.view_name or match.route
    return "static" if request.path_info.startswith(settings.STATIC_URL) else OTHER


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Return the figures to who sends the token; for others there is nothing here."""
    token = settings.METRICS_TOKEN
    kind, _space, sent = request.headers.get("Authorization", "").partition(" ")
    if not token or kind.lower() != "bearer" or not constant_time_compare(sent.strip(), token):
        raise Http404
    exposition = import_module("prometheus_client.exposition")
    encode, content_type = exposition.choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(_everything(timezone.now())), content_type=content_type)


def _everything(now: datetime) -> Any:
    """Return what all processes counted, beside what the database knows."""
    everything = _client().CollectorRegistry()
    if os.environ.get(SHARED):
        import_module("prometheus_client.multiprocess").MultiProcessCollector(everything)
    else:
        everything.register(figures().registry)
    everything.register(Known(now))
    return everything


class Known:
    """What the database knows at one instant."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.gauge = import_module("prometheus_client.core").GaugeMetricFamily

    def collect(self) -> Iterator[Any]:
        """Yield the figures; of a database that does not answer, only that."""
        try:
            found = [*self._work(), *self._keeping()]
        except DatabaseError:
            found = []
        yield self.gauge("canone_database_up", "Whether the database answers", int(bool(found)))
        yield from found

    def _work(self) -> Iterator[Any]:
        version = self.gauge("canone_info", "The version that runs", labels=["version"])
        version.add_metric([canone.__version__], 1)
        yield version
        jobs = self.gauge("canone_jobs", "Background jobs by state", labels=["state"])
        for state, count in _counts(Job.objects.all(), JOBS).items():
            jobs.add_metric([state], count)
        yield jobs
        outbox = self.gauge(
            "canone_outbox", "What is to be told: waiting, or given up", labels=["kind", "state"]
        )
        for kind, (rows, states) in OUTBOX.items():
            for state, count in _counts(rows(), states).items():
                outbox.add_metric([kind, state], count)
        yield outbox
        alive = int(tasks.worker_alive(self.now))
        yield self.gauge("canone_worker_alive", "Whether a worker gave a sign of life", alive)

    def _keeping(self) -> Iterator[Any]:
        green = int(backups.light(self.now) is Light.GREEN)
        yield self.gauge("canone_backup_green", "Whether the backups' light is green", green)
        if good := backups.latest_good():
            age = (self.now - good.made_at).total_seconds()
            yield self.gauge("canone_backup_age_seconds", "Seconds since the last backup", age)
        yield self.gauge("canone_database_bytes", "Size of the database", _size())


def _counts(rows: QuerySet[Any], states: Mapping[str, str]) -> dict[str, int]:
    """Return how many rows are in each of the states, by what they are called here."""
    counts = dict.fromkeys(states.values(), 0)
    found = rows.filter(state__in=list(states)).values_list("state")
    for state, count in found.annotate(count=Count("pk")):
        counts[states[state]] += count
    return counts


def _size() -> int:
    """Return the bytes of the database; of SQLite's, with what is not yet written into it."""
    if connection.vendor == "sqlite":
        base = str(connection.settings_dict["NAME"])
        files = [Path(base), Path(f"{base}-wal")]
        return sum(file.stat().st_size for file in files if file.is_file())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return int(size)
