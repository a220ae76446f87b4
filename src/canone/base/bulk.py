"""Many rows at once: `executemany` on SQLite, `COPY` on PostgreSQL.

The ORM's bulk_create costs a multiple of the insert itself. Hot tables are written here with
plain tuples; values are what the database stores (cents, not Money; aware datetimes; JSON text).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast

from django.db import connection, models, transaction

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
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], *, where: str = ""
) -> int:
    """Return how many rows changed; each row holds the new values, then the id.

    `where` is a further SQL condition on the row as it stands, such as `accounting_id IS NULL`.
    """
    condition = f" AND {where}" if where else ""
    if connection.vendor == "sqlite":
        sets = ", ".join(f'"{column}" = %s' for column in columns)
        sql = f"UPDATE {table(model)} SET {sets} WHERE id = %s{condition}"  # noqa: S608
        return _many(sql, rows)
    staging = f"changes_{model._meta.db_table}"  # noqa: SLF001
    # Named apart from the table's columns, so that `where` speaks of the row as it stands.
    fresh = {column: f"new_{column}" for column in [*columns, "id"]}
    with transaction.atomic(), connection.cursor() as cursor:
        picked = ", ".join(f'"{column}" AS "{name}"' for column, name in fresh.items())
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {staging} ON COMMIT DROP AS "  # noqa: S608
            f"SELECT {picked} FROM {table(model)} WITH NO DATA"
        )
        _copy(staging, list(fresh.values()), rows)
        sets = ", ".join(f'"{column}" = s."{fresh[column]}"' for column in columns)
        cursor.execute(
            f"UPDATE {table(model)} t SET {sets} FROM {staging} s "  # noqa: S608
            f"WHERE t.id = s.new_id{condition}"
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
