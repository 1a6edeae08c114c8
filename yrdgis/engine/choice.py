"""Which engine answers a question, and why."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine.answers import Nearest, Paths, Reach
from yrdgis.engine.dijkstra import SciPyBackend
from yrdgis.engine.graph import Graph
from yrdgis.engine.work import Monitor

__all__ = ["ENGINES", "Backend", "Backends", "Choice"]

ENGINES = ("auto", "scipy", "cch")

Nodes = NDArray[np.int32]


class Choice(NamedTuple):
    """The engine that is taken, and the reason in words."""

    engine: str
    why: str


class Backend(Protocol):
    """What stands behind the door: arguments are checked, origins and targets are int32 nodes."""

    name: str
    graph: Graph

    def many_to_many(
        self, origins: Nodes, targets: Nodes, limit: int | None, monitor: Monitor
    ) -> NDArray[Any]:
        """Costs from each origin to each target."""

    def full(self, origins: Nodes, limit: int | None, monitor: Monitor) -> NDArray[Any]:
        """Costs from each origin to every node."""

    def reach(self, origins: Nodes, limit: int, monitor: Monitor) -> Reach:
        """Nodes within the limit of each origin."""

    def reduce(
        self, origins: Nodes, opportunities: NDArray[Any], cutoffs: NDArray[np.int64], monitor: Monitor
    ) -> NDArray[Any]:
        """Sum of what lies within each cut-off."""

    def decay(
        self,
        origins: Nodes,
        opportunities: NDArray[np.float64],
        table: NDArray[np.float64],
        step: int,
        monitor: Monitor,
    ) -> NDArray[np.float64]:
        """Sum of opportunities, each times the table's value at its cost."""

    def paths(self, origins: Nodes, targets: Nodes, monitor: Monitor) -> Paths:
        """One shortest path for each pair."""

    def nearest(self, origins: Nodes, targets: Nodes, k: int, limit: int | None, monitor: Monitor) -> Nearest:
        """The ``k`` nearest targets of each origin."""

    def updated(self, graph: Graph) -> Backend:
        """The same engine on a changed graph."""


class Backends:
    """The engines of one network, each made when it is first needed."""

    def __init__(self, graph: Graph, engine: str, memory_mb: int) -> None:
        self.graph = graph
        self.engine = engine
        self.memory_mb = memory_mb
        self._made: dict[str, Backend] = {}

    def choose(self, operation: str, origins: int, targets: int, limit: int | None) -> Choice:
        """Take an engine for a question of this size."""
        if self.engine != "auto":
            return Choice(self.engine, "asked for by name")
        return Choice("scipy", "the only engine")

    def get(self, name: str) -> Backend:
        """The engine of that name, prepared."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Backend:
        if name == "scipy":
            return SciPyBackend(self.graph, self.memory_mb)
        from yrdgis.engine.preparing import prepare_cch

        return prepare_cch(self.graph, self.memory_mb)

    def updated(self, graph: Graph) -> Backends:
        """The same engines on a changed graph."""
        backends = Backends(graph, self.engine, self.memory_mb)
        backends._made = {name: backend.updated(graph) for name, backend in self._made.items()}
        return backends
