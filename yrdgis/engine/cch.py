"""The customizable contraction hierarchy behind the door.

Prepared once: an order of the nodes and the arcs that contraction adds (the topology, without weights).
Weights are put on it in well under a second, and a sweep answers for many origins at once. After Dibbelt,
Strasser and Wagner, Customizable Contraction Hierarchies, 2016, and Delling, Goldberg, Nowatzyk and
Werneck, PHAST, 2013.

Memory: the topology takes about 100 bytes for each node and 30 for each arc. A call works in blocks of
origins. A thread needs one row of lanes for each level, and with `full` one for each node whose neighbours in the
caller's order are still to come (see `turning`); threads, then lanes, are reduced until that fits ``memory_mb``.
"""

from __future__ import annotations

from functools import cached_property
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine import sweep as sw
from yrdgis.engine.answers import Nearest, Paths, Reach, nearest_of
from yrdgis.engine.graph import UNREACHABLE, Graph
from yrdgis.engine.metric import Metric, far_of
from yrdgis.engine.min_plus import through_links
from yrdgis.engine.topology import Topology, build_topology
from yrdgis.engine.turning import answer, open_lines
from yrdgis.engine.unpack import best_links, unpack_paths
from yrdgis.engine.work import Monitor, blocks, in_threads, threads

__all__ = ["CCHBackend"]

Nodes = NDArray[np.int32]
_MOST_EXTRA = 64
_BATCHES_A_TASK = 8


class CCHBackend:
    """Every operation of the door on a hierarchy."""

    name = "cch"

    def __init__(
        self,
        graph: Graph,
        memory_mb: int,
        topology: Topology,
        arc: NDArray[np.int64],
        base: Metric | None = None,
    ) -> None:
        self.graph = graph
        self.memory_mb = memory_mb
        self.topology = topology
        self.arc = arc
        self._extra = np.flatnonzero((arc < 0) & (graph.tail != graph.head) & self._on)
        self.metric = self._customised(base)

    @classmethod
    def prepared(cls, graph: Graph, memory_mb: int, topology: Topology) -> CCHBackend:
        """On a topology that holds every link of the graph."""
        return cls(graph, memory_mb, topology, topology.arcs_of(graph.tail, graph.head))

    def _customised(self, base: Metric | None) -> Metric:
        graph = self.graph
        weight = np.where(self._on, graph.weight, far_of(np.int64))
        if graph.bound_known or not graph.n:
            return Metric(self.topology, self.arc, weight, graph.dtype, base)
        # 32 bits as a rule suffice, and then prove it sooner than a search could
        metric = Metric(self.topology, self.arc, weight, np.int32, base)
        graph.take_bound(*metric.around_the_root())
        return metric if graph.dtype is np.int32 else Metric(self.topology, self.arc, weight, np.int64, base)

    @property
    def _on(self) -> NDArray[np.bool_]:
        return np.ones(self.graph.m, bool) if self.graph.off is None else ~self.graph.off

    def updated(self, graph: Graph) -> CCHBackend:
        """The same topology under a changed graph.

        Few added links that fit no arc are taken in by the closed form where a matrix is asked for. For
        anything else, and for many, the topology is completed anew in the same order.
        """
        new = slice(self.graph.m, None)
        arc = np.r_[self.arc, self.topology.arcs_of(graph.tail[new], graph.head[new])]
        backend = CCHBackend(graph, self.memory_mb, self.topology, arc, self.metric)
        extra = len(backend._extra)
        if extra and (extra > _MOST_EXTRA or not graph.inherited):
            return backend._completed
        return backend

    @cached_property
    def _completed(self) -> CCHBackend:
        """On a topology that holds the added links too."""
        graph = self.graph
        topology = build_topology(graph.n, graph.tail, graph.head, self.topology.node)
        return CCHBackend.prepared(graph, self.memory_mb, topology)

    def many_to_many(
        self, origins: Nodes, targets: Nodes, limit: int | None, monitor: Monitor
    ) -> NDArray[Any]:
        """Costs from each origin to each target."""
        if not len(self._extra):
            return self._matrix(origins, targets, limit, monitor)
        extra = self._extra
        heads, tails = self.graph.head[extra], self.graph.tail[extra]
        monitor.total += len(extra)
        far, last = self.metric.far, self.metric.limit(limit)
        costs = self._matrix(np.r_[origins, heads], np.r_[targets, tails], None, monitor, far)
        return through_links(costs, len(origins), len(targets), self.graph.weight[extra], last, far)

    def _matrix(
        self, origins: Nodes, targets: Nodes, limit: int | None, monitor: Monitor, none: int = UNREACHABLE
    ) -> NDArray[Any]:
        ranks = self.topology.rank[targets]
        plan = self.metric.plan(ranks)
        column = np.full(len(plan.rank), -1, np.int32)
        places, numbers = plan.row[ranks], np.arange(len(targets), dtype=np.int32)
        column[places] = numbers
        if not np.array_equal(column[places], numbers):
            wanted, column_of = np.unique(targets, return_inverse=True)
            return self._matrix(origins, wanted, limit, monitor, none)[:, column_of]
        none = self.metric.dtype(none)
        out = np.full((len(origins), len(targets)), none, self.metric.dtype)
        self._sweep(plan, origins, sw.COLUMNS, limit, monitor, column=column, none=none, out=out)
        return out

    def full(self, origins: Nodes, limit: int | None, monitor: Monitor) -> NDArray[Any]:
        """Costs from each origin to every node."""
        if len(self._extra):
            return self._completed.full(origins, limit, monitor)
        plan, layout = self.metric.full_plan, self.topology.layout
        out = answer(len(origins), self.graph.n, self.metric.dtype)
        lanes, workers = self._fit(layout.room, len(origins))
        rooms: SimpleQueue[NDArray[Any]] = SimpleQueue()
        for _ in range(workers):
            rooms.put(np.empty((layout.room, lanes), self.metric.dtype))
        most = self.metric.limit(limit)

        def finish(ranks: Nodes, line: NDArray[np.int64]) -> None:
            rows = rooms.get()
            open_lines(out, line)
            self._run(plan, ranks, lanes, sw.ROWS, most, line=line, out=out, rows=rows, layout=layout)
            rooms.put(rows)

        self._batches(origins, lanes, 1, finish, monitor)
        return out[:, : self.graph.n]

    def reach(self, origins: Nodes, limit: int, monitor: Monitor) -> Reach:
        """Nodes within the limit of each origin."""
        if len(self._extra):
            return self._completed.reach(origins, limit, monitor)
        ones = np.ones(self.graph.n, np.int64)
        monitor.total *= 2
        counts = self.reduce(origins, ones, np.array([limit], np.int64), monitor)[:, 0]
        start = np.zeros(len(origins) + 1, np.int64)
        np.cumsum(counts, out=start[1:])
        node, cost = np.empty(start[-1], np.int32), np.empty(start[-1], self.metric.dtype)
        plan = self.metric.full_plan
        column = self.topology.node[plan.rank]
        most = self.metric.limit(limit)

        def finish(ranks: Nodes, line: NDArray[np.int64]) -> None:
            cursor = start[line]
            self._run(
                plan,
                ranks,
                self.metric.lanes,
                sw.REACH,
                most,
                column=column,
                cursor=cursor,
                node=node,
                cost=cost,
            )

        self._batches(origins, self.metric.lanes, _BATCHES_A_TASK, finish, monitor)
        # by origin and then node: nodes were met by rank
        key = np.repeat(np.arange(len(origins), dtype=np.int64) * self.graph.n, counts) + node
        order = np.argsort(key)
        return Reach(start, node[order], cost[order])

    def reduce(
        self, origins: Nodes, opportunities: NDArray[Any], cutoffs: NDArray[np.int64], monitor: Monitor
    ) -> NDArray[Any]:
        """Sum of what lies within each cut-off."""
        if len(self._extra):
            return self._completed.reduce(origins, opportunities, cutoffs, monitor)
        plan, weights = self._held(opportunities)
        sums = np.zeros((len(origins), len(cutoffs)), opportunities.dtype)
        far = int(self.metric.far)
        limits = np.minimum(cutoffs, far - 1).astype(self.metric.dtype)
        self._sweep(
            plan, origins, sw.SUMS, int(cutoffs.max()), monitor, weights=weights, cutoffs=limits, sums=sums
        )
        return sums

    def decay(
        self,
        origins: Nodes,
        opportunities: NDArray[np.float64],
        table: NDArray[np.float64],
        step: int,
        monitor: Monitor,
    ) -> NDArray[np.float64]:
        """Sum of opportunities, each times the table's value at its cost."""
        if len(self._extra):
            return self._completed.decay(origins, opportunities, table, step, monitor)
        plan, weights = self._held(opportunities)
        sums = np.zeros((len(origins), 1))
        last = len(table) * step - 1
        self._sweep(
            plan, origins, sw.DECAY, last, monitor, weights=weights, table=table, step=step, sums=sums
        )
        return sums[:, 0]

    def nearest(self, origins: Nodes, targets: Nodes, k: int, limit: int | None, monitor: Monitor) -> Nearest:
        """The ``k`` nearest targets of each origin."""
        k = min(k, len(targets))
        position = np.empty((len(origins), k), np.int64)
        cost = np.empty((len(origins), k), self.metric.dtype)
        for part in blocks(len(origins), 32 * len(targets), self.memory_mb, self.metric.lanes):
            costs = self.many_to_many(origins[part], targets, limit, monitor)
            position[part], cost[part] = nearest_of(costs, k)
        return Nearest(position, cost)

    def paths(self, origins: Nodes, targets: Nodes, monitor: Monitor) -> Paths:
        """One shortest path for each pair."""
        if len(self._extra):
            return self._completed.paths(origins, targets, monitor)
        topology, metric = self.topology, self.metric
        best = self._best_links
        arrays = (topology.start, topology.head, topology.tail, *topology.below)
        ranks = topology.rank[origins], topology.rank[targets]

        def some(part: slice) -> tuple[Any, Any, Any]:
            return unpack_paths(
                arrays,
                topology.parent,
                topology.height,
                metric.up,
                metric.down,
                best,
                metric.weight,
                ranks[0][part],
                ranks[1][part],
                metric.far,
            )

        parts = [slice(a, a + 256) for a in range(0, len(origins), 256)]
        found = in_threads(some, parts, lambda p: monitor.step(len(origins[p])))
        lengths = [np.diff(start) for start, _, _ in found]
        start = np.zeros(len(origins) + 1, np.int64)
        np.cumsum(np.concatenate(lengths or [np.zeros(0, np.int64)]), out=start[1:])
        link = np.concatenate([links for _, links, _ in found] or [np.zeros(0, np.int64)])
        cost = np.concatenate([total for _, _, total in found] or [np.zeros(0, metric.dtype)])
        cost[cost >= metric.far] = UNREACHABLE
        return Paths(start, link, cost)

    @cached_property
    def _best_links(self) -> NDArray[np.int64]:
        usable = self._on & (self.arc >= 0)
        return best_links(len(self.topology.head), self.arc, self.metric.weight, usable)

    def _held(self, opportunities: NDArray[Any]) -> tuple[sw.Plan, NDArray[Any]]:
        """Plan for the nodes that hold something, and what each place of it holds."""
        by_rank = opportunities[self.topology.node]
        some = np.flatnonzero(by_rank).astype(np.int32)
        plan = self.metric.full_plan if 4 * len(some) > self.graph.n else self.metric.plan(some)
        return plan, by_rank[plan.rank]

    def _fit(self, rows: int, origins: int) -> tuple[int, int]:
        """Lanes and threads whose rows fit the memory."""
        lanes, workers = self.metric.lanes, min(threads(), max(1, origins))
        cell = np.dtype(self.metric.dtype).itemsize * max(rows, 1)
        while workers > 1 and workers * lanes * cell > self.memory_mb * 1_000_000:
            workers -= 1
        while lanes > 8 and lanes * cell > self.memory_mb * 1_000_000:
            lanes //= 2
        return lanes, workers

    def _sweep(
        self, plan: sw.Plan, origins: Nodes, mode: int, limit: int | None, monitor: Monitor, **sink: Any
    ) -> None:
        most = self.metric.limit(limit)

        def finish(ranks: Nodes, line: NDArray[np.int64]) -> None:
            self._run(plan, ranks, self.metric.lanes, mode, most, line=line, **sink)

        self._batches(origins, self.metric.lanes, _BATCHES_A_TASK, finish, monitor)

    def _run(self, plan: sw.Plan, ranks: Nodes, lanes: int, mode: int, most: Any, **sink: Any) -> None:
        metric = self.metric
        sw.sweep(
            metric.climb,
            plan,
            self.topology.height,
            ranks,
            (np.int8(0),) * lanes,
            mode,
            most,
            bool(most < self.graph.bound),
            metric.far,
            sw.sink(metric.dtype, **sink),
        )

    def _batches(self, origins: Nodes, lanes: int, most: int, finish: Any, monitor: Monitor) -> None:
        """Hand out the origins by rank, so that those of a batch lie near each other."""
        ranks = self.topology.rank[origins]
        line = np.argsort(ranks, kind="stable")
        ranks = ranks[line]
        batches = -(-len(ranks) // lanes)
        size = lanes * max(1, min(most, batches // (2 * threads())))
        parts = [slice(a, a + size) for a in range(0, len(ranks), size)]
        in_threads(lambda p: finish(ranks[p], line[p]), parts, lambda p: monitor.step(len(ranks[p])))
