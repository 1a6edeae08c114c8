"""SciPy's Dijkstra behind the door: no preparation, exact, in blocks of origins.

Its doubles hold every whole number below 2^53, which the graph has made sure of. Memory: a block of origins
takes about 24 bytes for each node and origin, within the engine's ``memory_mb`` (one origin at the least).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine.answers import Nearest, Paths, Reach, nearest_of
from yrdgis.engine.graph import UNREACHABLE, Graph
from yrdgis.engine.work import Monitor, blocks

__all__ = ["SciPyBackend"]

Nodes = NDArray[np.int32]
_BYTES_PER_CELL = 24
_MOST_ROWS = 32


class SciPyBackend:
    """Every operation of the door on ``scipy.sparse.csgraph.dijkstra``."""

    name = "scipy"

    def __init__(self, graph: Graph, memory_mb: int) -> None:
        self.graph = graph
        self.memory_mb = memory_mb
        self._matrix = graph.matrix()

    def many_to_many(
        self, origins: Nodes, targets: Nodes, limit: int | None, monitor: Monitor
    ) -> NDArray[Any]:
        """Costs from each origin to each target; searches from the side with fewer nodes."""
        wanted, column = np.unique(targets, return_inverse=True)
        sources, row = np.unique(origins, return_inverse=True)
        if len(wanted) < len(sources):
            seen = self._some(self._matrix.T.tocsr(), wanted, sources, limit, monitor, len(origins))
            return seen.T[np.ix_(row, column)]
        return self._some(self._matrix, sources, wanted, limit, monitor, len(origins))[np.ix_(row, column)]

    def _some(
        self, matrix: Any, sources: Nodes, columns: Nodes, limit: int | None, monitor: Monitor, total: int
    ) -> NDArray[Any]:
        found = np.empty((len(sources), len(columns)), self.graph.dtype)
        told = 0
        for part, costs in self._blocks(matrix, sources, limit):
            found[part] = self._whole(costs[:, columns])
            share = total * part.stop // len(sources)
            monitor.step(share - told)
            told = share
        return found

    def full(self, origins: Nodes, limit: int | None, monitor: Monitor) -> NDArray[Any]:
        """Costs from each origin to every node."""
        found = np.empty((len(origins), self.graph.n), self.graph.dtype)
        for part, costs in self._blocks(self._matrix, origins, limit):
            found[part] = self._whole(costs)
            monitor.step(part.stop - part.start)
        return found

    def reach(self, origins: Nodes, limit: int, monitor: Monitor) -> Reach:
        """Nodes within the limit of each origin."""
        counts, nodes = [np.zeros(1, np.int64)], [np.zeros(0, np.int32)]
        values = [np.zeros(0, self.graph.dtype)]
        for part, costs in self._blocks(self._matrix, origins, limit):
            row, node = np.nonzero(np.isfinite(costs))
            counts.append(np.bincount(row, minlength=len(costs)))
            nodes.append(node.astype(np.int32))
            values.append(costs[row, node].astype(self.graph.dtype))
            monitor.step(part.stop - part.start)
        return Reach(np.cumsum(np.concatenate(counts)), np.concatenate(nodes), np.concatenate(values))

    def reduce(
        self, origins: Nodes, opportunities: NDArray[Any], cutoffs: NDArray[np.int64], monitor: Monitor
    ) -> NDArray[Any]:
        """Sum of what lies within each cut-off."""
        found = np.zeros((len(origins), len(cutoffs)), opportunities.dtype)
        for part, costs in self._blocks(self._matrix, origins, int(cutoffs.max())):
            for j, cutoff in enumerate(cutoffs):
                found[part, j] = (costs <= cutoff) @ opportunities
            monitor.step(part.stop - part.start)
        return found

    def decay(
        self,
        origins: Nodes,
        opportunities: NDArray[np.float64],
        table: NDArray[np.float64],
        step: int,
        monitor: Monitor,
    ) -> NDArray[np.float64]:
        """Sum of opportunities, each times the table's value at its cost."""
        found = np.zeros(len(origins))
        for part, costs in self._blocks(self._matrix, origins, len(table) * step - 1):
            row, node = np.nonzero(np.isfinite(costs))
            value = table[costs[row, node].astype(np.int64) // step] * opportunities[node]
            found[part] = np.bincount(row, value, minlength=len(costs))
            monitor.step(part.stop - part.start)
        return found

    def nearest(self, origins: Nodes, targets: Nodes, k: int, limit: int | None, monitor: Monitor) -> Nearest:
        """The ``k`` nearest targets of each origin."""
        k = min(k, len(targets))
        position = np.empty((len(origins), k), np.int64)
        cost = np.empty((len(origins), k), self.graph.dtype)
        for part, costs in self._blocks(self._matrix, origins, limit):
            position[part], cost[part] = nearest_of(self._whole(costs[:, targets]), k)
            monitor.step(part.stop - part.start)
        return Nearest(position, cost)

    def paths(self, origins: Nodes, targets: Nodes, monitor: Monitor) -> Paths:
        """One shortest path for each pair."""
        from scipy.sparse.csgraph import dijkstra

        arcs = self.graph.arcs
        keys = arcs.tail.astype(np.int64) * self.graph.n + arcs.head
        ways: list[list[int]] = [[] for _ in origins]
        cost = np.full(len(origins), UNREACHABLE, self.graph.dtype)
        for origin in np.unique(origins):
            costs, before = dijkstra(self._matrix, indices=origin, return_predecessors=True)
            pairs = np.flatnonzero(origins == origin)
            for i in pairs:
                if np.isfinite(costs[targets[i]]):
                    cost[i] = costs[targets[i]]
                    ways[i] = _walk_back(before, int(origin), int(targets[i]), keys, self.graph.n)
            monitor.step(len(pairs))
        start = np.zeros(len(origins) + 1, np.int64)
        np.cumsum([len(way) for way in ways], out=start[1:])
        return Paths(start, arcs.link[np.array([a for way in ways for a in way], np.int64)], cost)

    def updated(self, graph: Graph) -> SciPyBackend:
        """The same on a changed graph; there is nothing to keep."""
        return SciPyBackend(graph, self.memory_mb)

    def _blocks(
        self, matrix: Any, sources: Nodes, limit: int | None
    ) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        from scipy.sparse.csgraph import dijkstra

        # costs are whole, so half a unit more keeps the limit itself inside whatever the comparison
        most = np.inf if limit is None else limit + 0.5
        size = _BYTES_PER_CELL * self.graph.n
        memory = min(self.memory_mb, max(1, _MOST_ROWS * size // 1_000_000))
        for part in blocks(len(sources), size, memory):
            yield part, dijkstra(matrix, indices=sources[part], limit=most)

    def _whole(self, costs: NDArray[np.float64]) -> NDArray[Any]:
        return np.where(np.isfinite(costs), costs, UNREACHABLE).astype(self.graph.dtype)


def _walk_back(
    before: NDArray[np.int32], origin: int, target: int, keys: NDArray[np.int64], n: int
) -> list[int]:
    """Positions of the arcs from origin to target, in order of travel."""
    pairs, node = [], target
    while node != origin:
        tail = int(before[node])
        pairs.append(tail * n + node)
        node = tail
    return np.searchsorted(keys, np.array(pairs[::-1], np.int64)).tolist()
