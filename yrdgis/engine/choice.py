"""Which engine answers a question, and why."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine.answers import Nearest, Paths, Reach
from yrdgis.engine.cache import kernels_kept
from yrdgis.engine.dijkstra import SciPyBackend
from yrdgis.engine.graph import Graph
from yrdgis.engine.work import Monitor
from yrdgis.errors import EngineError

__all__ = ["ENGINES", "Backend", "Backends", "Choice"]

ENGINES = ("auto", "scipy", "cch")

Nodes = NDArray[np.int32]

# seconds, measured on one core of 2024; only their proportions matter, and only for the choice
_SCIPY_S_NODE_SEEN = 3e-9
_SCIPY_S_NODE_SETTLED = 150e-9
_SWEEP_S_NODE = 0.2e-9
_SWEEP_S_START = 2e-3
_CUSTOMISE_S_NODE = 150e-9
_PREPARE_S_NODE = 8e-6
_SOON_S = 0.02
_START_S = 1.0
_COMPILE_S = 15.0
_PROBES = 5


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

    def __init__(
        self, graph: Graph, engine: str, memory_mb: int, order: str = "own", before: Backends | None = None
    ) -> None:
        self.graph = graph
        self.engine = engine
        self.memory_mb = memory_mb
        self.order = order
        self._made: dict[str, Backend] = {}
        self._no_hierarchy: str = "" if before is None else before._no_hierarchy
        self._before: dict[str, Backend] = {} if before is None else {**before._before, **before._made}

    def choose(self, operation: str, origins: int, targets: int, limit: int | None) -> Choice:
        """Take an engine for a question of this size: the one that is expected to be done first."""
        if self.engine != "auto":
            return Choice(self.engine, "asked for by name")
        if self._no_hierarchy:
            return Choice("scipy", self._no_hierarchy)
        graph = self.graph
        size = f"{graph.n} nodes, {origins} origins"
        least = origins * graph.n * _SCIPY_S_NODE_SEEN
        most = least + origins * graph.n * _SCIPY_S_NODE_SETTLED
        if most < _SOON_S and "cch" not in self._made:
            return Choice("scipy", f"{size}: {most:.2g} s expected at most")
        hierarchy = self._hierarchy_s(origins)
        if hierarchy <= least:
            return Choice(
                "cch", f"{size}: {hierarchy:.2g} s expected, SciPy needs {least:.2g} s at the least"
            )
        if most <= hierarchy:
            return Choice(
                "scipy", f"{size}: {most:.2g} s expected at most, a hierarchy needs {hierarchy:.2g} s"
            )
        if limit is not None and limit < graph.bound:
            ball = self._ball(limit)
            most = least + origins * ball * _SCIPY_S_NODE_SETTLED
            size = f"{size}, some {ball:.0f} nodes within the limit"
        name = "scipy" if most <= hierarchy else "cch"
        return Choice(name, f"{size}: SciPy {most:.2g} s expected, a hierarchy {hierarchy:.2g} s")

    def _hierarchy_s(self, origins: int) -> float:
        """Seconds that a hierarchy is expected to take, its preparation included where it isn't there yet."""
        sweep = _SWEEP_S_START + origins * self.graph.n * _SWEEP_S_NODE
        if "cch" in self._made:
            return sweep
        if "cch" in self._before:
            return sweep + self.graph.n * _CUSTOMISE_S_NODE
        start = _START_S if kernels_kept() else _COMPILE_S
        return sweep + start + self.graph.n * _PREPARE_S_NODE

    def _ball(self, limit: int) -> float:
        """Nodes that a search settles within the limit, on average over a few origins."""
        if limit not in self._balls:
            origins = np.unique(np.linspace(0, self.graph.n - 1, _PROBES).astype(np.int32))
            reach = self.get("scipy").reach(origins, limit, Monitor(len(origins)))
            self._balls[limit] = len(reach.node) / len(origins)
        return self._balls[limit]

    @cached_property
    def _balls(self) -> dict[int, float]:
        return {}

    def get(self, name: str) -> Backend:
        """The engine of that name, prepared; SciPy in its place where the choice is free and a hierarchy no help."""
        if name not in self._made:
            before = self._before.pop(name, None)
            try:
                self._made[name] = self._make(name) if before is None else before.updated(self.graph)
            except EngineError as error:
                if self.engine != "auto" or name == "scipy":
                    raise
                self._no_hierarchy = str(error)
                return self.get("scipy")
        return self._made[name]

    def _make(self, name: str) -> Backend:
        if name == "scipy":
            return SciPyBackend(self.graph, self.memory_mb)
        from yrdgis.engine.preparing import prepare_cch

        return prepare_cch(self.graph, self.memory_mb, self.order)

    def updated(self, graph: Graph) -> Backends:
        """The same engines on a changed graph, brought up to date when they are asked."""
        return Backends(graph, self.engine, self.memory_mb, self.order, self)
