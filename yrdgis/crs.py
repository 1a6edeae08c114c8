"""Coordinate systems: metres where metres are needed, and the three datums of Chinese maps.

Layers are stored in WGS84. GCJ-02 (Amap, Tencent, Google in China) shifts WGS84 by 300 to 700 m; BD-09
(Baidu) shifts GCJ-02 once more. Both shifts are published formulas; their inverses have none, so they are
solved by iteration until nothing moves by more than a hundredth of a millimetre. Nothing is converted unless
it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yrdgis.errors import CrsError
from yrdgis.settings import METRIC_CRS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "DATUMS",
    "bd09_to_gcj02",
    "bd09_to_wgs84",
    "convert_datum",
    "distance_km",
    "gcj02_to_bd09",
    "gcj02_to_wgs84",
    "require_metres",
    "to_metric",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]

Points = tuple[NDArray[np.float64], NDArray[np.float64]]

DATUMS = ("wgs84", "gcj02", "bd09")
"""Datums that can be converted into each other."""

_SEMI_MAJOR = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_BD_TURN = np.pi * 3000.0 / 180.0
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)
_ENOUGH_DEG = 1e-10
_MOST_ROUNDS = 60


def require_metres(frame: gpd.GeoDataFrame | gpd.GeoSeries, *, name: str = "geometry") -> None:
    """Refuse geometry whose coordinates are not metres.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame or GeoSeries
        Geometry about to be measured.
    name : str
        What to call it in the message.

    Raises
    ------
    CrsError
        If the geometry has no CRS, is in degrees, or in a unit other than the metre.

    Examples
    --------
    >>> import geopandas as gpd
    >>> require_metres(gpd.GeoSeries([], crs="EPSG:4549"))
    """
    if frame.crs is None:
        raise CrsError(f"{name!r} has no CRS; say which it is: `{name}.set_crs(...)`.")
    unit = frame.crs.axis_info[0].unit_name if frame.crs.axis_info else "unknown unit"
    if frame.crs.is_geographic or unit != "metre":
        told = frame.crs.to_string()[:60]
        unit = "degrees" if frame.crs.is_geographic else unit
        raise CrsError(
            f"{name!r} is in {unit} ({told}); lengths need metres. "
            f"Reproject first: `{name}.to_crs(yrdgis.settings.METRIC_CRS)`."
        )


def to_metric(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Frame or series in the one metric CRS of yrdgis, EPSG:4549.

    Raises
    ------
    CrsError
        If the geometry has no CRS.

    Examples
    --------
    >>> import geopandas as gpd
    >>> to_metric(gpd.GeoSeries.from_xy([120.0], [31.0], crs=4326)).x.round().tolist()
    [500000.0]
    """
    if frame.crs is None:
        raise CrsError("The geometry has no CRS, so it can't be reprojected; set it with `.set_crs(...)`.")
    return frame.to_crs(METRIC_CRS)


def distance_km(
    lon_a: ArrayLike, lat_a: ArrayLike, lon_b: ArrayLike, lat_b: ArrayLike
) -> NDArray[np.float64]:
    """Distance in kilometres between points in degrees, on the WGS84 ellipsoid.

    Parameters
    ----------
    lon_a, lat_a, lon_b, lat_b : array-like
        Degrees; the four are broadcast together. NaN in, NaN out.

    Returns
    -------
    numpy.ndarray
        Kilometres along the geodesic.

    Examples
    --------
    >>> distance_km(121.4737, 31.2304, 120.5853, 31.2989).round(1).item()
    85.0
    """
    from pyproj import Geod

    shaped = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (lon_a, lat_a, lon_b, lat_b)))
    return np.asarray(Geod(ellps="WGS84").inv(*shaped)[2], dtype=float) / 1000.0


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Points:
    """GCJ-02 of points in WGS84.

    Parameters
    ----------
    lon, lat : array-like
        Degrees. Outside the rectangle round China nothing is shifted, as on the maps themselves.

    Returns
    -------
    tuple of numpy.ndarray
        Longitudes and latitudes in degrees.

    Examples
    --------
    >>> x, y = wgs84_to_gcj02([121.3162], [31.1960])
    >>> x.round(4).item(), y.round(4).item()
    (121.3207, 31.194)
    """
    x, y = _degrees(lon, lat)
    inside = _in_china(x, y)
    dx, dy = _gcj_shift(x, y)
    return np.where(inside, x + dx, x), np.where(inside, y + dy, y)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Points:
    """WGS84 of points in GCJ-02, exact to less than a millimetre.

    Examples
    --------
    >>> x, y = gcj02_to_wgs84(*wgs84_to_gcj02(121.5, 31.2))
    >>> bool(abs(x - 121.5) < 1e-9 and abs(y - 31.2) < 1e-9)
    True
    """
    x, y = _degrees(lon, lat)
    inside = _in_china(x, y)
    back_x, back_y = _solve(lambda a, b: tuple(np.add((a, b), _gcj_shift(a, b))), x, y)
    return np.where(inside, back_x, x), np.where(inside, back_y, y)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Points:
    """BD-09 (Baidu) of points in GCJ-02.

    Examples
    --------
    >>> x, y = gcj02_to_bd09(121.3207, 31.1940)
    >>> x.round(3).item(), y.round(3).item()
    (121.327, 31.2)
    """
    x, y = _degrees(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Points:
    """GCJ-02 of points in BD-09, exact to less than a millimetre.

    Examples
    --------
    >>> x, y = bd09_to_gcj02(*gcj02_to_bd09(121.5, 31.2))
    >>> bool(abs(x - 121.5) < 1e-9 and abs(y - 31.2) < 1e-9)
    True
    """
    return _solve(gcj02_to_bd09, *_degrees(lon, lat))


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Points:
    """BD-09 (Baidu) of points in WGS84."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Points:
    """WGS84 of points in BD-09, exact to less than a millimetre."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def convert_datum(lon: ArrayLike, lat: ArrayLike, *, source: str, target: str) -> Points:
    """Points from one datum to another.

    Parameters
    ----------
    lon, lat : array-like
        Degrees in the datum `source`.
    source, target : {"wgs84", "gcj02", "bd09"}
        Datums.

    Raises
    ------
    CrsError
        If there is no such datum.

    Examples
    --------
    >>> x, y = convert_datum(121.5, 31.2, source="wgs84", target="wgs84")
    >>> x.item(), y.item()
    (121.5, 31.2)
    """
    for datum in (source, target):
        if datum not in DATUMS:
            raise CrsError(f"No datum {datum!r}. There are: {', '.join(DATUMS)}.")
    points = _degrees(lon, lat)
    step = 1 if DATUMS.index(target) > DATUMS.index(source) else -1
    steps = {
        ("wgs84", "gcj02"): wgs84_to_gcj02,
        ("gcj02", "bd09"): gcj02_to_bd09,
        ("bd09", "gcj02"): bd09_to_gcj02,
        ("gcj02", "wgs84"): gcj02_to_wgs84,
    }
    at = DATUMS.index(source)
    while DATUMS[at] != target:
        points = steps[DATUMS[at], DATUMS[at + step]](*points)
        at += step
    return points


def _degrees(lon: ArrayLike, lat: ArrayLike) -> Points:
    x, y = np.broadcast_arrays(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    return x, y


def _in_china(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    west, south, east, north = _CHINA
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def _gcj_shift(x: NDArray[np.float64], y: NDArray[np.float64]) -> Points:
    """Degrees by which GCJ-02 moves a point of WGS84, from metres on a Krasovsky ellipsoid."""
    east, north = x - 105.0, y - 35.0
    root = np.sqrt(np.abs(east))
    wave = 20.0 * np.sin(6.0 * np.pi * east) + 20.0 * np.sin(2.0 * np.pi * east)
    dy = -100.0 + 2.0 * east + 3.0 * north + 0.2 * north**2 + 0.1 * east * north + 0.2 * root
    dy += (wave + 20.0 * np.sin(np.pi * north) + 40.0 * np.sin(np.pi * north / 3.0)) * 2.0 / 3.0
    dy += (160.0 * np.sin(np.pi * north / 12.0) + 320.0 * np.sin(np.pi * north / 30.0)) * 2.0 / 3.0
    dx = 300.0 + east + 2.0 * north + 0.1 * east**2 + 0.1 * east * north + 0.1 * root
    dx += (wave + 20.0 * np.sin(np.pi * east) + 40.0 * np.sin(np.pi * east / 3.0)) * 2.0 / 3.0
    dx += (150.0 * np.sin(np.pi * east / 12.0) + 300.0 * np.sin(np.pi * east / 30.0)) * 2.0 / 3.0
    phi = np.radians(y)
    magic = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    metres_north = np.radians(_SEMI_MAJOR * (1.0 - _ECCENTRICITY_2) / magic**1.5)
    metres_east = np.radians(_SEMI_MAJOR / np.sqrt(magic) * np.cos(phi))
    return dx / metres_east, dy / metres_north


def _solve(forward: Callable[..., Points], x: NDArray[np.float64], y: NDArray[np.float64]) -> Points:
    """Points that `forward` takes to x, y: each round mends the guess by what is left of the difference."""
    guess_x, guess_y = np.array(x, dtype=float), np.array(y, dtype=float)
    for _ in range(_MOST_ROUNDS):
        there_x, there_y = forward(guess_x, guess_y)
        step_x, step_y = x - there_x, y - there_y
        guess_x, guess_y = guess_x + step_x, guess_y + step_y
        left = np.maximum(np.abs(step_x), np.abs(step_y))
        if not np.any(left[np.isfinite(left)] > _ENOUGH_DEG):
            break
    return guess_x, guess_y
