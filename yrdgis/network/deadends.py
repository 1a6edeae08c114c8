"""Roads that end at a border: found by topology and geometry, paired across the gap.

A road ends where nothing goes on, or where what goes on is a road of a much lower class. Two ends on either
side of a border belong together when each points at the other, within a turn, and the gap is short; name
and class speak for or against. An end may also meet a road that passes on the other side. Nothing is looked
up in a list of known dead ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yrdgis.errors import InputError
from yrdgis.network.osm import Imported

if TYPE_CHECKING:
    import geopandas as gpd

    from yrdgis.io import Layers

__all__ = ["RANKS", "Rules", "find_dead_ends", "rank_of"]

Floats = NDArray[np.float64]

RANKS = {
    **dict.fromkeys(("motorway", "expressway", "高速公路", "高速"), 7),
    **dict.fromkeys(("trunk", "快速路", "国道", "national_trunk"), 6),
    **dict.fromkeys(("primary", "主干路", "主干道", "省道", "provincial_trunk"), 5),
    **dict.fromkeys(("secondary", "次干路", "次干道", "县道"), 4),
    **dict.fromkeys(("tertiary", "支路", "乡道", "county_road"), 3),
    **dict.fromkeys(("unclassified", "residential", "road", "村道"), 2),
    **dict.fromkeys(("living_street", "service"), 1),
    "track": 0,
}
"""Rank of a class: the higher, the more traffic it is built for. An unknown class counts as 3."""

_UNKNOWN = 3
_HOME_M = 600.0


@dataclass(frozen=True)
class Rules:
    """What counts as a dead end; metres, degrees and ratios of the parameters ``deadend.*``."""

    border_m: float
    gap_m: float
    turn_deg: float
    heading_m: float
    drop: float
    detour_m: float
    min_score: float

    @classmethod
    def of(cls, layers: Layers, **changed: float | None) -> Rules:
        """The parameters of some layers, with those that are given changed."""
        told = {name: layers.parameter(f"deadend.{name}", "value") for name in cls.__dataclass_fields__}
        return cls(**{**told, **{k: float(v) for k, v in changed.items() if v is not None}})


def rank_of(klass: str) -> int:
    """Rank of a class; a ramp counts as its road.

    Examples
    --------
    >>> rank_of("primary_link"), rank_of("省道"), rank_of("?")
    (5, 5, 3)
    """
    return RANKS.get(klass.strip().lower().removesuffix("_link"), _UNKNOWN)


@dataclass(frozen=True)
class _Roads:
    """Undirected roads in metres: shape, ends, rank, and which roads meet at a node."""

    shapes: NDArray[Any]
    ends: NDArray[np.int64]
    rank: NDArray[np.int64]
    klass: NDArray[Any]
    name: NDArray[Any]
    points: Floats
    ids: NDArray[Any]
    at: list[list[int]]


@dataclass(frozen=True)
class _End:
    """One end of a road: node, place, where it points, a place further back, and what it is."""

    node: int
    road: int
    kind: str
    place: Floats
    heading: Floats
    home: Floats


def _roads(imported: Imported, crs: Any) -> _Roads:
    links = imported.shapes()
    links = links[links["kind"].isin(["road", "bridge"])]
    if not len(links):
        raise InputError("No roads to look for dead ends in.")
    index = pd.Index(pd.unique(pd.concat([links["from_node_id"], links["to_node_id"]])))
    a, b = index.get_indexer(links["from_node_id"]), index.get_indexer(links["to_node_id"])
    key = pd.DataFrame(
        {"a": np.minimum(a, b), "b": np.maximum(a, b), "km": links["length_km"].round(5).to_numpy()}
    )
    once = ~key.duplicated().to_numpy()
    kept = links[once].to_crs(crs)
    ends = np.column_stack([a[once], b[once]])
    at: list[list[int]] = [[] for _ in index]
    for road, (tail, head) in enumerate(ends):
        at[tail].append(road)
        if head != tail:
            at[head].append(road)
    klass = kept["osm_class"].to_numpy(object) if "osm_class" in kept else kept["road_class"].to_numpy(object)
    nodes = imported.network.nodes.loc[index]
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(
        nodes["lon"].to_numpy(), nodes["lat"].to_numpy()
    )
    names = kept["name_zh"] if "name_zh" in kept else pd.Series("", index=kept.index)
    if "name" in kept:
        names = names.where(names != "", kept["name"])
    rank = np.array([rank_of(str(k)) for k in klass], np.int64)
    return _Roads(
        kept.geometry.to_numpy(),
        ends,
        rank,
        klass,
        names.to_numpy(object),
        np.column_stack([x, y]),
        index.to_numpy(object),
        at,
    )


def _outward(roads: _Roads, road: int, node: int) -> Floats:
    """Vertices of a road from a node outwards."""
    import shapely

    xy = shapely.get_coordinates(roads.shapes[road])
    return xy if roads.ends[road, 0] == node else xy[::-1]


def _back(roads: _Roads, road: int, node: int, far: float) -> Floats:
    """Vertices of the road that ends at a node, followed back while nothing else meets it."""
    path = _outward(roads, road, node)
    length = float(np.hypot(*np.diff(path, axis=0).T).sum())
    at, before = node, road
    while length < far:
        at = int(roads.ends[before, 1] if roads.ends[before, 0] == at else roads.ends[before, 0])
        further = [r for r in roads.at[at] if r != before]
        if len(further) != 1 or at == node:
            break
        before = further[0]
        more = _outward(roads, before, at)
        path = np.vstack([path, more[1:]])
        length += float(np.hypot(*np.diff(more, axis=0).T).sum())
    return path


def _along(path: Floats, far: float) -> Floats:
    """Point at a distance along a path, its last one if it is shorter."""
    step = np.hypot(*np.diff(path, axis=0).T)
    sums = np.concatenate([[0.0], np.cumsum(step)])
    if far >= sums[-1]:
        return path[-1]
    i = int(np.searchsorted(sums, far, side="right") - 1)
    return path[i] + (path[i + 1] - path[i]) * (far - sums[i]) / max(step[i], 1e-9)


def _end(roads: _Roads, road: int, node: int, kind: str, rules: Rules) -> _End:
    path = _back(roads, road, node, _HOME_M)
    place = roads.points[node]
    heading = place - _along(path, rules.heading_m)
    size = float(np.hypot(*heading))
    return _End(node, road, kind, place, heading / size if size else heading, _along(path, _HOME_M))


def _angle(one: Floats, other: Floats) -> float:
    size = float(np.hypot(*one) * np.hypot(*other))
    return 180.0 if not size else float(np.degrees(np.arccos(np.clip(one @ other / size, -1, 1))))


def _ends(roads: _Roads, near: NDArray[np.bool_], rules: Rules) -> list[_End]:
    """Ends near the border: nothing goes on, or only a road of a much lower class does."""
    found = []
    for node in np.flatnonzero(near):
        meeting = roads.at[node]
        if len(meeting) == 1:
            if roads.ends[meeting[0], 0] != roads.ends[meeting[0], 1]:
                found.append(_end(roads, meeting[0], int(node), "end", rules))
            continue
        for road in meeting:
            if roads.rank[road] < _UNKNOWN:
                continue
            one = _end(roads, road, int(node), "class drop", rules)
            on = [o for o in meeting if o != road and _goes_on(roads, one, o, rules)]
            if on and max(roads.rank[o] for o in on) <= roads.rank[road] - rules.drop:
                found.append(one)
    return found


def _goes_on(roads: _Roads, end: _End, other: int, rules: Rules) -> bool:
    ahead = _along(_outward(roads, other, end.node), rules.heading_m) - end.place
    return _angle(end.heading, ahead) <= rules.turn_deg


def _plain(name: Any) -> str:
    return re.sub(r"[\s()（）]|路段|公路|大道|大街|路|街|line|road|avenue", "", str(name or "").lower())


def _weight(roads: _Roads, one: _End, other_road: int, turns: list[float], gap: float, rules: Rules) -> float:
    """How much speaks for a pair: each part is between 0 and 1, and the parts multiply."""
    straight = 1 - float(np.mean([(t / rules.turn_deg) ** 2 for t in turns])) * 0.6
    near = 1 - 0.6 * gap / rules.gap_m
    step = abs(int(roads.rank[one.road]) - int(roads.rank[other_road]))
    alike = (1.0, 0.95, 0.8, 0.6)[min(step, 3)]
    low = min(int(roads.rank[one.road]), int(roads.rank[other_road]))
    worth = {0: 0.15, 1: 0.25, 2: 0.75}.get(low, 1.0)
    names = [_plain(roads.name[one.road]), _plain(roads.name[other_road])]
    named = 1.0 if all(names) and names[0] == names[1] else 0.9
    return straight * near * alike * worth * named


def _crosses(border: Any, a: Floats, b: Floats) -> bool:
    import shapely

    return bool(shapely.intersects(border, shapely.LineString([a, b])))


def _pairs(
    roads: _Roads, ends: list[_End], border: Any, rules: Rules
) -> list[tuple[float, int, int, list[float]]]:
    """Ends that point at each other across the border, best first."""
    from scipy.spatial import cKDTree

    places = np.array([e.place for e in ends])
    found = []
    for i, j in sorted(cKDTree(places).query_pairs(rules.gap_m)):
        one, other = ends[i], ends[j]
        if one.node == other.node:
            continue
        ahead = other.place - one.place
        gap = float(np.hypot(*ahead))
        turns = (
            [_angle(one.heading, ahead), _angle(other.heading, -ahead)]
            if gap > 1
            else [_angle(one.heading, -other.heading)] * 2
        )
        if max(turns) > rules.turn_deg or not _crosses(border, one.home, other.home):
            continue
        found.append((_weight(roads, one, other.road, turns, gap, rules), i, j, turns))
    return sorted(found, key=lambda f: (-f[0], f[1], f[2]))


def _road_ahead(
    roads: _Roads, tree: Any, end: _End, border: Any, rules: Rules
) -> tuple[int, Floats, float] | None:
    """The first road that the end would meet if it went straight on, where it lies across the border."""
    import shapely

    ray = shapely.LineString([end.place, end.place + end.heading * rules.gap_m])
    start = shapely.Point(end.place)
    best = None
    for road in tree.query(ray, predicate="intersects"):
        if end.node in roads.ends[road] or road == end.road:
            continue
        meets = shapely.get_coordinates(shapely.intersection(roads.shapes[road], ray))
        for point in meets:
            gap = float(shapely.distance(start, shapely.Point(point)))
            if gap > 1 and (best is None or gap < best[2]):
                best = (int(road), point, gap)
    if best is None or not _crosses(border, end.home, best[1]):
        return None
    return best


def _square_on(border: Any, end: _End, goal: Floats) -> float:
    """1 where a straight line crosses the border at a right angle, 0 where it runs along it."""
    import shapely

    way = shapely.LineString([end.home, end.place, goal])
    cut = shapely.get_coordinates(shapely.intersection(border, way))
    if not len(cut):
        return 0.0
    around = shapely.get_coordinates(shapely.intersection(border, shapely.Point(cut[0]).buffer(_HOME_M / 2)))
    spread = around - around.mean(axis=0)
    along = np.linalg.svd(spread, full_matrices=False)[2][0]
    return float(abs(np.sin(np.radians(_angle(along, end.heading)))))


def find_dead_ends(
    imported: Imported, border: gpd.GeoDataFrame, *, rules: Rules, water: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Roads that end at a border, with the likely partner on the other side.

    Parameters
    ----------
    imported : Imported
        Roads, from `import_osm` or `lines_to_network`.
    border : geopandas.GeoDataFrame
        Lines, or polygons whose edges are the borders.
    rules : Rules
    water : geopandas.GeoDataFrame, optional
        Polygons; a gap over them is a water gap.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326, one row for each end or pair, best first, with the line to build. ``kind``: gap (two
        ends), meets a road, or no partner; ``end`` and ``partner_end``: end or class drop; ``gap_m``,
        ``water_m``, turns in degrees, ``score`` 0 to 1.

    Raises
    ------
    InputError
        If there are no roads, or no border.
    """
    import shapely

    from yrdgis.network.lines import metric_crs

    if not len(border):
        raise InputError("No border to look along.")
    crs = metric_crs(imported.shapes())
    roads = _roads(imported, crs)
    edges = border.to_crs(crs)
    lines = np.where(
        shapely.get_dimensions(edges.geometry.to_numpy()) == 2,
        shapely.boundary(edges.geometry.to_numpy()),
        edges.geometry.to_numpy(),
    )
    line = shapely.union_all(lines)
    shapely.prepare(line)
    near = shapely.dwithin(line, shapely.points(roads.points), rules.border_m)
    ends = _ends(roads, near, rules)
    rows, used = [], set()
    for score, i, j, turns in _pairs(roads, ends, line, rules) if len(ends) > 1 else []:
        if i in used or j in used:
            continue
        used |= {i, j}
        rows.append(_row(roads, ends[i], "gap", ends[j].road, ends[j].place, turns, score, ends[j]))
    tree = shapely.STRtree(roads.shapes)
    for i, end in enumerate(ends):
        if i in used:
            continue
        met = _road_ahead(roads, tree, end, line, rules) if end.kind == "end" else None
        if met is not None:
            road, point, gap = met
            score = 0.8 * _weight(roads, end, road, [0.0], gap, rules) * _square_on(line, end, point)
            rows.append(_row(roads, end, "meets a road", road, point, [0.0], score, None))
        elif _crosses(line, end.home, end.place + end.heading * rules.border_m):
            worth = {0: 0.03, 1: 0.05, 2: 0.15}.get(int(roads.rank[end.road]), 0.2)
            rows.append(_row(roads, end, "no partner", None, None, [], worth, None))
    return _table(rows, crs, edges, lines, water)


def _row(
    roads: _Roads,
    one: _End,
    kind: str,
    road: int | None,
    place: Floats | None,
    turns: list[float],
    score: float,
    other: _End | None,
) -> dict[str, Any]:
    import shapely

    goal = one.place if place is None else place
    return {
        "kind": kind,
        "end": one.kind,
        "partner_end": other.kind if other else "",
        "score": round(score, 3),
        "name_zh": roads.name[one.road],
        "partner_name_zh": roads.name[road] if road is not None else "",
        "class": str(roads.klass[one.road]),
        "partner_class": str(roads.klass[road]) if road is not None else "",
        "gap_m": round(float(np.hypot(*(goal - one.place))), 1) if place is not None else np.nan,
        "turn_deg": round(turns[0], 1) if turns else np.nan,
        "partner_turn_deg": round(turns[1], 1) if len(turns) > 1 else np.nan,
        "node_id": roads.ids[one.node],
        "partner_node_id": roads.ids[other.node]
        if other
        else (roads.ids[roads.ends[road, 0]] if road is not None else ""),
        "geometry": shapely.LineString([one.place, goal]) if place is not None else shapely.Point(one.place),
    }


def _table(rows: list[dict[str, Any]], crs: Any, edges: Any, lines: Any, water: Any) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import shapely

    columns = ["kind", "end", "partner_end", "score", "name_zh", "partner_name_zh", "class", "partner_class"]
    columns += ["gap_m", "turn_deg", "partner_turn_deg", "node_id", "partner_node_id", "geometry"]
    table = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=crs)
    shapes = table.geometry.to_numpy()
    wet = np.zeros(len(table))
    if water is not None and len(water) and len(table):
        pool = shapely.make_valid(water.to_crs(crs).geometry.to_numpy())
        at, body = shapely.STRtree(pool).query(shapes, predicate="intersects")
        np.add.at(wet, at, shapely.length(shapely.intersection(shapes[at], pool[body])))
    table["water_m"] = np.minimum(wet, table["gap_m"].fillna(np.inf)).round(1)
    names = next((c for c in ("name_zh", "name", "border_id") if c in edges.columns), None)
    nearest = [int(np.argmin(shapely.distance(lines, s))) for s in shapes]
    table["border"] = [str(edges[names].iloc[i]) if names else str(i) for i in nearest]
    return (
        table.sort_values("score", ascending=False, kind="stable").reset_index(drop=True).to_crs("EPSG:4326")
    )
