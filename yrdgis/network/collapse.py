"""Simplify the topology of a network: what only gives a link its shape is no node.

Works on arrays alone: directed edges between numbered nodes. A node stays where streets meet or end, where
one-way and two-way meet, where it lies on a loop or beside a parallel edge, and where the caller says so;
any other node is a shape point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Chains", "collapse", "real_nodes", "turn_backs"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Chains:
    """Edges strung together.

    Attributes
    ----------
    edges : numpy.ndarray
        Numbers of the edges, chain after chain, in travelling order.
    starts : numpy.ndarray
        Chain i owns ``edges[starts[i]:starts[i + 1]]``.
    tail, head : numpy.ndarray
        First and last node of each chain.
    rings : numpy.ndarray
        Edges on closed rings that nothing else touches; in no chain.
    """

    edges: Ints
    starts: Ints
    tail: Ints
    head: Ints
    rings: Ints


def real_nodes(count: int, tail: Ints, head: Ints, keep: Bools | None = None) -> Bools:
    """Which nodes are more than shape points.

    Parameters
    ----------
    count : int
        Number of nodes.
    tail, head : numpy.ndarray
        Ends of the directed edges.
    keep : numpy.ndarray, optional
        Nodes that stay in any case.

    Examples
    --------
    >>> real_nodes(3, np.array([0, 1]), np.array([1, 2])).tolist()
    [True, False, True]
    """
    out_degree, in_degree = np.bincount(tail, minlength=count), np.bincount(head, minlength=count)
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    pairs = np.unique(low * count + high) if len(low) else np.empty(0, np.int64)
    a, b = pairs // max(count, 1), pairs % max(count, 1)
    neighbours = np.bincount(a[a != b], minlength=count) + np.bincount(b[a != b], minlength=count)
    loops = np.zeros(count, bool)
    loops[a[a == b]] = True
    degree = out_degree + in_degree
    plain = (neighbours == 2) & ((degree == 2) | (degree == 4)) & (out_degree == in_degree) & ~loops
    # two of four edges may be parallel one-way edges: each neighbour must be left for and come from
    arcs = np.unique(tail * count + head) if len(tail) else np.empty(0, np.int64)
    distinct_out = np.bincount(arcs // max(count, 1), minlength=count)
    distinct_in = np.bincount(arcs % max(count, 1), minlength=count)
    plain &= (distinct_out == out_degree) & (distinct_in == in_degree)
    return ~plain if keep is None else ~plain | keep


def _next_edge(tail: Ints, head: Ints, real: Bools, count: int) -> Ints:
    """The edge that continues each edge through a shape point, -1 at a real node."""
    order = np.argsort(tail, kind="stable")
    first = np.searchsorted(tail[order], np.arange(count))
    degree = np.bincount(tail, minlength=count)
    following = np.full(len(tail), -1, np.int64)
    through = np.flatnonzero(~real[head])
    if not len(through):
        return following
    via = head[through]
    one = order[first[via]]
    other = order[np.minimum(first[via] + 1, len(order) - 1)]
    back = head[one] == tail[through]
    following[through] = np.where(back & (degree[via] == 2), other, one)
    return following


def collapse(count: int, tail: Ints, head: Ints, *, keep: Bools | None = None) -> Chains:
    """String edges together between real nodes.

    Parameters
    ----------
    count : int
        Number of nodes.
    tail, head : numpy.ndarray
        Ends of the directed edges.
    keep : numpy.ndarray, optional
        Nodes that stay in any case.

    Returns
    -------
    Chains
        In the order of their first edges.

    Examples
    --------
    >>> c = collapse(4, np.array([0, 1, 2]), np.array([1, 2, 3]))
    >>> c.tail.tolist(), c.head.tolist(), c.edges.tolist()
    ([0], [3], [0, 1, 2])
    """
    real = real_nodes(count, tail, head, keep)
    following = _next_edge(tail, head, real, count)
    before = np.full(len(tail), -1, np.int64)
    linked = np.flatnonzero(following >= 0)
    before[following[linked]] = linked
    root, depth = _roots(before)
    ring = before[root] >= 0
    chained = np.flatnonzero(~ring)
    order = chained[np.lexsort((depth[chained], root[chained]))]
    fresh = np.ones(len(order), bool)
    fresh[1:] = root[order][1:] != root[order][:-1]
    starts = np.append(np.flatnonzero(fresh), len(order))
    ends = order[starts[1:] - 1] if len(order) else order
    return Chains(order, starts, tail[order[starts[:-1]]], head[ends], np.flatnonzero(ring))


def _roots(before: Ints) -> tuple[Ints, Ints]:
    """First edge of the chain of each edge, and how far it is, by doubling the stride."""
    pointer = np.where(before >= 0, before, np.arange(len(before)))
    depth = (before >= 0).astype(np.int64)
    for _ in range(64):
        further = depth[pointer]
        if not further.any() or depth.max() > len(before):
            break
        depth = depth + further
        pointer = pointer[pointer]
    return pointer, depth


def turn_backs(
    xy: NDArray[np.float64], offsets: Ints, *, reach_m: float = 180.0, beside_m: float = 60.0
) -> Ints:
    """Where lines turn back on themselves, as the joined carriageways of a road that ends do.

    Parameters
    ----------
    xy : numpy.ndarray
        Metres, line after line.
    offsets : numpy.ndarray
        Line i owns ``xy[offsets[i]:offsets[i + 1]]``.
    reach_m : float
        How far on either side of the turn the two legs run beside each other.
    beside_m : float
        How near to each other they run.

    Returns
    -------
    numpy.ndarray
        Rows of `xy`, at most one for each line.

    Examples
    --------
    >>> there_and_back = np.array([[0.0, 0.0], [0.0, 500.0], [20.0, 500.0], [20.0, 0.0]])
    >>> turn_backs(there_and_back, np.array([0, 4])).tolist()
    [1]
    """
    found = []
    for first, last in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
        line = xy[first:last]
        steps = np.hypot(*np.diff(line, axis=0).T)
        far = np.concatenate([[0.0], np.cumsum(steps)])
        if far[-1] < 2 * reach_m or np.hypot(*(line[-1] - line[0])) > far[-1] - 2 * reach_m + beside_m:
            continue
        at = np.flatnonzero((far >= reach_m) & (far <= far[-1] - reach_m))
        apart = np.zeros(len(at))
        for reach in np.array([1.0, 2.0, 3.0]) * reach_m / 3:
            before, after = (
                np.column_stack([np.interp(far[at] + side * reach, far, line[:, k]) for k in (0, 1)])
                for side in (-1, 1)
            )
            np.maximum(apart, np.hypot(*(after - before).T), out=apart)
        if len(at) and apart.min() < beside_m:
            found.append(first + int(at[np.argmin(apart)]))
    return np.array(found, np.int64)
