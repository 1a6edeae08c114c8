"""Tables in a schema of PostgreSQL: made, found, emptied out of the way, and read as texts."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError, OutputError, all_at_once
from yrdgis.io._pg import copy_rows, name_faults
from yrdgis.io._pg_columns import Column, sql_type

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection, Table

    from yrdgis.io._pg_shapes import Shapes

__all__ = [
    "GEOM",
    "ROW",
    "NewTable",
    "as_texts",
    "create",
    "drop",
    "make_schema",
    "make_table",
    "read",
    "relations",
]

logger = logging.getLogger(__name__)

GEOM, ROW = "geom", "row_no"
"""Columns that are ours in every table: the shape, and the place of a row in the order of the rows."""

_SHOWN = 8


@dataclass(frozen=True)
class NewTable:
    """A table to be made: `key` is the column of its primary key, else the order of the rows is."""

    name: str
    comment: str
    key: str | None
    columns: Sequence[Column]
    shapes: Shapes | None
    rows: int


def make_schema(connection: Connection, schema: str) -> None:
    """Make a schema where there is none, and let nobody else write tables of ours into it until the end."""
    import sqlalchemy as sa
    from sqlalchemy.schema import CreateSchema

    there = sa.text("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = :schema")
    lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:schema, 0))")
    connection.execute(lock, {"schema": f"yrdgis {schema}"})
    if connection.execute(there, {"schema": schema}).scalar() is None:
        connection.execute(CreateSchema(schema))


def make_table(connection: Connection, table: Table) -> Table:
    """Make a table of ours where there is none, and return it."""
    table.create(connection, checkfirst=True)
    return table


def relations(connection: Connection, schema: str) -> dict[str, dict[str, str]]:
    """Everything in a schema that has a name as tables have, with its columns and their types in order."""
    import sqlalchemy as sa

    found = connection.execute(
        sa.text(
            "SELECT c.relname, a.attname, t.typname FROM pg_catalog.pg_class c"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
            " WHERE n.nspname = :schema AND c.relkind NOT IN ('i', 'I', 't') ORDER BY c.relname, a.attnum"
        ),
        {"schema": schema},
    )
    made: dict[str, dict[str, str]] = {}
    for name, column, kind in found:
        columns = made.setdefault(name, {})
        if column is not None:
            columns[column] = kind
    return made


def drop(connection: Connection, schema: str, names: Iterable[str]) -> None:
    """Drop tables; what is built on one of them keeps it from being dropped."""
    import sqlalchemy as sa

    for name in names:
        sa.Table(name, sa.MetaData(), schema=schema).drop(connection, checkfirst=False)


def create(connection: Connection, schema: str, new: NewTable) -> None:
    """Make a table with its comments, primary key, rows and spatial index."""
    import sqlalchemy as sa

    columns = [
        sa.Column(
            column.name,
            sql_type(column.kind),
            primary_key=column.name == new.key,
            nullable=column.blank and column.name != new.key,
            comment=column.comment or None,
        )
        for column in new.columns
    ]
    if new.shapes is not None:
        columns.append(sa.Column(GEOM, new.shapes.sql_type()))
    order = sa.Identity(start=new.rows + 1)
    columns.append(
        sa.Column(ROW, sa.BigInteger, order, primary_key=new.key is None, nullable=False, comment="行序")
    )
    table = sa.Table(new.name, sa.MetaData(), *columns, schema=schema, comment=new.comment or None)
    table.create(connection, checkfirst=False)
    values = [column.values for column in new.columns]
    if new.shapes is not None:
        values.append(new.shapes.values)
    numbered = zip(*values, range(1, new.rows + 1), strict=True)
    copy_rows(connection, schema, new.name, [column.name for column in columns], numbered)
    if new.shapes is not None:
        preparer = connection.dialect.identifier_preparer
        connection.execute(sa.DDL(f"CREATE INDEX ON {preparer.format_table(table)} USING gist ({GEOM})"))
    logger.info("Wrote %d rows to %s.%s", new.rows, schema, new.name)


def read(
    connection: Connection, schema: str, name: str, columns: Iterable[str]
) -> tuple[dict[str, list[Any]], list[str | None] | None]:
    """Columns of a table in the order of its rows, and its shapes as EWKB where it has them.

    Raises
    ------
    InputError
        If a column, which may have been added by anybody, has an unsafe name.
    """
    import sqlalchemy as sa

    held = list(columns)
    plain = [column for column in held if column not in (GEOM, ROW)]
    faults = name_faults("column", plain)
    if faults:
        raise InputError(all_at_once(f"{schema}.{name}", faults))
    wanted = [*plain, *([GEOM] if GEOM in held else [])]
    table = sa.table(name, *(sa.column(column) for column in held), schema=schema)
    query = sa.select(*(table.c[column] for column in wanted))
    if ROW in held:
        query = query.order_by(table.c[ROW])
    rows = connection.execute(query).all()
    turned = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in wanted]
    found = dict(zip(wanted, turned, strict=True))
    shapes = found.pop(GEOM, None)
    return found, shapes


def as_texts(where: str, columns: dict[str, list[Any]]) -> pa.Table:
    """Values as the cells of a layer's file.

    Raises
    ------
    InputError
        If a list holds what the cell of a file can't: a part that is blank or has a ``;`` in it.
    """
    import pyarrow as pa

    faults: list[str] = []
    made = {}
    for name, values in columns.items():
        bad = [
            row for row, value in enumerate(values, start=1) if isinstance(value, list) and not _joins(value)
        ]
        if bad:
            rows = ", ".join(map(str, bad[:_SHOWN]))
            faults.append(
                f"column {name!r}, row {rows}: a part of a list is blank, or has ';' or blanks at its ends"
            )
        made[name] = pa.array(map(_text, values), pa.string())
    if faults:
        raise InputError(all_at_once(where, faults))
    return pa.table(made)


def make_room(
    connection: Connection,
    schema: str,
    names: Sequence[str],
    *,
    ours: Iterable[str],
    also: Iterable[str] = (),
    if_exists: str,
) -> None:
    """Drop what will be replaced, or refuse because something is there.

    Parameters
    ----------
    names : sequence of str
        Tables to be written.
    ours : iterable of str
        Tables that yrdgis has written as the same kind of thing; no other is ever replaced.
    also : iterable of str
        Tables of ours that go with them.

    Raises
    ------
    OutputError
        If tables are there and `if_exists` is "fail", or one of them is not ours.
    """
    there = relations(connection, schema)
    clash = [name for name in names if name in there]
    left = [name for name in also if name in there and name not in clash]
    if if_exists == "fail" and (clash or left):
        raise OutputError(
            f"Schema {schema!r} already holds {_listed(clash + left)}. Nothing was changed; replace them on purpose"
            " (if_exists='replace', or --if-exists replace), or choose another schema."
        )
    foreign = sorted(set(clash) - set(ours))
    if foreign:
        raise OutputError(
            f"Schema {schema!r} holds {_listed(foreign)}, not written by yrdgis as such, so never replaced."
            " Nothing was changed; choose another name or schema."
        )
    drop(connection, schema, clash + left)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(itertools.islice(names, _SHOWN)) + more


def _joins(parts: list[Any]) -> bool:
    texts = [_text(part) for part in parts]
    return [part for part in (p.strip() for p in ";".join(texts).split(";")) if part] == texts


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(map(_text, value))
    if isinstance(value, dt.date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)
