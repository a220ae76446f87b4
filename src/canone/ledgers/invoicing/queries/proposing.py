"""What is charged already and what waits, in the words of proposals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import connection

from canone.base import bulk
from canone.ledgers.invoicing.models import Charge, Document, DocumentLine
from canone.ledgers.invoicing.rules.differences import Posted
from canone.ledgers.invoicing.rules.documents import Kind, Mode
from canone.ledgers.invoicing.rules.ports import Proposal

CONTENT = (
    "id", "revision", "origin", "bundle", "customer_id", "kind", "description", "quantity_micros",
    "unit", "unit_price", "amount", "vat_id", "service_start", "service_end", "invoice_on",
    "discount_bp", "site_id", "article_id", "sequence", "explanation",
)  # fmt: skip
LIGHT = (
    "origin", "bundle", "customer_id", "revision", "amount", "vat_id", "service_start",
    "service_end", "invoice_on", "is_reversal",
)  # fmt: skip
CHUNK = 1_000
OF_BUNDLES = "invoicing_charge_bundle"
"""The index of charges by their bundle."""


def posted(bundles: Mapping[str, date | None]) -> dict[str, Posted]:
    """Return what stands of every origin of the bundles, from each one's day on."""
    found: dict[str, Posted] = {}
    if not bundles:
        return found
    days = [since for since in bundles.values() if since is not None]
    since = min(days) if len(days) == len(bundles) else None
    rows = _rows(LIGHT, "bundle", bundles, since, "origin, revision, is_reversal")
    for origin, bundle, customer, revision, amount, vat, start, end, on, is_turned in rows:
        begins = _day(start)
        limit = bundles[bundle]
        if limit is not None and begins < limit:
            continue
        known = found.get(origin)
        if known is None:
            known = Posted(customer, revision, begins, _day(on) if on else begins)
            found[origin] = known
        # what goes against the rest and begins later has taken the days from there on off
        is_shorter = begins > known.service_start and amount * known.sums.get(vat, 0) < 0
        known.service_end = begins if is_shorter else _day(end)
        known.revision = revision
        known.customer_id = customer
        known.sums[vat] = known.sums.get(vat, 0) + amount
        if not is_turned and amount * known.sums[vat] > 0:
            known.vat_id = vat
    _settle(found)
    return found


def _settle(found: Mapping[str, Posted]) -> None:
    """Note what credit notes gave back for good."""
    customers = sorted({known.customer_id for known in found.values()})
    notes = DocumentLine.objects.filter(
        charge=None,
        original__charge__isnull=False,
        document__kind=Kind.CREDIT_NOTE,
        document__mode=Mode.SETTLE,
    ).exclude(document__state=Document.State.REFUSED)
    names = ("original__charge__origin", "original__charge__vat", "amount")
    for start in range(0, len(customers), CHUNK):
        part = notes.filter(document__customer__in=customers[start : start + CHUNK])
        for origin, vat, amount in part.order_by().values_list(*names):
            if origin in found:
                settled = found[origin].settled
                settled[vat] = settled.get(vat, 0) - amount.minor


def contents(origins: Iterable[str]) -> dict[str, Proposal]:
    """Return the content of the first charge of each origin."""
    found: dict[str, Proposal] = {}
    wanted = list(origins)
    if not wanted:
        return found
    for row in _rows(CONTENT, "origin", wanted, None, "origin, revision, is_reversal"):
        found.setdefault(row[2], _content(row))
    return found


def waiting(customers: Iterable[int], *, through: date) -> Iterator[tuple[int, int, Proposal]]:
    """Yield id, revision and content of what these customers have to pay, foreseen by the day."""
    condition, keys = bulk.among("c.customer_id", customers)
    columns = ", ".join(f'c."{name}"' for name in CONTENT)
    table = bulk.table(Charge)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {table} c WHERE {condition} "  # noqa: S608
            "AND c.document = '' AND NOT c.is_reversal "
            "AND COALESCE(c.invoice_on, c.service_start) <= %s AND NOT EXISTS (SELECT 1 "
            f"FROM {table} r WHERE r.origin = c.origin AND r.revision = c.revision "
            "AND r.is_reversal) ORDER BY c.customer_id, c.id",
            [keys, through.isoformat() if connection.vendor == "sqlite" else through],
        )
        for row in cursor.fetchall():
            yield row[0], row[1], _content(row)


def customers_waiting(*, after: int, limit: int, zone_id: int | None = None) -> list[int]:
    """Return the next customers above the id `after` who have something to pay, ascending."""
    rows = Charge.objects.filter(document="", is_reversal=False, customer_id__gt=after)
    if zone_id is not None:
        rows = rows.filter(customer__zone_id=zone_id)
    ids = rows.order_by("customer_id").values_list("customer_id", flat=True).distinct()
    return list(ids[:limit])


def _rows(
    names: tuple[str, ...], column: str, keys: Iterable[str], since: date | None, order: str
) -> Iterator[tuple[Any, ...]]:
    condition, listed = bulk.among(column, keys)
    values: list[Any] = [listed]
    # left to itself SQLite reads every charge there is in the order asked for, batch after batch
    by = f" INDEXED BY {OF_BUNDLES}" if column == "bundle" and connection.vendor == "sqlite" else ""
    sql = f"SELECT {', '.join(names)} FROM {bulk.table(Charge)}{by} WHERE {condition}"  # noqa: S608
    if since is not None:
        sql += " AND service_start >= %s"
        values.append(since.isoformat() if connection.vendor == "sqlite" else since)
    if column == "bundle":
        sql += " AND NOT (bundle = '')"  # as the index says it, or SQLite does not see that it fits
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {order}", values)
        yield from cursor.fetchall()


def _content(row: tuple[Any, ...]) -> Proposal:
    start, end, on = row[12:15]
    days = (_day(start), _day(end), _day(on or start))
    return Proposal._make((*row[2:12], *days, *row[15:20]))


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
