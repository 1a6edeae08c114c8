"""Results in PostgreSQL: what is kept beside a table, so that it comes back as the frame it was."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from yrdgis import __version__
from yrdgis.errors import InputError
from yrdgis.io._pg import RESULTS, require_names
from yrdgis.io._pg_columns import restored, result_columns
from yrdgis.io._pg_shapes import Shapes, drawn, epsg_of, placed, undrawn
from yrdgis.io._pg_tables import NewTable

if TYPE_CHECKING:
    import geopandas as gpd
    from sqlalchemy import Table

__all__ = ["assemble", "describe", "results_table"]


def results_table(schema: str) -> Table:
    """The table that tells of every result of a schema what it rests on and how it was typed."""
    import sqlalchemy as sa
    from sqlalchemy.dialects.postgresql import ARRAY, JSONB

    return sa.Table(
        RESULTS,
        sa.MetaData(),
        sa.Column("table_name", sa.Text, primary_key=True, comment="表名"),
        sa.Column("as_of", sa.Date, comment="网络日期"),
        sa.Column("confidence", sa.Text, comment="可信度"),
        sa.Column("source", sa.Text, comment="来源"),
        sa.Column("licence", sa.Text, comment="许可"),
        sa.Column("attrs", JSONB, nullable=False, comment="依据的全部说明"),
        sa.Column("dtypes", JSONB, nullable=False, comment="各列的类型,按次序"),
        sa.Column("index_names", ARRAY(sa.Text), nullable=False, comment="作为行标签的列"),
        sa.Column("srid", sa.Integer, comment="坐标系EPSG编号"),
        sa.Column("promoted", sa.Boolean, nullable=False, comment="单部件图形是否存为多部件"),
        sa.Column("yrdgis_version", sa.Text, nullable=False, comment="软件版本"),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.func.now(), comment="写入时刻"),
        schema=schema,
        comment="计算结果登记 / results and what they rest on",
    )


def describe(
    frame: pd.DataFrame, name: str, schema: str, *, source: str, licence: str
) -> tuple[dict[str, Any], NewTable]:
    """Row of `results_table` for a frame, and the table to make.

    Raises
    ------
    InputError
        If a name or a value is none that PostgreSQL can hold, or there is no column.
    CrsError
        If the shapes have no CRS that EPSG knows.
    """
    index = [] if None in frame.index.names else list(frame.index.names)
    told = {key: value for key, value in frame.attrs.items() if key != "layers"}  # a path on this machine
    if index:
        frame = frame.reset_index(allow_duplicates=True)
    geometry, shapes = _shapes(frame)
    plain = pd.DataFrame(frame.drop(columns=geometry)) if geometry else frame
    require_names("This table", schema=[schema], table=[name], column=plain.columns)
    if not len(frame.columns):
        raise InputError("This table has no columns, so there is nothing to write.")
    columns = result_columns(plain)
    dtypes = {column.name: column.dtype for column in columns}
    row = {
        "table_name": name,
        "as_of": _day(told.get("as_of")),
        "confidence": str(told.get("confidence") or "") or None,
        "source": source or str(told.get("source") or "") or None,
        "licence": licence or str(told.get("licence") or "") or None,
        "attrs": _plain(told),
        "dtypes": [[column, dtypes.get(column, "geometry")] for column in frame.columns],
        "index_names": index,
        "srid": shapes.srid if shapes else None,
        "promoted": bool(shapes and shapes.promoted),
        "yrdgis_version": __version__,
    }
    comment = " · ".join(
        str(part) for part in (told.get("label"), row["as_of"], row["source"], row["licence"]) if part
    )
    return row, NewTable(name, comment, None, columns, shapes, len(frame))


def assemble(
    row: Mapping[Any, Any], values: dict[str, list[Any]], texts: list[str | None] | None
) -> gpd.GeoDataFrame | pd.DataFrame:
    """The frame that `describe` took apart."""
    held, geometry = {}, None
    shapes, srids = undrawn(texts or [], promoted=row["promoted"])
    for column, dtype in row["dtypes"]:
        if dtype == "geometry":
            geometry, held[column] = column, pd.Series(shapes, dtype=object)
        else:
            held[column] = restored(values[column], dtype)
    frame = pd.DataFrame(held)
    if geometry is not None:
        frame = placed(frame, shapes, min(srids, default=row["srid"]), geometry)
    return frame.set_index(row["index_names"]) if row["index_names"] else frame


def _shapes(frame: pd.DataFrame) -> tuple[str | None, Shapes | None]:
    """Name of the column of shapes, and the shapes as they will be kept; None where there are none."""
    import geopandas as gpd

    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return None, None
    column: str = frame.active_geometry_name
    require_names("This table", column=[] if column == "geom" else [column])
    return column, drawn(frame.geometry.to_numpy(), epsg_of(frame))


def _day(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    """Value as JSON can hold it, without NUL, which PostgreSQL's can't."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value).replace("\0", "")
