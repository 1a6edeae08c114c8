"""Rasters by zone: exact shares of cells, people of a population grid, land cover, masks for least-cost
surfaces.

Every cell counts by the exact share of it that lies inside a zone (Baston, exactextract), so zones that
share a cell share its value, and small zones are not lost between cell centres.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yrdgis.errors import CrsError, InputError, MissingExtraError
from yrdgis.io.archives import LIMITS, Limits
from yrdgis.io.raster import Grid, open_raster

if TYPE_CHECKING:
    import geopandas as gpd

    from yrdgis.metrics.surface import Land, Surface

__all__ = ["STATISTICS", "class_on_grid", "class_shares", "closed_land", "gain_grid", "people", "zonal"]

STATISTICS = ("sum", "mean", "min", "max", "median", "stdev")
"""Statistics that `zonal` gives."""

_CELLS_IN_MEMORY = 8_000_000


def _extract(source: Any, zones: gpd.GeoDataFrame, ops: Sequence[str]) -> pd.DataFrame:
    """exactextract on an open raster; zones in its CRS, one row for each, in order."""
    try:
        from exactextract import exact_extract
        from exactextract.raster import RasterioRasterSource
    except ImportError as error:
        raise MissingExtraError(
            "Zonal statistics need the library exactextract: `pip install exactextract`."
        ) from error
    import geopandas as gpd

    shapes = gpd.GeoDataFrame(
        {"row": np.arange(len(zones))}, geometry=zones.geometry.to_numpy(), crs=zones.crs
    )
    there = shapes[~(shapes.geometry.isna() | shapes.geometry.is_empty)]
    if not len(there):
        return pd.DataFrame(index=range(len(zones)), columns=list(ops), dtype=float)
    found = exact_extract(
        RasterioRasterSource(source, 1),
        there.to_crs(source.crs),
        list(ops),
        include_cols=["row"],
        output="pandas",
        strategy="feature-sequential",
        max_cells_in_memory=_CELLS_IN_MEMORY,
    )
    return found.set_index("row").reindex(range(len(zones)))


def _ready(zones: gpd.GeoDataFrame) -> None:
    if zones.crs is None:
        raise CrsError(
            "The zones have no CRS. Find it with `yrdgis doctor`, then set it with `.set_crs(...)`."
        )
    kinds = set(zones.geometry.dropna().geom_type) - {"Polygon", "MultiPolygon"}
    if kinds:
        raise InputError(f"Zones have to be polygons, not {', '.join(sorted(kinds))}.")


def zonal(
    path: str | Path,
    zones: gpd.GeoDataFrame,
    *,
    statistics: Sequence[str] = ("mean",),
    limits: Limits = LIMITS,
) -> pd.DataFrame:
    """Statistics of a raster in each zone, with exact shares of cells.

    Parameters
    ----------
    path : str or Path
        GeoTIFF with a CRS.
    zones : geopandas.GeoDataFrame
        Polygons in any CRS; they are brought to that of the raster.
    statistics : sequence of str
        Of `STATISTICS`.
    limits : Limits
        Cap on the size of the file.

    Returns
    -------
    pandas.DataFrame
        Indexed as `zones`: one column for each statistic (NaN where a zone meets no data) and
        ``covered_share``, the part of the zone's cells that hold data (1 if all do, 0 outside the raster).

    Raises
    ------
    InputError
        If a statistic is unknown, zones are no polygons, or the raster can't be read.
    CrsError
        If zones or raster have no CRS.
    """
    unknown = [s for s in statistics if s not in STATISTICS]
    if unknown:
        raise InputError(f"No statistic {', '.join(unknown)}. There are: {', '.join(STATISTICS)}.")
    _ready(zones)
    with open_raster(path, limits=limits) as source:
        found = _extract(source, zones, ["count", *statistics])
        cells = _cells_in(source, zones)
    out = pd.DataFrame({s: found[s].to_numpy(float) for s in statistics}, index=zones.index)
    out["covered_share"] = np.clip(found["count"].fillna(0).to_numpy(float) / np.maximum(cells, 1e-12), 0, 1)
    return out


def _cells_in(source: Any, zones: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Area of each zone in cells of the raster."""
    import shapely

    area = shapely.area(zones.geometry.to_crs(source.crs).to_numpy())
    return np.nan_to_num(
        area / abs(source.transform.a * source.transform.e - source.transform.b * source.transform.d)
    )


def people(
    path: str | Path, zones: gpd.GeoDataFrame, *, density: bool = False, limits: Limits = LIMITS
) -> pd.DataFrame:
    """People in each zone from a population grid such as WorldPop or GHSL.

    Parameters
    ----------
    path : str or Path
        The user's grid: people in each cell, or people per square kilometre.
    zones : geopandas.GeoDataFrame
        Districts, catchments or isochrones, in any CRS.
    density : bool
        Whether values are people per square kilometre instead of people per cell.
    limits : Limits
        Cap on the size of the file.

    Returns
    -------
    pandas.DataFrame
        Indexed as `zones`: ``people`` (NaN where the grid holds no data at all) and ``covered_share``.

    Raises
    ------
    InputError
        If the grid holds negative numbers that it does not declare as no data, or can't be read.
    """
    _ready(zones)
    with open_raster(path, limits=limits) as source:
        found = _extract(source, zones, ["count", "sum", "min", "mean"])
        cells = _cells_in(source, zones)
    lowest = found["min"].min()
    if lowest < 0:
        raise InputError(
            f"{Path(path).name}: holds {lowest:g} people, which it does not declare as no data. "
            "Declare it (`rio edit-info --nodata`), or give another grid."
        )
    covered = np.clip(found["count"].fillna(0).to_numpy(float) / np.maximum(cells, 1e-12), 0, 1)
    total = found["sum"].to_numpy(float)
    if density:
        total = found["mean"].to_numpy(float) * _km2(zones) * covered
    total = np.where(covered > 0, total, np.nan)
    return pd.DataFrame({"people": total, "covered_share": covered}, index=zones.index)


def _km2(zones: gpd.GeoDataFrame) -> NDArray[np.float64]:
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    shapes = zones.geometry.to_crs("EPSG:4326")
    return np.array(
        [abs(geod.geometry_area_perimeter(s)[0]) / 1e6 if s is not None else np.nan for s in shapes]
    )


def class_shares(path: str | Path, zones: gpd.GeoDataFrame, *, limits: Limits = LIMITS) -> pd.DataFrame:
    """Shares of the classes of a land-cover raster in each zone.

    Returns
    -------
    pandas.DataFrame
        Indexed as `zones`, one column for each class (whole numbers) with its share of the cells that hold
        data; rows add up to 1, or are NaN where a zone meets no data.

    Raises
    ------
    InputError
        If the raster holds no whole numbers.
    """
    _ready(zones)
    with open_raster(path, limits=limits) as source:
        if not np.issubdtype(np.dtype(source.dtypes[0]), np.integer):
            raise InputError(f"{Path(path).name}: holds {source.dtypes[0]} values, not classes.")
        found = _extract(source, zones, ["unique", "frac"])
    rows = []
    for values, shares in zip(found["unique"], found["frac"], strict=True):
        there = hasattr(values, "__len__") and len(values)
        rows.append({int(v): float(s) for v, s in zip(values, shares, strict=True)} if there else {})
    table = pd.DataFrame(rows, index=zones.index)
    table = table[sorted(table.columns)]
    return table.fillna(0.0).where(table.notna().any(axis=1), np.nan)


def class_on_grid(
    path: str | Path,
    classes: Collection[int],
    transform: Any,
    shape: tuple[int, int],
    crs: Any,
    *,
    limits: Limits = LIMITS,
) -> Grid:
    """Share of each cell of another grid that some classes cover: water as a barrier, built-up land as easy
    ground.

    Parameters
    ----------
    path : str or Path
        Land-cover raster with whole numbers.
    classes : collection of int
        Such as ``{80}``: permanent water in ESA WorldCover.
    transform, shape, crs
        Of the grid wanted, as from `yrdgis.io.raster.grid_over`.
    limits : Limits
        Cap on the size of the file.

    Returns
    -------
    Grid
        0 to 1; NaN where the raster holds no data. Read in strips, so that memory stays bounded.
    """
    from rasterio.enums import Resampling
    from rasterio.transform import Affine
    from rasterio.warp import reproject

    out = np.full(shape, np.nan, np.float32)
    strip = max(1, _CELLS_IN_MEMORY // max(shape[1], 1))
    with open_raster(path, limits=limits) as source:
        for top in range(0, shape[0], strip):
            rows = min(strip, shape[0] - top)
            here = transform * Affine.translation(0, top)
            part = _window_for(source, here, (rows, shape[1]), crs)
            if part is None:
                continue
            values, place = part
            known = values != source.nodata if source.nodata is not None else np.ones(values.shape, bool)
            share = np.where(known, np.isin(values, list(classes)), np.nan).astype(np.float32)
            goal = np.full((rows, shape[1]), np.nan, np.float32)
            reproject(
                share,
                goal,
                src_transform=place,
                src_crs=source.crs,
                src_nodata=np.nan,
                dst_transform=here,
                dst_crs=crs,
                dst_nodata=np.nan,
                resampling=Resampling.average,
            )
            out[top : top + rows] = goal
    return Grid(out, transform, crs, float("nan"))


def closed_land(
    land: Land, path: str | Path, classes: Collection[int], *, share: float = 0.5, limits: Limits = LIMITS
) -> Land:
    """Land of a least-cost surface without the cells that a land-cover raster closes, such as water.

    Parameters
    ----------
    land : Land
        From `yrdgis.metrics.surface.land_of`.
    path : str or Path
        Land-cover raster.
    classes : collection of int
        That close a cell.
    share : float
        Part of a cell, above 0 to 1, from which on they do; where the raster holds no data nothing changes.
    limits : Limits
        Cap on the size of the file.

    Raises
    ------
    InputError
        If the share is not above 0 and at most 1.
    """
    from dataclasses import replace

    from yrdgis.settings import METRIC_CRS

    if not 0 < share <= 1:
        raise InputError(f"The share has to be above 0 and at most 1, not {share}.")
    found = class_on_grid(path, classes, land.transform, land.is_land.shape, METRIC_CRS, limits=limits)
    return replace(land, is_land=land.is_land & ~(found.values >= share))


def gain_grid(before: Surface, after: Surface) -> Grid:
    """Minutes saved in every cell, for `write_cog`; NaN where a cell is not reached before or after.

    Raises
    ------
    InputError
        If the two have different cells.
    """
    from yrdgis.settings import METRIC_CRS

    if before.minutes.shape != after.minutes.shape or before.land.transform != after.land.transform:
        raise InputError("The two surfaces have different cells; make both with the same `cell_m`.")
    return Grid(before.minutes - after.minutes, before.land.transform, METRIC_CRS, float("nan"))


def _window_for(
    source: Any, transform: Any, shape: tuple[int, int], crs: Any
) -> tuple[NDArray[Any], Any] | None:
    """The cells of a raster under a grid, and their place; None where there are none."""
    from rasterio.transform import array_bounds
    from rasterio.warp import transform_bounds
    from rasterio.windows import Window, from_bounds, intersect

    west, south, east, north = transform_bounds(crs, source.crs, *array_bounds(*shape, transform))
    asked = from_bounds(west, south, east, north, transform=source.transform)
    wide = Window(
        np.floor(asked.col_off) - 1,
        np.floor(asked.row_off) - 1,
        np.ceil(asked.width) + 3,
        np.ceil(asked.height) + 3,
    )
    whole = Window(0, 0, source.width, source.height)
    if not intersect(wide, whole):
        return None
    window = wide.intersection(whole)
    return source.read(1, window=window), source.window_transform(window)
