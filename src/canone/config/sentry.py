"""Faults told to the Sentry that `CANONE_SENTRY_DSN` names: what broke and where, never whose.

Only what was logged as an error together with its exception is told, and what ended a process. What
leaves is put together from a short list; the number of the request finds the rest in our own log.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from django.core.exceptions import ImproperlyConfigured

import canone
from canone.config import logs

MISSING = "CANONE_SENTRY_DSN is set and sentry-sdk is missing: start with ./canone"
WRONG = "CANONE_SENTRY_DSN is no address of a Sentry project"
WHOLE = ("event_id", "timestamp", "level", "platform", "logger", "environment", "release")
FRAME = ("module", "function", "filename", "lineno", "in_app")
OURS = ("canone", "django")
"""Loggers whose messages hold nothing before they are filled in."""
Event = dict[str, Any]


def start(dsn: str) -> None:
    """Return nothing; from here on faults of this process are told."""
    try:
        sdk = import_module("sentry_sdk")
    except ImportError as error:
        raise ImproperlyConfigured(MISSING) from error
    try:
        sdk.init(
            dsn=dsn,
            release=canone.__version__,
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=_listeners(),
            before_send=scrubbed,
            in_app_include=["canone"],
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            enable_metrics=False,
            auto_session_tracking=False,
            send_client_reports=False,
            propagate_traces=False,
            spotlight=False,
            server_name="",
        )
    except import_module("sentry_sdk.utils").BadDsn as error:
        raise ImproperlyConfigured(WRONG) from error


def _listeners() -> list[Any]:
    """Return what listens: to the log, to the end of a process, and what sends before that."""
    parts = import_module("sentry_sdk.integrations.logging")
    ends = import_module("sentry_sdk.integrations.excepthook")
    last = import_module("sentry_sdk.integrations.atexit")
    return [
        parts.LoggingIntegration(level=None, event_level=logging.ERROR, sentry_logs_level=None),
        ends.ExcepthookIntegration(),
        last.AtexitIntegration(callback=lambda _pending, _seconds: None),
    ]


def scrubbed(event: Event, hint: Event) -> Event | None:
    """Return what may leave; None for what is no exception."""
    faults = (event.get("exception") or {}).get("values")
    if not faults:
        return None
    request, user = logs.whose()
    told: Event = {name: event[name] for name in WHOLE if name in event}
    told["exception"] = {"values": [_fault(one) for one in faults]}
    told["tags"] = {"request": request} if request else {}
    if user:
        told["user"] = {"id": user}
    record = hint.get("log_record")
    if record is not None and record.name.partition(".")[0] in OURS:
        told["logentry"] = {"message": logs.without_secrets(str(record.msg))}
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    if match is not None:
        told["transaction"] = match.view_name or match.route
    return told


def _fault(one: Event) -> Event:
    """Return an exception without its text, which may quote what somebody typed."""
    frames = (one.get("stacktrace") or {}).get("frames") or []
    places = [{name: frame[name] for name in FRAME if name in frame} for frame in frames]
    return {
        "type": one.get("type"),
        "module": one.get("module"),
        "stacktrace": {"frames": places},
    }
