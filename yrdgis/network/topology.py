"""What may be joined to what: nearest nodes, and how much water lies between.

A connector never leaps over a river or a strait: one that crosses more water than a parameter allows is
refused, so an island without a bridge is reached by its ferry, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.settings import GEOGRAPHIC_CRS, METRIC_CRS

__all__ = ["Water", "nearest", "to_metres"]

Floats = npt.NDArray[np.float64]

_FIRST_LOOK = 8
_SECOND_LOOK = 48
_TILE_POINTS = 48


@dataclass(frozen=True)
class Water:
    """Water bodies that stop a connector, in metres; cut into tiles so that a line meets few of them."""

    tree: Any
    shores: Any

    @classmethod
    def from_polygons(cls, polygons: Any | None) -> Water:
        """Water of a GeoDataFrame with ``confidence``; bodies of low confidence are background and stop
        nothing.
        """
        import shapely

        if polygons is None:
            return cls(shapely.STRtree([]), None)
        sure = polygons[polygons["confidence"].isin(["high", "medium"]) & polygons.geometry.notna()]
        if "barrier" in sure:
            sure = sure[sure["barrier"].astype(bool)]
        shapes = shapely.make_valid(sure.geometry.to_crs(METRIC_CRS).to_numpy()) if len(sure) else []
        return cls(shapely.STRtree(_tiles(shapes)), shapely.boundary(shapely.union_all(shapes)))

    def km_under(self, starts: Floats, ends: Floats) -> Floats:
        """Kilometres of water under straight lines, given as arrays of x and y in metres."""
        import shapely

        under = np.zeros(len(starts))
        if not len(starts) or not len(self.tree.geometries):
            return under
        lines = shapely.linestrings(np.stack([starts, ends], axis=1))
        at, tile = self.tree.query(lines, predicate="intersects")
        wet = shapely.length(shapely.intersection(lines[at], self.tree.geometries[tile]))
        np.add.at(under, at, wet / 1000)
        return under

    def km_to_shore(self, points: Floats, within_km: float) -> Floats:
        """Kilometres to the shore of points in the water that are near it; zero on land and further out.

        A quay or a sight by a lake is drawn a little off the shore, and is on it all the same.
        """
        import shapely

        found = np.zeros(len(points))
        if not len(points) or not len(self.tree.geometries):
            return found
        at = shapely.points(points)
        wet = np.unique(self.tree.query(at, predicate="within")[0])
        km = shapely.distance(at[wet], self.shores) / 1000
        found[wet] = np.where(km <= within_km, km, 0)
        return found


def to_metres(lon: Floats, lat: Floats) -> Floats:
    """Rows of x and y in the metric CRS, from WGS84 degrees."""
    x, y = _transformer().transform(lon, lat)
    return np.column_stack([x, y]) if len(np.atleast_1d(x)) else np.empty((0, 2))


@cache
def _transformer() -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(GEOGRAPHIC_CRS, METRIC_CRS, always_xy=True)


def nearest(
    points: Floats,
    nodes: Floats,
    *,
    lasting: npt.NDArray[np.bool_],
    count: int,
    max_km: float,
    water: Water,
    max_water_km: float,
    shore_km: float = 0.0,
) -> pd.DataFrame:
    """Nodes that each point may be joined to: as many as lie no further than the `count`-th lasting one.

    A list that does not depend on the date keeps a law: a new node adds a choice and takes none away.

    Parameters
    ----------
    points, nodes : arrays
        Rows of x and y in metres.
    lasting : array of bool
        Nodes that were there before any project and so are counted.
    count : int
        Lasting nodes to join to, where that many are in reach.
    max_km : float
        Reach of a straight line.
    water : Water
    max_water_km : float
        Water that a line may cross.
    shore_km : float
        A point in the water so near to the shore may cross twice its distance to it as well.

    Returns
    -------
    pandas.DataFrame
        ``point``, ``node`` (positions) and ``km``, nearest first for each point.
    """
    from scipy.spatial import cKDTree

    columns = ["point", "node", "km"]
    if not len(points) or not len(nodes):
        return pd.DataFrame(
            {column: np.empty(0, float if column == "km" else np.int64) for column in columns}
        )
    tree = cKDTree(nodes)
    allowed = max_water_km + 2 * water.km_to_shore(points, shore_km)
    todo, found = np.arange(len(points)), []
    for look in (min(_FIRST_LOOK, len(nodes)), min(_SECOND_LOOK, len(nodes))):
        pairs = _dry_pairs(tree, points, todo, look, max_km, water, allowed)
        pairs["seen"] = lasting[pairs["node"]].astype(int)
        pairs["seen"] = pairs.groupby("point")["seen"].cumsum() - pairs["seen"]
        pairs = pairs[pairs["seen"] < count]
        old = pd.Series(lasting[pairs["node"]].astype(int)).groupby(pairs["point"].to_numpy()).sum()
        done = set(old.index[old >= count])
        last = look == min(_SECOND_LOOK, len(nodes))
        found.append(pairs if last else pairs[pairs["point"].isin(done)])
        todo = np.array([point for point in todo if point not in done], dtype=np.int64)
        if last or not len(todo):
            break
    return pd.concat(found)[columns].sort_values(["point", "km", "node"], ignore_index=True)


def _dry_pairs(
    tree: Any,
    points: Floats,
    todo: npt.NDArray[np.int64],
    look: int,
    max_km: float,
    water: Water,
    allowed_km: Floats,
) -> pd.DataFrame:
    metres, node = tree.query(points[todo], k=np.arange(1, look + 1), distance_upper_bound=max_km * 1000)
    at, rank = np.nonzero(np.isfinite(metres))
    pairs = pd.DataFrame({"point": todo[at], "node": node[at, rank], "km": metres[at, rank] / 1000})
    wet = water.km_under(points[pairs["point"]], tree.data[pairs["node"]])
    dry = pairs[wet <= allowed_km[pairs["point"]]]
    return dry.sort_values(["point", "km", "node"], ignore_index=True)


def _tiles(shapes: Any) -> list[Any]:
    """Polygons cut in halves until each piece is small; the pieces tile them, so lengths inside add up."""
    import shapely

    todo, pieces = [part for shape in shapes for part in shapely.get_parts(shape)], []
    while todo:
        shape = todo.pop()
        if shapely.get_num_coordinates(shape) <= _TILE_POINTS:
            pieces.append(shape)
            continue
        west, south, east, north = shape.bounds
        x, y = (west + east) / 2, (south + north) / 2
        wide = east - west > north - south
        halves = (
            ((west, south, x, north), (x, south, east, north))
            if wide
            else ((west, south, east, y), (west, y, east, north))
        )
        cut = [shapely.clip_by_rect(shape, *half) for half in halves]
        todo.extend(part for half in cut for part in shapely.get_parts(half) if shapely.area(part) > 0)
    return pieces
