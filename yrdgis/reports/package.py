"""The data as one GeoPackage that QGIS opens with colours: layers, results, and a style for each."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from yrdgis.io.write import atomic_write

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["write_package"]

_SYMBOL = {
    "Point": ("marker", "SimpleMarker"),
    "Line": ("line", "SimpleLine"),
    "Polygon": ("fill", "SimpleFill"),
}


def write_package(
    frames: Mapping[str, tuple[gpd.GeoDataFrame, str, str]],
    path: str | os.PathLike[str],
    *,
    created: dt.date,
    colours: Mapping[str, Sequence[tuple[str, str, str]]] | None = None,
) -> None:
    """Write frames as the layers of one GeoPackage, with styles inside (table ``layer_styles``).

    Parameters
    ----------
    frames : mapping
        Layer name to (frame in EPSG:4326, title in both languages, colour ``#rrggbb``).
    path : path
        File to write; replaced whole or not at all.
    created : datetime.date
        Day written into the file instead of the clock.
    colours : mapping, optional
        Layer name to categories ``(column, value, colour)``; the layer is then coloured by that column.
    """
    import pyogrio

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{created.isoformat()}T00:00:00.000Z"})
    try:
        titles = [title for _, title, _ in frames.values()]
        with atomic_write(path) as part:
            for name, (frame, title, _) in frames.items():
                # a GeoPackage takes no two layers of one title
                told = title if titles.count(title) == 1 else f"{title} ({name})"
                pyogrio.write_dataframe(
                    _flat(frame),
                    part,
                    layer=name,
                    driver="GPKG",
                    append=part.exists(),
                    layer_options={"IDENTIFIER": told},
                )
            _add_styles(part, frames, colours or {}, created)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _flat(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame with cells that a GeoPackage can hold: lists become texts, days become ISO texts."""
    out = frame.reset_index(drop=True)
    for column in out.columns.drop(out.geometry.name):
        values = out[column]
        if str(values.dtype).startswith("datetime"):
            out[column] = values.dt.strftime("%Y-%m-%d")
        elif values.dtype == object:
            out[column] = ["; ".join(map(str, v)) if isinstance(v, list | tuple) else v for v in values]
    return out


def _add_styles(path: Path, frames: Mapping[str, Any], colours: Mapping[str, Any], created: dt.date) -> None:
    stamp = f"{created.isoformat()}T00:00:00.000Z"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT, f_table_schema TEXT, "
            "f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, "
            "description TEXT, owner TEXT, ui TEXT, update_time DATETIME)"
        )
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) VALUES "
            "('layer_styles', 'attributes', 'layer_styles', 'QGIS styles', ?)",
            (stamp,),
        )
        for name, (frame, title, colour) in frames.items():
            qml = _qml(_kind(frame), colour, colours.get(name, ()))
            base.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
                "styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
                "VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, 'yrdgis', NULL, ?)",
                (name, name, qml, title, stamp),
            )


def _kind(frame: gpd.GeoDataFrame) -> str:
    kinds = "".join(frame.geom_type.dropna().unique())
    return next((kind for kind in ("Polygon", "Line", "Point") if kind in kinds), "Polygon")


def _qml(kind: str, colour: str, categories: Sequence[tuple[str, str, str]]) -> str:
    """A QGIS style: one symbol, or one for each value of a column."""
    if not categories:
        symbols = _symbol("0", kind, colour)
        return _document(f'<renderer-v2 type="singleSymbol"><symbols>{symbols}</symbols></renderer-v2>')
    column = categories[0][0]
    items = "".join(
        f'<category symbol="{i}" value={quoteattr(value)} label={quoteattr(value)} render="true"/>'
        for i, (_, value, _) in enumerate(categories)
    )
    symbols = "".join(_symbol(str(i), kind, shade) for i, (_, _, shade) in enumerate(categories))
    return _document(
        f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(column)}>'
        f"<categories>{items}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )


def _document(renderer: str) -> str:
    return (
        f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version=\"3.28\">{renderer}</qgis>"
    )


def _symbol(name: str, kind: str, colour: str) -> str:
    symbol, layer = _SYMBOL[kind]
    rgb = ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    options = {
        "Point": {"color": f"{rgb},255", "outline_color": "255,255,255,255", "size": "2", "name": "circle"},
        "Line": {"line_color": f"{rgb},255", "line_width": "0.5"},
        "Polygon": {
            "color": f"{rgb},90",
            "outline_color": f"{rgb},255",
            "outline_width": "0.3",
            "style": "solid",
        },
    }[kind]
    rows = "".join(
        f'<Option type="QString" name={quoteattr(k)} value={quoteattr(v)}/>' for k, v in options.items()
    )
    return (
        f'<symbol type="{symbol}" name="{name}" alpha="1"><layer class="{layer}" enabled="1">'
        f'<Option type="Map">{rows}</Option></layer></symbol>'
    )
