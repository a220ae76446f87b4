"""Sources over JSON: what their pages can do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.tasks import services as jobs
from canone.channels.connectors import queries
from canone.channels.connectors.models import PullLog, Source
from canone.channels.connectors.permissions import MANAGE, PULL, VIEW
from canone.channels.connectors.queries import wording
from canone.channels.connectors.rules.meshcentral import events
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import sources
from canone.channels.connectors.services.checking import Connection
from canone.channels.connectors.tasks import PULL as PULL_JOB
from canone.ui import api

router = api.Router(tags=["sources"])


class SourceOut(api.Schema):
    """A source; its password is never told."""

    id: int
    kind: str
    title: str
    url: str
    user: str
    fingerprint: str
    kinds: list[str]
    interval_minutes: int
    first_day: date | None
    retention_days: int
    live: bool
    state: str
    trouble: str
    said: str
    sessions: int
    last_pull_at: datetime | None
    last_ok_at: datetime | None
    last_session_at: datetime | None
    next_pull_at: datetime | None


class SourceIn(api.Schema):
    """A MeshCentral server; an empty password keeps the known one while the address stays."""

    title: str
    url: str
    user: str
    password: str = ""
    fingerprint: str = ""
    authority: str = ""
    kinds: list[str] = sorted(events.DEFAULT_KINDS)
    interval_minutes: int = 15
    first_day: date | None = None
    retention_days: int = 20
    live: bool = True

    def connection(self) -> Connection:
        """Return the description that services take."""
        return Connection(**self.dict() | {"kinds": frozenset(self.kinds)})


class PullOut(api.Schema):
    """One time a source was asked."""

    id: int
    trigger: str
    outcome: str
    trouble: str
    said: list[str]
    seen: int
    new: int
    closed: int
    unassigned: int
    orphaned: int
    started_at: datetime
    finished_at: datetime | None


class PullStarted(api.Schema):
    """The background work that was started, or that was at it already."""

    job: int
    state: str


class ProbeOut(api.Schema):
    """What a connection gives access to."""

    account: str
    server: str
    devices: int
    groups: int
    said: list[str]


@router.get("/sources", response=api.Paged[SourceOut])
@api.allows(VIEW)
def list_sources(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001 (asked by name)
    """Return the sources."""
    part = api.cut(queries.sources(), page)
    return part | {"items": [_source(row) for row in part["items"]]}


@router.post("/sources", response={201: SourceOut})
@api.allows(MANAGE)
def create_source(request: api.Request, body: SourceIn) -> api.Answer[Any]:  # noqa: ARG001 (asked by name)
    """Return the new source, fetched within a minute."""
    source = sources.connect(connection=body.connection(), at=timezone.now())
    return api.Answer(201, _source(source))


@router.post("/sources/try", response=ProbeOut)
@api.allows(MANAGE)
def try_source(request: api.Request, body: SourceIn) -> dict[str, Any]:  # noqa: ARG001 (asked by name)
    """Return what the connection gives access to, without saving it."""
    try:
        probe = sources.probe(connection=body.connection())
    except Trouble as trouble:
        said = wording.trouble(trouble.code, trouble.values)
        raise api.Problem(422, trouble.code, said) from trouble
    return {
        "account": probe.account,
        "server": probe.server,
        "devices": probe.devices,
        "groups": probe.groups,
        "said": [wording.notice(notice.code, notice.values) for notice in probe.warnings],
    }


@router.get("/sources/{source_id}", response=SourceOut)
@api.allows(VIEW)
def get_source(request: api.Request, source_id: api.Id) -> dict[str, Any]:  # noqa: ARG001 (asked by name)
    """Return one source."""
    return _source(_found(source_id))


@router.put("/sources/{source_id}", response=SourceOut)
@api.allows(MANAGE)
def change_source(request: api.Request, source_id: api.Id, body: SourceIn) -> dict[str, Any]:  # noqa: ARG001 (asked by name)
    """Return the source with what was changed; a trouble is forgotten and tried anew."""
    _found(source_id)
    source = sources.revise(source_id=source_id, connection=body.connection(), at=timezone.now())
    return _source(source)


@router.delete("/sources/{source_id}", response={204: None})
@api.allows(MANAGE)
def remove_source(request: api.Request, source_id: api.Id) -> api.Answer[Any]:  # noqa: ARG001 (asked by name)
    """Return nothing after removing a source that never brought a session."""
    _found(source_id)
    try:
        sources.remove(source_id=source_id)
    except sources.InUseError as error:
        text = _("Sessions came from here, so it stays. It can be paused.")
        raise api.Problem(409, "in_use", text) from error
    return api.Answer(204, None)


@router.post("/sources/{source_id}/pull", response={202: PullStarted})
@api.allows(PULL)
def pull_source(request: api.Request, source_id: api.Id) -> api.Answer[Any]:
    """Return the background work that asks the source now."""
    source = _found(source_id)
    job = jobs.start(
        PULL_JOB,
        params={"source": source_id},
        by=request.user.pk,
        at=timezone.now(),
        key=f"{PULL_JOB}:{source_id}",
        label=source.title,
    )
    return api.Answer(202, {"job": job.pk, "state": job.state})


@router.post("/sources/{source_id}/pause", response=SourceOut)
@api.allows(PULL)
def pause_source(request: api.Request, source_id: api.Id) -> dict[str, Any]:  # noqa: ARG001 (asked by name)
    """Return the source, asked no more until it is resumed."""
    _found(source_id)
    return _source(sources.pause(source_id=source_id))


@router.post("/sources/{source_id}/resume", response=SourceOut)
@api.allows(PULL)
def resume_source(request: api.Request, source_id: api.Id) -> dict[str, Any]:  # noqa: ARG001 (asked by name)
    """Return the source, asked again from now on."""
    _found(source_id)
    return _source(sources.resume(source_id=source_id, at=timezone.now()))


@router.get("/sources/{source_id}/pulls", response=api.Paged[PullOut])
@api.allows(VIEW)
def list_pulls(
    request: api.Request,  # noqa: ARG001 (asked by name)
    source_id: api.Id,
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return every time the source was asked, newest first."""
    _found(source_id)
    part = api.cut(queries.pulls(source_id), page, newest_first=True)
    return part | {"items": [_pull(row) for row in part["items"]]}


def _found(source_id: int) -> Source:
    source = queries.source(source_id)
    if source is None:
        raise Http404
    return source


def _source(source: Source) -> dict[str, Any]:
    names = ("user", "fingerprint", "kinds", "first_day", "retention_days", "live")
    return {
        **{name: getattr(source, name) for name in SourceOut.model_fields if hasattr(source, name)},
        **{name: source.settings.get(name) for name in names},
        "said": wording.trouble(source.trouble, source.trouble_values),
        "sessions": source.sessions_new,
    }


def _pull(log: PullLog) -> dict[str, Any]:
    said = [wording.trouble(log.trouble, log.values), *wording.notices(log.warnings)]
    known = {name: getattr(log, name) for name in PullOut.model_fields if name != "said"}
    return known | {"said": [sentence for sentence in said if sentence]}
