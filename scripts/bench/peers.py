"""Other engines to measure against, each used as its documentation advises; only those installed are run."""

from __future__ import annotations

import importlib.util
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from bench.graphs import Arrays

SPARE = 20
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Peer:
    """One engine: prepared once, then asked for matrices in milliseconds, -1 where there is no way."""

    name = ""
    module = ""
    sample = 4
    """Origins actually run on large networks; the time is scaled to all of them. 0 runs all."""
    largest = 1 << 40
    """Networks with more nodes are left out, as they would take many minutes."""
    takes_changes = False
    closed = 0

    @classmethod
    def installed(cls) -> bool:
        return all(importlib.util.find_spec(module) is not None for module in cls.module.split())

    def __init__(self, arrays: Arrays, spare: tuple[np.ndarray, np.ndarray] | None = None) -> None:
        raise NotImplementedError

    def matrix(self, origins: np.ndarray, targets: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def change(self, links: np.ndarray, weights: np.ndarray, spare_weights: np.ndarray) -> None:
        """New weights for some links, and for the spare ones that were closed until now."""
        raise NotImplementedError

    def restore(self, links: np.ndarray, weights: np.ndarray) -> None:
        """Back to the weights before a change, the spare links closed."""
        self.change(links, weights, np.full(SPARE, self.closed))


class SciPy(Peer):
    name, module, sample = "scipy", "scipy", 8

    def __init__(self, arrays, spare=None):
        from yrdgis.engine import Graph

        self.matrix_ = Graph.of(arrays.n, arrays.tail, arrays.head, arrays.weight).matrix()

    def matrix(self, origins, targets):
        from scipy.sparse.csgraph import dijkstra

        parts = [
            dijkstra(self.matrix_, indices=origins[i : i + 20])[:, targets]
            for i in range(0, len(origins), 20)
        ]
        costs = np.vstack(parts)
        return np.where(np.isfinite(costs), costs, -1).astype(np.int64)


class IGraph(Peer):
    name, module, largest = "igraph", "igraph", 500_000

    def __init__(self, arrays, spare=None):
        import igraph

        self.graph = igraph.Graph(n=arrays.n, edges=np.c_[arrays.tail, arrays.head], directed=True)
        self.weights = arrays.weight.astype(float).tolist()

    def matrix(self, origins, targets):
        costs = np.array(
            self.graph.distances(origins.tolist(), targets.tolist(), weights=self.weights, mode="out")
        )
        return np.where(np.isfinite(costs), costs, -1).astype(np.int64)


class NetworKit(Peer):
    name, module, sample = "networkit", "networkit", 8

    def __init__(self, arrays, spare=None):
        import networkit

        self.kit = networkit
        networkit.setNumberOfThreads(THREADS)
        ends = (arrays.tail.astype(np.uint64), arrays.head.astype(np.uint64))
        self.graph = networkit.GraphFromCoo(
            (arrays.weight.astype(float), ends), n=arrays.n, weighted=True, directed=True
        )

    def matrix(self, origins, targets):
        search = self.kit.distance.SPSP(self.graph, origins.tolist())
        search.setTargets(targets.tolist())
        search.run()
        costs = np.array(search.getDistances())
        return np.where(costs < 1e300, costs, -1).astype(np.int64)


class Rustworkx(Peer):
    name, module, largest = "rustworkx", "rustworkx", 500_000

    def __init__(self, arrays, spare=None):
        import rustworkx

        self.rx = rustworkx
        self.graph = rustworkx.PyDiGraph(multigraph=True)
        self.graph.add_nodes_from(range(arrays.n))
        self.graph.add_edges_from(
            list(zip(arrays.tail.tolist(), arrays.head.tolist(), arrays.weight.tolist(), strict=True))
        )

    def matrix(self, origins, targets):
        out = np.full((len(origins), len(targets)), -1, np.int64)
        for i, origin in enumerate(origins.tolist()):
            found = dict(self.rx.dijkstra_shortest_path_lengths(self.graph, origin, float).items())
            found[origin] = 0
            out[i] = [found.get(t, -1) for t in targets.tolist()]
        return out


class NetworkX(Peer):
    name, module, sample, largest = "networkx", "networkx", 2, 500_000

    def __init__(self, arrays, spare=None):
        import networkx

        self.nx = networkx
        self.graph = networkx.DiGraph()
        self.graph.add_nodes_from(range(arrays.n))
        order = np.argsort(-arrays.weight, kind="stable")
        self.graph.add_weighted_edges_from(
            zip(
                arrays.tail[order].tolist(),
                arrays.head[order].tolist(),
                arrays.weight[order].tolist(),
                strict=True,
            )
        )

    def matrix(self, origins, targets):
        out = np.full((len(origins), len(targets)), -1, np.int64)
        for i, origin in enumerate(origins.tolist()):
            found = self.nx.single_source_dijkstra_path_length(self.graph, origin)
            out[i] = [found.get(t, -1) for t in targets.tolist()]
        return out


class RoutingKitCCH(Peer):
    """routingkit-cch with its own inertial order."""

    name, module, sample, takes_changes = "routingkit-cch", "routingkit_cch", 0, True
    closed = 2147483647

    def __init__(self, arrays, spare=None):
        import routingkit_cch

        self.lib = routingkit_cch
        tail, head = arrays.tail, arrays.head
        weight = arrays.weight.astype(np.int64)
        self.m = len(tail)
        if spare is not None:
            tail, head = np.r_[tail, spare[0]], np.r_[head, spare[1]]
            weight = np.r_[weight, np.full(len(spare[0]), self.closed)]
        order = self.order(arrays, tail, head)
        self.cch = routingkit_cch.CCH(order, tail.tolist(), head.tolist(), False)
        self.metric = routingkit_cch.CCHMetric(self.cch, weight.tolist())

    def order(self, arrays, tail, head):
        return self.lib.compute_order_inertial(
            arrays.n, tail.tolist(), head.tolist(), arrays.y.tolist(), arrays.x.tolist()
        )

    def matrix(self, origins, targets):
        def some(part):
            query = self.lib.CCHOneToMany(self.metric, targets.tolist())
            rows = [query.distances_from(origin) for origin in part.tolist()]
            return np.array([[-1 if cost is None else cost for cost in row] for row in rows], np.int64)

        parts = [part for part in np.array_split(origins, THREADS) if len(part)]
        with ThreadPoolExecutor(THREADS) as pool:
            return np.vstack(list(pool.map(some, parts)))

    def change(self, links, weights, spare_weights):
        if not hasattr(self, "updater"):
            self.updater = self.lib.CCHMetricPartialUpdater(self.cch)
        changes = dict(zip(links.tolist(), weights.tolist(), strict=True))
        changes |= {self.m + i: int(w) for i, w in enumerate(spare_weights)}
        self.updater.apply(self.metric, changes)


class RoutingKitMetis(RoutingKitCCH):
    """routingkit-cch with an order by METIS."""

    name, module = "routingkit-cch-metis", "routingkit_cch pymetis"

    def order(self, arrays, tail, head):
        from yrdgis.engine.order import contraction_order

        return contraction_order(
            arrays.n, tail.astype(np.int32), head.astype(np.int32), method="metis"
        ).tolist()


class PyRoutingKit(Peer):
    name, module, sample, takes_changes = "pyroutingkit", "pyroutingkit", 0, True

    def __init__(self, arrays, spare=None):
        import pyroutingkit

        self.closed = int(pyroutingkit.INF_WEIGHT)
        tail, head, self.weight = arrays.tail, arrays.head, arrays.weight.astype(np.uint32)
        self.m = len(tail)
        if spare is not None:
            tail, head = np.r_[tail, spare[0]], np.r_[head, spare[1]]
            self.weight = np.r_[self.weight, np.full(len(spare[0]), self.closed, np.uint32)]
        self.cch = pyroutingkit.CCH()
        self.cch.build_topology(
            tail.astype(np.uint32),
            head.astype(np.uint32),
            arrays.y.astype(np.float32),
            arrays.x.astype(np.float32),
            arrays.n,
        )
        self.cch.customize_weights(self.weight)

    def matrix(self, origins, targets):
        costs = self.cch.distances_many_to_many(origins.astype(np.uint32), targets.astype(np.uint32))
        costs = np.asarray(costs).reshape(len(origins), len(targets)).astype(np.int64)
        return np.where(costs >= self.closed, -1, costs)

    def change(self, links, weights, spare_weights):
        weight = self.weight.copy()
        weight[links] = weights
        weight[self.m :] = spare_weights
        self.cch.customize_weights(weight)


PEERS: list[type[Any]] = [
    SciPy, IGraph, NetworKit, Rustworkx, NetworkX, RoutingKitCCH, RoutingKitMetis, PyRoutingKit
]  # fmt: skip


class Ours(Peer):
    """This package's hierarchy."""

    name, module, sample, takes_changes = "yrdgis", "yrdgis", 0, True

    def __init__(self, arrays, spare=None):
        from yrdgis import settings
        from yrdgis.engine import prepare

        with settings.override(cache=False):
            self.engine = prepare(
                arrays.n, arrays.tail, arrays.head, arrays.weight, arrays.x, arrays.y, engine="cch"
            )
            self.engine.many_to_many([0], [0])
        self.base = self.engine
        self.spare = spare

    def matrix(self, origins, targets):
        return self.engine.many_to_many(origins, targets)

    def change(self, links, weights, spare_weights):
        added = None if self.spare is None else (*self.spare, spare_weights)
        self.engine = self.base.update(changed=(links, weights), added=added)

    def restore(self, links, weights):
        self.engine = self.base
