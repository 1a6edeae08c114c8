"""Areas that can be reached within some minutes: level sets of the least-cost surface.

Polygons follow the cells of the surface, with holes where something is not reached. Hulls and buffers, which would
cover what is not reached, are not offered.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.accessibility import goalposts
from yrdgis.metrics.frames import check_ascending, layers_of
from yrdgis.metrics.surface import Land, Surface, surface
from yrdgis.network import Network, rebuild
from yrdgis.settings import GEOGRAPHIC_CRS, METRIC_CRS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "ISOCHRONE_COLUMNS",
    "gain_loss",
    "intersection",
    "isochrones",
    "level_sets",
    "union",
    "write_raster",
]

ISOCHRONE_COLUMNS = ("origins", "cutoff_min", "area_km2", "area_low_km2", "area_high_km2", "geometry")
"""Columns of isochrones: ids joined by ``;``, minutes, land within them in square kilometres, and its range."""

Mask = npt.NDArray[np.bool_]


def isochrones(
    network: Network,
    origins: Sequence[str],
    cutoffs_min: Sequence[float] | None = None,
    *,
    mode: str = "door",
    cell_m: float | None = None,
    range_: bool = False,
) -> gpd.GeoDataFrame:
    """Areas that can be reached from the nearest of some origins.

    Parameters
    ----------
    network : Network
        Built from layers.
    origins : sequence of str
        Node ids.
    cutoffs_min : sequence of float, optional
        Minutes, ascending, each included; the goalposts of the parameters (30, 60, 90) by default.
    mode : {"door", "drive", "public"}
    cell_m : float, optional
        Cells in metres, as for `yrdgis.metrics.surface.surface`.
    range_ : bool
        Whether to work out ``area_low_km2`` and ``area_high_km2`` with all parameters at their ends; NaN if not.

    Returns
    -------
    geopandas.GeoDataFrame
        In EPSG:4326, one row per cut-off, columns of `ISOCHRONE_COLUMNS`; the longer area holds the shorter. Empty
        polygons where nothing is reached. ``attrs`` say what it rests on.

    Raises
    ------
    InputError
        If cut-offs do not ascend, the mode has no surface, or the network was not built from layers.
    UnknownNameError
        If an origin is no node.

    Examples
    --------
    >>> import yrdgis as yg
    >>> now = yg.load().network("today").network
    >>> areas = isochrones(now, ["station:huzhou"], [30, 60], cell_m=1000)
    >>> bool(areas["area_km2"].is_monotonic_increasing)
    True
    """
    layers = layers_of(network, what="an isochrone")
    limits = goalposts(layers) if cutoffs_min is None else check_ascending(cutoffs_min)
    options: dict[str, Any] = {"limit_min": limits[-1], "mode": mode, "cell_m": cell_m}
    found = surface(network, origins, **options)
    out = level_sets(found, limits)
    if range_:
        ends = [surface(rebuild(network, parameters=end), origins, **options) for end in ("low", "high")]
        areas = np.array([[_km2(s.minutes <= limit, s.land) for limit in limits] for s in (found, *ends)])
        out["area_low_km2"], out["area_high_km2"] = areas.min(axis=0), areas.max(axis=0)
    return out


def level_sets(found: Surface, cutoffs_min: Sequence[float]) -> gpd.GeoDataFrame:
    """Areas of a surface within each cut-off, as `isochrones` gives them.

    Raises
    ------
    InputError
        If a cut-off lies beyond the limit up to which the surface was worked out.
    """
    limits = _within(found, cutoffs_min)
    rows = {
        "origins": ";".join(found.meta.get("origins", [])),
        "cutoff_min": limits,
        "area_km2": [_km2(found.minutes <= limit, found.land) for limit in limits],
        "area_low_km2": np.nan,
        "area_high_km2": np.nan,
    }
    return _frame(rows, [_polygon(found.minutes <= limit, found.land) for limit in limits], found.meta)


def union(surfaces: Sequence[Surface]) -> Surface:
    """Minutes from the nearest: what any of some surfaces reaches.

    Raises
    ------
    InputError
        If the surfaces have different cells or limits.
    """
    return _combined(surfaces, np.fmin)


def intersection(surfaces: Sequence[Surface]) -> Surface:
    """Minutes until all meet: what every one of some surfaces reaches.

    Raises
    ------
    InputError
        If the surfaces have different cells or limits.
    """
    return _combined(surfaces, np.maximum)


def gain_loss(before: Surface, after: Surface, cutoffs_min: Sequence[float]) -> gpd.GeoDataFrame:
    """What comes within reach and what drops out of it between two surfaces, such as those of two dates.

    Parameters
    ----------
    before, after : Surface
        With the same cells.
    cutoffs_min : sequence of float
        Minutes, ascending.

    Returns
    -------
    geopandas.GeoDataFrame
        In EPSG:4326, three rows per cut-off: ``cutoff_min``, ``change`` (gained, lost, kept), ``area_km2``, geometry.

    Raises
    ------
    InputError
        If the cells differ or a cut-off lies beyond a limit.
    """
    _same(before, after)
    limits = [limit for limit in _within(before, cutoffs_min) if _within(after, [limit])]
    rows, shapes = [], []
    for limit in limits:
        was, now = before.minutes <= limit, after.minutes <= limit
        for change, mask in (("gained", now & ~was), ("lost", was & ~now), ("kept", was & now)):
            rows.append((limit, change, _km2(mask, before.land)))
            shapes.append(_polygon(mask, before.land))
    frame = pd.DataFrame(rows, columns=["cutoff_min", "change", "area_km2"])
    return _frame(frame, shapes, {"before": before.meta, "after": after.meta})


def write_raster(found: Surface, path: str | os.PathLike[str]) -> Path:
    """Write a surface as Cloud-Optimised GeoTIFF: float32 minutes in the metric CRS, NaN where nothing is reached.

    Raises
    ------
    InputError
        If the path does not end in .tif or .tiff.
    OutputError
        If the file can't be written there.
    """
    from yrdgis.io.raster import Grid, write_cog

    tags = {key: str(value) for key, value in found.meta.items() if value is not None}
    grid = Grid(found.minutes, found.land.transform, METRIC_CRS)
    return write_cog(grid, os.fspath(path), unit="min", title="minutes", tags=tags)


def _within(found: Surface, cutoffs_min: Sequence[float]) -> list[float]:
    limits = check_ascending(cutoffs_min)
    if limits[-1] > found.limit_min:
        raise InputError(
            f"the surface was worked out up to {found.limit_min:g} min, so {limits[-1]:g} min can't be read off it"
        )
    return limits


def _same(*surfaces: Surface) -> None:
    first = surfaces[0].land
    for other in surfaces[1:]:
        same = (first.west, first.north, first.cell_m) == (
            other.land.west,
            other.land.north,
            other.land.cell_m,
        )
        if not same or first.is_land.shape != other.land.is_land.shape:
            raise InputError(
                "surfaces with different cells can't be put together; make them with the same cell_m"
            )


def _combined(surfaces: Sequence[Surface], how: Any) -> Surface:
    if not surfaces:
        raise InputError("give one surface or more")
    _same(*surfaces)
    if len({one.limit_min for one in surfaces}) > 1:
        raise InputError(
            "surfaces with different limits can't be put together; make them with the same limit_min"
        )
    first = surfaces[0]
    minutes = first.minutes
    for one in surfaces[1:]:
        minutes = how(minutes, one.minutes)
    origins = list(dict.fromkeys(place for one in surfaces for place in one.meta.get("origins", [])))
    return Surface(minutes, first.land, first.limit_min, {**first.meta, "origins": origins})


def _km2(mask: Mask, land: Land) -> float:
    return float(mask.sum()) * land.cell_m**2 / 1e6


def _polygon(mask: Mask, land: Land) -> Any:
    """One polygon of many parts with holes, in metres; empty where nothing is in the mask."""
    import shapely
    from rasterio.features import shapes

    parts = [
        shapely.geometry.shape(found)
        for found, _ in shapes(mask.astype(np.uint8), mask=mask, connectivity=4, transform=land.transform)
    ]
    return shapely.MultiPolygon(parts)


def _frame(rows: Any, shapes: list[Any], meta: dict[str, Any]) -> gpd.GeoDataFrame:
    import geopandas as gpd

    out = gpd.GeoDataFrame(rows, geometry=shapes, crs=METRIC_CRS).to_crs(GEOGRAPHIC_CRS)
    out.attrs = dict(meta)
    return out
