"""Least cost over a grid of cells from many starts at once (arrays only)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from yrdgis.engine.compiled import kernel

__all__ = ["NO_WAY", "least_cost", "moves"]

Ints = npt.NDArray[np.int64]

NO_WAY = -1
"""Cost of a cell that is not reached within the limit."""

_STEPS: tuple[tuple[int, int, tuple[tuple[int, int], ...]], ...] = (
    (0, 1, ()),
    (1, 1, ((0, 1), (1, 0))),
    (1, 2, ((0, 1), (1, 1))),
    (2, 1, ((1, 0), (1, 1))),
)
"""A quarter of the moves: rows, columns, and the cells that have to be open on the way."""


def moves() -> Iterator[tuple[int, int, tuple[tuple[int, int], ...]]]:
    """The sixteen moves from a cell: rows, columns, and the cells that have to be open between.

    Straight moves, diagonals (which do not cut a corner) and knight's moves: a way in any direction is at most 2.8 %
    longer than the straight line.
    """
    for rows, columns, through in _STEPS:
        for _ in range(4):
            yield rows, columns, through
            rows, columns, through = -columns, rows, tuple((-c, r) for r, c in through)


def least_cost(
    is_open: npt.NDArray[np.bool_], starts: Ints, costs: Ints, *, step_cost: int, limit: int
) -> Ints:
    """Least cost of each cell from any start, over open cells only.

    Parameters
    ----------
    is_open : array of bool, rows by columns
        Cells that may be crossed.
    starts : array of int
        Positions (row times columns plus column) of starts; several may share a cell. Those in closed cells are left
        out.
    costs : array of int
        Cost already spent at each start, zero or more.
    step_cost : int
        Cost of a move to the next cell in a row; longer moves cost their length more, rounded.
    limit : int
        Costs above it count as not reached.

    Returns
    -------
    array of int, rows by columns
        `NO_WAY` where a cell is closed or not reached.

    Examples
    --------
    >>> least_cost(np.array([[True, True, False, True]]), np.array([0]), np.array([5]), step_cost=10, limit=99)
    array([[ 5, 15, -1, -1]])
    """
    listed = list(moves())
    rows, columns = (np.array([move[axis] for move in listed]) for axis in (0, 1))
    between = np.zeros((len(listed), 4), dtype=np.int64)
    for at, (_, _, through) in enumerate(listed):
        between[at, : 2 * len(through)] = [part for cell in through for part in cell]
    spent = np.rint(np.hypot(rows, columns) * step_cost).astype(np.int64)
    out = _kernel(
        np.ascontiguousarray(is_open),
        np.ascontiguousarray(starts, dtype=np.int64),
        np.ascontiguousarray(costs, dtype=np.int64),
        rows.astype(np.int64),
        columns.astype(np.int64),
        between,
        spent,
        limit,
    )
    return out.reshape(is_open.shape)


@kernel
def _kernel(is_open, starts, costs, move_rows, move_columns, between, spent, limit):  # type: ignore[no-untyped-def]
    """Dijkstra over the cells with a heap that lowers costs in place."""
    height, width = is_open.shape
    size = height * width
    cost = np.full(size, -1, np.int64)
    heap = np.empty(size, np.int64)
    place = np.full(size, -1, np.int64)
    count = 0
    for at in range(len(starts)):
        cell, value = starts[at], costs[at]
        if value > limit or not is_open[cell // width, cell % width]:
            continue
        if cost[cell] < 0 or value < cost[cell]:
            if cost[cell] < 0:
                place[cell] = count
                heap[count] = cell
                count += 1
            cost[cell] = value
            up = place[cell]
            while up > 0 and cost[heap[(up - 1) // 2]] > value:
                heap[up] = heap[(up - 1) // 2]
                place[heap[up]] = up
                up = (up - 1) // 2
            heap[up] = cell
            place[cell] = up
    while count > 0:
        cell = heap[0]
        place[cell] = -2
        count -= 1
        if count > 0:
            last, down = heap[count], 0
            while True:
                child = 2 * down + 1
                if child >= count:
                    break
                if child + 1 < count and cost[heap[child + 1]] < cost[heap[child]]:
                    child += 1
                if cost[heap[child]] >= cost[last]:
                    break
                heap[down] = heap[child]
                place[heap[down]] = down
                down = child
            heap[down] = last
            place[last] = down
        row, column = cell // width, cell % width
        for move in range(len(move_rows)):
            r, c = row + move_rows[move], column + move_columns[move]
            if r < 0 or c < 0 or r >= height or c >= width or not is_open[r, c]:
                continue
            new = r * width + c
            value = cost[cell] + spent[move]
            if value > limit or place[new] == -2 or (cost[new] >= 0 and cost[new] <= value):
                continue
            if not is_open[row + between[move, 0], column + between[move, 1]]:
                continue
            if not is_open[row + between[move, 2], column + between[move, 3]]:
                continue
            if cost[new] < 0:
                place[new] = count
                heap[count] = new
                count += 1
            cost[new] = value
            up = place[new]
            while up > 0 and cost[heap[(up - 1) // 2]] > value:
                heap[up] = heap[(up - 1) // 2]
                place[heap[up]] = up
                up = (up - 1) // 2
            heap[up] = new
            place[new] = up
    return cost
