"""Making a hierarchy."""

from __future__ import annotations

from yrdgis.engine.cch import CCHBackend
from yrdgis.engine.graph import Graph
from yrdgis.engine.order import contraction_order
from yrdgis.engine.topology import build_topology

__all__ = ["prepare_cch"]


def prepare_cch(graph: Graph, memory_mb: int) -> CCHBackend:
    """A hierarchy for the graph."""
    order = contraction_order(graph.n, graph.tail, graph.head, graph.x, graph.y)
    topology = build_topology(graph.n, graph.tail, graph.head, order)
    return CCHBackend.prepared(graph, memory_mb, topology)
