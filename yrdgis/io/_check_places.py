"""Checks of geometry: positions, lengths, polygons, and whether networks hang together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis import crs
from yrdgis.errors import YrdgisError
from yrdgis.settings import METRIC_CRS

if TYPE_CHECKING:
    import geopandas as gpd

    from yrdgis.io._raw import RawLayer
    from yrdgis.io.read import Layers

__all__ = ["check_lengths", "check_parts", "check_positions", "check_shapes", "check_tiling"]

POSITION_TOLERANCE_KM = 0.5
"""A point may lie this far outside its district or city, for boundaries are drawn coarsely."""
TILING_TOLERANCE = 0.001
"""Share of a city that its districts may leave free or cover twice."""
_SHORTER = 0.995
_SHORTER_KM = 0.05
_LONGER, _LONGER_KM = 2.0, 2.0
_MUCH_LONGER, _MUCH_LONGER_KM = 4.0, 5.0
_AREA_SHARE = 0.02
_NOTED = re.compile(r"(\d+(?:\.\d+)?) km outside")
_COARSE = ("amap", "baidu", "unverified")
_KINDS = {
    "point": ("Point",),
    "line": ("LineString", "MultiLineString"),
    "polygon": ("Polygon", "MultiPolygon"),
}


def check_shapes(layer: RawLayer) -> None:
    """Drawn geometry: there, of the kind that the catalogue names, valid, and in degrees."""
    if layer.shapes is None:
        return
    for label, shape in zip(layer.labels, layer.shapes, strict=True):
        message, value = _shape_fault(shape, layer.info.geometry)
        if message:
            layer.add("error", message, row=label, value=value)


def _shape_fault(shape: Any, kind: str) -> tuple[str, str]:
    """What is wrong with a drawn geometry, and where; empty where nothing is."""
    import shapely

    if shape is None or shape.is_empty:
        return "has no geometry", ""
    if shape.geom_type not in _KINDS.get(kind, (shape.geom_type,)):
        return f"is no {kind}, as the catalogue says", shape.geom_type
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return "has a coordinate that is no number", ""
    if not _in_degrees(shape.bounds):
        return "is not in WGS84 degrees, longitude first", f"{shape.bounds[0]:g}, {shape.bounds[1]:g}"
    if not shape.is_valid:
        return "is not a valid shape", shapely.is_valid_reason(shape)
    return "", ""


def check_positions(layer: RawLayer, layers: Layers) -> None:
    """Points inside the district and city that their row names."""
    frame = layers[layer.name]
    lon, lat = ("lon", "lat") if "lon" in frame else ("seat_lon", "seat_lat")
    if lon not in frame or not len(frame):
        return
    if "district_id" in frame and "districts" in layers:
        _check_inside(layer, frame, layers, "districts", "district_id", (lon, lat))
    if "city_id" in frame and "cities" in layers:
        rest = frame["district_id"].eq("") if "district_id" in frame else pd.Series(True, index=frame.index)
        _check_inside(layer, frame[rest], layers, "cities", "city_id", (lon, lat))
    if {"district_id", "city_id"} <= set(frame) and layer.name != "districts" and "districts" in layers:
        _check_parents(layer, frame, layers)


def _check_inside(
    layer: RawLayer, frame: pd.DataFrame, layers: Layers, zone_layer: str, key: str, position: tuple[str, str]
) -> None:
    import shapely

    zones = layers.polygons(zone_layer).set_index(key).geometry
    placed = frame[list(position)].notna().all(axis=1) & frame[key].isin(zones.index)
    rows = np.flatnonzero(placed.to_numpy())
    points = shapely.points(
        frame[position[0]].to_numpy(float)[rows], frame[position[1]].to_numpy(float)[rows]
    )
    homes = zones.loc[frame[key].to_numpy()[rows]].to_numpy()
    outside = ~shapely.covers(homes, points)
    if not outside.any():
        return
    away = _metres_apart(homes[outside], points[outside]) / 1000.0
    labels = np.array(layer.labels, dtype=object)[frame.index.to_numpy()[rows[outside]]]
    for at, label, km in zip(rows[outside].tolist(), labels, away, strict=True):
        row = frame.iloc[at]
        allowed = _stated_distance(row) + POSITION_TOLERANCE_KM
        if km > allowed:
            coarse = row.get("confidence") == "low" or row.get("coord_origin") in _COARSE
            hint = "move the point, name the right one, or note '1.2 km outside' and why"
            severity, value = "warning" if coarse else "error", f"{km:.1f} km off {row[key]}"
            layer.add(severity, "does not hold the point", row=label, column=key, value=value, hint=hint)


def _stated_distance(row: Any) -> float:
    """Kilometres that a row says it lies outside, in ``sea_distance_km`` or in its note."""
    stated = row.get("sea_distance_km", "")
    if pd.notna(stated) and stated != "":
        return float(stated)
    noted = _NOTED.search(str(row.get("note", "")))
    return float(noted[1]) if noted else 0.0


def _check_parents(layer: RawLayer, frame: pd.DataFrame, layers: Layers) -> None:
    parents = layers["districts"].set_index("district_id")["city_id"]
    stated = frame["district_id"].map(parents.to_dict())
    wrong = stated.notna() & frame["city_id"].ne("") & frame["city_id"].ne(stated)
    for at in np.flatnonzero(wrong.to_numpy()).tolist():
        value = f"{frame['city_id'].iat[at]}, not {stated.iat[at]}"
        layer.add(
            "error", "is not the city of its district", row=layer.labels[at], column="city_id", value=value
        )


def check_lengths(layer: RawLayer, layers: Layers) -> None:
    """Lengths of links: never below the straight line, not far above what is drawn."""
    frame = layers[layer.name]
    if not {"from_node_id", "to_node_id", "length_km"} <= set(frame) or not len(frame):
        return
    import shapely

    shapes = layers.lines(layer.name).geometry
    drawn = np.array([shape is not None for shape in shapes])
    lines = shapes[drawn]
    starts, ends = shapely.get_point(lines.to_numpy(), 0), shapely.get_point(lines.to_numpy(), -1)
    straight = np.full(len(frame), np.nan)
    straight[drawn] = crs.distance_km(*_xy(starts), *_xy(ends))
    along = np.full(len(frame), np.nan)
    along[drawn] = lines.to_crs(METRIC_CRS).length.to_numpy() / 1000.0
    length = frame["length_km"].to_numpy(float)
    same = frame["from_node_id"].eq(frame["to_node_id"]).to_numpy()
    for at, label in enumerate(layer.labels):
        if same[at]:
            layer.add("error", "begins and ends at the same node", row=label, column="to_node_id")
            continue
        severity, message, value = _length_fault(length[at], straight[at], along[at])
        if message:
            layer.add(severity, message, row=label, column="length_km", value=value)


def _length_fault(length_km: float, straight_km: float, drawn_km: float) -> tuple[str, str, str]:
    """Severity, message and value for a link's length; empty where it fits or nothing is drawn."""
    if length_km < straight_km * _SHORTER - _SHORTER_KM:
        value = f"{length_km:g} km, {straight_km:.2f} km apart"
        return "error", "is shorter than the straight line", value
    value = f"{length_km:g} km, {drawn_km:.2f} km drawn"
    if length_km > drawn_km * _MUCH_LONGER + _MUCH_LONGER_KM:
        return "error", "is far longer than what is drawn", value
    if length_km > drawn_km * _LONGER + _LONGER_KM:
        return "warning", "is far longer than what is drawn", value
    return "", "", ""


def check_parts(raws: Mapping[str, RawLayer], layers: Layers) -> None:
    """Whether each network hangs together (transfers counted), and which nodes no link reaches."""
    ends = {
        name: layers[name][["from_node_id", "to_node_id"]]
        for name, raw in raws.items()
        if {"from_node_id", "to_node_id"} <= set(raw.schema.names) and len(layers[name])
    }
    if not ends:
        return
    part_of = _parts(pd.concat(ends.values()))
    for name, pairs in ends.items():
        parts = pairs["from_node_id"].map(part_of)
        counts = parts.value_counts()
        for part in counts.index[1:]:
            rows = np.flatnonzero(parts.eq(part).to_numpy())
            nodes = sorted(set(pairs.iloc[rows].to_numpy().ravel()))
            told = f"{len(rows)} links hang together, but not with the rest"
            raws[name].add("warning", told, value=_some(nodes), hint="add the missing link or transfer")
    _check_reached(raws, layers, ends)


def _check_reached(raws: Mapping[str, RawLayer], layers: Layers, ends: Mapping[str, pd.DataFrame]) -> None:
    owners: dict[tuple[str, str], set[str]] = {}
    drawn = {name: pairs for name, pairs in ends.items() if "length_km" in raws[name].schema}
    for name, pairs in drawn.items():
        for side in ("from_node_id", "to_node_id"):
            for reference in raws[name].schema[side].references:
                owners.setdefault(reference, set()).update(pairs[side])
    for (owner, column), reached in owners.items():
        if owner not in raws:
            continue
        frame = layers[owner]
        open_now = (
            frame["status"].eq("operating") if "status" in frame else pd.Series(True, index=frame.index)
        )
        for node in frame.loc[open_now & ~frame[column].isin(reached), column]:
            raws[owner].add("warning", "is reached by no link", row=node)


def check_tiling(raws: Mapping[str, RawLayer], layers: Layers) -> None:
    """Districts cover their city once, and stated areas are those that are drawn."""
    for name in ("cities", "districts"):
        if name in raws:
            _check_areas(raws[name], layers.polygons(name))
    if not {"cities", "districts"} <= set(raws):
        return
    cities = layers.polygons("cities").to_crs(METRIC_CRS).set_index("city_id")
    districts = layers.polygons("districts").to_crs(METRIC_CRS)
    for city_id, city in cities.geometry.items():
        parts = districts[districts["city_id"].eq(city_id)].geometry
        if parts.empty:
            raws["cities"].add("warning", "has no districts", row=str(city_id))
            continue
        union = parts.union_all()
        free = city.symmetric_difference(union).area / city.area
        double = (parts.area.sum() - union.area) / city.area
        for share, told in (
            (free, "is not what its districts cover"),
            (double, "has districts that overlap"),
        ):
            if share > TILING_TOLERANCE:
                raws["cities"].add("error", told, row=str(city_id), value=f"{share:.2%} of its area")


def _check_areas(raw: RawLayer, frame: gpd.GeoDataFrame) -> None:
    if "area_km2" not in frame:
        return
    drawn = frame.to_crs(METRIC_CRS).area / 1e6
    off = (frame["area_km2"] - drawn).abs() > drawn * _AREA_SHARE
    for at in np.flatnonzero(off.to_numpy()):
        value = f"{frame['area_km2'].iat[at]:g} km2, {drawn.iat[at]:.1f} km2 drawn"
        raw.add("warning", "is not what is drawn", row=raw.labels[at], column="area_km2", value=value)


def _parts(pairs: pd.DataFrame) -> dict[str, int]:
    """Number of the part that each node belongs to."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    codes, nodes = pd.factorize(pairs.to_numpy().ravel())
    rows, columns = codes[0::2], codes[1::2]
    size = len(nodes)
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return dict(zip(nodes, labels.tolist(), strict=True))


def _metres_apart(shapes: np.ndarray, points: np.ndarray) -> np.ndarray:
    import geopandas as gpd

    one = gpd.GeoSeries(shapes, crs=4326).to_crs(METRIC_CRS)
    other = gpd.GeoSeries(points, crs=4326).to_crs(METRIC_CRS)
    return np.asarray(one.distance(other, align=False))


def _xy(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    import shapely

    return shapely.get_x(points), shapely.get_y(points)


def _in_degrees(bounds: tuple[float, float, float, float]) -> bool:
    return bounds[0] >= -180 and bounds[2] <= 180 and bounds[1] >= -90 and bounds[3] <= 90


def _some(names: Iterable[str], most: int = 4) -> str:
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def soundly(raw: RawLayer, check: Any, *arguments: Any) -> None:
    """Run a check; a layer that can't be read as typed gets that as its finding."""
    try:
        check(*arguments)
    except YrdgisError as error:
        raw.add("error", str(error).splitlines()[0])
