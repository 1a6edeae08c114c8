"""Layers and results to and from a PostGIS database (the extra ``postgis``).

Everything of one call is written in one transaction: whole, or nothing at all. Columns have the types of the
schemas and their Chinese descriptions as comments; every table has a primary key, and one with shapes a declared
type, an SRID and a GiST index. What stands in the catalogue stands in the tables ``yrdgis_catalog`` and
``yrdgis_schemas``, what a result rests on in ``yrdgis_results``. A blank is NULL, a list is ``text[]``.

A target is ``postgresql://user@host:port/database`` or an engine of SQLAlchemy with the driver psycopg. Leave the
password out of it: PGPASSWORD and ``~/.pgpass`` are read as by psql, and no message shows one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from yrdgis import settings
from yrdgis.errors import InputError, UnknownNameError
from yrdgis.io import _pg_layers, _pg_results, _pg_tables, _table
from yrdgis.io._pg import RESULTS, require_names, transaction
from yrdgis.io._pg_shapes import placed
from yrdgis.io._region import schema_rows, write_region
from yrdgis.io._text import did_you_mean
from yrdgis.io.read import Layers
from yrdgis.io.schema import schema_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from sqlalchemy import URL, Engine

    Target: TypeAlias = str | URL | Engine

__all__ = ["SCHEMA", "read_layer", "read_layers", "read_result", "write_layers", "write_result"]

SCHEMA = "yrdgis"
"""Schema of the database that is written to and read from by default."""


def write_layers(
    layers: Layers,
    target: Target,
    *,
    schema: str = SCHEMA,
    only: Iterable[str] | None = None,
    audience: str | None = None,
    if_exists: str = "fail",
) -> dict[str, int]:
    """Write layers into tables named after them, with their catalogue, in one transaction.

    Parameters
    ----------
    layers : Layers
        As `yrdgis.io.load_layers` gives them.
    target : str, sqlalchemy.URL or sqlalchemy.Engine
        The database.
    schema : str
        Where the tables go; made where there is none.
    only : iterable of str, optional
        Ids or titles of layers; all by default.
    audience : {"public", "internal"}, optional
        Who may see the database; the setting ``audience`` by default, which is the public. Attributes for
        internal use are left out for the public.
    if_exists : {"fail", "replace"}
        What to do where tables are there. Only tables that this function wrote are ever replaced; if all layers
        are written, those of before that are no more go too.

    Returns
    -------
    dict of str to int
        Rows of each table.

    Raises
    ------
    InputError
        If a name or a value is none that PostgreSQL can hold; before anything is sent.
    LayerError
        If a key is blank or stands twice.
    OutputError
        If the database refuses; then it is as it was.
    """
    _check_choice("if_exists", if_exists, ("fail", "replace"))
    chosen = [layers.catalog.find(name) for name in only] if only is not None else list(layers.catalog)
    require_names("Layers", schema=[schema], table=[info.layer_id for info in chosen])
    for info in chosen:
        require_names(f"Layer {info.layer_id}", column=layers[info.layer_id].columns)
    audience = audience or settings.get("audience")
    made = {info.layer_id: _pg_layers.layer_table(layers, info, audience) for info in chosen}
    with transaction(target, write=True) as connection:
        _pg_tables.make_schema(connection, schema)
        catalog = _pg_tables.make_table(connection, _pg_layers.catalog_table(schema))
        schemas = _pg_tables.make_table(connection, _pg_layers.schemas_table(schema))
        before = list(connection.execute(catalog.select().with_only_columns(catalog.c.layer_id)).scalars())
        also = before if only is None else ()
        _pg_tables.make_room(connection, schema, list(made), ours=before, also=also, if_exists=if_exists)
        gone = {*made, *also}
        connection.execute(catalog.delete().where(catalog.c.layer_id.in_(gone)))
        used = {info.schema: schema_rows(layers.schema(info.layer_id)) for info in chosen}
        unused = schemas.c.schema_name.in_(used) if only is not None else schemas.c.schema_name.is_not(None)
        connection.execute(schemas.delete().where(unused))
        for table in made.values():
            _pg_tables.create(connection, schema, table)
        _pg_layers.record_layers(connection, catalog, layers.catalog, made, audience)
        rows = [
            {"schema_name": name, "position": at, **row}
            for name, attributes in used.items()
            for at, row in enumerate(attributes)
        ]
        if rows:
            connection.execute(schemas.insert(), rows)
    return {name: table.rows for name, table in made.items()}


def read_layers(
    target: Target,
    *,
    schema: str = SCHEMA,
    folder: str | os.PathLike[str] | None = None,
    contradictions: str = "fail",
) -> Layers:
    """All layers of a schema, as one state of the database shows them; they work as those of a folder do.

    They are written to a folder of layers first, so that all that works on one (``yrdgis check``, a diff, an
    area) works on them. Points and links are drawn from their columns again, as always.

    Parameters
    ----------
    target : str, sqlalchemy.URL or sqlalchemy.Engine
        The database.
    schema : str
        Schema that `write_layers` wrote.
    folder : path, optional
        New or empty folder to keep them in; a temporary one by default, which goes when the program ends.
    contradictions : {"fail", "columns"}
        What to do where a point or a link was moved in the database without its columns (or the other way
        round): name the rows, or go by the columns.

    Returns
    -------
    Layers

    Raises
    ------
    InputError
        If the database can't be read, or the schema holds no layers.
    LayerError
        If what it holds is no region: a table is missing, a cell is not of its type, shapes contradict columns.
    """
    _check_choice("contradictions", contradictions, ("fail", "columns"))
    require_names("Layers", schema=[schema])
    with transaction(target, write=False) as connection:
        infos, promoted = _pg_layers.read_catalog(connection, schema)
        schemas = _pg_layers.read_schemas(connection, schema)
        there = _pg_tables.relations(connection, schema)
        _pg_layers.check_region(schema, infos, schemas, there)
        tables = {
            info.layer_id: _pg_layers.read_cells(
                connection, schema, info.layer_id, there, promoted[info.layer_id]
            )
            for info in infos
        }
    home = Path(folder) if folder is not None else _pg_layers.temporary_folder()
    drawn_in_file = {info.layer_id for info in infos if info.path.endswith(".geojson")}
    write_region(
        home,
        infos,
        schemas,
        {i: (cells, shapes if i in drawn_in_file else None) for i, (cells, shapes) in tables.items()},
    )
    layers = Layers(home).load_all()
    if contradictions == "fail":
        others = {i: shapes for i, (_, shapes) in tables.items() if i not in drawn_in_file}
        _pg_layers.check_shapes(layers, others)
    return layers


def read_layer(target: Target, name: str, *, schema: str = SCHEMA) -> gpd.GeoDataFrame | pd.DataFrame:
    """One layer, with the shapes that stand in the database, in EPSG:4326 where it has any.

    Raises
    ------
    UnknownNameError
        If the schema holds no layer of that id.
    InputError
        If the database can't be read.
    LayerError
        If a cell is not of its type.
    """
    require_names("Layers", schema=[schema])
    with transaction(target, write=False) as connection:
        infos, promoted = _pg_layers.read_catalog(connection, schema)
        known = {info.layer_id: info for info in infos}
        if name not in known:
            raise UnknownNameError(f"No layer {name!r} in schema {schema!r}.{did_you_mean(name, known)}")
        there = _pg_tables.relations(connection, schema)
        schemas = _pg_layers.read_schemas(connection, schema)
        _pg_layers.check_region(schema, [known[name]], schemas, there)
        cells, shapes = _pg_layers.read_cells(connection, schema, name, there, promoted[name])
    attributes = schema_of(known[name].schema, schemas[known[name].schema])
    frame = _table.typed(cells, attributes, name)
    return frame if shapes is None else placed(frame, shapes, _pg_layers.SRID)


def write_result(
    frame: pd.DataFrame,
    target: Target,
    name: str,
    *,
    schema: str = SCHEMA,
    if_exists: str = "fail",
    source: str = "",
    licence: str = "",
) -> int:
    """Write a result into a table, and what it rests on into ``yrdgis_results``, in one transaction.

    Parameters
    ----------
    frame : pandas.DataFrame or geopandas.GeoDataFrame
        Any table of texts, numbers, days, moments and lists of texts, with or without shapes. A named index is
        written too. Its ``attrs`` say what it rests on.
    target : str, sqlalchemy.URL or sqlalchemy.Engine
        The database.
    name : str
        Table to write.
    schema : str
        Where it goes; made where there is none.
    if_exists : {"fail", "replace"}
        What to do where the table is there. Only one that this function wrote is ever replaced.
    source, licence : str
        Whose it is, and on what terms it may be used; what ``attrs`` say by default.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    InputError
        If a name or a value is none that PostgreSQL can hold; before anything is sent.
    CrsError
        If the shapes have no CRS that EPSG knows.
    OutputError
        If the database refuses; then it is as it was.
    """
    _check_choice("if_exists", if_exists, ("fail", "replace"))
    row, table = _pg_results.describe(frame, name, schema, source=source, licence=licence)
    with transaction(target, write=True) as connection:
        _pg_tables.make_schema(connection, schema)
        results = _pg_tables.make_table(connection, _pg_results.results_table(schema))
        before = connection.execute(results.select().with_only_columns(results.c.table_name)).scalars()
        _pg_tables.make_room(connection, schema, [name], ours=list(before), if_exists=if_exists)
        connection.execute(results.delete().where(results.c.table_name == name))
        _pg_tables.create(connection, schema, table)
        connection.execute(results.insert(), row)
    return table.rows


def read_result(
    target: Target, name: str, *, schema: str = SCHEMA, layers: Layers | None = None
) -> gpd.GeoDataFrame | pd.DataFrame:
    """A result as `write_result` wrote it, with the types of its columns and its ``attrs``.

    Parameters
    ----------
    target : str, sqlalchemy.URL or sqlalchemy.Engine
        The database.
    name : str
        Its table.
    schema : str
        Where it is.
    layers : Layers, optional
        Layers that it was made with; then ``frame.yrd.map()`` works on it.

    Raises
    ------
    UnknownNameError
        If the schema holds no result of that name.
    InputError
        If the database can't be read, or somebody took columns away.
    """
    require_names("This table", schema=[schema], table=[name])
    with transaction(target, write=False) as connection:
        there = _pg_tables.relations(connection, schema)
        results = _pg_results.results_table(schema)
        known = []
        if RESULTS in there:
            known = list(
                connection.execute(results.select().with_only_columns(results.c.table_name)).scalars()
            )
        if name not in known or name not in there:
            raise UnknownNameError(f"No result {name!r} in schema {schema!r}.{did_you_mean(name, known)}")
        row = connection.execute(results.select().where(results.c.table_name == name)).mappings().one()
        missing = [c for c, dtype in row["dtypes"] if dtype != "geometry" and c not in there[name]]
        if missing:
            raise InputError(f"{schema}.{name}: no column {', '.join(map(repr, missing))}.")
        values, shapes = _pg_tables.read(connection, schema, name, there[name])
    frame = _pg_results.assemble(row, values, shapes)
    frame.attrs = {**row["attrs"], **({"layers": str(layers.root)} if layers is not None else {})}
    return frame


def _check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise InputError(f"{name} is {' or '.join(map(repr, choices))}, not {value!r}.")
