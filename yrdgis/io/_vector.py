"""Layers to the formats of GIS programs."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError, OutputError
from yrdgis.settings import GEOGRAPHIC_CRS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["as_table", "launder", "read_shapefile", "write_shapefile", "write_vector"]

_MOST_BYTES = 10
_MOST_TEXT_BYTES = 254
_DECIMALS = 6


def as_table(frame: Any, *, wkt: bool) -> pd.DataFrame:
    """Columns of a layer without its geometry: points as ``lon``, ``lat``, other shapes as ``wkt``."""
    import pandas as pd

    if not hasattr(frame, "geometry"):
        return frame
    shapes = frame.geometry.to_crs(GEOGRAPHIC_CRS) if frame.crs is not None else frame.geometry
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    if shapes.dropna().geom_type.eq("Point").all():
        if not {"lon", "lat"} <= set(table.columns):
            table["lon"], table["lat"] = shapes.x.round(_DECIMALS), shapes.y.round(_DECIMALS)
    elif wkt:
        table["wkt"] = shapes.to_wkt(rounding_precision=_DECIMALS)
    return table


def write_vector(frame: Any, file: Path, kind: str, layer: str) -> None:
    """Write a GeoPackage, GeoJSON (always WGS84) or GeoParquet."""
    import pyogrio

    if kind == ".parquet":
        frame.to_parquet(file, index=False)
        return
    with warnings.catch_warnings():
        # Writers warn of a layer without a CRS; a table without geometry has none.
        warnings.filterwarnings("ignore", message=".*crs.*", category=UserWarning)
        if kind == ".geojson":
            options = {"COORDINATE_PRECISION": str(_DECIMALS), "RFC7946": "YES"}
            shown = frame.to_crs(GEOGRAPHIC_CRS) if frame.crs is not None else frame
            pyogrio.write_dataframe(_dates_as_texts(shown), file, driver="GeoJSON", layer_options=options)
        else:
            pyogrio.write_dataframe(frame, file, driver="GPKG", layer=layer)


def write_shapefile(frame: Any, file: Path, headers: Mapping[str, str]) -> Path:
    """Write a Shapefile in UTF-8, and beside it a table of what its short headers stand for.

    Raises
    ------
    InputError
        If the layer has no shapes.
    OutputError
        If the files can't be written there.
    """
    import pandas as pd
    import pyogrio

    if not hasattr(frame, "geometry"):
        raise InputError(f"{file.name}: the layer has no shapes; write it as .csv, .xlsx, .parquet or .gpkg.")
    columns = [c for c in frame.columns if c != frame.geometry.name]
    short = launder([headers.get(c, c) for c in columns])
    shown = _dates_as_texts(_texts_cut(frame)).rename(columns=dict(zip(columns, short, strict=True)))
    fields = pd.DataFrame({"field": short, "column": columns, "title": [headers.get(c, c) for c in columns]})
    try:
        with tempfile.TemporaryDirectory(prefix=".part-", dir=file.parent) as folder:
            pyogrio.write_dataframe(
                shown, Path(folder) / file.name, driver="ESRI Shapefile", encoding="UTF-8"
            )
            fields.to_csv(Path(folder) / f"{file.stem}_fields.csv", index=False, encoding="utf-8")
            for part in sorted(Path(folder).iterdir()):
                os.replace(part, file.parent / part.name)
    except OSError as error:
        raise OutputError(
            f"{file}: can't be written ({error.strerror or error}). Choose another place."
        ) from error
    return file


def read_shapefile(file: Path) -> gpd.GeoDataFrame:
    """Shapefile that `write_shapefile` wrote, with the columns called as they were.

    Raises
    ------
    InputError
        If the table of headers is not beside it.
    """
    import geopandas as gpd
    import pandas as pd

    table = file.with_name(f"{file.stem}_fields.csv")
    if not table.is_file():
        raise InputError(f"{table.name} is not beside {file.name}, so its short headers can't be told apart.")
    fields = pd.read_csv(table, dtype=str, keep_default_na=False)
    frame = gpd.read_file(file)
    return frame.rename(columns=dict(zip(fields["field"], fields["column"], strict=True)))


def launder(titles: list[str]) -> list[str]:
    """Titles cut to the 10 bytes that a Shapefile holds, whole characters only, all different.

    Examples
    --------
    >>> launder(["中文名称", "中文名字", "lon"])
    ['中文名', '中文1', 'lon']
    """
    made: list[str] = []
    taken: set[str] = set()
    for title in titles:
        text, number = _cut(title, _MOST_BYTES), 0
        while not text or text.casefold() in taken:
            number += 1
            text = _cut(title, _MOST_BYTES - len(str(number)))
            text = f"{text[:-1] if len(text.encode()) == len(text) * 3 else text}{number}"
        taken.add(text.casefold())
        made.append(text)
    return made


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")


def _dbf_text(value: Any) -> Any:
    text = ";".join(map(str, value)) if isinstance(value, tuple | list) else value
    return _cut(text, _MOST_TEXT_BYTES) if isinstance(text, str) else None


def _texts_cut(frame: Any) -> Any:
    """Frame as a Shapefile can hold it: texts of at most 254 bytes, lists joined, True as 1."""
    made = frame.copy()
    for column in [c for c in made.columns if c != made.geometry.name]:
        series = made[column]
        if series.dtype == bool:
            made[column] = series.astype("int32")
        elif series.dtype == object or str(series.dtype) in ("str", "string"):
            made[column] = series.map(
                lambda v: _cut(";".join(v) if isinstance(v, tuple) else v, _MOST_TEXT_BYTES)
            )
    return made


def _dates_as_texts(frame: Any) -> Any:
    made = frame.copy()
    for column in made.columns:
        if str(made[column].dtype).startswith("datetime64"):
            made[column] = made[column].dt.strftime("%Y-%m-%d")
    return made
