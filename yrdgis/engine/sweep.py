"""Sweeps down a hierarchy for many origins at once: compiled kernels.

A plan lists the nodes to visit from the top down, such that every subtree of the elimination tree is one
run. While a run lasts, only the rows of the ancestors are needed, so rows live on a stack with one place
for each level: some hundred rows, which stay in the fastest cache whatever the size of the network.

With a limit, a whole subtree is left out when it holds no origin and none of its upper neighbours is within
the limit in any lane. That is exact: every way into the subtree passes one of them.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine.compiled import kernel
from yrdgis.engine.graph import UNREACHABLE
from yrdgis.engine.lanes import add_within, copy_row, new_row, relax_row, row_within, set_row
from yrdgis.engine.turning import Layout, layout, turn_rows

__all__ = [
    "COLUMNS",
    "DECAY",
    "REACH",
    "ROWS",
    "SUMS",
    "Climb",
    "Plan",
    "Sink",
    "arc_levels",
    "plan_arrays",
    "sweep",
]

COLUMNS, ROWS, SUMS, DECAY, REACH = 0, 1, 2, 3, 4
"""What a sweep does with the costs that it finds."""

_TILE = 64
_SKIP_SIZE = 12


class Plan(NamedTuple):
    """What to visit, from the top down."""

    row: NDArray[np.int32]
    """Place in the plan of each rank, -1 where it is not visited."""
    rank: NDArray[np.int32]
    level: NDArray[np.int32]
    first: NDArray[np.int64]
    """Arcs into place ``i`` are ``first[i]`` to ``first[i + 1]``; a single one stands there twice.

    Most places have one or two. A loop that ends after one or after two is guessed wrongly again and again, which
    costs more than looking at an arc twice.
    """
    arc_level: NDArray[np.uint16]
    arc_cost: NDArray[Any]
    jump: NDArray[np.int32]
    """Place after the subtree of place ``i``, where leaving it out is worth a look; else 0."""
    lowest: NDArray[np.int32]
    """Lowest rank in the subtree."""
    border: NDArray[np.int64]
    border_level: NDArray[np.uint16]
    """Levels of the upper neighbours of a subtree that may be left out."""


class Climb(NamedTuple):
    """The needed upward arcs of each rank, with the level of their upper ends."""

    parent: NDArray[np.int32]
    start: NDArray[np.int64]
    level: NDArray[np.uint16]
    cost: NDArray[Any]


@kernel
def arc_levels(depth, head):
    """Level of the upper end of each arc."""
    level = np.empty(len(head), np.uint16)
    for a in range(len(head)):
        level[a] = depth[head[a]]
    return level


@kernel
def plan_arrays(parent, depth, lowest, start, head, down_start, down_head, down_cost, wanted, everything):
    """The fields of a `Plan` that reaches the wanted ranks, or all of them."""
    n = len(parent)
    row = np.full(n, -1, np.int32)
    count = 0
    if everything:
        count = n
    for i in range(len(wanted)):
        v = wanted[i]
        while v >= 0 and row[v] < 0:
            row[v] = 0
            count += 1
            v = parent[v]
    rank = np.empty(count, np.int32)
    level = np.empty(count, np.int32)
    jump = np.zeros(count, np.int32)
    low = np.empty(count, np.int32)
    first = np.zeros(count + 1, np.int64)
    border = np.zeros(count + 1, np.int64)
    i = 0
    for v in range(n - 1, -1, -1):
        if everything or row[v] == 0:
            row[v] = i
            rank[i] = v
            level[i] = depth[v]
            low[i] = lowest[v]
            arcs = down_start[v + 1] - down_start[v]
            first[i + 1] = first[i] + (2 if arcs == 1 else arcs)
            i += 1
    # subtrees from the bottom up; the size of one is what its root adds to its parent
    size = np.ones(count, np.int32)
    for i in range(count - 1, -1, -1):
        p = parent[rank[i]]
        if p >= 0:
            size[row[p]] += size[i]
    for i in range(count):
        border[i + 1] = border[i]
        if size[i] >= _SKIP_SIZE:
            jump[i] = i + size[i]
            border[i + 1] += start[rank[i] + 1] - start[rank[i]]
    arc_level = np.empty(first[count], np.uint16)
    arc_cost = np.empty(first[count], down_cost.dtype)
    border_level = np.empty(border[count], np.uint16)
    for i in range(count):
        v = rank[i]
        k = first[i]
        for a in range(down_start[v], down_start[v + 1]):
            arc_level[k] = depth[down_head[a]]
            arc_cost[k] = down_cost[a]
            k += 1
        if down_start[v + 1] - down_start[v] == 1:
            arc_level[k] = arc_level[k - 1]
            arc_cost[k] = arc_cost[k - 1]
        if jump[i] > 0:
            k = border[i]
            for a in range(start[v], start[v + 1]):
                border_level[k] = depth[head[a]]
                k += 1
    return row, rank, level, first, arc_level, arc_cost, jump, low, border, border_level


@kernel
def _climb(parent, up_start, up_level, up_cost, origin, limit, costs, chain):
    """Costs from an origin to its ancestors, by level; returns their number. ``costs`` must be far everywhere."""
    k = 0
    v = origin
    while v >= 0:
        chain[k] = v
        k += 1
        v = parent[v]
    costs[k - 1] = 0
    for i in range(k):
        v = chain[i]
        cost = costs[k - 1 - i]
        if cost > limit:
            continue
        for a in range(up_start[v], up_start[v + 1]):
            # no branch: which of the two is less can't be guessed
            costs[up_level[a]] = min(costs[up_level[a]], cost + up_cost[a])
    return k


class Sink(NamedTuple):
    """Where a sweep puts what it finds; each mode uses some of the fields."""

    line: NDArray[np.int64]
    """Line of the answer for each origin (not REACH)."""
    column: NDArray[np.int32]
    """COLUMNS: column of each place, -1 where none is wanted. REACH: node of each place."""
    none: Any
    """COLUMNS: what is put where there is no way."""
    out: NDArray[Any]
    """COLUMNS: (origins, columns). ROWS: (origins, nodes)."""
    rows: NDArray[Any]
    """ROWS: room for the rows that wait."""
    layout: Layout
    """ROWS: how they get into ``out``."""
    weights: NDArray[Any]
    """SUMS, DECAY: what each place holds."""
    cutoffs: NDArray[Any]
    """SUMS: costs that count, each included."""
    table: NDArray[np.float64]
    """DECAY: factor for each step of cost."""
    step: int
    sums: NDArray[Any]
    """SUMS: (origins, cutoffs). DECAY: (origins, 1)."""
    cursor: NDArray[np.int64]
    """REACH: where the next node of each origin goes in ``node`` and ``cost``."""
    node: NDArray[np.int32]
    cost: NDArray[Any]


@kernel
def sweep(climb, plan, height, origins, lanes, mode, limit, bounded, far, sink):
    """Sweep a plan for some origins, in batches of as many as there are lanes.

    Origins are ranks in ascending order. Costs above ``limit`` count as no way; ``bounded`` says that
    leaving out subtrees is worth a look.
    """
    parent, up_start, up_level, up_cost = climb
    row, rank, level, first, arc_level, arc_cost, jump, lowest, border, border_level = plan
    width = len(lanes)
    places = len(rank)
    stack = np.empty((height + 1, width), up_cost.dtype)
    near = np.zeros(height + 1, np.bool_)
    costs = np.full(height + 1, far, up_cost.dtype)
    chain = np.empty(height + 1, np.int32)
    note = np.full(places, -1, np.int32)
    room = 64 * width
    note_next = np.empty(room, np.int32)
    note_lane = np.empty(room, np.int32)
    note_cost = np.empty(room, up_cost.dtype)
    tile = np.empty((_TILE, width), up_cost.dtype)
    tile_column = np.empty(_TILE, np.int64)
    totals = np.zeros((max(len(sink.cutoffs), 1), width), sink.sums.dtype)
    for base in range(0, len(origins), width):
        used = min(width, len(origins) - base)
        notes = 0
        for lane in range(used):
            k = _climb(parent, up_start, up_level, up_cost, origins[base + lane], limit, costs, chain)
            if notes + k > room:
                room = 2 * room + k
                note_next = _grown(note_next, room)
                note_lane = _grown(note_lane, room)
                note_cost = _grown(note_cost, room)
            for j in range(k):
                p = row[chain[j]]
                cost = costs[k - 1 - j]
                if p >= 0 and cost <= limit:
                    note_next[notes] = note[p]
                    note_lane[notes] = lane
                    note_cost[notes] = cost
                    note[p] = notes
                    notes += 1
                costs[k - 1 - j] = far
        totals[:] = 0
        lines = sink.line[base : base + used]
        tiled = 0
        turning = 0
        last = used - 1
        i = 0
        while i < places:
            own = level[i]
            if bounded and jump[i] > 0:
                while last >= 0 and origins[base + last] > rank[i]:
                    last -= 1
                wanted = last >= 0 and origins[base + last] >= lowest[i]
                for b in range(border[i], border[i + 1]):
                    wanted = wanted or near[border_level[b]]
                if not wanted:
                    if mode == ROWS:
                        for skipped in range(i, jump[i]):
                            set_row(sink.rows, sink.layout.waits[skipped], far, lanes)
                            if (skipped + 1) % sink.layout.every == 0:
                                turn_rows(sink.rows, sink.layout, turning, lines, limit, sink.out)
                                turning += 1
                    i = jump[i]
                    continue
            j = note[i]
            if j >= 0:
                set_row(stack, own, far, lanes)
                note[i] = -1
                while j >= 0:
                    stack[own, note_lane[j]] = note_cost[j]
                    j = note_next[j]
                relax_row(stack, own, arc_level, arc_cost, first[i], first[i + 1], lanes)
            elif first[i] == first[i + 1]:
                set_row(stack, own, far, lanes)
            else:
                new_row(stack, own, far, arc_level, arc_cost, first[i], first[i + 1], lanes)
            if bounded:
                near[own] = row_within(stack, own, limit, lanes)
            if mode == ROWS:
                copy_row(stack, own, sink.rows, sink.layout.waits[i], lanes)
                if (i + 1) % sink.layout.every == 0:
                    turn_rows(sink.rows, sink.layout, turning, lines, limit, sink.out)
                    turning += 1
            elif bounded and not near[own]:
                pass
            elif mode == COLUMNS:
                if sink.column[i] >= 0:
                    copy_row(stack, own, tile, tiled, lanes)
                    tile_column[tiled] = sink.column[i]
                    tiled += 1
                    if tiled == _TILE:
                        _write(tile, tile_column, tiled, lines, limit, sink.none, sink.out)
                        tiled = 0
            elif mode == REACH:
                for lane in range(used):
                    cost = stack[own, lane]
                    if cost <= limit:
                        sink.node[sink.cursor[base + lane]] = sink.column[i]
                        sink.cost[sink.cursor[base + lane]] = cost
                        sink.cursor[base + lane] += 1
            elif sink.weights[i] != 0:
                if mode == SUMS:
                    for c in range(len(sink.cutoffs)):
                        add_within(stack, own, sink.cutoffs[c], totals, c, sink.weights[i], lanes)
                else:
                    for lane in range(used):
                        cost = stack[own, lane]
                        if cost <= limit:
                            totals[0, lane] += sink.weights[i] * sink.table[cost // sink.step]
            i += 1
        if mode == COLUMNS:
            _write(tile, tile_column, tiled, lines, limit, sink.none, sink.out)
        elif mode == ROWS and places % sink.layout.every != 0:
            turn_rows(sink.rows, sink.layout, turning, lines, limit, sink.out)
        elif mode in (SUMS, DECAY):
            for lane in range(used):
                for c in range(len(totals)):
                    sink.sums[sink.line[base + lane], c] = totals[c, lane]


@kernel
def _grown(array, room):
    more = np.empty(room, array.dtype)
    for i in range(len(array)):
        more[i] = array[i]
    return more


@kernel
def _write(tile, tile_column, count, line, limit, none, out):
    """Turn a tile of rows into columns of the answer."""
    for lane in range(len(line)):
        found = out[line[lane]]
        for t in range(count):
            cost = tile[t, lane]
            found[tile_column[t]] = cost if cost <= limit else none


@cache
def _no_layout() -> Layout:
    return layout(np.zeros(0, np.int32))


def sink(dtype: Any, **fields: Any) -> Sink:
    """A sink with the given fields; the others are empty."""
    held = fields.get("weights", fields.get("sums"))
    kind = np.int64 if held is None else held.dtype
    empty = {
        "line": np.zeros(0, np.int64),
        "column": np.zeros(0, np.int32),
        "none": dtype(UNREACHABLE),
        "out": np.zeros((0, 0), dtype),
        "rows": np.zeros((0, 0), dtype),
        "layout": _no_layout(),
        "weights": np.zeros(0, kind),
        "cutoffs": np.zeros(0, dtype),
        "table": np.zeros(0),
        "step": 1,
        "sums": np.zeros((0, 0), kind),
        "cursor": np.zeros(0, np.int64),
        "node": np.zeros(0, np.int32),
        "cost": np.zeros(0, dtype),
    }
    return Sink(**{**empty, **fields})
