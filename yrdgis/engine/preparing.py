"""Making a hierarchy: kernels compiled or loaded, topology found on disk or built."""

from __future__ import annotations

from functools import cache

import numpy as np

from yrdgis.engine.cache import content_hash, kernels_kept, load_topology, save_topology
from yrdgis.engine.cch import CCHBackend
from yrdgis.engine.graph import Graph
from yrdgis.engine.order import contraction_order
from yrdgis.engine.topology import Topology, build_topology
from yrdgis.engine.work import Monitor

__all__ = ["prepare_cch", "topology_of"]

_WORTH_KEEPING = 2_000


def prepare_cch(graph: Graph, memory_mb: int, order: str = "own") -> CCHBackend:
    """A hierarchy for the graph, with its weights on it."""
    _warm_up()
    return CCHBackend.prepared(graph, memory_mb, topology_of(graph, order))


def topology_of(graph: Graph, order: str = "own") -> Topology:
    """Topology of a graph, from the cache where it is there."""
    key = content_hash(graph, order) if graph.n >= _WORTH_KEEPING else ""
    topology = load_topology(key, graph.n) if key else None
    if topology is None:
        nodes = contraction_order(graph.n, graph.tail, graph.head, graph.x, graph.y, order)
        topology = build_topology(graph.n, graph.tail, graph.head, nodes)
        if key:
            save_topology(key, topology)
    return topology


@cache
def _warm_up() -> None:
    """Have the kernels of a matrix compiled, on a network of two nodes, unless they were before."""
    if kernels_kept():
        return
    graph = Graph.of(2, [0], [1], [1], [0.0, 1.0], [0.0, 0.0])
    one = np.zeros(1, np.int32)
    order = contraction_order(graph.n, graph.tail, graph.head, graph.x, graph.y)
    topology = build_topology(graph.n, graph.tail, graph.head, order)
    CCHBackend.prepared(graph, 1, topology).many_to_many(one, one, None, Monitor(1))
