"""Any lines as a network: reprojected, snapped, cut where they meet, every change told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yrdgis.errors import CrsError, InputError
from yrdgis.io.archives import LIMITS, Limits
from yrdgis.network._road_classes import osm_class
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.model import Network
from yrdgis.network.osm import ROAD_CLASS, Imported, speeds_of
from yrdgis.network.osm_tags import speed_kph
from yrdgis.network.snap import Change, Pieces, clean_lines, cut_lines, nodes_of, snap_ends
from yrdgis.settings import METRIC_CRS

if TYPE_CHECKING:
    import geopandas as gpd

    from yrdgis.io import Layers

__all__ = ["lines_to_network", "metric_crs", "open_lines"]

_METRIC_LON = (116.0, 126.0)
_SPEED = ("free_speed_kph", "speed_kph", "maxspeed", "speed", "限速", "设计速度")
_CLASS = ("osm_class", "highway", "fclass", "class", "等级", "road_class")
_NAME_ZH = ("name_zh", "name:zh", "名称", "路名", "道路名称", "NAME", "name")
_YES = {"yes", "true", "1", "t", "y", "是"}
_NO = {"", "no", "false", "0", "0.0", "f", "none", "nan", "n", "否", "<na>"}
_MOST_LEVELS = 99


def metric_crs(frame: gpd.GeoDataFrame) -> Any:
    """CRS in metres that suits a frame: EPSG:4549 in the delta, else the UTM zone of its middle.

    Raises
    ------
    CrsError
        If the frame has no CRS.
    InputError
        If no shape is left to tell where it lies.
    """
    if frame.crs is None:
        raise CrsError(
            "The lines have no CRS. Find it with `yrdgis doctor`, then set it with `.set_crs(...)`."
        )
    west, south, east, north = frame.to_crs("EPSG:4326").total_bounds
    if not np.isfinite([west, south, east, north]).all():
        raise InputError(
            "The lines have no shape, or lie nowhere on the globe in their CRS. See `yrdgis doctor`."
        )
    inside = _METRIC_LON[0] <= west and east <= _METRIC_LON[1]
    return METRIC_CRS if inside else frame.estimate_utm_crs()


def open_lines(
    path: str | Path, *, layer: str | None = None, encoding: str | None = None, limits: Limits = LIMITS
) -> Any:
    """Lines of a user's file, opened safely; (frame, what was repaired).

    Raises
    ------
    InputError
        If the file can't be read or holds no shapes.
    """
    from yrdgis.io.vectorfile import open_vector

    opened = open_vector(path, layer=layer, encoding=encoding, limits=limits)
    if not hasattr(opened.frame, "geometry") or "geometry" not in opened.frame.columns:
        raise InputError(f"{opened.path.name}: a table without shapes. Give lines, or a column `wkt`.")
    return opened.frame, [str(r) for r in opened.repairs]


def lines_to_network(
    lines: gpd.GeoDataFrame,
    *,
    layers: Layers,
    snap_m: float = 1.0,
    crossings: bool = True,
    speed: str | float | None = None,
    oneway: str | None = None,
    level: str | None = None,
    mode: str = "drive",
    label: str = "",
) -> Imported:
    """A network from lines.

    Parameters
    ----------
    lines : geopandas.GeoDataFrame
        With a CRS, of any kind.
    layers : Layers
        Their parameters give speeds where the lines have none.
    snap_m : float
        Ends nearer than this, in metres, are one; an end nearer than this to a line joins it.
    crossings : bool
        Whether lines that cross on one level are cut there.
    speed : str or float, optional
        Column with kilometres per hour, or one speed for all; common names of columns are tried if not given.
    oneway : str, optional
        Column that says yes, -1 or no; ``oneway`` if there is one.
    level : str, optional
        Column with the level; else ``layer``, or +1 for ``bridge`` and -1 for ``tunnel``.
    mode : str
        Of the links.
    label : str
        Of the network.

    Returns
    -------
    Imported
        ``changes`` has a row for everything that was changed or noticed, with its place.

    Raises
    ------
    CrsError
        If the lines have no CRS.
    InputError
        If no line is left, or a column named is missing.
    """
    import shapely

    for column in (speed if isinstance(speed, str) else None, oneway, level):
        if column is not None and column not in lines.columns:
            raise InputError(
                f"The lines have no column {column!r}. There are: {', '.join(map(str, lines.columns[:20]))}."
            )
    if snap_m < 0:
        raise InputError(f"A tolerance can't be negative: {snap_m} m.")
    crs = metric_crs(lines)
    drawn = lines.reset_index(drop=True)
    shapes = drawn.to_crs(crs).geometry.to_numpy()
    way = _direction(drawn, oneway)
    pieces = clean_lines(shapes, _level(drawn, level), way != 0)
    pieces = snap_ends(pieces, snap_m)
    pieces, apart = cut_lines(pieces, snap_m, crossings=crossings)
    if not len(pieces.shapes):
        raise InputError("No line is left to make a network of. See what `yrdgis doctor` says of the file.")
    cut = _Cut(drawn, pieces, *nodes_of(pieces, snap_m), crs)
    _notice(cut, snap_m)
    report = _report(cut, apart)
    speeds = _speeds(drawn, speed, layers, mode)
    report += _unread(drawn, speed, speeds[1])
    network, shapes_of = _assemble(cut, way, speeds, mode, label)
    counts = {"lines": len(drawn), "links": len(network.links), "nodes": len(network.nodes)}
    both = shapes_of.to_numpy()
    offsets = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(both))])
    xy, ids = shapely.get_coordinates(both), shapes_of.index.to_numpy(object)
    return Imported(network, report, counts, xy, offsets, ids, _changes(cut))


def _texts(values: pd.Series) -> pd.Series:
    """Plain lower-case texts; what is missing is blank."""
    return pd.Series(
        ["" if pd.isna(v) else str(v).strip().lower() for v in values], index=values.index, dtype=object
    )


def _direction(lines: pd.DataFrame, column: str | None) -> NDArray[np.int64]:
    name = column or ("oneway" if "oneway" in lines.columns else None)
    if name is None:
        return np.zeros(len(lines), np.int64)
    told = _texts(lines[name])
    back = told.isin(["-1", "-1.0", "reverse", "t"]).to_numpy()  # T and F: as in exports of OpenStreetMap
    ahead = told.isin(_YES | {"f"}).to_numpy()
    return np.where(back, -1, np.where(ahead, 1, 0)).astype(np.int64)


def _level(lines: pd.DataFrame, column: str | None) -> NDArray[np.int64]:
    name = column or ("layer" if "layer" in lines.columns else None)
    told = np.zeros(len(lines), np.int64)
    given = np.zeros(len(lines), bool)
    if name is not None:
        number = pd.to_numeric(lines[name], errors="coerce").clip(-_MOST_LEVELS, _MOST_LEVELS)
        given = number.notna().to_numpy() & (number != 0).to_numpy()
        told[given] = number[given].round().astype(np.int64)
    if column is None:
        for key, value in (("bridge", 1), ("tunnel", -1)):
            if key in lines.columns:
                is_so = ~_texts(lines[key]).isin(_NO).to_numpy()
                told[is_so & ~given] = value
    return told


def _notice(cut: _Cut, snap_m: float) -> None:
    """Ends that hang, and those that miss another line by a little."""
    import shapely

    pieces, points, first, last = cut.pieces, cut.points, cut.first, cut.last
    degree = np.bincount(np.concatenate([first, last]), minlength=len(points))
    loose = np.flatnonzero(degree == 1)
    owner = np.empty(len(points), np.int64)
    owner[first], owner[last] = np.arange(len(first)), np.arange(len(last))
    tree = shapely.STRtree(pieces.shapes)
    spots = shapely.points(points[loose])
    at, line = tree.query(spots, predicate="dwithin", distance=max(3 * snap_m, 1.0))
    missed = set(at[line != owner[loose[at]]].tolist())
    for k, node in enumerate(loose):
        kind = "near miss" if k in missed else "dangling end"
        pieces.changes.append(
            Change(kind, int(pieces.row[owner[node]]), float(points[node, 0]), float(points[node, 1]))
        )


def _report(cut: _Cut, apart: int) -> list[str]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first, last, count = cut.first, cut.last, len(cut.points)
    graph = coo_array((np.ones(len(first), np.int8), (first, last)), shape=(count, count))
    parts, which = connected_components(graph, directed=False)
    largest = np.bincount(which[first]).max() / len(first)
    found = Counter(c.kind for c in cut.pieces.changes)
    told = [f"{number:,} x {kind}" for kind, number in found.most_common()]
    if apart:
        told.append(f"{apart:,} crossings on different levels left apart")
    told.append(f"{parts:,} connected parts; the largest has {largest:.0%} of the links")
    return told


def _column(lines: pd.DataFrame, names: tuple[str, ...]) -> str | None:
    return next((n for n in names if n in lines.columns), None)


def _unread(lines: pd.DataFrame, speed: str | float | None, assumed: NDArray[np.bool_]) -> list[str]:
    """A sentence on rows whose speed is not stated or can't be read, so that their class's is assumed."""
    column = None if isinstance(speed, int | float) else speed or _column(lines, _SPEED)
    if column is None:
        return (
            []
            if isinstance(speed, int | float)
            else ["no column with speeds: those of the classes are assumed"]
        )
    if not assumed.any():
        return []
    texts = dict.fromkeys(str(v) for v in lines[column][assumed] if pd.notna(v) and str(v).strip())
    such = f", such as {', '.join(list(texts)[:3])}" if texts else ""
    return [
        f"{int(assumed.sum()):,} lines without a readable speed in {column!r}{such}: that of the class is assumed"
    ]


def _speeds(
    lines: pd.DataFrame, speed: str | float | None, layers: Layers, mode: str
) -> tuple[Any, Any, pd.Series]:
    """Kilometres per hour and whether they are assumed, by row of the input; and the class."""
    use = speeds_of(Assumptions(layers), None)
    name = _column(lines, _CLASS)
    klass = _texts(lines[name]) if name else pd.Series("road", index=lines.index, dtype=object)
    known = {k: osm_class(k) for k in klass.unique()}
    listed = {
        k: use.listed(v, "road") * (use.factor(v, "road") if mode == "drive" else 1.0)
        for k, v in known.items()
    }
    base = klass.map(listed).to_numpy(float)
    if isinstance(speed, int | float):
        if not speed > 0:
            raise InputError(f"A speed must be above zero: {speed} km/h.")
        return np.full(len(lines), float(speed)), np.zeros(len(lines), bool), klass
    column = speed or _column(lines, _SPEED)
    if column is None:
        return base, np.ones(len(lines), bool), klass
    words = use.words()
    told = np.array([speed_kph(str(v).removesuffix(".0"), words) or np.nan for v in lines[column]], float)
    return np.where(np.isnan(told), base, told), np.isnan(told), klass


@dataclass(frozen=True)
class _Cut:
    """Lines once cut: the rows they came from, their pieces, the nodes, and which node each piece joins."""

    lines: gpd.GeoDataFrame
    pieces: Pieces
    points: Any
    first: Any
    last: Any
    crs: Any


def _assemble(
    cut: _Cut, way: NDArray[np.int64], speeds: tuple[Any, Any, pd.Series], mode: str, label: str
) -> tuple[Network, pd.Series]:
    """The network, and the shapes of its links in degrees by their ids."""
    import shapely
    from pyproj import Transformer

    back = Transformer.from_crs(cut.crs, "EPSG:4326", always_xy=True)
    degrees = shapely.transform(
        cut.pieces.shapes, lambda xy: np.column_stack(back.transform(xy[:, 0], xy[:, 1]))
    )
    table = _links(cut, degrees, speeds, mode)
    ahead, behind = way[cut.pieces.row] >= 0, way[cut.pieces.row] <= 0
    reverse = table[behind].rename(columns={"from_node_id": "to_node_id", "to_node_id": "from_node_id"})
    reverse = reverse.set_axis([f"{i}/back" for i in reverse.index])
    links = pd.concat([table[ahead], reverse])
    shapes = pd.Series(np.concatenate([degrees[ahead], shapely.reverse(degrees[behind])]), index=links.index)
    return Network(_nodes(cut, back), links, label=label), shapes


def _links(cut: _Cut, degrees: Any, speeds: tuple[Any, Any, pd.Series], mode: str) -> pd.DataFrame:
    """One row for each piece, in the direction in which it was drawn."""
    import shapely
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    km = np.array([geod.line_length(*shapely.get_coordinates(s).T) for s in degrees]) / 1000
    rows = cut.pieces.row
    kph, assumed, classes = speeds
    klass = classes.to_numpy(object)[rows]
    road_class = {k: ROAD_CLASS.get(osm_class(k), "county_road") for k in set(klass)}
    minutes = km / kph[rows] * 60
    part = pd.Series(rows).groupby(rows).cumcount().to_numpy()
    return pd.DataFrame(
        {
            "from_node_id": [f"node:{i}" for i in cut.first],
            "to_node_id": [f"node:{i}" for i in cut.last],
            "mode": mode,
            "kind": "road" if mode == "drive" else "track" if mode in ("rail", "metro") else "waterway",
            "length_km": km,
            "in_vehicle_min": minutes,
            "total_min": minutes,
            "confidence": "medium",
            "assumed": assumed[rows],
            "dated": False,
            "osm_class": klass,
            "road_class": [road_class[k] for k in klass],
            "row": rows,
            "level": cut.pieces.level,
            "name_zh": _names(cut.lines)[rows],
        },
        index=pd.Index([f"linelink:{r}.{p}" for r, p in zip(rows, part, strict=True)], name="link_id"),
    )


def _nodes(cut: _Cut, back: Any) -> pd.DataFrame:
    lon, lat = back.transform(cut.points[:, 0], cut.points[:, 1])
    degree = np.bincount(np.concatenate([cut.first, cut.last]), minlength=len(cut.points))
    return pd.DataFrame(
        {"lon": lon, "lat": lat, "kind": np.where(degree == 1, "end", "junction")},
        index=[f"node:{i}" for i in range(len(cut.points))],
    )


def _changes(cut: _Cut) -> pd.DataFrame:
    """What was changed or noticed, with its place in degrees."""
    from pyproj import Transformer

    back = Transformer.from_crs(cut.crs, "EPSG:4326", always_xy=True)
    changes = pd.DataFrame([vars(c) for c in cut.pieces.changes], columns=["kind", "row", "x", "y", "note"])
    x, y = (changes[c].to_numpy(float) for c in ("x", "y"))
    changes["lon"], changes["lat"] = back.transform(x, y)
    return changes.drop(columns=["x", "y"])


def _names(lines: pd.DataFrame) -> NDArray[Any]:
    column = _column(lines, _NAME_ZH)
    if column is None:
        return np.full(len(lines), "", object)
    return np.array([v if isinstance(v, str) else "" for v in lines[column]], object)
