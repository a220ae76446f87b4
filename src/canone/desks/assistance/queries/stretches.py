"""Which open sessions contracts price, found by the database: by group and instant of the start.

The days of contracts go with the statement, as one parameter: there are few of them, and no second
copy of them that could be out of date.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from canone.base import bulk
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries.profiles import Stretch

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
SQLITE = """SELECT json_extract(value, '$[0]') AS n, json_extract(value, '$[1]') AS g,
    json_extract(value, '$[2]') AS a, json_extract(value, '$[3]') AS b FROM json_each(%s)"""
POSTGRES = """SELECT n, g, a, b FROM unnest(
    %s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS t(n, g, a, b)"""
WITHIN = "{s}.group_id = c.g AND {s}.started_at >= c.a AND {s}.started_at < c.b"
STILL_OPEN = "{s}.accounting_id IS NULL"


def rows(found: Sequence[Stretch]) -> tuple[str, list[Any]]:
    """Return the SQL of a table (n, g, a, b) of the stretches, numbered from 0, and its values."""
    instant = bulk.instants()
    told = [
        (n, one.profile.group_id, instant(one.start), instant(one.end or NEVER))
        for n, one in enumerate(found)
    ]
    if connection.vendor == "sqlite":
        return SQLITE, [json.dumps(told)]
    return POSTGRES, [list(column) for column in zip(*told, strict=True)]


def covers(found: Iterable[Stretch]) -> Q:
    """Return the condition that an open session begins within one of the stretches."""
    chosen = list(found)
    if not chosen:
        return Q(pk__in=[])
    table, values = rows(chosen)
    where = f"{WITHIN} AND {STILL_OPEN}".format(s="s")
    # the stretches first, so that each is one look into the index of open sessions
    sql = f"SELECT s.id FROM ({table}) c CROSS JOIN {bulk.table(RemoteSession)} s WHERE {where}"  # noqa: S608
    return Q(pk__in=RawSQL(sql, values))  # noqa: S611 (names of tables, and parameters)
