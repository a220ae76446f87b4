"""Grants what lines include period by period, and makes up for what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import covering
from canone.desks.contracts.rules import grants
from canone.desks.contracts.rules.grants import Grant, Standing
from canone.kernel.money import Money
from canone.ledgers.allowances.models import Entry
from canone.ledgers.allowances.services import entries, pools

LIMIT = 200


@dataclass(frozen=True, slots=True)
class Granted:
    """How many grants were made and taken back, and of which line the last one is; 0 at the end."""

    made: int = 0
    back: int = 0
    after: int = 0

    def __add__(self, other: Granted) -> Granted:
        return Granted(self.made + other.made, self.back + other.back, other.after)


class _Record(NamedTuple):
    standing: dict[date, Standing]
    revisions: dict[date, int]


def granting() -> Sequence[int]:
    """Return the ids of the lines that grant something, or did, ascending."""
    now = set(Line.objects.exclude(grants="").values_list("pk", flat=True))
    rows = Entry.objects.filter(kind=Entry.Kind.GRANT, origin__startswith="line:")
    before = {int(origin.split(":")[1]) for origin in rows.values_list("origin", flat=True)}
    known = set(Line.objects.filter(pk__in=before - now).values_list("pk", flat=True))
    return sorted(now | known)


@transaction.atomic
def grant_next(
    *, after: int, day: date, at: datetime, by: int | None, limit: int = LIMIT
) -> Granted:
    """Return what was granted by the next `limit` lines above the id `after`, up to a day.

    Run it until `after` of its answer is 0. A run that was cut short is simply started again.
    """
    ids = [key for key in granting() if key > after][:limit]
    total = Granted()
    for line in Line.objects.filter(pk__in=ids).select_related("contract").order_by("pk"):
        total += follow(line, day=day, at=at, by=by)
    return Granted(total.made, total.back, ids[-1] if len(ids) == limit else 0)


@transaction.atomic
def follow(line: Line, *, day: date, at: datetime, by: int | None) -> Granted:
    """Return the difference that was posted between what a line grants up to a day and the record.

    A grant of which a part was carried over already stands.
    """
    wanted = _owed(line, day)
    record = _record(line)
    found = grants.compare(wanted, record.standing, record.revisions)
    kept = set()
    back = 0
    for entry_id in found.back:
        try:
            with transaction.atomic():
                reason = _("The line of the contract changed.")
                entries.reverse(entry_ids=[entry_id], reason=reason, day=day, at=at, by=by)
            back += 1
        except entries.NotReversibleError:
            kept.add(entry_id)
    held = {start for start, one in record.standing.items() if one.entry_id in kept}
    new = [(grant, revision) for grant, revision in found.new if grant.start not in held]
    if new:
        owner = _pool(line, at=at, by=by)
        for grant, revision in new:
            entries.grant(
                owner=owner,
                quantity=grant.quantity,
                amount=Money.zero(),
                day=grant.start,
                origin=_origin(line, grant.start),
                revision=revision,
                expires_on=grant.expires_on,
                note=line.contract.number,
                at=at,
                by=by,
            )
    return Granted(len(new), back)


def has_granted(line: Line) -> bool:
    """Return whether anything was ever granted by a line."""
    return Entry.objects.filter(origin__startswith=f"line:{line.pk}:").exists()


def _owed(line: Line, day: date) -> list[Grant]:
    if not line.grants:
        return []
    terms, contract = line.terms(), line.contract
    if terms.end is not None and terms.end <= terms.start:
        return []
    pause = contract.suspended_from
    return grants.owed(terms, line.granted, day, stays=line.is_kept, pause=pause)


def _record(line: Line) -> _Record:
    rows = Entry.objects.filter(
        kind=Entry.Kind.GRANT, origin__startswith=f"line:{line.pk}:"
    ).order_by("revision")
    standing: dict[date, Standing] = {}
    revisions: dict[date, int] = {}
    for row in rows.select_related("reversal"):
        start = date.fromisoformat(row.origin.rpartition(":")[2])
        revisions[start] = row.revision
        if not hasattr(row, "reversal"):
            standing[start] = Standing(row.pk, row.revision, row.quantity, row.expires_on)
    return _Record(standing, revisions)


def open_hours(contract: Contract, *, at: datetime, by: int | None) -> None:
    """Open the pool of the hours that a contract grants, for work that is drawn from it.

    It may be empty for now: what happens then is said by the tariff.
    """
    _open(contract, covering.hours_of(contract.pk), Line.Grants.MINUTE, at=at, by=by)


def _pool(line: Line, *, at: datetime, by: int | None) -> str:
    _open(line.contract, line.pool, line.grants, at=at, by=by)
    return line.pool


def _open(contract: Contract, owner: str, unit: str, *, at: datetime, by: int | None) -> None:
    title = contract.title or contract.number
    pools.open_pool(
        owner=owner,
        customer_id=contract.customer_id,
        title=title[:200],
        unit=unit,
        at=at,
        by=by,
    )


def _origin(line: Line, start: date) -> str:
    return f"line:{line.pk}:{start.isoformat()}"
