"""PostgreSQL's tables as text, one per table, and back; also from SQLite's."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from psycopg import sql

from canone.base.backups.rules.about import UnreadableError
from canone.base.backups.services.tables import RECORD

PIECE = 1024 * 1024
ROWS = 5_000

COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    ORDER BY c.relname, a.attnum
"""
SEQUENCES = """
    SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
      AND a.attnum > 0 AND NOT a.attisdropped
      AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns and their types, in order."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What has to be equal on both sides: rows, and one sum per column of numbers."""

    rows: int
    sums: tuple[tuple[str, int], ...]


def tables() -> list[Table]:
    """Return every table but Django's record of migrations, by name."""
    found: dict[str, list[tuple[str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column, kind in cursor.fetchall():
            if table != RECORD:
                found.setdefault(table, []).append((column, kind))
    return [
        Table(name, tuple(c for c, _t in columns), tuple(t for _c, t in columns))
        for name, columns in found.items()
    ]


@contextmanager
def snapshot() -> Iterator[None]:
    """Give a stretch in which every table is read as it is at one instant."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def write_out(table: Table, target: IO[bytes]) -> None:
    """Write the rows of a table in PostgreSQL's own text format."""
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(*_names(table))
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        for piece in copy:
            target.write(piece)


@contextmanager
def filling() -> Iterator[None]:
    """Give a stretch in which tables are emptied and filled whole, or stay as they were.

    The triggers that guard closed rows stand aside meanwhile; keys are checked at the end.
    """
    with transaction.atomic(durable=True):
        all_tables = tables()
        with connection.cursor() as cursor:
            for table in all_tables:
                cursor.execute(_alter(table, "DISABLE TRIGGER USER"))
            names = sql.SQL(", ").join(sql.Identifier(table.name) for table in all_tables)
            cursor.execute(sql.SQL("TRUNCATE {}").format(names))
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in all_tables:
                cursor.execute(_alter(table, "ENABLE TRIGGER USER"))
        _advance_sequences()


def read_in(table: Table, source: IO[bytes]) -> None:
    """Fill a table from what `write_out` wrote."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(*_names(table))
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        while piece := source.read(PIECE):
            copy.write(piece)


def read_rows(table: Table, source: Path, step: Callable[[int], None]) -> None:
    """Fill a table from the one of the same name in a SQLite file."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(*_names(table))
    casts = [_cast(kind) for kind in table.types]
    with _opened(source) as database:
        rows = database.execute(f"SELECT {_quoted(table.columns)} FROM {_quoted([table.name])}")  # noqa: S608 (names from the catalogue, quoted)
        with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
            while batch := rows.fetchmany(ROWS):
                for row in batch:
                    copy.write_row([_text(cast, v) for cast, v in zip(casts, row, strict=True)])
                step(len(batch))


def missing(source: Path) -> list[str]:
    """Return tables and columns that only one of SQLite file and PostgreSQL has."""
    ours = {f"{table.name}.{column}" for table in tables() for column in table.columns}
    with _opened(source) as database:
        names = database.execute(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
            " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND m.name <> ?",
            [RECORD],
        )
        theirs = {f"{table}.{column}" for table, column in names}
    return sorted(ours ^ theirs)


def counted(table: Table, source: Path) -> int:
    """Return how many rows the table has in the SQLite file."""
    with _opened(source) as database:
        (rows,) = database.execute(f"SELECT COUNT(*) FROM {_quoted([table.name])}").fetchone()  # noqa: S608 (a name from the catalogue, quoted)
    return int(rows)


def proof_here(table: Table) -> Proof:
    """Return the proof of a table as PostgreSQL holds it."""
    with connection.cursor() as cursor:
        cursor.execute(_sums(table, lambda column: f"CAST({column} AS bigint)", "char_length"))
        return _proof(table, cursor.fetchone())


def proof_there(table: Table, source: Path) -> Proof:
    """Return the proof of a table as the SQLite file holds it."""
    with _opened(source) as database:
        row = database.execute(_sums(table, lambda column: column, "length")).fetchone()
        return _proof(table, row)


def _sums(table: Table, number: Callable[[str], str], length: str) -> str:
    """Return a query for rows and sums: of numbers their value, of texts their length.

    A sum is taken in two parts, millions and rest, which no engine's integers overflow.
    """
    parts = ["COUNT(*)"]
    for column, kind in _summed(table):
        exact = number(_quoted([column])) if kind != "text" else f"{length}({_quoted([column])})"
        parts += [f"SUM({exact} / 1000000)", f"SUM({exact} % 1000000)"]
    return f"SELECT {', '.join(parts)} FROM {_quoted([table.name])}"  # noqa: S608 (names from the catalogue, quoted)


def _summed(table: Table) -> list[tuple[str, str]]:
    kinds = {"bigint": "number", "integer": "number", "smallint": "number"}
    kinds |= {"text": "text", "character varying": "text"}
    pairs = zip(table.columns, table.types, strict=True)
    return [(column, kinds[kind]) for column, kind in pairs if kind in kinds]


def _proof(table: Table, row: Sequence[Any]) -> Proof:
    rows, *sums = (int(value or 0) for value in row)
    names = [column for column, _kind in _summed(table)]
    whole = [high * 1_000_000 + low for high, low in zip(sums[::2], sums[1::2], strict=True)]
    return Proof(rows, tuple(zip(names, whole, strict=True)))


def _advance_sequences() -> None:
    with connection.cursor() as cursor:
        cursor.execute(SEQUENCES)
        for table, column, sequence in cursor.fetchall():
            highest = sql.SQL("SELECT setval({}, COALESCE(MAX({c}), 1), MAX({c}) IS NOT NULL)")
            names = {"c": sql.Identifier(column)}
            statement = highest.format(sql.Literal(sequence), **names)
            cursor.execute(statement + sql.SQL(" FROM {}").format(sql.Identifier(table)))


def _alter(table: Table, what: str) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(table.name), sql.SQL(what))


def _names(table: Table) -> tuple[sql.Identifier, sql.Composed]:
    columns = sql.SQL(", ").join(sql.Identifier(column) for column in table.columns)
    return sql.Identifier(table.name), columns


def _cast(kind: str) -> Callable[[Any], str]:
    if kind == "interval":
        return lambda value: f"{value} microseconds"
    if kind == "bytea":
        return lambda value: "\\x" + bytes(value).hex()
    return str


def _text(cast: Callable[[Any], str], value: Any) -> str | None:
    if value is None:
        return None
    text = cast(value)
    if "\0" in text:
        raise UnreadableError("nul", text=text[:40].replace("\0", "␀"))
    return text


def _quoted(names: Iterable[str]) -> str:
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        yield database
