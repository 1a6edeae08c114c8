"""Layers in PostgreSQL: their catalogue and schemas, one table for each, and whether it is a region that comes back."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis import __version__, settings
from yrdgis.errors import InputError, LayerError, all_at_once
from yrdgis.io import _pg_tables
from yrdgis.io._pg import CATALOG, SCHEMAS, name_faults
from yrdgis.io._pg_columns import layer_columns
from yrdgis.io._pg_shapes import drawn, undrawn
from yrdgis.io._region import SCHEMA_HEADER
from yrdgis.io.audience import for_audience
from yrdgis.io.catalog import LayerInfo

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from sqlalchemy import Connection, Table

    from yrdgis.io.read import Layers

__all__ = [
    "SRID",
    "catalog_table",
    "check_region",
    "check_shapes",
    "layer_table",
    "read_catalog",
    "read_cells",
    "read_schemas",
    "record_layers",
    "schemas_table",
    "temporary_folder",
]

SRID = int(settings.GEOGRAPHIC_CRS.removeprefix("EPSG:"))
"""Of every layer."""

_INFO = tuple(field.name for field in fields(LayerInfo))
_SHOWN = 5


def catalog_table(schema: str) -> Table:
    """The catalogue as a table."""
    import sqlalchemy as sa

    return sa.Table(
        CATALOG,
        sa.MetaData(),
        *(sa.Column(name, sa.Text, primary_key=name == "layer_id", nullable=False) for name in _INFO),
        sa.Column("position", sa.Integer, nullable=False, comment="目录次序"),
        sa.Column("row_count", sa.BigInteger, nullable=False, comment="写入行数"),
        sa.Column("promoted", sa.Boolean, nullable=False, comment="单部件图形是否存为多部件"),
        sa.Column("audience", sa.Text, nullable=False, comment="公开或内部"),
        sa.Column("yrdgis_version", sa.Text, nullable=False, comment="软件版本"),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.func.now(), comment="写入时刻"),
        schema=schema,
        comment="图层目录:来源、许可、日期 / catalogue of the layers",
    )


def schemas_table(schema: str) -> Table:
    """The schemas as one table: what each attribute of a layer means and may hold."""
    import sqlalchemy as sa

    return sa.Table(
        SCHEMAS,
        sa.MetaData(),
        sa.Column("schema_name", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in SCHEMA_HEADER),
        schema=schema,
        comment="图层属性说明 / what the attributes of the layers mean",
    )


def layer_table(layers: Layers, info: LayerInfo, audience: str) -> _pg_tables.NewTable:
    """A layer as the table that will be made of it.

    Raises
    ------
    InputError
        If a value is none that PostgreSQL can hold.
    LayerError
        If a key is blank or stands twice.
    """
    schema = layers.schema(info.layer_id)
    has_shape = info.geometry in ("point", "line", "polygon")
    frame = layers.geometry(info.layer_id) if has_shape else layers[info.layer_id]
    shown = for_audience(frame, schema, audience)
    shapes = None
    if hasattr(shown, "geometry"):
        shapes = drawn(shown.geometry.to_numpy(), SRID, info.geometry)
        shown = shown.drop(columns="geometry")
    key = schema.key if schema.key in shown else None
    if key is not None:
        _check_key(info.layer_id, shown[key])
    comment = " · ".join(
        t for t in (info.title_zh, info.title, info.source, info.licence, info.attribution) if t
    )
    return _pg_tables.NewTable(info.layer_id, comment, key, layer_columns(shown, schema), shapes, len(shown))


def record_layers(
    connection: Connection,
    catalog: Table,
    infos: Iterable[LayerInfo],
    tables: Mapping[str, _pg_tables.NewTable],
    audience: str,
) -> None:
    """Write the rows of the catalogue that have a table, in its order.

    A layer whose shapes the audience may not see is a table without shapes there.
    """
    rows = []
    for at, info in enumerate(infos):
        table = tables.get(info.layer_id)
        if table is None:
            continue
        shown = replace(info, geometry=info.geometry if table.shapes is not None else "none")
        rows.append(
            {
                **vars(shown),
                "position": at,
                "row_count": table.rows,
                "promoted": bool(table.shapes and table.shapes.promoted),
                "audience": audience,
                "yrdgis_version": __version__,
            }
        )
    if rows:
        connection.execute(catalog.insert(), rows)


def read_catalog(connection: Connection, schema: str) -> tuple[list[LayerInfo], dict[str, bool]]:
    """Rows of the catalogue in order, and which layers keep single shapes as shapes of several parts.

    Raises
    ------
    InputError
        If the schema holds no layers; the schemas that do are named.
    """
    import sqlalchemy as sa

    query = sa.text(
        "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relname = :name ORDER BY 1"
    )
    held = list(connection.execute(query, {"name": CATALOG}).scalars())
    rows: list[Any] = []
    if schema in held:
        table = catalog_table(schema)
        rows = list(
            connection.execute(table.select().order_by(table.c.position, table.c.layer_id)).mappings()
        )
    if not rows:
        others = ", ".join(repr(other) for other in held if other != schema)
        raise InputError(
            f"Schema {schema!r} holds no layers." + (f" There may be some in {others}." if others else "")
        )
    infos = [LayerInfo(**{name: str(row[name] or "") for name in _INFO}) for row in rows]
    return infos, {info.layer_id: bool(row["promoted"]) for info, row in zip(infos, rows, strict=True)}


def read_schemas(connection: Connection, schema: str) -> dict[str, list[dict[str, str]]]:
    """Rows of each schema, by its name."""
    table = schemas_table(schema)
    made: dict[str, list[dict[str, str]]] = {}
    for row in connection.execute(table.select().order_by(table.c.schema_name, table.c.position)).mappings():
        made.setdefault(row["schema_name"], []).append({name: str(row[name] or "") for name in SCHEMA_HEADER})
    return made


def check_region(
    schema: str,
    infos: Iterable[LayerInfo],
    schemas: Mapping[str, Any],
    there: Mapping[str, Mapping[str, str]],
) -> None:
    """Raise one error that names every layer without a safe name, a table or a schema."""
    faults = name_faults("table", [info.layer_id for info in infos])
    for info in infos:
        if info.layer_id not in there:
            faults.append(f"layer {info.layer_id!r} has no table")
        if info.schema not in schemas:
            faults.append(f"layer {info.layer_id!r} has no schema {info.schema!r} in {SCHEMAS}")
    if faults:
        raise LayerError(all_at_once(f"Schema {schema!r}", faults))


def read_cells(
    connection: Connection, schema: str, name: str, there: Mapping[str, Mapping[str, str]], promoted: bool
) -> tuple[pa.Table, np.ndarray | None]:
    """Cells of a layer as texts, and its shapes where it has any.

    Raises
    ------
    InputError
        If they can't be those of a layer.
    """
    columns, texts = _pg_tables.read(connection, schema, name, there[name])
    cells = _pg_tables.as_texts(f"{schema}.{name}", columns)
    if texts is None:
        return cells, None
    shapes, srids = undrawn(texts, promoted=promoted)
    if srids - {SRID}:
        raise InputError(
            f"{schema}.{name}: shapes are in EPSG {', '.join(map(str, sorted(srids - {SRID})))}; layers are in {SRID}."
        )
    return cells, shapes


def check_shapes(layers: Layers, found: Mapping[str, np.ndarray | None]) -> None:
    """Compare the shapes of points and links with those that their columns draw.

    Raises
    ------
    LayerError
        Naming the rows that differ.
    """
    import shapely

    faults = []
    for layer_id, shapes in found.items():
        if shapes is None:
            continue
        made = shapely.to_wkb(layers.geometry(layer_id).geometry.to_numpy())
        differ = [
            at
            for at, (one, other) in enumerate(zip(made, shapely.to_wkb(shapes), strict=True))
            if one != other
        ]
        if differ:
            keys = layers[layer_id].iloc[differ[:_SHOWN], 0].tolist()
            more = f" and {len(differ) - _SHOWN} more" if len(differ) > _SHOWN else ""
            faults.append(
                f"{layer_id}: geom is not where the columns say for {', '.join(map(str, keys))}{more}"
            )
    if faults:
        raise LayerError(
            all_at_once("Shapes and columns contradict each other", faults)
            + "\nPoints lie at lon and lat, links run from node to node through their shape points. Give lon and lat the"
            " values ST_X(geom) and ST_Y(geom), or read with contradictions='columns'."
        )


def temporary_folder() -> Path:
    """A folder that goes when this program ends."""
    folder = Path(tempfile.mkdtemp(prefix="yrdgis-"))
    atexit.register(_remove, folder, os.getpid())
    return folder / "layers"


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # not a process that was split off
        shutil.rmtree(folder, ignore_errors=True)


def _check_key(layer_id: str, keys: pd.Series) -> None:
    blank, twice = int((keys == "").sum()), sorted(set(keys[keys.duplicated()]) - {""})
    faults = [f"the key {keys.name!r} is blank in {blank} rows"] if blank else []
    faults += [f"the key {key!r} stands twice" for key in twice[:_SHOWN]]
    if faults:
        raise LayerError(
            all_at_once(f"Layer {layer_id}", faults) + "\n`yrdgis check` tells all that is at fault."
        )
