"""What a file is held against: places with names, boundaries, and the area that the layers cover."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["Reference", "plain_name", "to_metres"]

Floats = NDArray[np.float64]

_SPACING_M = 40.0  # boundaries are turned into points this far apart: finer than any shift looked for
_METRES_PER_DEGREE = 111_195.0
_AREA_MARGIN_DEG = 0.15  # coasts, bridges and shifts reach beyond the land
_POINT_LAYERS = (
    "rail_stations",
    "metro_stations",
    "airports",
    "destinations",
    "towns",
    "districts",
    "cities",
    "road_nodes",
    "water_nodes",
)
_SUFFIX = re.compile(r"(?:火车站|高铁站|地铁站|站|市|区|县|镇|乡|街道|机场|国际机场|互通|枢纽)$")


def plain_name(name: object) -> str:
    """A name without its usual ending and without white space and brackets.

    Examples
    --------
    >>> plain_name("上海虹桥站"), plain_name("安亭镇"), plain_name(None)
    ('上海虹桥', '安亭', '')
    """
    if not isinstance(name, str):
        return ""
    text = re.sub(r"[\s·()（）\-]", "", name)
    short = _SUFFIX.sub("", text)
    return (short if len(short) >= 2 else text).lower()


def to_metres(lon: Floats, lat: Floats, lon0: float) -> Floats:
    """Degrees as metres east of a meridian and north of the equator: true for short distances."""
    east = (lon - lon0) * _METRES_PER_DEGREE * np.cos(np.radians(lat))
    return np.column_stack([east, lat * _METRES_PER_DEGREE])


@dataclass(frozen=True)
class Reference:
    """Places in WGS84 that a file can be compared with.

    Attributes
    ----------
    names : list of str
        Plain names of the points ("" where there is none).
    labels : list of str
        Names as shown in evidence.
    lon, lat : numpy.ndarray
        Of the points, degrees.
    boundary : numpy.ndarray
        Points along boundaries, n x 2 degrees.
    area : shapely geometry or None
        What the layers cover; None where there are no polygons.
    """

    names: list[str]
    labels: list[str]
    lon: Floats
    lat: Floats
    boundary: Floats
    area: Any = None

    @classmethod
    def from_layers(cls, layers: Any) -> Reference:
        """Points and boundaries of a set of layers."""
        import pandas as pd

        tables = [_points(layers.get(name), name) for name in _POINT_LAYERS]
        points = pd.concat([t for t in tables if t is not None and len(t)], ignore_index=True)
        polygons = None
        for name in ("districts", "cities"):
            try:
                polygons = layers.polygons(name)
            except (LookupError, ValueError):
                continue
            if len(polygons):
                break
        return cls.from_frames(points, polygons)

    @classmethod
    def from_frames(cls, points: pd.DataFrame, polygons: gpd.GeoDataFrame | None = None) -> Reference:
        """From a table with name_zh, name, lon, lat and, optionally, polygons in WGS84."""
        points = points[points["lon"].notna() & points["lat"].notna()]
        zh = [v if isinstance(v, str) else "" for v in points.get("name_zh", [""] * len(points))]
        en = [v if isinstance(v, str) else "" for v in points.get("name", [""] * len(points))]
        boundary, area = np.empty((0, 2)), None
        if polygons is not None and len(polygons):
            boundary = _densified(polygons)
            area = polygons.geometry.union_all().buffer(_AREA_MARGIN_DEG)
        return cls(
            [plain_name(z or e) for z, e in zip(zh, en, strict=True)],
            [z or e for z, e in zip(zh, en, strict=True)],
            points["lon"].to_numpy(float),
            points["lat"].to_numpy(float),
            boundary,
            area,
        )


def _points(frame: pd.DataFrame | None, layer: str) -> pd.DataFrame | None:
    if frame is None or not len(frame):
        return None
    lon, lat = ("lon", "lat") if "lon" in frame.columns else ("seat_lon", "seat_lat")
    if lon not in frame.columns:
        return None
    kept = frame[[c for c in ("name", "name_zh") if c in frame.columns]].copy()
    kept["lon"], kept["lat"], kept["layer"] = frame[lon].to_numpy(float), frame[lat].to_numpy(float), layer
    if "confidence" in frame.columns:  # a place known to a kilometre or two can't tell half a kilometre
        kept = kept[(frame["confidence"] != "low").to_numpy()]
    return kept


def _densified(polygons: gpd.GeoDataFrame) -> Floats:
    import shapely

    lines = polygons.geometry.boundary.union_all()
    dense = shapely.segmentize(lines, _SPACING_M / _METRES_PER_DEGREE)
    return np.unique(np.round(shapely.get_coordinates(dense), 6), axis=0)
