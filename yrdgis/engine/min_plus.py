# mypy: allow-untyped-defs, allow-untyped-calls
"""Min-plus algebra on small dense matrices: compiled kernels.

A product takes the least of sums where the ordinary one takes the sum of products. Costs are cut off at
``far``, no way, and twice that still fits the type, so nothing overflows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine.compiled import kernel
from yrdgis.engine.graph import UNREACHABLE
from yrdgis.engine.lanes import relax_row
from yrdgis.engine.work import in_threads

__all__ = ["LANES", "add_links", "through_links", "weighted_sums"]

_ROWS_A_TASK = 128
LANES = (np.int8(0),) * 64
"""Columns taken side by side."""


@kernel
def close(costs):
    """Least cost over any number of steps, in place (Floyd and Warshall)."""
    for q in range(len(costs)):
        for i in range(len(costs)):
            so_far = costs[i, q]
            for j in range(len(costs)):
                costs[i, j] = min(costs[i, j], so_far + costs[q, j])


@kernel
def improve(costs, to, onward, last, none, lanes, out):
    """``out = min(costs, to (min,+) onward)``, and ``none`` above ``last``; a strip of columns at a time."""
    width = len(lanes)
    steps = to.shape[1]
    columns = out.shape[1]
    strip = np.empty((steps + 1, width), costs.dtype)
    levels = np.arange(steps).astype(np.uint16)
    for base in range(0, columns, width):
        used = min(width, columns - base)
        for b in range(steps):
            for j in range(used):
                strip[b, j] = onward[b, base + j]
        for i in range(len(out)):
            for j in range(used):
                strip[steps, j] = costs[i, base + j]
            relax_row(strip, steps, levels, to[i], 0, steps, lanes)
            for j in range(used):
                cost = strip[steps, j]
                out[i, base + j] = cost if cost <= last else none


@kernel
def _approach(to_tail, closure, far):
    """``to_tail (min,+) closure``, cut off."""
    rows, k = to_tail.shape
    out = np.empty((rows, closure.shape[1]), to_tail.dtype)
    for i in range(rows):
        for b in range(closure.shape[1]):
            best = far
            for a in range(k):
                best = min(best, to_tail[i, a] + closure[a, b])
            out[i, b] = best
    return out


@kernel
def add_links(costs, rows, columns, tail, head, weight, keep_rows, keep_columns, far, lanes):
    """The matrix after adding some links, in its first ``keep_rows`` rows and ``keep_columns`` columns.

    The links' ends are terminals ``0..k-1``, which are the rows ``rows`` and the columns ``columns`` of the
    matrix; ``tail`` and ``head`` number them.
    """
    k = len(rows)
    between = np.empty((k, k), costs.dtype)
    to_tail = np.empty((keep_rows, k), costs.dtype)
    for a in range(k):
        for b in range(k):
            between[a, b] = costs[rows[a], columns[b]] if a != b else 0
        for i in range(keep_rows):
            to_tail[i, a] = costs[i, columns[a]]
    is_head = np.zeros(k, np.bool_)
    for e in range(len(tail)):
        is_head[head[e]] = True
        between[tail[e], head[e]] = min(between[tail[e], head[e]], weight[e])
    close(between)
    heads = np.flatnonzero(is_head)
    ends = np.empty((k, len(heads)), costs.dtype)
    onward = np.empty((len(heads), keep_columns), costs.dtype)
    for b in range(len(heads)):
        for a in range(k):
            ends[a, b] = between[a, heads[b]]
        for j in range(keep_columns):
            onward[b, j] = costs[rows[heads[b]], j]
    out = np.empty((keep_rows, keep_columns), costs.dtype)
    improve(costs, _approach(to_tail, ends, far), onward, far, far, lanes, out)
    return out


@kernel
def weighted_sums(costs, weights, no_way, far, out):
    """Weighted sum of each row into ``out``; returns how many pairs that weigh something have no way."""
    missing = 0
    for i in range(len(weights)):
        total = 0.0
        for j in range(weights.shape[1]):
            if costs[i, j] < far:
                total += weights[i, j] * costs[i, j]
            elif weights[i, j] != 0:
                total += weights[i, j] * no_way
                missing += 1
        out[i] = total
    return missing


def through_links(
    costs: NDArray[Any], rows: int, columns: int, weight: NDArray[np.int64], last: Any, far: Any
) -> NDArray[Any]:
    """Matrix after adding links of some weights.

    Parameters
    ----------
    costs : array
        Before: first the origins and then the links' heads, by first the targets and then the links' tails;
        ``far`` where there is no way.
    rows, columns : int
        Number of origins and of targets.
    weight : array of int64
        Weight of each link.
    last, far : of the type of costs
        Costs above ``last`` count as no way. ``far`` is above every cost, and twice it fits the type.
    """
    steps = np.minimum(weight, far).astype(costs.dtype)
    # between links: from the head of one to the tail of the next, and along it
    between = np.minimum(costs[rows:, columns:] + steps, far)
    np.fill_diagonal(between, 0)
    close(between)
    to_tail = np.minimum(costs[:rows, columns:] + steps, far)
    onward = np.ascontiguousarray(costs[rows:, :columns])
    out = np.empty((rows, columns), costs.dtype)
    none = costs.dtype.type(UNREACHABLE)

    def some(part: slice) -> None:
        to = _approach(to_tail[part], between, far)
        improve(costs[part, :columns], to, onward, last, none, LANES, out[part])

    in_threads(some, [slice(a, a + _ROWS_A_TASK) for a in range(0, rows, _ROWS_A_TASK)])
    return out
