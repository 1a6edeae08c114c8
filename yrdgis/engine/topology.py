"""What a hierarchy is apart from its weights: order, chordal completion, elimination tree.

Contracting a node joins all its later neighbours, so the completed network holds an arc for every way
through earlier nodes. Numbers here are ranks: the place of a node in the order, renumbered so that every
subtree of the elimination tree is one run of ranks. That renumbering changes neither arcs nor answers.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine.compiled import kernel
from yrdgis.engine.turning import Layout, layout
from yrdgis.engine.work import in_threads
from yrdgis.errors import EngineError

__all__ = ["NoSmallCutsError", "Topology", "build_topology"]


_MOST_LEVELS = (1 << 16) - 2
_MOST_ARCS = 4_000_000
_MOST_ARCS_A_NODE = 50
_PARTS = 24
_SMALLEST_PART = 4_000
_LINKS_A_TASK = 250_000


class NoSmallCutsError(EngineError):
    """A network on which a hierarchy is no help."""


class Parts(NamedTuple):
    """Subtrees that can be worked on side by side, and the ranks above them."""

    top: NDArray[np.int32]
    subtrees: list[NDArray[np.int32]]
    place: NDArray[np.int64]
    """Where the arcs of each top rank lie when those of the top are lined up."""
    top_arcs: int


@dataclass(frozen=True, eq=False)
class Topology:
    """A hierarchy without weights; arc ``a`` of rank ``v`` runs up from ``v`` to ``head[a] > v``."""

    rank: NDArray[np.int32]
    """Rank of each node."""
    start: NDArray[np.int64]
    """Arcs of rank ``v`` are ``start[v]`` to ``start[v + 1]``."""
    head: NDArray[np.int32]
    """Upper end of each arc, ascending within a rank."""
    parent: NDArray[np.int32]
    """Lowest upper neighbour, -1 at a root."""
    depth: NDArray[np.int32]
    """Number of ancestors."""

    @property
    def n(self) -> int:
        """Number of nodes."""
        return len(self.rank)

    @property
    def height(self) -> int:
        """Most nodes on a way from a node to its root, that node included."""
        return int(self.depth.max()) + 1 if self.n else 0

    @cached_property
    def node(self) -> NDArray[np.int32]:
        """Node of each rank."""
        node = np.empty(self.n, np.int32)
        node[self.rank] = np.arange(self.n, dtype=np.int32)
        return node

    @cached_property
    def layout(self) -> Layout:
        """Where the nodes lie when all ranks are visited from the top down."""
        return layout(self.node[::-1].copy())

    @cached_property
    def lowest(self) -> NDArray[np.int32]:
        """Lowest rank in the subtree of each rank; the subtree is the run from there to the rank."""
        return _lowest(self.parent)

    @cached_property
    def parts(self) -> Parts:
        """The hierarchy in subtrees of some thousand ranks, the largest first."""
        most = max(_SMALLEST_PART, self.n // _PARTS)
        size = np.arange(self.n) - self.lowest + 1
        small = size <= most
        root = small & ((self.parent < 0) | ~small[self.parent])
        # what is tiny is not worth a task of its own: it goes with the top
        root &= size >= most // 16
        subtrees = [np.arange(self.lowest[v], v + 1, dtype=np.int32) for v in np.flatnonzero(root)]
        subtrees.sort(key=lambda ranks: -len(ranks))
        inside = np.zeros(self.n, bool)
        for ranks in subtrees:
            inside[ranks] = True
        top = np.flatnonzero(~inside).astype(np.int32)
        place = np.zeros(self.n, np.int64)
        counts = np.diff(self.start)[top]
        place[top] = np.cumsum(counts) - counts
        return Parts(top, subtrees, place, int(counts.sum()))

    @cached_property
    def tail(self) -> NDArray[np.int32]:
        """Lower end of each arc."""
        return np.repeat(np.arange(self.n, dtype=np.int32), np.diff(self.start))

    @cached_property
    def below(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Arcs by their upper end (start, arc), ascending by lower end."""
        start = np.zeros(self.n + 1, np.int64)
        np.cumsum(np.bincount(self.head, minlength=self.n), out=start[1:])
        return start, np.argsort(self.head, kind="stable").astype(np.int32)

    def arcs_of(self, tail: NDArray[np.int32], head: NDArray[np.int32]) -> NDArray[np.int64]:
        """For links between nodes: twice the arc, plus 1 where the link runs down; -1 where there is none."""

        def some(part: slice) -> NDArray[np.int64]:
            found: NDArray[np.int64] = _find_arcs(
                self.start, self.head, self.rank[tail[part]], self.rank[head[part]]
            )
            return found

        parts = [slice(i, i + _LINKS_A_TASK) for i in range(0, len(tail), _LINKS_A_TASK)]
        return np.concatenate([np.zeros(0, np.int64), *in_threads(some, parts)])


def build_topology(
    n: int, tail: NDArray[np.int32], head: NDArray[np.int32], order: NDArray[np.int32]
) -> Topology:
    """Complete the network in a given order of contraction.

    Raises
    ------
    NoSmallCutsError
        If that takes so many arcs, or levels, that a hierarchy is no help.
    """
    from yrdgis.engine.dissection import neighbours

    rank = np.empty(n, np.int32)
    rank[order] = np.arange(n, dtype=np.int32)
    most = _MOST_ARCS + _MOST_ARCS_A_NODE * n
    for last in (False, True):
        start, other = neighbours(n, rank[tail], rank[head])
        up, upper, parent = _complete(n, start, other, most)
        if len(up) == 0:
            raise NoSmallCutsError(
                f"The network of {n} nodes can't be cut along few nodes: its hierarchy would have more than {most} "
                "arcs. Use engine='scipy'."
            )
        if not last:
            rank = _postorder(parent)[rank]
    topology = Topology(rank, up, upper, parent, _depths(parent))
    if topology.height > _MOST_LEVELS:
        raise NoSmallCutsError(
            f"The hierarchy of the network has {topology.height} levels, more than {_MOST_LEVELS}. "
            "Use engine='scipy'."
        )
    return topology


@kernel
def _complete(n, start, other, most):
    """Chordal completion: a node hands its upper neighbours on to the lowest of them. Empty beyond ``most`` arcs."""
    room = 2 * len(other) + 16
    head = np.empty(room, np.int32)
    up = np.zeros(n + 1, np.int64)
    parent = np.full(n, -1, np.int32)
    first_child = np.full(n, -1, np.int32)
    next_child = np.full(n, -1, np.int32)
    mark = np.full(n, -1, np.int32)
    found = np.empty(n, np.int32)
    for v in range(n):
        k = 0
        for e in range(start[v], start[v + 1]):
            u = other[e]
            if u > v:
                mark[u] = v
                found[k] = u
                k += 1
        c = first_child[v]
        while c >= 0:
            for e in range(up[c] + 1, up[c + 1]):
                u = head[e]
                if mark[u] != v:
                    mark[u] = v
                    found[k] = u
                    k += 1
            c = next_child[c]
        base = up[v]
        if base + k > most:
            return up[:0].copy(), head[:0].copy(), parent
        if base + k > room:
            room = room + room // 2 + k
            more = np.empty(room, np.int32)
            for e in range(base):
                more[e] = head[e]
            head = more
        _insert_in_order(found, k, head, base)
        up[v + 1] = base + k
        if k > 0:
            p = head[base]
            parent[v] = p
            next_child[v] = first_child[p]
            first_child[p] = v
    return up, head[: up[n]].copy(), parent


@kernel
def _insert_in_order(found, count, head, base):
    """Sort a few ranks into the arcs; lists are short and nearly in order."""
    for i in range(count):
        u = found[i]
        j = base + i
        while j > base and head[j - 1] > u:
            head[j] = head[j - 1]
            j -= 1
        head[j] = u


@kernel
def _postorder(parent):
    """New rank of each old rank, such that every subtree is one run that ends with its root."""
    n = len(parent)
    size = np.ones(n, np.int32)
    for v in range(n):
        if parent[v] >= 0:
            size[parent[v]] += size[v]
    new = np.empty(n, np.int32)
    # a node gets the last place of its run, its children share what is before it
    free = np.empty(n, np.int32)
    end = n
    for v in range(n - 1, -1, -1):
        if parent[v] < 0:
            new[v] = end - 1
            end -= size[v]
        else:
            p = parent[v]
            new[v] = free[p]
            free[p] -= size[v]
        free[v] = new[v] - 1
    return new


@kernel
def _lowest(parent):
    lowest = np.arange(len(parent)).astype(np.int32)
    for v in range(len(parent)):
        if parent[v] >= 0:
            lowest[parent[v]] = min(lowest[parent[v]], lowest[v])
    return lowest


@kernel
def _depths(parent):
    n = len(parent)
    depth = np.zeros(n, np.int32)
    for v in range(n - 1, -1, -1):
        if parent[v] >= 0:
            depth[v] = depth[parent[v]] + 1
    return depth


@kernel
def _find_arcs(start, head, tails, heads):
    found = np.empty(len(tails), np.int64)
    for i in range(len(tails)):
        low = min(tails[i], heads[i])
        high = max(tails[i], heads[i])
        left = start[low]
        right = start[low + 1]
        while left < right:
            middle = (left + right) >> 1
            if head[middle] < high:
                left = middle + 1
            else:
                right = middle
        if left == start[low + 1] or head[left] != high:
            found[i] = -1
        else:
            found[i] = 2 * left + (0 if tails[i] < heads[i] else 1)
    return found
