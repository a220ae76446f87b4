"""Many rows at once: `executemany` on SQLite, `COPY` on PostgreSQL.

The ORM's bulk_create costs a multiple of the insert itself. Hot tables are written here with
plain tuples; values are what the database stores (cents, not Money; aware datetimes; JSON text).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models.functions import Cast

CHUNK = 2_000
Row = Sequence[Any]


def table(model: type[models.Model]) -> str:
    """Return the quoted name of the model's table."""
    return connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 (Django's public Meta)


def instant(moment: datetime) -> str | datetime:
    """Return `moment` as the running engine stores it; naive instants are a ValueError."""
    return instants()(moment)


def instants() -> Callable[[datetime], str | datetime]:
    """Return `instant` for many: which engine runs is asked once."""
    return _as_text if connection.vendor == "sqlite" else _as_given


def _as_text(moment: datetime) -> str:
    if moment.tzinfo is not UTC:
        moment = _as_given(moment).astimezone(UTC)
    return str(moment)[:-6]


def _as_given(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return moment


def read(
    found: models.QuerySet[Any],
    fields: Sequence[str],
    *,
    as_stored: Collection[str] = (),
    many: bool = False,
) -> Iterator[list[Any]]:
    """Yield the columns `fields` of each row; the ORM's converters cost more than the reading.

    For columns of plain values and instants, which are aware; those named in `as_stored` are as
    the engine keeps them, to be compared with and never read. `many` keeps the result with the
    server instead of fetching all of it at once.
    """
    instants_: dict[str, str] = {}
    if connection.vendor == "sqlite":
        meta = found.model._meta  # noqa: SLF001 (Django's public Meta)
        timed = [f for f in fields if isinstance(meta.get_field(f), models.DateTimeField)]
        instants_ = {name: f"{name}_text" for name in timed}
    casts = {text: Cast(name, models.TextField()) for name, text in instants_.items()}
    chosen = found.annotate(**casts).values_list(*(instants_.get(name, name) for name in fields))
    turned = [i for i, name in enumerate(fields) if name in instants_ and name not in as_stored]
    try:
        sql, values = chosen.query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.chunked_cursor() if many else connection.cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(CHUNK):
            for stored in rows:
                row = list(stored)
                for place in turned:
                    if row[place] is not None:
                        row[place] = datetime.fromisoformat(row[place] + "+00:00")
                yield row


def among(column: str, keys: Iterable[int] | Iterable[str]) -> tuple[str, Any]:
    """Return the SQL condition that `column` is one of `keys`, and its single parameter."""
    if connection.vendor == "sqlite":
        listed = json.dumps(list(keys))
        return f"{column} IN (SELECT value FROM json_each(%s))", listed  # noqa: S608 (a column)
    return f"{column} = ANY(%s)", list(keys)


def reserve(model: type[models.Model], count: int) -> range | list[int]:
    """Return `count` ids that nobody else will get, ascending; call it inside a transaction."""
    if count <= 0:
        return range(0)
    name = model._meta.db_table  # noqa: SLF001
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [name])
            row = cursor.fetchone()
            last = int(row[0]) if row else 0
            if row:
                cursor.execute(
                    "UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last + count, name]
                )
            else:
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [name, count]
                )
            return range(last + 1, last + count + 1)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [f'"{name}"', count],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Return how many rows were written; columns are database columns, in the rows' order.

    A row that breaks a constraint raises IntegrityError and, inside a transaction, undoes all.
    """
    if connection.vendor == "postgresql":
        return _copy(table(model), columns, rows)
    sql = f"INSERT INTO {table(model)} ({_names(columns)}) VALUES ({_marks(columns)})"  # noqa: S608
    return _many(sql, rows)


def insert_missing(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Return how many rows were new; a row whose unique key exists already is passed over."""
    sql = (
        f"INSERT INTO {table(model)} ({_names(columns)}) VALUES ({_marks(columns)}) "  # noqa: S608
        "ON CONFLICT DO NOTHING"
    )
    if connection.vendor == "sqlite":
        return _many(sql, rows)
    staging = f"staging_{model._meta.db_table}"  # noqa: SLF001
    with transaction.atomic(), connection.cursor() as cursor:
        names = _names(columns)
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {staging} ON COMMIT DROP AS "  # noqa: S608
            f"SELECT {names} FROM {table(model)} WITH NO DATA"
        )
        _copy(staging, columns, rows)
        cursor.execute(
            f"INSERT INTO {table(model)} ({names}) SELECT {names} FROM {staging} "  # noqa: S608
            "ON CONFLICT DO NOTHING"
        )
        written = cursor.rowcount
        cursor.execute(f"TRUNCATE {staging}")
    return int(written)


def update(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    seen: Sequence[str] = (),
    where: str = "",
) -> int:
    """Return how many rows changed; each row holds the new values, the id, the values `seen`.

    A row changes only where its columns `seen` still hold those values. `where` is a further SQL
    condition on the row as it stands, such as `accounting_id IS NULL`.
    """
    condition = f" AND {where}" if where else ""
    if connection.vendor == "sqlite":
        condition = "".join(f' AND "{column}" = %s' for column in seen) + condition
        sets = ", ".join(f'"{column}" = %s' for column in columns)
        sql = f"UPDATE {table(model)} SET {sets} WHERE id = %s{condition}"  # noqa: S608
        return _many(sql, rows)
    staging = f"changes_{model._meta.db_table}"  # noqa: SLF001
    # Named apart from the table's columns, so that `where` speaks of the row as it stands.
    fresh = {column: f"new_{column}" for column in [*columns, "id"]}
    known = {column: f"seen_{column}" for column in seen}
    with transaction.atomic(), connection.cursor() as cursor:
        renamed = [*fresh.items(), *known.items()]
        picked = ", ".join(f'"{column}" AS "{name}"' for column, name in renamed)
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {staging} ON COMMIT DROP AS "  # noqa: S608
            f"SELECT {picked} FROM {table(model)} WITH NO DATA"
        )
        _copy(staging, [name for _column, name in renamed], rows)
        same = "".join(f' AND t."{column}" = s."{name}"' for column, name in known.items())
        sets = ", ".join(f'"{column}" = s."{fresh[column]}"' for column in columns)
        cursor.execute(
            f"UPDATE {table(model)} t SET {sets} FROM {staging} s "  # noqa: S608
            f"WHERE t.id = s.new_id{same}{condition}"
        )
        changed = cursor.rowcount
        cursor.execute(f"DROP TABLE {staging}")
    return int(changed)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _marks(columns: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(columns))


def _many(sql: str, rows: Iterable[Row]) -> int:
    written = 0
    source = iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(islice(source, CHUNK)):
            cursor.executemany(sql, chunk)
            written += cursor.rowcount
    return written


def _copy(name: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
    written = 0
    with connection.cursor() as cursor:
        raw = cast("Any", cursor).cursor
        sql = f"COPY {name} ({_names(columns)}) FROM STDIN"
        # The driver's copy() is not wrapped by Django: its errors would not be Django's.
        with connection.wrap_database_errors, raw.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)
                written += 1
    return written
