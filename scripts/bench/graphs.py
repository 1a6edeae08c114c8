"""Networks to measure on: generated ones that resemble a real road network, and arrays from files.

The generated network is made like this. Points are scattered and triangulated; the plane is halved again
and again, and of the triangulation's edges that cross a halving line only about ``a * size^b`` are kept. So
small cuts exist at every scale, as rivers, hills and town borders make them in a real network. Then streets
get bends (nodes with two neighbours) and side streets with dead ends. The constants are fitted to
OpenStreetMap's Luxembourg.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine import Graph

SEED = 20261101
CORE_SHARE = 0.58
SIDE_SHARE = 0.16
CUT_FACTOR = 1.0
CUT_EXPONENT = 0.32
ONE_WAY_SHARE = 0.10


@dataclass
class Arrays:
    """A network: links ``tail`` -> ``head`` with whole weights in milliseconds, and coordinates."""

    name: str
    n: int
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    weight: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def m(self) -> int:
        return len(self.tail)


def road_like(n: int, seed: int = SEED) -> Arrays:
    """A road-like network of about n nodes, the same for the same seed; strongly connected."""
    rng = np.random.default_rng(seed)
    core = int(n * CORE_SHARE)
    place = rng.random((core, 2)) * np.sqrt(core) * 0.3
    a, b, size = _core_edges(place, rng)
    side = int(n * SIDE_SHARE)
    bends = n - core - 2 * side
    # every street is cut by a random number of bends and side-street junctions
    inner = rng.multinomial(bends + side, np.full(len(a), 1 / len(a)))
    pieces = inner + 1
    which = np.repeat(np.arange(len(a)), pieces)
    step = np.arange(len(which)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    number = core + np.repeat(np.cumsum(inner) - inner, pieces) + step
    tail = np.where(step == 0, a[which], number - 1)
    head = np.where(step == pieces[which] - 1, b[which], number)
    xy = np.empty((core + bends + 2 * side, 2))
    xy[:core] = place
    inside = step < pieces[which] - 1
    share = ((step + 1) / pieces[which])[inside, None]
    xy[head[inside]] = place[a[which[inside]]] * (1 - share) + place[b[which[inside]]] * share
    junction = core + rng.choice(bends + side, side, replace=False)
    leaf = core + bends + side + np.arange(side)
    xy[leaf] = xy[junction] + rng.normal(0, 0.05, (side, 2))
    kph = np.select([size > core / 300, size > 300], [95.0, 60.0], 35.0)[which] * rng.uniform(
        0.8, 1.2, len(which)
    )
    one_way = (rng.random(len(a)) < ONE_WAY_SHARE)[which] & (size < 300)[which]
    both = ~one_way
    t = np.r_[tail, head[both], junction, leaf]
    h = np.r_[head, tail[both], leaf, junction]
    speed = np.r_[kph, kph[both], np.full(2 * side, 25.0)]
    length_km = np.hypot(*(xy[t] - xy[h]).T)
    weight = np.maximum(1, np.round(length_km / speed * 3.6e6)).astype(np.int64)
    return _strong_part(f"roads-{n // 1000}k", len(xy), t, h, weight, xy, renumber=True)


def _core_edges(place, rng):
    """Edges of the triangulation that are kept, with the size of the part that each one crosses."""
    from scipy.spatial import Delaunay

    start, other = Delaunay(place).vertex_neighbor_vertices
    a = np.repeat(np.arange(len(place)), np.diff(start))
    a, b = a[a < other], other[a < other]
    size = np.zeros(len(a), np.int64)
    kept = np.zeros(len(a), bool)
    waiting = np.arange(len(a))
    group = np.zeros(len(place), np.int64)
    axis = 0
    while len(waiting):
        half, part_size = _halves(place[:, axis], group)
        crossing = half[a[waiting]] != half[b[waiting]]
        cut = waiting[crossing]
        cut = cut[np.lexsort((rng.random(len(cut)), group[a[cut]]))]
        size[cut] = part_size[a[cut]]
        first, place_in_cut = _runs(group[a[cut]])
        wanted = CUT_FACTOR * size[cut] ** CUT_EXPONENT
        luck = rng.random(len(first))[np.cumsum(place_in_cut == 0) - 1] if len(cut) else np.zeros(0)
        kept[cut] = place_in_cut < np.maximum(1, np.floor(wanted + luck))
        waiting = waiting[~crossing]
        group = group * 2 + half
        axis = 1 - axis
    return a[kept], b[kept], size[kept]


def _halves(key, group):
    """Upper half (1) or lower half (0) of each point within its group, and the group's size."""
    order = np.lexsort((key, group))
    first, position = _runs(group[order])
    count = np.repeat(np.diff(np.r_[first, len(group)]), np.diff(np.r_[first, len(group)]))
    half, size = np.empty(len(group), np.int64), np.empty(len(group), np.int64)
    half[order] = position >= (count + 1) // 2
    size[order] = count
    return half, size


def _runs(sorted_values):
    """Where each run of equal values starts, and each one's position in its run."""
    n = len(sorted_values)
    new = np.ones(n, bool)
    new[1:] = sorted_values[1:] != sorted_values[:-1]
    first = np.flatnonzero(new)
    return first, np.arange(n) - np.repeat(first, np.diff(np.r_[first, n]))


def _strong_part(name, n, tail, head, weight, xy, renumber=False) -> Arrays:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    links = coo_matrix((np.ones(len(tail), np.int8), (tail, head)), shape=(n, n)).tocsr()
    _, label = connected_components(links, directed=True, connection="strong")
    keep = label == np.bincount(label).argmax()
    node = np.flatnonzero(keep)
    if renumber:
        # as in a file cut from a map, neighbours have near numbers: strips of the plane, each from west to east
        strip = np.floor(xy[node, 1] / (np.ptp(xy[node, 1]) + 1e-9) * np.sqrt(len(node)) / 8)
        node = node[np.lexsort((xy[node, 0], strip))]
    new = np.full(n, -1)
    new[node] = np.arange(len(node))
    on = keep[tail] & keep[head]
    x, y = xy[node].T.copy()
    return Arrays(
        name,
        int(keep.sum()),
        new[tail[on]].astype(np.int32),
        new[head[on]].astype(np.int32),
        weight[on],
        x,
        y,
    )


def read_arrays(path: str | Path) -> Arrays:
    """Arrays from a folder in RoutingKit's format (``*first_out``, ``*head``, ``*travel_time`` ...) or an npz file."""
    path = Path(path)
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as z:
            tail, head, weight, x, y = (z[k] for k in ("tail", "head", "weight", "x", "y"))
        return Arrays(
            path.stem, len(x), tail.astype(np.int32), head.astype(np.int32), weight.astype(np.int64), x, y
        )

    def vector(what: str, dtype: type) -> NDArray:
        found = sorted(path.glob(f"*{what}"))
        if not found:
            raise SystemExit(f"{path}: no file *{what}")
        return np.fromfile(found[0], dtype)

    start = vector("first_out", np.uint32).astype(np.int64)
    tail = np.repeat(np.arange(len(start) - 1), np.diff(start))
    head = vector("head", np.uint32).astype(np.int64)
    weight = vector("travel_time", np.uint32).astype(np.int64)
    xy = np.c_[vector("longitude", np.float32), vector("latitude", np.float32)].astype(np.float64)
    return _strong_part(path.name, len(start) - 1, tail, head, weight, xy)


def shape(arrays: Arrays) -> dict[str, object]:
    """What makes a network easy or hard: links and arcs for each node, and the size of its cuts."""
    from yrdgis.engine.dissection import dissect, neighbours, strip_low_degrees
    from yrdgis.engine.preparing import topology_of

    topology = topology_of(Graph.of(arrays.n, arrays.tail, arrays.head, arrays.weight, arrays.x, arrays.y))
    start, other = neighbours(arrays.n, arrays.tail, arrays.head)
    _, left, start, other = strip_low_degrees(start, other)
    order = np.arange(len(left), dtype=np.int32)
    place = order.copy()
    waiting = [(0, len(left))]
    cuts: dict[int, list[int]] = {1024: [], 4096: []}
    while waiting:
        low, high = waiting.pop()
        if high - low < 1024:
            continue
        lows, highs = dissect(start, other, order, place, low, high, arrays.x[left], arrays.y[left], True)
        band = 1024 if high - low < 4096 else 4096
        if len(highs) and high - low < 16384:
            cuts[band].append(high - max(highs))
        waiting += list(zip(lows, highs, strict=True))
    up = np.diff(topology.start)
    return {
        "network": arrays.name,
        "nodes": arrays.n,
        "links": arrays.m,
        "links for each node": round(arrays.m / arrays.n, 3),
        "hierarchy arcs for each node": round(len(topology.head) / arrays.n, 3),
        "triangles for each node": round(float((up * (up - 1) / 2).sum()) / arrays.n, 2),
        "levels": topology.height,
        "mean cut of 1k to 4k junctions": round(float(np.mean(cuts[1024] or [0])), 1),
        "mean cut of 4k to 16k junctions": round(float(np.mean(cuts[4096] or [0])), 1),
    }
