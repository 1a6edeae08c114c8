"""Weights on a topology, and what a sweep needs of them."""

from __future__ import annotations

import os
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine.customise import enter_links, keep_needed, recustomise, root_costs
from yrdgis.engine.customising import customise_all, perfect_all
from yrdgis.engine.graph import INT32_LIMIT
from yrdgis.engine.sweep import Climb, Plan, arc_levels, plan_arrays
from yrdgis.engine.topology import Topology

__all__ = ["Metric", "far_of", "lane_count"]


def far_of(dtype: type) -> int:
    """Cost that means no way: above every cost, and twice it still fits."""
    return INT32_LIMIT if dtype is np.int32 else (1 << 62) - 1


@cache
def lane_count() -> int:
    """Origins swept side by side: as many as keep the machine's widest registers busy.

    ``YRDGIS_LANES`` overrides it. Measured on wide registers, 64 lanes cost a third more than 32, not twice.
    """
    wanted = os.environ.get("YRDGIS_LANES", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    from llvmlite import binding  # type: ignore[import-untyped]

    features = binding.get_host_cpu_features()
    return 64 if features.get("avx2") or features.get("avx512f") else 32


_FEW_ARCS = 100


class Metric:
    """Weights on a topology, customised.

    Parameters
    ----------
    topology : Topology
    arc : array of int64
        Arc and direction of each link, as `Topology.arcs_of` tells; negative for none.
    weight : array of int64
        Weight of each link, in which ``far_of(dtype)`` or more means that it is off.
    dtype : type
        Of the costs.
    base : Metric, optional
        Earlier weights on the same topology, to start from where that is less work.
    """

    def __init__(
        self,
        topology: Topology,
        arc: NDArray[np.int64],
        weight: NDArray[np.int64],
        dtype: Any,
        base: Metric | None = None,
    ) -> None:
        self.topology = topology
        self.dtype = dtype
        self.far = dtype(far_of(dtype))
        self.lanes = lane_count()
        self.weight = np.minimum(weight, far_of(dtype)).astype(dtype)
        arcs = len(topology.head)
        self.own_up, self.own_down = np.empty(arcs, dtype), np.empty(arcs, dtype)
        enter_links(arc, self.weight, self.own_up, self.own_down, self.far)
        self.updated = base is not None
        self.incremental = base is not None and self._follow(base)
        if not self.incremental:
            self.up, self.down = self.own_up.copy(), self.own_down.copy()
            customise_all(topology, self.up, self.down, self.far)

    def _follow(self, base: Metric) -> bool:
        """Customise only what lies above the changed links, if that is less work than everything."""
        topology = self.topology
        if base.dtype != self.dtype:
            return False
        different = (base.own_up != self.own_up) | (base.own_down != self.own_down)
        if np.count_nonzero(different) > _FEW_ARCS:
            return False
        self.up, self.down = base.up.copy(), base.down.copy()
        own = (base.own_up, base.own_down, self.own_up, self.own_down)
        budget = len(topology.head)
        return bool(
            recustomise(
                topology.start,
                topology.head,
                *topology.below,
                topology.tail,
                *own,
                self.up,
                self.down,
                budget,
            )
        )

    def limit(self, limit: int | None) -> Any:
        """The largest cost that counts."""
        far = int(self.far)
        return self.dtype(far - 1 if limit is None else min(limit, far - 1))

    def around_the_root(self) -> tuple[NDArray[np.bool_], int]:
        """Nodes that reach the root of the largest tree and are reached from it, and the most that both cost."""
        topology = self.topology
        size = np.where(topology.parent < 0, np.arange(topology.n) - topology.lowest, -1)
        costs = root_costs(topology.start, topology.head, self.up, self.down, int(size.argmax()), self.far)
        core = (costs[0] >= 0) & (costs[1] >= 0)
        return core[topology.rank], sum(int(side[core].max()) for side in costs)

    @cached_property
    def _sides(self) -> tuple[tuple[Any, Any, Any], tuple[Any, Any, Any]]:
        """Arcs for the way up and the way down; needless ones are dropped unless weights just changed.

        After an update one matrix is asked for, as a rule, and dropping arcs takes longer than it saves.
        """
        topology = self.topology
        if self.updated:
            return (topology.start, topology.head, self.up), (topology.start, topology.head, self.down)
        up, down = self.up.copy(), self.down.copy()
        need_up, need_down = perfect_all(topology, up, down, self.far)
        return (
            keep_needed(topology.start, topology.head, up, need_up),
            keep_needed(topology.start, topology.head, down, need_down),
        )

    @cached_property
    def climb(self) -> Climb:
        """The way up."""
        start, head, cost = self._sides[0]
        topology = self.topology
        return Climb(topology.parent, start, arc_levels(topology.depth, head), cost)

    @cached_property
    def full_plan(self) -> Plan:
        """Plan that visits every node."""
        return self._plan(np.zeros(0, np.int32), True)

    def plan(self, ranks: NDArray[np.int32]) -> Plan:
        """Plan that visits the given ranks and their ancestors."""
        return self._plan(ranks, False)

    def _plan(self, ranks: NDArray[np.int32], everything: bool) -> Plan:
        topology = self.topology
        shape = (topology.parent, topology.depth, topology.lowest, topology.start, topology.head)
        return Plan(*plan_arrays(*shape, *self._sides[1], ranks, everything))
