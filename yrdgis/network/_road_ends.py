"""Where roads end: undirected roads in metres, their loose ends and class drops, and where each end leads back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yrdgis.errors import InputError
from yrdgis.network._road_classes import UNKNOWN_RANK, rank_of
from yrdgis.network.osm import Imported

__all__ = [
    "End",
    "Roads",
    "along",
    "angles",
    "rank_of",
    "road_ends",
    "roads_of",
    "roots",
]

Floats = NDArray[np.float64]

_LOOP_M = 300.0  # a loop shorter than this is where vehicles turn round
_TWIN_M = 60.0  # carriageways of one road run within this of each other
_TWIN_DEG = 45.0


@dataclass(frozen=True)
class Roads:
    """Undirected roads in metres: shape, ends, rank, and which roads meet at a node."""

    shapes: NDArray[Any]
    ends: NDArray[np.int64]
    rank: NDArray[np.int64]
    klass: NDArray[Any]
    name: NDArray[Any]
    points: Floats
    ids: NDArray[Any]
    at: list[list[int]]

    def other(self, road: int, node: int) -> int:
        """The node at the other end of a road."""
        return int(self.ends[road, 1] if self.ends[road, 0] == node else self.ends[road, 0])

    def turns_round(self, road: int) -> bool:
        """Whether a road is a small loop, which leads nowhere."""
        return bool(self.ends[road, 0] == self.ends[road, 1]) and self.shapes[road].length < _LOOP_M


@dataclass(frozen=True)
class End:
    """One end of a road: node, place, where it points, a place further back, and what it is."""

    node: int
    road: int
    kind: str
    place: Floats
    heading: Floats
    home: Floats


def roads_of(imported: Imported, crs: Any) -> Roads:
    """Roads and road bridges of a network, each once.

    Raises
    ------
    InputError
        If there are none.
    """
    from pyproj import Transformer

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
    nodes = imported.network.nodes.loc[index]
    lon, lat = nodes["lon"].to_numpy(), nodes["lat"].to_numpy()
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
    klass = kept["osm_class" if "osm_class" in kept else "road_class"].to_numpy(object)
    rank = np.array([rank_of(str(k)) for k in klass], np.int64)
    shapes, ids = kept.geometry.to_numpy(), index.to_numpy(object)
    return Roads(shapes, ends, rank, klass, _names(kept), np.column_stack([x, y]), ids, at)


def _names(links: pd.DataFrame) -> NDArray[Any]:
    names = links["name_zh"] if "name_zh" in links else pd.Series("", index=links.index)
    if "name" in links:
        names = names.where(names != "", links["name"])
    return names.to_numpy(object)


def _outward(roads: Roads, road: int, node: int) -> Floats:
    """Vertices of a road from a node outwards."""
    import shapely

    xy = shapely.get_coordinates(roads.shapes[road])
    return xy if roads.ends[road, 0] == node else xy[::-1]


def _back(roads: Roads, road: int, node: int, far: float) -> Floats:
    """Vertices of the road that ends at a node, followed back while nothing else meets it."""
    path = _outward(roads, road, node)
    length = float(np.hypot(*np.diff(path, axis=0).T).sum())
    at, before = node, road
    while length < far:
        at = roads.other(before, at)
        further = [r for r in roads.at[at] if r != before]
        if len(further) != 1 or at == node:
            break
        before = further[0]
        more = _outward(roads, before, at)
        path = np.vstack([path, more[1:]])
        length += float(np.hypot(*np.diff(more, axis=0).T).sum())
    return path


def along(path: Floats, far: float) -> Floats:
    """Point at a distance along a path, its last one if it is shorter."""
    step = np.hypot(*np.diff(path, axis=0).T)
    sums = np.concatenate([[0.0], np.cumsum(step)])
    if far >= sums[-1]:
        return path[-1]
    i = int(np.searchsorted(sums, far, side="right") - 1)
    return path[i] + (path[i + 1] - path[i]) * (far - sums[i]) / max(step[i], 1e-9)


def angles(one: Floats, other: Floats) -> Floats:
    """Degrees between rows of directions; 180 where one has no length."""
    one, other = np.atleast_2d(one), np.atleast_2d(other)
    size = np.hypot(*one.T) * np.hypot(*other.T)
    cosine = np.where(size > 0, (one * other).sum(axis=1) / np.maximum(size, 1e-12), -1.0)
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _end(roads: Roads, road: int, node: int, kind: str, heading_m: float, home_m: float) -> End:
    path = _back(roads, road, node, home_m)
    place = roads.points[node]
    heading = place - along(path, heading_m)
    size = float(np.hypot(*heading))
    return End(node, road, kind, place, heading / size if size else heading, along(path, home_m))


def road_ends(
    roads: Roads, near: NDArray[np.bool_], *, heading_m: float, home_m: float, drop: float
) -> list[End]:
    """Ends at some nodes: nothing goes on, or only roads of a much lower class leave the node.

    A main road that turns, or that meets another of its class, has not dropped; the other carriageway of
    the same road, which leaves beside it, does not count.
    """
    found = []
    for node in np.flatnonzero(near):
        meeting = [road for road in roads.at[node] if not roads.turns_round(road)]
        if len(meeting) == 1 or _turns_back(roads, int(node), meeting, heading_m):
            found.append(_end(roads, meeting[0], int(node), "end", heading_m, home_m))
            continue
        if not meeting:
            continue
        top = max(meeting, key=lambda road: roads.rank[road])
        if roads.rank[top] < UNKNOWN_RANK:
            continue
        back = _along_out(roads, top, int(node), heading_m)
        rest = [
            road
            for road in meeting
            if road != top
            and not (
                roads.rank[road] > roads.rank[top] - drop
                and angles(back, _along_out(roads, road, int(node), heading_m))[0] < _TWIN_DEG
            )
        ]
        if rest and max(roads.rank[road] for road in rest) <= roads.rank[top] - drop:
            found.append(_end(roads, top, int(node), "class drop", heading_m, home_m))
    return found


def _turns_back(roads: Roads, node: int, meeting: list[int], heading_m: float) -> bool:
    """Whether the two carriageways of one road are joined at a node, so that it ends there."""
    if len(meeting) != 2:
        return False
    near, far = (
        [_along_out(roads, road, node, times * heading_m) for road in meeting] for times in (1.0, 3.0)
    )
    beside = float(np.hypot(*(far[0] - far[1])))
    return beside < _TWIN_M and bool(angles(near[0], near[1])[0] < _TWIN_DEG)


def _along_out(roads: Roads, road: int, node: int, far: float) -> Floats:
    return along(_outward(roads, road, node), far) - roads.points[node]


def roots(roads: Roads, nodes: list[int], far: float) -> list[tuple[int, float]]:
    """Where the branch that ends at each node leaves the meshed part of the network, and metres back to it.

    Branches are what is left over when loose ends are pruned again and again; at most ``far`` metres back.
    """
    import shapely

    length = shapely.length(roads.shapes)
    loops = roads.ends[:, 0] == roads.ends[:, 1]
    gone = loops & (length < _LOOP_M)
    degree = np.array([sum(1 + int(loops[r]) for r in meeting if not gone[r]) for meeting in roads.at])
    stem: dict[int, int] = {}
    loose: list[int] = np.flatnonzero(degree == 1).tolist()
    while loose:
        node = loose.pop()
        road = next((r for r in roads.at[node] if not gone[r]), None)
        if road is None:
            continue
        gone[road], stem[node] = True, road
        further = roads.other(road, node)
        degree[further] -= 1
        if degree[further] == 1:
            loose.append(further)
    found = []
    for node in nodes:
        at, back = node, 0.0
        while at in stem and back + length[stem[at]] <= far:
            back += float(length[stem[at]])
            at = roads.other(stem[at], at)
        found.append((at, back))
    return found
