"""Least costs when some links close: only what a closed link carried is worked out anew (arrays only).

From each origin the least paths form a tree. A closed link that is not in the tree changes nothing; one that is cuts a
branch off, and only the nodes of that branch are searched again, from the edge of what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yrdgis.engine.compiled import kernel

__all__ = ["FAR", "Trees", "after_closing", "grow"]

Ints = npt.NDArray[np.int64]

FAR = np.iinfo(np.int64).max
"""Cost of what has no way."""


@dataclass(frozen=True)
class Trees:
    """Least-path trees of some origins over a graph of directed links.

    Attributes
    ----------
    cost : array of int, origins by nodes
        `FAR` where there is no way.
    parent : array of int, origins by nodes
        The link by which each node is reached; -1 for origins and what is not reached.
    order : array of int, origins by nodes
        Nodes by cost.
    useful : array of bool, origins by links
        Links on the way to some target.
    """

    tails: Ints
    heads: Ints
    weights: Ints
    targets: Ints
    into: tuple[Ints, Ints]
    out: tuple[Ints, Ints]
    cost: Ints
    parent: Ints
    order: Ints
    useful: npt.NDArray[np.bool_]


def grow(size: int, tails: Ints, heads: Ints, weights: Ints, origins: Ints, targets: Ints) -> Trees:
    """Trees of some origins; weights are whole numbers above 0, -1 as an origin stands for a node that is not there."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    order = np.lexsort((weights, heads, tails))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tails[order]) != 0) | (np.diff(heads[order]) != 0)
    least = order[first]
    matrix = csr_array((weights[least].astype(float), (tails[least], heads[least])), shape=(size, size))
    found = np.full((len(origins), size), np.inf)
    there = origins >= 0
    if there.any() and size:
        found[there] = dijkstra(matrix, indices=origins[there])
    cost = np.full(found.shape, FAR, dtype=np.int64)
    cost[np.isfinite(found)] = found[np.isfinite(found)].astype(np.int64)
    into, out = _listed(heads, size), _listed(tails, size)
    parent = _parents(cost, origins, *into, tails, weights)
    return Trees(
        tails,
        heads,
        weights,
        targets,
        into,
        out,
        cost,
        parent,
        np.argsort(cost, axis=1, kind="stable"),
        _useful(parent, tails, targets, len(tails)),
    )


def after_closing(trees: Trees, sets: Sequence[Ints]) -> Ints:
    """Costs from each origin to each target when each set of links is closed.

    Parameters
    ----------
    trees : Trees
    sets : sequence of array of int
        Positions of links.

    Returns
    -------
    array of int, sets by origins by targets
        `FAR` where there is no way; a target of -1 is nowhere.
    """
    starts = np.cumsum([0, *(len(links) for links in sets)])
    links = np.concatenate([*sets, np.empty(0, dtype=np.int64)]).astype(np.int64)
    return _kernel(
        starts,
        links,
        trees.tails,
        trees.heads,
        trees.weights,
        *trees.into,
        *trees.out,
        trees.cost,
        trees.parent,
        trees.order,
        trees.useful,
        trees.targets,
    )


def _listed(ends: Ints, size: int) -> tuple[Ints, Ints]:
    """Links by their end: where those of a node begin, and which they are, in order."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=size))]).astype(np.int64)
    return starts, np.argsort(ends, kind="stable").astype(np.int64)


@kernel
def _parents(cost, origins, starts, links, tails, weights):  # type: ignore[no-untyped-def]
    """For each node the first link on a least path into it."""
    rows, size = cost.shape
    parent = np.full((rows, size), -1, np.int64)
    far = np.iinfo(np.int64).max
    for row in range(rows):
        for node in range(size):
            if node == origins[row] or cost[row, node] == far:
                continue
            for at in range(starts[node], starts[node + 1]):
                link = links[at]
                before = cost[row, tails[link]]
                if before != far and before + weights[link] == cost[row, node]:
                    parent[row, node] = link
                    break
    return parent


@kernel
def _useful(parent, tails, targets, count):  # type: ignore[no-untyped-def]
    """Links on the way to some target, by going back from each."""
    rows = parent.shape[0]
    useful = np.zeros((rows, count), np.bool_)
    for row in range(rows):
        for target in targets:
            node = target
            while node >= 0 and parent[row, node] >= 0:
                link = parent[row, node]
                if useful[row, link]:
                    break
                useful[row, link] = True
                node = tails[link]
    return useful


@kernel
def _kernel(  # type: ignore[no-untyped-def]
    set_starts,
    set_links,
    tails,
    heads,
    weights,
    in_starts,
    in_links,
    out_starts,
    out_links,
    cost,
    parent,
    order,
    useful,
    targets,
):
    rows, size = cost.shape
    far = np.iinfo(np.int64).max
    out = np.empty((len(set_starts) - 1, rows, len(targets)), np.int64)
    closed = np.zeros(len(tails), np.bool_)
    cut = np.zeros(size, np.bool_)
    new = np.empty(size, np.int64)
    branch = np.empty(size, np.int64)
    keys = np.empty(len(tails) + size, np.int64)
    nodes = np.empty(len(tails) + size, np.int64)
    for number in range(len(set_starts) - 1):
        own = set_links[set_starts[number] : set_starts[number + 1]]
        for link in own:
            closed[link] = True
        for row in range(rows):
            for at in range(len(targets)):
                out[number, row, at] = cost[row, targets[at]] if targets[at] >= 0 else far
            hit, least = False, far
            for link in own:
                if useful[row, link]:
                    hit = True
                if parent[row, heads[link]] == link and cost[row, heads[link]] < least:
                    least = cost[row, heads[link]]
            if not hit:
                continue
            # the first node in the order that may be cut off
            low, high = 0, size
            while low < high:
                middle = (low + high) // 2
                if cost[row, order[row, middle]] < least:
                    low = middle + 1
                else:
                    high = middle
            count = 0
            for at in range(low, size):
                node = order[row, at]
                if cost[row, node] == far:
                    break
                link = parent[row, node]
                if link >= 0 and (closed[link] or cut[tails[link]]):
                    cut[node] = True
                    branch[count] = node
                    count += 1
            heap = 0
            for at in range(count):
                node = branch[at]
                best = far
                for i in range(in_starts[node], in_starts[node + 1]):
                    link = in_links[i]
                    tail = tails[link]
                    if not closed[link] and not cut[tail] and cost[row, tail] != far:
                        value = cost[row, tail] + weights[link]
                        if value < best:
                            best = value
                new[node] = best
                if best != far:
                    up = heap
                    heap += 1
                    while up > 0 and keys[(up - 1) // 2] > best:
                        keys[up], nodes[up] = keys[(up - 1) // 2], nodes[(up - 1) // 2]
                        up = (up - 1) // 2
                    keys[up], nodes[up] = best, node
            while heap > 0:
                key, node = keys[0], nodes[0]
                heap -= 1
                if heap > 0:
                    last_key, last_node, down = keys[heap], nodes[heap], 0
                    while True:
                        child = 2 * down + 1
                        if child >= heap:
                            break
                        if child + 1 < heap and keys[child + 1] < keys[child]:
                            child += 1
                        if keys[child] >= last_key:
                            break
                        keys[down], nodes[down] = keys[child], nodes[child]
                        down = child
                    keys[down], nodes[down] = last_key, last_node
                if key > new[node]:
                    continue
                for i in range(out_starts[node], out_starts[node + 1]):
                    link = out_links[i]
                    head = heads[link]
                    if closed[link] or not cut[head]:
                        continue
                    value = key + weights[link]
                    if value < new[head]:
                        new[head] = value
                        up = heap
                        heap += 1
                        while up > 0 and keys[(up - 1) // 2] > value:
                            keys[up], nodes[up] = keys[(up - 1) // 2], nodes[(up - 1) // 2]
                            up = (up - 1) // 2
                        keys[up], nodes[up] = value, head
            for at in range(len(targets)):
                target = targets[at]
                if target >= 0 and cut[target]:
                    out[number, row, at] = new[target]
            for at in range(count):
                cut[branch[at]] = False
        for link in own:
            closed[link] = False
    return out
