"""Mend a file that was examined: only what is sure or asked for, and every change reported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from yrdgis.doctor.coordinates import Candidate
from yrdgis.doctor.datum import DATUM_HYPOTHESES
from yrdgis.doctor.encoding import mend_texts
from yrdgis.doctor.report import Diagnosis
from yrdgis.errors import CrsError, InputError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["Mend", "mend", "write_mended"]

Mend = tuple[Any, list[str]]


def mend(diagnosis: Diagnosis, *, crs: str | None = None, datum: str | None = None) -> Mend:
    """Frame with everything mended that is sure or asked for.

    Parameters
    ----------
    diagnosis : Diagnosis
        From `examine`.
    crs : str, optional
        What the coordinates are in, where the diagnosis is not sure or you know better, such as "EPSG:4549".
    datum : {"wgs84", "gcj02", "bd09", "gcj02_twice"}, optional
        Likewise.

    Returns
    -------
    (frame, changes)
        Frame in WGS84 (EPSG:4326) where there are shapes, and one sentence for each change or for what was
        left alone.

    Raises
    ------
    CrsError
        For a CRS or datum that does not exist.
    """
    frame, changes = diagnosis.opened.frame.copy(), [str(r) for r in diagnosis.opened.repairs]
    told = diagnosis.encoding
    if told is not None and told.verdict not in ("ascii", "utf-8", "utf-8-sig", "not sure"):
        changes.append(f"texts read as {told.verdict}, written as UTF-8")
    if told is not None and told.mended is not None:
        frame, count = mend_texts(frame, told.columns)
        changes.append(f"{count:,} texts mended ({told.mended.how})")
    if not ("geometry" in frame.columns and hasattr(frame, "geometry")):
        return _drop_repeats(frame, changes)
    frame = _shapes(frame, changes)
    frame = _to_wgs84(frame, diagnosis, crs, datum, changes)
    return _drop_repeats(frame, changes)


def _drop_repeats(frame: Any, changes: list[str]) -> Mend:
    from yrdgis.doctor.geometry import row_faults

    rows = next((f.rows for f in row_faults(frame) if f.kind == "repeated rows"), ())
    if rows:
        frame = frame.drop(index=frame.index[list(rows)]).reset_index(drop=True)
        changes.append(f"{len(rows):,} repeated rows dropped")
    return frame, changes


def _shapes(frame: gpd.GeoDataFrame, changes: list[str]) -> gpd.GeoDataFrame:
    import shapely

    shapes = frame.geometry.to_numpy().copy()
    blank = ~shapely.is_missing(shapes) & shapely.is_empty(shapes)
    if blank.any():
        shapes[blank] = None
        changes.append(f"{blank.sum():,} empty shapes set to missing")
    wrong = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    if wrong.any():
        mended = shapely.make_valid(shapes[wrong], method="structure")
        gone = shapely.is_empty(mended)
        mended[gone] = None
        shapes[wrong] = mended
        changes.append(
            f"{wrong.sum():,} invalid shapes mended"
            + (f", {gone.sum():,} of them had no area and are missing now" if gone.any() else "")
        )
    frame[frame.geometry.name] = shapes
    return frame


def _reading(diagnosis: Diagnosis, crs: str | None) -> Candidate | None:
    if crs is None:
        return diagnosis.crs.chosen if diagnosis.crs else None
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        CRS.from_user_input(crs)
    except CRSError as error:
        raise CrsError(f"No CRS is called {crs!r}. Give one such as EPSG:4549.") from error
    return Candidate(crs.upper() if crs.upper().startswith("EPSG:") else crs, False, crs)


def _to_wgs84(
    frame: gpd.GeoDataFrame, diagnosis: Diagnosis, crs: str | None, datum: str | None, changes: list[str]
) -> gpd.GeoDataFrame:
    reading = _reading(diagnosis, crs)
    if reading is None:
        changes.append("coordinates left as they are: not sure which CRS they are in (give --crs)")
        return frame
    told = diagnosis.datum.verdict if diagnosis.datum else "not sure"
    if datum is not None and datum not in DATUM_HYPOTHESES:
        raise CrsError(f"No datum {datum!r}. There are: {', '.join(DATUM_HYPOTHESES)}.")
    source = datum or told
    if source == "not sure":
        changes.append("datum left as it is: not sure which it is (give --datum)")
        source = "wgs84"
    undo = DATUM_HYPOTHESES[source]
    if reading.crs == "EPSG:4326" and not reading.swapped and source == "wgs84":
        return frame if frame.crs is not None else frame.set_crs("EPSG:4326", allow_override=True)
    import shapely

    def move(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return undo(*reading.degrees(x, y))

    shapes = frame.geometry.to_numpy()
    frame[frame.geometry.name] = shapely.transform(
        shapes, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1]))
    )
    frame = frame.set_crs("EPSG:4326", allow_override=True)
    if reading.crs != "EPSG:4326" or reading.swapped:
        changes.append(f"read as {reading.label}, brought to WGS84 degrees")
    if source != "wgs84":
        changes.append(f"converted from {source} to WGS84")
    return _columns(frame, diagnosis, move)


def _columns(frame: gpd.GeoDataFrame, diagnosis: Diagnosis, move: Any) -> gpd.GeoDataFrame:
    """Columns that the points were made from follow the points."""
    import pandas as pd

    pair = diagnosis.opened.coordinates
    if pair is None or not pair[1] or any(c not in frame.columns for c in pair):
        return frame
    x, y = (pd.to_numeric(frame[c], errors="coerce").to_numpy(float) for c in pair)
    lon, lat = move(x, y)
    frame[pair[0]], frame[pair[1]] = np.round(lon, 7), np.round(lat, 7)
    return frame


def write_mended(frame: pd.DataFrame, out: str | Path) -> None:
    """Write a mended frame by the ending of the name: tables as CSV, xlsx or Parquet, shapes as GeoPackage,
    GeoJSON and the like.

    Raises
    ------
    InputError
        If shapes other than points would go to a table.
    OutputError
        If it can't be written.
    """
    from yrdgis.io.write import write_layer, write_table

    path = Path(out)
    spatial = hasattr(frame, "geometry") and "geometry" in frame.columns
    if path.suffix.lower() in (".csv", ".xlsx", ".parquet") or not spatial:
        if spatial:
            kinds = set(frame.geometry.geom_type.dropna())
            if not kinds <= {"Point"}:
                raise InputError(
                    f"{path.name}: lines and polygons don't fit into a table; give a .gpkg or .geojson."
                )
            frame = frame.drop(columns="geometry")
        write_table(frame, path)
    else:
        write_layer(frame, path)
