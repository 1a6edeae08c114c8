"""Roads that end at a border: found by topology and geometry, paired across the gap.

A road ends where nothing goes on, or where all that goes on is of a much lower class. Two ends on either
side of a border belong together when each points at the other, within a turn, or when they run past each
other a little aside; name and class speak for or against. An end may also meet a road that passes on the
other side. Nothing is looked up in a list of known dead ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yrdgis.errors import InputError
from yrdgis.network._road_classes import RANKS, rank_of, worth_of
from yrdgis.network._road_ends import End, Roads, angles, road_ends, roads_of, roots
from yrdgis.network.osm import Imported

if TYPE_CHECKING:
    import geopandas as gpd

    from yrdgis.io import Layers

__all__ = ["RANKS", "Rules", "find_dead_ends", "rank_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rules:
    """What counts as a dead end; metres, degrees and ratios of the parameters ``deadend.*``.

    Attributes
    ----------
    border_m : float
        How near to a border a road has to end.
    gap_m : float
        Longest gap between two ends, or between an end and the road that it may meet.
    turn_deg : float
        Largest turn between a road and the gap ahead of it.
    offset_m : float
        How far aside an end may lie that the gap does not point at, where the two roads run alike.
    heading_m : float
        Length over which the heading of an end is taken.
    home_m : float
        How far back a road is followed to tell on which side of the border it belongs.
    drop : float
        Steps of class by which a road has to drop to count as ended.
    branch_m : float
        How far back the branch that ends is followed to where it leaves the rest of the network.
    detour_m : float
        Way round, beyond the road once joined, below which two ends count as joined already.
    min_score : float
        Score from which a row is likely.
    """

    border_m: float
    gap_m: float
    turn_deg: float
    offset_m: float
    heading_m: float
    home_m: float
    drop: float
    branch_m: float
    detour_m: float
    min_score: float

    @classmethod
    def of(cls, layers: Layers, **changed: float | None) -> Rules:
        """The parameters of some layers, with those that are given changed."""
        told = {name: layers.parameter(f"deadend.{name}", "value") for name in cls.__dataclass_fields__}
        return cls(**{**told, **{k: float(v) for k, v in changed.items() if v is not None}})


@dataclass(frozen=True)
class _Pair:
    """An end with what lies across the border: another end, or a point of a road."""

    score: float
    one: int
    road: int
    place: Floats
    turns: tuple[float, ...]
    other: int | None = None


def _plain(name: Any) -> str:
    return re.sub(r"[\s()（）]|路段|公路|大道|大街|路|街|line|road|avenue", "", str(name or "").lower())


def _weight(roads: Roads, one: int, other: int, straight: float, gap: float, rules: Rules) -> float:
    """How much speaks for joining two roads: each part is between 0 and 1, and the parts multiply."""
    near = 1 - 0.6 * gap / rules.gap_m
    step = abs(int(roads.rank[one]) - int(roads.rank[other]))
    alike = (1.0, 0.95, 0.8, 0.6)[min(step, 3)]
    names = [_plain(roads.name[road]) for road in (one, other)]
    same = bool(names[0]) and names[0] == names[1]
    worth = min(worth_of(str(roads.klass[road])) for road in (one, other))
    return straight * near * alike * (min(1.0, 1.5 * worth) if same else 0.9 * worth)


def _pairs(roads: Roads, ends: list[End], border: Any, rules: Rules) -> list[_Pair]:
    """Ends that face each other across the border, best first."""
    import shapely
    from scipy.spatial import cKDTree

    if len(ends) < 2:
        return []
    place, heading, home = (np.array([getattr(e, k) for e in ends]) for k in ("place", "heading", "home"))
    node = np.array([e.node for e in ends])
    i, j = cKDTree(place).query_pairs(rules.gap_m, output_type="ndarray").T
    apart = node[i] != node[j]
    i, j = i[apart], j[apart]
    ahead = place[j] - place[i]
    gap = np.hypot(*ahead.T)
    contrary = angles(heading[i], -heading[j])
    turns = np.column_stack([angles(heading[i], ahead), angles(heading[j], -ahead)])
    turns[gap <= 1] = contrary[gap <= 1, None]
    facing = turns.max(axis=1) <= rules.turn_deg
    side = gap * np.sin(np.radians(turns)).max(axis=1)
    aside = (contrary <= rules.turn_deg) & (turns.max(axis=1) <= 90) & (side <= rules.offset_m)
    straight = np.where(
        facing,
        1 - 0.6 * ((np.minimum(turns, rules.turn_deg) / rules.turn_deg) ** 2).mean(axis=1),
        0.7 - 0.3 * side / max(rules.offset_m, 1e-9),
    )
    kept = np.flatnonzero(facing | aside)
    ways = shapely.linestrings(np.stack([home[i[kept]], home[j[kept]]], axis=1))
    found = []
    for k in kept[shapely.intersects(border, ways)] if len(kept) else []:
        one, other = int(i[k]), int(j[k])
        score = _weight(roads, ends[one].road, ends[other].road, float(straight[k]), float(gap[k]), rules)
        found.append(_Pair(score, one, ends[other].road, place[other], tuple(turns[k]), other))
    return sorted(found, key=lambda p: (-p.score, p.one, p.other))


def _road_ahead(roads: Roads, tree: Any, ends: list[End], k: int, border: Any, rules: Rules) -> _Pair | None:
    """The first road that an end would meet if it went straight on, where it lies across the border."""
    import shapely

    end = ends[k]
    ray = shapely.LineString([end.place, end.place + end.heading * rules.gap_m])
    start = shapely.Point(end.place)
    best = None
    for road in tree.query(ray, predicate="intersects"):
        if end.node in roads.ends[road] or road == end.road:
            continue
        for point in shapely.get_coordinates(shapely.intersection(roads.shapes[road], ray)):
            gap = float(shapely.distance(start, shapely.Point(point)))
            if gap > 1 and (best is None or gap < best[2]):
                best = (int(road), point, gap)
    if best is None or not shapely.intersects(border, shapely.LineString([end.home, best[1]])):
        return None
    road, point, gap = best
    score = 0.8 * _weight(roads, end.road, road, 1.0, gap, rules) * _square_on(border, end, point, rules)
    return _Pair(score, k, road, point, (0.0,))


def _square_on(border: Any, end: End, goal: Floats, rules: Rules) -> float:
    """1 where a straight line crosses the border at a right angle, 0 where it runs along it."""
    import shapely

    way = shapely.LineString([end.home, end.place, goal])
    cut = shapely.get_coordinates(shapely.intersection(border, way))
    if not len(cut):
        return 0.0
    disc = shapely.Point(cut[0]).buffer(rules.home_m / 2)
    around = shapely.get_coordinates(shapely.intersection(border, disc))
    spread = around - around.mean(axis=0)
    run = np.linalg.svd(spread, full_matrices=False)[2][0]
    return float(abs(np.sin(np.radians(angles(run, end.heading)[0]))))


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
        ``water_m``, turns in degrees, ``score`` 0 to 1; ``root_node_id``, ``root_m`` (and the same of the
        partner): where the branch that ends leaves the rest of the network, and metres back to it; ``note``
        says where the data has no road at all beyond an end, as where an extract is cut along a border.

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
    roads = roads_of(imported, crs)
    edges = border.to_crs(crs)
    shapes = edges.geometry.to_numpy()
    lines = np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)
    line = shapely.union_all(lines)
    shapely.prepare(line)
    near = shapely.dwithin(line, shapely.points(roads.points), rules.border_m)
    ends = road_ends(roads, near, heading_m=rules.heading_m, home_m=rules.home_m, drop=rules.drop)
    rows = _rows(roads, ends, _choose(roads, ends, line, rules), line, rules)
    return _table(rows, crs, edges, lines, water)


def _choose(roads: Roads, ends: list[End], border: Any, rules: Rules) -> list[_Pair]:
    """The best partner of each end: another end first, else a road ahead."""
    import shapely

    chosen: list[_Pair] = []
    used: set[int] = set()
    for pair in _pairs(roads, ends, border, rules):
        if pair.other is None or pair.one in used or pair.other in used:
            continue
        used |= {pair.one, pair.other}
        chosen.append(pair)
    tree = shapely.STRtree(roads.shapes)
    for k, end in enumerate(ends):
        if k not in used and end.kind == "end":
            met = _road_ahead(roads, tree, ends, k, border, rules)
            if met is not None:
                chosen.append(met)
    return chosen


def _rows(
    roads: Roads, ends: list[End], pairs: list[_Pair], border: Any, rules: Rules
) -> list[dict[str, Any]]:
    import shapely
    from scipy.spatial import cKDTree

    root = roots(roads, [e.node for e in ends], rules.branch_m)
    rows = [_row(roads, ends, pair, root) for pair in pairs]
    tree = cKDTree(roads.points)
    told = {k for pair in pairs for k in (pair.one, pair.other)}
    for k, end in enumerate(ends):
        ahead = shapely.LineString([end.home, end.place + end.heading * rules.border_m])
        if k not in told and shapely.intersects(border, ahead):
            score = 0.2 * worth_of(str(roads.klass[end.road]))
            row = _row(roads, ends, _Pair(score, k, -1, end.place, ()), root)
            beyond = roads.points[tree.query_ball_point(end.place, rules.gap_m)]
            ways = shapely.linestrings(np.stack([np.broadcast_to(end.home, beyond.shape), beyond], axis=1))
            if not shapely.intersects(border, ways).any():
                row["note"] = (
                    f"no road of the data within {rules.gap_m:,.0f} m beyond: it may be cut off here"
                )
            rows.append(row)
    return rows


def _row(roads: Roads, ends: list[End], pair: _Pair, root: list[tuple[int, float]]) -> dict[str, Any]:
    """One row of the table; a pair without a road is an end without a partner."""
    import shapely

    one, alone = ends[pair.one], pair.road < 0
    other = ends[pair.other] if pair.other is not None else None
    met, far = _met(roads, pair, root)
    return {
        "kind": "no partner" if alone else "gap" if other else "meets a road",
        "end": one.kind,
        "partner_end": other.kind if other else "",
        "score": round(pair.score, 3),
        "name_zh": roads.name[one.road],
        "partner_name_zh": "" if alone else roads.name[pair.road],
        "class": str(roads.klass[one.road]),
        "partner_class": "" if alone else str(roads.klass[pair.road]),
        "gap_m": np.nan if alone else round(float(np.hypot(*(pair.place - one.place))), 1),
        "turn_deg": round(pair.turns[0], 1) if pair.turns else np.nan,
        "partner_turn_deg": round(pair.turns[1], 1) if len(pair.turns) > 1 else np.nan,
        "node_id": roads.ids[one.node],
        "partner_node_id": "" if alone else roads.ids[other.node if other else met],
        "root_node_id": roads.ids[root[pair.one][0]],
        "root_m": round(root[pair.one][1], 1),
        "partner_root_node_id": "" if alone else roads.ids[met],
        "partner_root_m": np.nan if alone else round(far, 1),
        "note": "",
        "geometry": shapely.Point(one.place) if alone else shapely.LineString([one.place, pair.place]),
    }


def _met(roads: Roads, pair: _Pair, root: list[tuple[int, float]]) -> tuple[int, float]:
    """Where the partner leaves the rest; of a road that is met, its nearer end and metres along it."""
    import shapely

    if pair.other is not None:
        return root[pair.other]
    if pair.road < 0:
        return -1, np.nan
    shape = roads.shapes[pair.road]
    along = float(shapely.line_locate_point(shape, shapely.Point(pair.place)))
    rest = float(shapely.length(shape)) - along
    first, last = (int(n) for n in roads.ends[pair.road])
    return (first, along) if along <= rest else (last, rest)


def _table(rows: list[dict[str, Any]], crs: Any, edges: Any, lines: Any, water: Any) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import shapely

    columns = ["kind", "end", "partner_end", "score", "name_zh", "partner_name_zh", "class", "partner_class"]
    columns += ["gap_m", "turn_deg", "partner_turn_deg", "node_id", "partner_node_id"]
    columns += ["root_node_id", "root_m", "partner_root_node_id", "partner_root_m", "note", "geometry"]
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
