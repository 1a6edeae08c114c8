"""What the engines hand back besides plain matrices."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Nearest", "Paths", "Reach", "nearest_of"]


class Reach(NamedTuple):
    """Nodes within a limit: those of origin ``i`` are ``node[start[i]:start[i + 1]]``, in ascending order."""

    start: NDArray[np.int64]
    node: NDArray[np.int32]
    cost: NDArray[Any]

    def of(self, i: int) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """Nodes and costs of the origin at position ``i``."""
        part = slice(self.start[i], self.start[i + 1])
        return self.node[part], self.cost[part]


class Paths(NamedTuple):
    """Links along one shortest path of each pair; ``cost`` is ``UNREACHABLE`` where there is none.

    An empty sequence with cost 0 means that origin and target are one node.
    """

    start: NDArray[np.int64]
    link: NDArray[np.int64]
    cost: NDArray[Any]

    def of(self, i: int) -> NDArray[np.int64]:
        """Link numbers of the pair at position ``i``, in order of travel."""
        return self.link[self.start[i] : self.start[i + 1]]


class Nearest(NamedTuple):
    """Positions in ``targets`` of the nearest ones, by cost and then position; -1 where there are fewer."""

    position: NDArray[np.int64]
    cost: NDArray[Any]


def nearest_of(costs: NDArray[Any], k: int) -> Nearest:
    """The ``k`` cheapest columns of each row, where a negative cost means no way there.

    Examples
    --------
    >>> nearest_of(np.array([[7, -1, 3]]), 2).position.tolist()
    [[2, 0]]
    """
    columns = costs.shape[1]
    k = min(k, columns)
    last = np.iinfo(costs.dtype).max
    keys = np.where(costs < 0, last, costs)
    position = np.argsort(keys, axis=1, kind="stable")[:, :k].astype(np.int64)
    cost = np.take_along_axis(costs, position, axis=1)
    position[cost < 0] = -1
    return Nearest(position, cost)
