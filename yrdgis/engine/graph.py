"""The network as arrays: what every engine is given, checked once and never changed.

A link is known by its position in the arrays. Removing a link switches it off and adding one appends it, so a
link keeps its number through every scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yrdgis.errors import EngineError, all_at_once

__all__ = ["EXACT_LIMIT", "INT32_LIMIT", "UNREACHABLE", "Arcs", "Graph"]

UNREACHABLE = -1
"""What a matrix holds where there is no way, or none within the limit."""

INT32_LIMIT = (1 << 30) - 1
"""Below this bound two costs can be added in 32 bits."""

EXACT_LIMIT = 1 << 53
"""Up to here a double holds every whole number."""

Changes = Mapping[int, int] | tuple[ArrayLike, ArrayLike]


class Arcs(NamedTuple):
    """Links without self loops, one for each ordered pair of nodes: the cheapest, the first among equals."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    weight: NDArray[np.int64]
    link: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Graph:
    """A directed graph with whole non-negative weights.

    Parameters
    ----------
    n : int
        Number of nodes; they are called 0 to n - 1.
    tail, head : array of int32
        Where each link starts and ends.
    weight : array of int64
        Cost of each link, in any unit that is whole: milliseconds, metres, fen.
    x, y : array of float64, optional
        Coordinates of the nodes, used only to find a good order. Any unit.
    off : array of bool, optional
        Links that are switched off.
    """

    n: int
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    weight: NDArray[np.int64]
    x: NDArray[np.float64] | None = None
    y: NDArray[np.float64] | None = None
    off: NDArray[np.bool_] | None = None

    @classmethod
    def of(
        cls,
        n: int,
        tail: ArrayLike,
        head: ArrayLike,
        weight: ArrayLike,
        x: ArrayLike | None = None,
        y: ArrayLike | None = None,
    ) -> Graph:
        """Check the arrays and build the graph.

        Raises
        ------
        EngineError
            If the arrays contradict each other, with everything that is wrong.

        Examples
        --------
        >>> Graph.of(3, [0, 1], [1, 2], [5, 0]).m
        2
        """
        problems: list[str] = []
        if n < 0 or n >= 1 << 31:
            raise EngineError(f"graph: {n} nodes; expected 0 to 2147483647.")
        ends = [_whole(a, what, problems) for a, what in ((tail, "tail"), (head, "head"), (weight, "weight"))]
        if len({len(a) for a in ends}) > 1:
            problems.append(
                f"tail, head and weight have {len(ends[0])}, {len(ends[1])} and {len(ends[2])} entries"
            )
        for array, what in ((ends[0], "tail"), (ends[1], "head")):
            wrong = np.flatnonzero((array < 0) | (array >= n))
            if len(wrong):
                problems.append(f"{what} of link {wrong[0]} is {array[wrong[0]]}; nodes are 0 to {n - 1}")
        problems += _negative(ends[2])
        places = [_coordinates(a, n, what, problems) for a, what in ((x, "x"), (y, "y"))]
        if (x is None) != (y is None):
            problems.append("coordinates need both x and y")
        if problems:
            raise EngineError(all_at_once("graph", problems))
        graph = cls(int(n), ends[0].astype(np.int32), ends[1].astype(np.int32), ends[2], places[0], places[1])
        graph.check_limit()
        return graph

    @property
    def m(self) -> int:
        """Number of links, with those that are switched off."""
        return len(self.tail)

    @cached_property
    def on(self) -> NDArray[np.int64]:
        """Numbers of the links that can be used and are no self loops."""
        usable = self.tail != self.head
        if self.off is not None:
            usable &= ~self.off
        return np.flatnonzero(usable)

    @cached_property
    def arcs(self) -> Arcs:
        """Usable links, parallel ones merged to the cheapest, by tail and then head."""
        on = self.on
        key = self.tail[on].astype(np.int64) * self.n + self.head[on]
        order = np.argsort(key)
        first = np.ones(len(order), bool)
        first[1:] = np.diff(key[order]) != 0
        if not first.all():
            # parallel links are few: only they are put in order of weight and number
            alike = ~first
            alike[:-1] |= ~first[1:]
            some = order[alike]
            order[alike] = some[np.lexsort((some, self.weight[on[some]], key[some]))]
        link = on[order[first]]
        return Arcs(self.tail[link], self.head[link], self.weight[link], link)

    @cached_property
    def bound(self) -> int:
        """A cost that no shortest path exceeds.

        A simple path leaves each node at most once. Inside the largest strong component it costs at most the
        farthest way to a hub and on from there.
        """
        if self._total < INT32_LIMIT:
            return self._total
        from scipy.sparse.csgraph import dijkstra

        core, matrix = self._core, self.matrix()
        hub = int(np.flatnonzero(core)[0])
        onward = dijkstra(matrix, indices=hub)[core].max()
        inward = dijkstra(matrix.T.tocsr(), indices=hub)[core].max()
        return min(self._total, self._around(core, int(onward) + int(inward)))

    @property
    def bound_known(self) -> bool:
        """Whether asking for the bound costs nothing."""
        return "bound" in self.__dict__ or self._total < INT32_LIMIT

    def take_bound(self, core: NDArray[np.bool_], there_and_back: int) -> None:
        """Spare the search for a bound, where one found otherwise is good for 32 bits.

        Parameters
        ----------
        core : array of bool
            Nodes, each of which reaches a hub and is reached from it.
        there_and_back : int
            Most that it costs any of them to get to the hub, and from the hub to any of them.
        """
        bound = self._around(core, there_and_back)
        if bound < INT32_LIMIT:
            self.__dict__.update(bound=bound, _core=core)

    def _around(self, core: NDArray[np.bool_], there_and_back: int) -> int:
        dearest = self._dearest
        return there_and_back + int(dearest[core].max(initial=0)) + int(dearest[~core].sum())

    @cached_property
    def _core(self) -> NDArray[np.bool_]:
        """Which nodes lie in the largest strong component."""
        from scipy.sparse.csgraph import connected_components

        _, label = connected_components(self.matrix(), directed=True, connection="strong")
        return np.asarray(label == np.bincount(label).argmax())

    @cached_property
    def _dearest(self) -> NDArray[np.int64]:
        """Weight of the dearest link out of each node."""
        dearest = np.zeros(self.n, np.int64)
        np.maximum.at(dearest, self.tail[self.on], self.weight[self.on])
        return dearest

    @cached_property
    def _total(self) -> int:
        """At least the cost of leaving every node once."""
        total = self._dearest.astype(np.float64).sum()
        return int(self._dearest.sum()) if total < EXACT_LIMIT else int(total)

    @property
    def dtype(self) -> type[np.int32] | type[np.int64]:
        """Type of the answers: int32 where every cost fits with room for one addition, else int64."""
        return np.int32 if self.bound < INT32_LIMIT else np.int64

    def matrix(self) -> Any:
        """CSR matrix of the arcs in float64, explicit zeros kept."""
        from scipy.sparse import csr_matrix

        arcs = self.arcs
        start = np.zeros(self.n + 1, np.int32)
        np.cumsum(np.bincount(arcs.tail, minlength=self.n), out=start[1:])
        return csr_matrix((arcs.weight.astype(np.float64), arcs.head, start), shape=(self.n, self.n))

    def check_limit(self) -> None:
        """Refuse weights with which a cost might no longer be exact."""
        if self._total >= EXACT_LIMIT:
            raise EngineError(
                f"graph: a path may cost up to {self._total:.3g}, and costs are exact only below 2^53 (9.0e15). "
                "Use a coarser unit for the weights."
            )

    def changed(
        self,
        changed: Changes | None = None,
        added: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None,
        removed: ArrayLike | None = None,
    ) -> Graph:
        """Copy with other weights, further links and links switched off.

        Parameters
        ----------
        changed : mapping or pair of arrays, optional
            New weight by link number, or (link numbers, weights).
        added : triple of arrays, optional
            Tail, head and weight of links to append; the first one gets number ``m``.
        removed : array of int, optional
            Numbers of links to switch off.

        Raises
        ------
        EngineError
            If a number names no link or a weight is negative.
        """
        links, weights = _as_changes(changed)
        gone = np.zeros(0, np.int64) if removed is None else _whole(removed, "removed", [])
        problems = _negative(weights)
        for array, what in ((links, "changed"), (gone, "removed")):
            wrong = np.flatnonzero((array < 0) | (array >= self.m))
            if len(wrong):
                problems.append(f"{what}: there is no link {array[wrong[0]]}; links are 0 to {self.m - 1}")
        if len(links) != len(weights):
            problems.append(f"changed: {len(links)} links but {len(weights)} weights")
        if problems:
            raise EngineError(all_at_once("update", problems))
        weight = self.weight.copy()
        weight[links] = weights
        off = np.zeros(self.m, bool) if self.off is None else self.off.copy()
        off[gone] = True
        graph = replace(self, weight=weight, off=off if off.any() else None)
        if added is not None:
            graph = graph._appended(*added)
        graph._inherit(self, keep_bound=not len(gone))
        graph.check_limit()
        return graph

    @property
    def inherited(self) -> bool:
        """Whether the bound also holds without the links that were added last."""
        return "_inherited" in self.__dict__

    def _inherit(self, before: Graph, keep_bound: bool) -> None:
        """Take the bounds over, where they are still good for 32 bits: far cheaper than finding them anew.

        A way costs at most what it cost before, and each link's increase once. Links added inside the
        strong core make no new pair reachable. One added elsewhere may join two of the old ways.
        """
        dearer = int(np.maximum(self.weight[: before.m] - before.weight, 0).astype(np.float64).sum()) + 1
        tail, head, weight = self.tail[before.m :], self.head[before.m :], self.weight[before.m :]
        total = before._total + dearer + int(weight.astype(np.float64).sum())
        if total < EXACT_LIMIT:
            self.__dict__["_total"] = total
        if total < INT32_LIMIT:
            self.__dict__["_inherited"] = True
        elif keep_bound and "bound" in before.__dict__:
            core = before._core
            outside = ~(core[tail] & core[head])
            bound = min(before.bound + dearer, self._stretched(before))
            bound = bound * (int(outside.sum()) + 1) + int(weight[outside].sum())
            if bound < INT32_LIMIT:
                self.__dict__.update(bound=bound, _inherited=True, _core=core)

    def _stretched(self, before: Graph) -> int:
        """Bound where every way becomes dearer by the largest ratio of weights, or by what was free before."""
        new, old = self.weight[: before.m], before.weight
        free = int(new[old == 0].astype(np.float64).sum())
        ratio = float((new / np.maximum(old, 1))[old > 0].max(initial=1.0))
        return int(before.bound * max(ratio, 1.0) * (1 + 1e-9)) + free + 1

    def _appended(self, tail: ArrayLike, head: ArrayLike, weight: ArrayLike) -> Graph:
        more = Graph.of(self.n, tail, head, weight)
        off = None if self.off is None else np.r_[self.off, np.zeros(more.m, bool)]
        return replace(
            self,
            tail=np.r_[self.tail, more.tail],
            head=np.r_[self.head, more.head],
            weight=np.r_[self.weight, more.weight],
            off=off,
        )


def _whole(array: ArrayLike, what: str, problems: list[str]) -> NDArray[np.int64]:
    """One-dimensional int64 copy of whole numbers; floats are taken only where nothing is lost."""
    given = np.asarray(array)
    if given.ndim != 1:
        problems.append(f"{what} has {given.ndim} dimensions; expected 1")
        return np.zeros(0, np.int64)
    if len(given) == 0 or given.dtype.kind in "iu":
        if given.dtype.kind == "u" and len(given) and int(given.max()) >= 1 << 63:
            problems.append(f"{what} holds {given.max()}; expected less than 2^63")
            return np.zeros(len(given), np.int64)
        return given.astype(np.int64)
    if (
        given.dtype.kind == "f"
        and bool((given == np.floor(given)).all())
        and bool((np.abs(given) < EXACT_LIMIT).all())
    ):
        return given.astype(np.int64)
    problems.append(f"{what} must hold whole numbers (scale minutes to milliseconds, say), not {given.dtype}")
    return np.zeros(len(given), np.int64)


def _negative(weight: NDArray[np.int64]) -> list[str]:
    wrong = np.flatnonzero(weight < 0)
    if not len(wrong):
        return []
    return [f"weight {wrong[0]} is {weight[wrong[0]]}; weights must be 0 or more ({len(wrong)} are not)"]


def _coordinates(
    array: ArrayLike | None, n: int, what: str, problems: list[str]
) -> NDArray[np.float64] | None:
    if array is None:
        return None
    given = np.asarray(array, np.float64)
    if given.shape != (n,):
        problems.append(f"{what} has shape {given.shape}; expected one value for each of {n} nodes")
    elif not bool(np.isfinite(given).all()):
        problems.append(
            f"{what} of node {np.flatnonzero(~np.isfinite(given))[0]} is not finite; leave out x and y"
        )
    return given


def _as_changes(changed: Changes | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if changed is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    pair = (list(changed.keys()), list(changed.values())) if isinstance(changed, Mapping) else changed
    problems: list[str] = []
    links, weights = _whole(pair[0], "changed links", problems), _whole(pair[1], "changed weights", problems)
    if problems:
        raise EngineError(all_at_once("update", problems))
    return links, weights
