"""Topology of drawn lines, in metres: ends that should meet, lines that cross, what is cut where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Change", "Pieces", "clean_lines", "cut_lines", "nodes_of", "snap_ends"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[Any]

_SAME_M = 1e-4  # two points nearer than a tenth of a millimetre are one


@dataclass(frozen=True)
class Change:
    """One thing that was changed or noticed: kind, row of the input, place in metres, and a sentence."""

    kind: str
    row: int
    x: float
    y: float
    note: str = ""


def _at(kind: str, row: Any, place: Floats, note: str = "") -> Change:
    return Change(kind, int(row), float(place[0]), float(place[1]), note)


@dataclass
class Pieces:
    """Lines with the row of the input that each came from and the level that it lies on.

    Lines of different levels (bridges, tunnels) meet at their ends only.
    """

    shapes: Shapes
    row: Ints
    level: Ints
    changes: list[Change] = field(default_factory=list)

    def note(self, kind: str, which: Any, note: str = "") -> None:
        """Record a change of pieces at the middle of each."""
        import shapely

        for i in np.atleast_1d(np.asarray(which, np.int64)):
            shape = self.shapes[i]
            x, y = (
                (float("nan"), float("nan"))
                if shape is None or shape.is_empty
                else shapely.get_coordinates(shape).mean(axis=0)[:2]
            )
            self.changes.append(Change(kind, int(self.row[i]), float(x), float(y), note))

    def kept(self, mask: NDArray[np.bool_]) -> Pieces:
        """The pieces of a mask, with all changes so far."""
        return Pieces(self.shapes[mask], self.row[mask], self.level[mask], self.changes)


def clean_lines(shapes: Shapes, level: Ints, oneway: NDArray[np.bool_]) -> Pieces:
    """Single lines without heights; what is no line, has no length or repeats is left out and noted."""
    import shapely

    shapes = np.asarray(shapes, object)
    pieces = Pieces(shapes, np.arange(len(shapes)), level)
    usable = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    pieces.note("no shape", np.flatnonzero(~usable))
    kind = shapely.get_type_id(shapes)
    line = usable & np.isin(kind, [1, 2, 5])
    pieces.note("no line", np.flatnonzero(usable & ~line), "points and polygons make no network")
    pieces = pieces.kept(line)
    finite = np.isfinite(shapely.bounds(pieces.shapes)).all(axis=1)
    pieces.note("nowhere", np.flatnonzero(~finite), "its coordinates lie nowhere in this CRS")
    pieces = pieces.kept(finite)
    several = np.flatnonzero(shapely.get_num_geometries(pieces.shapes) > 1)
    pieces.note("exploded", several)
    parts, owner = shapely.get_parts(shapely.force_2d(pieces.shapes), return_index=True)
    parts = np.array(
        [shapely.LineString(p.coords) if p.geom_type == "LinearRing" else p for p in parts], object
    )
    pieces = Pieces(parts, pieces.row[owner], pieces.level[owner], pieces.changes)
    short = shapely.length(pieces.shapes) <= _SAME_M
    pieces.note("no length", np.flatnonzero(short))
    return _without_repeats(_untangled(pieces.kept(~short)), oneway)


def _untangled(pieces: Pieces) -> Pieces:
    """Lines that cross themselves, cut where they do."""
    import shapely

    tangled = np.flatnonzero(~shapely.is_simple(pieces.shapes))
    if not len(tangled):
        return pieces
    pieces.note("crosses itself", tangled)
    noded, owner = shapely.get_parts(shapely.node(pieces.shapes[tangled]), return_index=True)
    rest = np.ones(len(pieces.shapes), bool)
    rest[tangled] = False
    which = tangled[owner]
    return Pieces(
        np.concatenate([pieces.shapes[rest], noded]),
        np.concatenate([pieces.row[rest], pieces.row[which]]),
        np.concatenate([pieces.level[rest], pieces.level[which]]),
        pieces.changes,
    )


def _without_repeats(pieces: Pieces, oneway: NDArray[np.bool_]) -> Pieces:
    """The same line twice counts once; a one-way line and its way back are two."""
    import pandas as pd
    import shapely

    plain = np.where(
        oneway[pieces.row], shapely.to_wkb(pieces.shapes), shapely.to_wkb(shapely.normalize(pieces.shapes))
    )
    again = pd.DataFrame({"shape": plain, "level": pieces.level}).duplicated().to_numpy()
    pieces.note("repeats another", np.flatnonzero(again))
    return pieces.kept(~again)


def _ends(shapes: Shapes) -> Floats:
    """First points of all lines, then last points."""
    import shapely

    return np.vstack(
        [
            shapely.get_coordinates(shapely.get_point(shapes, 0)),
            shapely.get_coordinates(shapely.get_point(shapes, -1)),
        ]
    )


def _clusters(points: Floats, within: float) -> Ints:
    """Number of the group of each point: groups are joined through points nearer than a tolerance."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    pairs = cKDTree(points).query_pairs(max(within, _SAME_M), output_type="ndarray")
    graph = coo_array(
        (np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points))
    )
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _moved(shape: Any, start: Floats, end: Floats) -> Any:
    import shapely

    xy = shapely.get_coordinates(shape)
    xy[0], xy[-1] = start, end
    return shapely.LineString(xy)


def snap_ends(pieces: Pieces, within: float) -> Pieces:
    """Bring ends that are nearer than a tolerance to one point: that of the group which most lines share.

    A group is never wider than the chain of its points: where a chain of near ends grows longer than twice
    the tolerance, it is noted, for it may join what should stay apart.
    """
    import shapely

    if not len(pieces.shapes):
        return pieces
    ends = _ends(pieces.shapes)
    group = _clusters(ends, within)
    exact = _clusters(ends, 0.0)
    shared = np.bincount(exact)[exact]
    best = np.lexsort((np.arange(len(ends)), -shared, group))
    chosen = best[np.unique(group[best], return_index=True)[1]]
    target = ends[chosen][group]
    far = np.hypot(*(ends - target).T)
    shapes = pieces.shapes.copy()
    count = len(shapes)
    for i in np.unique(np.flatnonzero(far > 0) % count):
        shapes[i] = _moved(shapes[i], target[i], target[i + count])
    for i in np.flatnonzero(far > _SAME_M):
        pieces.changes.append(_at("end snapped", pieces.row[i % count], ends[i], f"moved {far[i]:.2f} m"))
    for i in np.flatnonzero(far > 2 * max(within, _SAME_M)):
        pieces.changes.append(_at("long chain of ends", pieces.row[i % count], ends[i]))
    moved = Pieces(shapes, pieces.row, pieces.level, pieces.changes)
    shrunk = shapely.length(shapes) <= _SAME_M
    moved.note("shrunk to nothing", np.flatnonzero(shrunk), "shorter than the tolerance")
    return moved.kept(~shrunk)


def _ends_on_lines(pieces: Pieces, within: float) -> tuple[Ints, Floats]:
    """Lines and points where the end of another line of their level lies on them, or nearly."""
    import shapely

    ends = _ends(pieces.shapes)
    level = np.concatenate([pieces.level, pieces.level])
    points, back = np.unique(ends, axis=0, return_inverse=True)
    tree = shapely.STRtree(pieces.shapes)
    at, line = tree.query(shapely.points(points), predicate="dwithin", distance=max(within, _SAME_M))
    own = np.zeros(len(at), bool)
    count = len(pieces.shapes)
    for k in (0, 1):
        own |= (np.abs(ends[line + k * count] - points[at]) <= max(within, _SAME_M)).all(axis=1)
    levels: dict[int, set[int]] = {}
    for i, p in enumerate(np.ravel(back)):
        levels.setdefault(int(p), set()).add(int(level[i]))
    same = np.array([int(pieces.level[b]) in levels[int(a)] for a, b in zip(at, line, strict=True)], bool)
    keep = ~own & same
    return line[keep], points[at[keep]]


def _crossings(pieces: Pieces) -> tuple[Ints, Floats, int]:
    """Lines and points where lines of one level cross, and the number of crossings left alone."""
    import shapely

    tree = shapely.STRtree(pieces.shapes)
    one, other = tree.query(pieces.shapes, predicate="intersects")
    pair = one < other
    one, other = one[pair], other[pair]
    same = pieces.level[one] == pieces.level[other]
    apart = int(shapely.crosses(pieces.shapes[one[~same]], pieces.shapes[other[~same]]).sum())
    one, other = one[same], other[same]
    shared = shapely.intersection(pieces.shapes[one], pieces.shapes[other])
    parts, owner = shapely.get_parts(shared, return_index=True)
    kind = shapely.get_type_id(parts)
    overlap = np.unique(owner[kind == 1])
    pieces.note("overlaps another", one[overlap], "cut where the common part begins and ends")
    ends = np.where(kind == 1, shapely.boundary(parts), parts)
    xy, at = shapely.get_coordinates(ends, return_index=True)
    owner = owner[at]
    return np.concatenate([one[owner], other[owner]]), np.vstack([xy, xy]), apart


def cut_lines(pieces: Pieces, within: float, *, crossings: bool = True) -> tuple[Pieces, int]:
    """Cut lines where others end on them or cross them on the same level.

    Returns
    -------
    (Pieces, int)
        And how many crossings were left alone since the levels differ.
    """
    line, points = _ends_on_lines(pieces, within)
    for i, (x, y) in zip(line, points, strict=True):
        pieces.changes.append(_at("end on a line", pieces.row[i], np.array([x, y])))
    apart = 0
    if crossings:
        more, places, apart = _crossings(pieces)
        line, points = np.concatenate([line, more]), np.vstack([points, places])
    shapes, owner = [], []
    order = np.argsort(line, kind="stable")
    bounds = np.searchsorted(line[order], np.arange(len(pieces.shapes) + 1))
    for i, shape in enumerate(pieces.shapes):
        here = points[order[bounds[i] : bounds[i + 1]]]
        parts = _cut(shape, here, within) if len(here) else [shape]
        if len(parts) > 1:
            pieces.note("cut", i, f"into {len(parts)} parts")
        shapes += parts
        owner += [i] * len(parts)
    which = np.array(owner, np.int64)
    return Pieces(np.array(shapes, object), pieces.row[which], pieces.level[which], pieces.changes), apart


def _cut(shape: Any, points: Floats, within: float) -> list[Any]:
    """A line cut at points on it or beside it; it is led through the points."""
    import shapely

    xy = shapely.get_coordinates(shape)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    at = shapely.line_locate_point(shape, shapely.points(points))
    inner = (at > _SAME_M) & (at < along[-1] - _SAME_M)
    at, points = at[inner], points[inner]
    order = np.argsort(at, kind="stable")
    at, points = at[order], points[order]
    fresh = np.concatenate([[True], np.diff(at) > _SAME_M]) if len(at) else np.empty(0, bool)
    at, points = at[fresh], points[fresh]
    parts, begin = [], xy[:1]
    last = 0.0
    for distance, point in zip([*at, along[-1]], [*points, xy[-1]], strict=True):
        between = xy[(along > last + _SAME_M) & (along < distance - _SAME_M)]
        parts.append(shapely.LineString(np.vstack([begin, between, point[None, :]])))
        begin, last = point[None, :], float(distance)
    return parts


def nodes_of(pieces: Pieces, within: float) -> tuple[Floats, Ints, Ints]:
    """Points where pieces begin and end, and the numbers of the first and last point of each piece."""
    ends = _ends(pieces.shapes)
    group = _clusters(ends, min(within, 0.01))
    _, first, back = np.unique(group, return_index=True, return_inverse=True)
    count = len(pieces.shapes)
    back = np.ravel(back)
    return ends[first], back[:count], back[count:]
