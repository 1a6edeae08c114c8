"""The order in which nodes are contracted: our own nested dissection, or METIS where it is installed.

A good order cuts the network again and again along few nodes and contracts the nodes of a cut last.
Coordinates help to find such cuts and are not needed: without them, hops from far ends of the network take
their place.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine.work import in_threads
from yrdgis.errors import EngineError, MissingExtraError

__all__ = ["ORDERS", "contraction_order"]

ORDERS = ("own", "metis")
_LARGE_SHARE = 1 / 16


def contraction_order(
    n: int,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    x: NDArray[np.float64] | None = None,
    y: NDArray[np.float64] | None = None,
    method: str = "own",
) -> NDArray[np.int32]:
    """Nodes in the order of contraction, the least important first.

    Parameters
    ----------
    n : int
        Number of nodes.
    tail, head : array of int32
        Links; their direction does not matter here.
    x, y : array of float64, optional
        Coordinates in any unit.
    method : {"own", "metis"}
        "metis" needs the package pymetis.

    Returns
    -------
    array of int32
        The same for the same input, whatever the number of threads.
    """
    if method not in ORDERS:
        raise EngineError(f"No order named {method!r}. There are: {', '.join(ORDERS)}.")
    from yrdgis.engine.dissection import neighbours

    start, other = neighbours(n, tail, head)
    if method == "metis":
        return _metis(start, other)
    return _own(start, other, x, y)


def _own(
    start: NDArray[np.int64],
    other: NDArray[np.int32],
    x: NDArray[np.float64] | None,
    y: NDArray[np.float64] | None,
) -> NDArray[np.int32]:
    from yrdgis.engine.dissection import dissect, strip_low_degrees

    taken, left, start, other = strip_low_degrees(start, other)
    none = np.zeros(0)
    xs, ys = (none, none) if x is None or y is None else (x[left], y[left])
    order = np.arange(len(left), dtype=np.int32)
    place = order.copy()

    def split(piece: tuple[int, int]) -> list[tuple[int, int]]:
        return list(zip(*dissect(start, other, order, place, *piece, xs, ys, True), strict=True))

    # pieces are disjoint slices, so threads don't meet and the order is the same for any number of them
    large, small = [(0, len(left))], []
    while large:
        parts = [part for found in in_threads(split, large) for part in found]
        large = [part for part in parts if part[1] - part[0] > _LARGE_SHARE * len(left)]
        small += [part for part in parts if part[1] - part[0] <= _LARGE_SHARE * len(left)]
    small.sort(key=lambda part: part[0] - part[1])
    in_threads(lambda piece: dissect(start, other, order, place, *piece, xs, ys, False), small)
    return np.concatenate([taken, left[order]])


def _metis(start: NDArray[np.int64], other: NDArray[np.int32]) -> NDArray[np.int32]:
    try:
        import pymetis
    except ImportError as error:
        raise MissingExtraError("The order 'metis' needs pymetis: pip install pymetis") from error
    adjacency: Any = pymetis.CSRAdjacency(adj_starts=start, adjacent=other)
    order, _ = pymetis.nested_dissection(adjacency)
    return np.asarray(order, np.int32)
