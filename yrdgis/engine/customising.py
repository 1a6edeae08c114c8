"""Customisation of a whole hierarchy, its subtrees side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine.customise import customise, perfect, take_in
from yrdgis.engine.topology import Topology
from yrdgis.engine.work import in_threads

__all__ = ["customise_all", "perfect_all"]


def customise_all(topology: Topology, up: NDArray[Any], down: NDArray[Any], far: Any) -> None:
    """Basic customisation, in place: subtrees first, each with a copy of what lies above them, then the top."""
    shape, parts = (topology.start, topology.head), topology.parts
    none = np.zeros(0, up.dtype)

    def some(ranks: NDArray[np.int32]) -> tuple[NDArray[Any], NDArray[Any]]:
        above = np.full(parts.top_arcs, far), np.full(parts.top_arcs, far)
        customise(*shape, up, down, far, ranks, int(ranks[-1]) + 1, parts.place, *above)
        return above

    for above in in_threads(some, parts.subtrees):
        take_in(topology.start, up, down, parts.top, parts.place, *above)
    customise(*shape, up, down, far, parts.top, topology.n, parts.place, none, none)


def perfect_all(
    topology: Topology, up: NDArray[Any], down: NDArray[Any], far: Any
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Perfect customisation, in place; returns the arcs that are needed upward and downward."""
    parts = topology.parts
    need_up, need_down = np.ones(len(up), bool), np.ones(len(up), bool)

    def some(ranks: NDArray[np.int32]) -> None:
        perfect(topology.start, topology.head, up, down, need_up, need_down, ranks)

    some(parts.top)
    in_threads(some, parts.subtrees)
    return need_up & (up < far), need_down & (down < far)
