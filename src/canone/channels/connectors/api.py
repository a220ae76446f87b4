"""Sources over JSON: what their pages can do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.tasks import services as jobs
from canone.channels.connectors import queries
from canone.channels.connectors.models import Delivery, PullLog, Source
from canone.channels.connectors.permissions import MANAGE, PULL, VIEW
from canone.channels.connectors.queries import naming, received, refusals, wording
from canone.channels.connectors.rules.kinds import BY_SLUG, MESHCENTRAL, Description
from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import sources, tools
from canone.channels.connectors.services.checking import Connection
from canone.channels.connectors.services.receiving import keys
from canone.channels.connectors.tasks import PULL as PULL_JOB
from canone.ui import api

router = api.Router(tags=["sources"])


class SourceOut(api.Schema):
    """A source; its secrets are never told. `fields` is what its tool asks for besides them."""

    id: int
    kind: str
    tool: str
    title: str
    url: str
    fields: dict[str, str | bool]
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
    """A tool to connect: `GET /tools` says what each asks for in `fields` and `secrets`.

    An empty secret keeps the known one while the address stays; what is left out is the tool's
    default. A source keeps its tool for ever, so a change need not name it.
    """

    tool: str = ""
    title: str
    url: str | None = None
    fields: dict[str, str | bool] = {}
    secrets: dict[str, str] = {}
    fingerprint: str = ""
    authority: str = ""
    kinds: list[str] | None = None
    interval_minutes: int | None = None
    first_day: api.Day | None = None
    retention_days: int | None = None
    live: bool = True

    def connection(self, known: Source | None = None) -> Connection:
        """Return the description that services take."""
        tool = self.tool or (known.description.slug if known else MESHCENTRAL.slug)
        usual = known.url if known else BY_SLUG[tool].url if tool in BY_SLUG else ""
        chosen = None if self.kinds is None else frozenset(self.kinds)
        url = usual if self.url is None else self.url
        return Connection(**self.dict() | {"tool": tool, "kinds": chosen, "url": url})


class ToolFieldOut(api.Schema):
    """One thing that a tool asks for."""

    name: str
    label: str
    secret: bool
    required: bool
    switch: bool
    choices: list[str]


class ToolOut(api.Schema):
    """A tool that can be connected, what it asks for and what it starts with."""

    tool: str
    title: str
    receives: bool
    listens: bool
    url: str
    kinds: list[str]
    retention_days: int
    interval_minutes: int
    fields: list[ToolFieldOut]


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


class KeyOut(api.Schema):
    """A new key of a source that is sent to, told this once, and where to send."""

    key: str
    path: str


class DeliveryOut(api.Schema):
    """One time a program sent sessions."""

    id: int
    name: str
    outcome: str
    reason: str
    said: list[str]
    seen: int
    new: int
    closed: int
    unassigned: int
    at: datetime


class ProbeOut(api.Schema):
    """What a connection gives access to."""

    account: str
    server: str
    devices: int
    groups: int
    said: list[str]


@router.get("/tools", response=api.Paged[ToolOut])
@api.allows(VIEW)
def list_tools(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001 (asked by name)
    """Return the tools that can be connected, and what each asks for."""
    return api.part([_tool(tool) for tool in tools.offered()], page)


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
    connection = body.connection(_found(source_id))
    source = sources.revise(source_id=source_id, connection=connection, at=timezone.now())
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
    if source.description.receives:
        raise api.Problem(409, "only_receives", wording.trouble("only_receives", {}))
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


@router.post("/sources/{source_id}/keys", response={201: KeyOut})
@api.allows(MANAGE)
def make_key(request: api.Request, source_id: api.Id) -> api.Answer[Any]:  # noqa: ARG001 (asked by name)
    """Return a new key of a source that is sent to; the one before works for a week more."""
    source = _receiving(source_id)
    key = keys.renew(source_id=source_id, at=timezone.now())
    path = reverse("hooks:webhook", args=[source_id])
    return api.Answer(
        201, {"key": key, "path": path + (key if source.description.collects else "")}
    )


@router.delete("/sources/{source_id}/keys/previous", response={204: None})
@api.allows(MANAGE)
def end_overlap(request: api.Request, source_id: api.Id) -> api.Answer[Any]:  # noqa: ARG001 (asked by name)
    """Return nothing after making the key before the newest worthless."""
    _receiving(source_id)
    keys.end_overlap(source_id=source_id)
    return api.Answer(204, None)


@router.get("/sources/{source_id}/deliveries", response=api.Paged[DeliveryOut])
@api.allows(VIEW)
def list_deliveries(
    request: api.Request,  # noqa: ARG001 (asked by name)
    source_id: api.Id,
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return what programs sent to a source, newest first."""
    _receiving(source_id)
    part = api.cut(received.deliveries(source_id), page, newest_first=True)
    return part | {"items": [_delivery(row) for row in part["items"]]}


def _receiving(source_id: int) -> Source:
    source = _found(source_id)
    if not source.description.receives:
        raise Http404
    return source


def _found(source_id: int) -> Source:
    source = queries.source(source_id)
    if source is None:
        raise Http404
    return source


def _source(source: Source) -> dict[str, Any]:
    names = ("fingerprint", "kinds", "first_day", "retention_days", "live")
    tool, chosen = source.description, source.settings
    return {
        **{name: getattr(source, name) for name in SourceOut.model_fields if hasattr(source, name)},
        **{name: chosen.get(name) for name in names},
        "tool": tool.slug,
        "fields": {name: chosen.get(name, "") for name in tool.settings},
        "said": wording.trouble(source.trouble, source.trouble_values),
        "sessions": source.sessions_new,
    }


def _tool(tool: Description) -> dict[str, Any]:
    return {
        "tool": tool.slug,
        "title": tool.title,
        "receives": tool.receives,
        "listens": tool.listens,
        "url": tool.url,
        "kinds": list(tool.kinds),
        "retention_days": tool.forgets,
        "interval_minutes": tool.minutes,
        "fields": [
            {
                "name": field.name,
                "label": str(naming.label(tool, field.name)),
                "secret": field.secret,
                "required": field.required,
                "switch": field.switch,
                "choices": list(field.choices),
            }
            for field in tool.fields
        ],
    }


def _pull(log: PullLog) -> dict[str, Any]:
    said = [wording.trouble(log.trouble, log.values), *wording.notices(log.warnings)]
    known = {name: getattr(log, name) for name in PullOut.model_fields if name != "said"}
    return known | {"said": [sentence for sentence in said if sentence]}


def _delivery(row: Delivery) -> dict[str, Any]:
    known = {name: getattr(row, name) for name in DeliveryOut.model_fields if name != "said"}
    return known | {"said": refusals.sentences(row.reason, row.faults)}
