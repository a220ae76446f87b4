"""Tariffs ("profiles") with their versions, and what a piece of work would cost."""
# ruff: noqa: ARG001 (every operation takes the request, whether it needs it or not)

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from canone.base.firm import queries as firm
from canone.registers.catalog import queries
from canone.registers.catalog.api import shared
from canone.registers.catalog.models import Tariff, TariffVersion
from canone.registers.catalog.permissions import CHANGE_TARIFFS, VIEW_TARIFFS
from canone.registers.catalog.queries import tariffs as tariff_queries
from canone.registers.catalog.queries import words
from canone.registers.catalog.rules import codec, rating
from canone.registers.catalog.services import tariffs
from canone.ui import api

router = api.Router(tags=["catalog"])
Kind = Literal["pay_per_use", "subscription"]


class TariffNew(api.Schema):
    """A new tariff; `terms` are written as for `canone simulate`, prices as text."""

    name: str
    terms: dict[str, Any]


class TariffChange(api.Schema):
    """What changes; `terms` make a new version, refused when `seen` is not the latest number."""

    name: str | None = None
    terms: dict[str, Any] | None = None
    seen: int | None = None
    is_active: bool | None = None


class VersionOut(api.Schema):
    """One version: what it says as data and as a sentence."""

    id: int
    number: int
    valid_from: datetime
    terms: dict[str, Any]
    words: str


class TariffOut(api.Schema):
    """A tariff with the version in force; null before the first."""

    id: int
    name: str
    kind: Kind
    is_active: bool
    version: VersionOut | None


class WorkIn(api.Schema):
    """A piece of work: `seconds`, or `start` and `end`."""

    seconds: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    extra_minutes: int = 0
    manual: bool = False
    included: bool = False


class Question(api.Schema):
    """What would this cost, under a tariff in force or under terms that are not saved?"""

    tariff_id: api.Id | None = None
    terms: dict[str, Any] | None = None
    work: list[WorkIn]


class RatedOut(api.Schema):
    """What one piece of work comes to; price is null when it is ignored, rejected or prepaid."""

    status: Literal["billable", "ignored", "rejected"]
    connection_minutes: int
    total_minutes: int
    billed_minutes: int
    price: str | None
    explanation: list[dict[str, Any]]
    words: list[str]
    error: str | None


@router.get("/tariffs", response=api.Paged[TariffOut], summary="List tariffs")
@api.allows(VIEW_TARIFFS)
def list_tariffs(
    request: api.Request,
    page: api.Page = api.PAGE,
    q: api.Search = "",
    kind: Literal["", "pay_per_use", "subscription"] = "",
    active: bool | None = None,  # noqa: FBT001 (a parameter of the address)
) -> dict[str, Any]:
    """Return the tariffs with the version in force; `q` looks through their names."""
    found = Tariff.objects.filter(name__icontains=q)
    if kind:
        found = found.filter(kind=kind)
    if active is not None:
        found = found.filter(is_active=active)
    cut = api.cut(found, page)
    current = queries.current_versions(timezone.now(), tariffs=[row.pk for row in cut["items"]])
    return cut | {"items": [_shown(row, current.get(row.pk)) for row in cut["items"]]}


@router.get("/tariffs/{tariff_id}", response=TariffOut, summary="Read a tariff")
@api.allows(VIEW_TARIFFS)
def read_tariff(request: api.Request, tariff_id: api.Id) -> dict[str, Any]:
    """Return one tariff with the version in force."""
    return _now(shared.one(Tariff.objects.all(), tariff_id))


@router.get(
    "/tariffs/{tariff_id}/versions",
    response=api.Paged[VersionOut],
    summary="List a tariff's versions",
)
@api.allows(VIEW_TARIFFS)
def list_versions(
    request: api.Request,
    tariff_id: api.Id,
    page: api.Page = api.PAGE,
) -> dict[str, Any]:
    """Return all versions, the latest first."""
    tariff = shared.one(Tariff.objects.all(), tariff_id)
    part = api.part(list(tariff_queries.versions(tariff)), page)
    return part | {"items": [_version(version) for version in part["items"]]}


@router.post("/tariffs", response={201: TariffOut}, summary="Add a tariff")
@api.allows(CHANGE_TARIFFS)
def create_tariff(request: api.Request, body: TariffNew) -> api.Answer[dict[str, Any]]:
    """Return the new tariff with its version 1."""
    tariff = tariffs.create(
        name=body.name, terms=shared.terms(body.terms), at=timezone.now(), by=request.user.pk
    )
    return api.Answer(201, _now(tariff))


@router.patch("/tariffs/{tariff_id}", response=TariffOut, summary="Change a tariff")
@api.allows(CHANGE_TARIFFS)
def change_tariff(request: api.Request, tariff_id: api.Id, body: TariffChange) -> dict[str, Any]:
    """Return the tariff after the change; other terms are its next version."""
    tariff = shared.one(Tariff.objects.all(), tariff_id)
    if body.terms is not None:
        try:
            tariffs.revise(
                tariff=tariff,
                terms=shared.terms({"kind": tariff.kind} | body.terms),
                at=timezone.now(),
                by=request.user.pk,
                seen=body.seen,
            )
        except tariffs.StaleTariffError as error:
            detail = _("Version %(number)s was saved meanwhile. Read the tariff again.")
            raise api.Problem(409, "stale", detail % {"number": error.version.number}) from error
    if body.name is not None:
        tariffs.rename(tariff=tariff, name=body.name)
    if body.is_active is not None:
        tariffs.activate(tariff=tariff, active=body.is_active)
    return _now(tariff)


@router.post(
    "/tariffs/{tariff_id}/duplicate", response={201: TariffOut}, summary="Duplicate a tariff"
)
@api.allows(CHANGE_TARIFFS)
def duplicate_tariff(request: api.Request, tariff_id: api.Id) -> api.Answer[dict[str, Any]]:
    """Return a new tariff with the same terms under the next free name."""
    tariff = shared.one(Tariff.objects.all(), tariff_id)
    name = tariff_queries.free_name(tariff.name)
    copy = tariffs.duplicate(tariff=tariff, name=name, at=timezone.now(), by=request.user.pk)
    return api.Answer(201, _now(copy))


@router.post("/rate", response=list[RatedOut], summary="Ask what work would cost")
@api.allows(VIEW_TARIFFS)
def rate(request: api.Request, body: Question) -> list[dict[str, Any]]:
    """Return what each piece of work comes to; nothing is written."""
    if (body.tariff_id is None) == (body.terms is None):
        raise api.invalid("terms", "one_of", _("Send either tariff_id or terms."))
    if len(body.work) > 1_000:
        raise api.invalid("work", "too_long", _("At most 1000 pieces of work at once."))
    if body.terms is not None:
        terms = shared.terms(body.terms)
    else:
        tariff = shared.linked(Tariff.objects.all(), "tariff_id", body.tariff_id or 0)
        current = queries.current_versions(timezone.now(), tariffs=[tariff.pk])
        if tariff.pk not in current:
            raise api.invalid("tariff_id", "not_yet", _("This tariff is not in force yet."))
        terms = current[tariff.pk].terms()
    rater = rating.Rater(terms, firm.zone())
    return [_rated(rater.rate(_work(n, item))) for n, item in enumerate(body.work)]


def _work(number: int, item: WorkIn) -> rating.Work:
    flags = (item.manual, item.included)
    if item.seconds is not None and item.start is None and item.end is None:
        return rating.Work(item.seconds, item.extra_minutes, None, *flags)
    if item.seconds is None and item.start is not None and item.end is not None:
        if item.start.utcoffset() is None or item.end.utcoffset() is None:
            raise api.invalid(f"work.{number}.start", "zone", _("An instant needs its offset."))
        seconds = (item.end - item.start).total_seconds()
        return rating.Work(int(-(-seconds // 1)), item.extra_minutes, item.start, *flags)
    raise api.invalid(f"work.{number}", "one_of", _("Send seconds, or start and end."))


def _rated(rated: rating.Rated) -> dict[str, Any]:
    data = rating.explain(rated.steps)
    return {
        "status": rated.status,
        "connection_minutes": rated.connection_minutes,
        "total_minutes": rated.total_minutes,
        "billed_minutes": rated.billed_minutes,
        "price": None if rated.price is None else str(rated.price),
        "explanation": data,
        "words": [words.step(step) for step in data],
        "error": words.problem(rated.error) if rated.error else None,
    }


def _now(tariff: Tariff) -> dict[str, Any]:
    current = queries.current_versions(timezone.now(), tariffs=[tariff.pk])
    return _shown(tariff, current.get(tariff.pk))


def _shown(tariff: Tariff, version: TariffVersion | None) -> dict[str, Any]:
    return {
        "id": tariff.pk,
        "name": tariff.name,
        "kind": tariff.kind,
        "is_active": tariff.is_active,
        "version": _version(version) if version else None,
    }


def _version(version: TariffVersion) -> dict[str, Any]:
    terms = version.terms()
    return {
        "id": version.pk,
        "number": version.number,
        "valid_from": version.valid_from,
        "terms": codec.write(terms),
        "words": words.sentence(terms),
    }
