"""From rows by place to answers by node: compiled kernels.

A sweep finds one row of costs after the other, each with the costs from all origins to one node, in the order of
its plan. An answer has a line for each origin, in the order of the nodes. So a row waits until 15 neighbours in
that order are there too; then the 16 are turned at once, and whole lines of memory are written, none of them
twice. Neighbours in a network have near numbers as a rule and are swept soon after one another, so few rows wait
at a time and they stay in a fast cache. Were the numbers drawn by lot, nearly all would wait for the end.

Which row waits where depends on the plan alone and is found once.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine.compiled import kernel
from yrdgis.engine.lanes import BLOCK, LINE, settle, turn_block

__all__ = ["Layout", "answer", "layout", "open_lines", "turn_rows"]

_EVERY = 1024
_PAGE = 1 << 21


class Layout(NamedTuple):
    """Where the row of each place waits, and when it is turned."""

    room: int
    """Most rows that wait at a time."""
    every: int
    """Places between one turning and the next."""
    waits: NDArray[np.int32]
    """Where the row of each place waits."""
    start: NDArray[np.int64]
    """Turning ``t`` takes the pieces ``start[t]`` to ``start[t + 1]``."""
    base: NDArray[np.int64]
    """First of the 16 nodes of each piece."""
    slot: NDArray[np.int32]
    """Where the rows of the 16 nodes of each piece wait; beyond the last node, any of them."""


def answer(lines: int, n: int, dtype: Any) -> NDArray[Any]:
    """Room for ``n`` nodes in each line, which starts where a line of memory does and so is a little longer."""
    wide = -(-n // BLOCK) * BLOCK
    item = np.dtype(dtype).itemsize
    room = np.empty(lines * wide + LINE // item, dtype)
    first = -room.ctypes.data % LINE // item
    return room[first : first + lines * wide].reshape(lines, wide)


def layout(node: NDArray[np.int32], every: int = _EVERY) -> Layout:
    """The layout for a plan that visits ``node``, every node once.

    Examples
    --------
    >>> layout(np.arange(40, dtype=np.int32), every=20).base.tolist()
    [0, 16, 32]
    >>> layout(np.arange(40, dtype=np.int32), every=20).room
    24
    """
    return Layout(*_layout(node, every))


@kernel
def _layout(node, every):
    n = len(node)
    pieces = (n + BLOCK - 1) // BLOCK
    turnings = (n + every - 1) // every
    # a piece is turned after its last place
    last = np.zeros(pieces, np.int64)
    for i in range(n):
        last[node[i] // BLOCK] = i // every
    start = np.zeros(turnings + 1, np.int64)
    for k in range(pieces):
        start[last[k] + 1] += 1
    for t in range(turnings):
        start[t + 1] += start[t]
    base = np.empty(pieces, np.int64)
    number = np.empty(pieces, np.int64)
    free_place = start[:turnings].copy()
    for k in range(pieces):
        number[k] = free_place[last[k]]
        base[number[k]] = k * BLOCK
        free_place[last[k]] += 1
    slot = np.zeros(pieces * BLOCK, np.int32)
    waits = np.empty(n, np.int32)
    # what was left last is taken first, as it is still in the cache
    free = np.empty(n, np.int32)
    left = 0
    room = 0
    for i in range(n):
        if left > 0:
            left -= 1
            waits[i] = free[left]
        else:
            waits[i] = room
            room += 1
        v = node[i]
        slot[number[v // BLOCK] * BLOCK + v % BLOCK] = waits[i]
        if (i + 1) % every == 0:
            t = i // every
            for k in range(start[t], start[t + 1]):
                for j in range(min(BLOCK, n - base[k])):
                    free[left] = slot[k * BLOCK + j]
                    left += 1
    return room, every, waits, start, base, slot


@kernel
def open_lines(out, line):
    """Have the system bring the memory of some lines of a new `answer`, in large pages where it has them.

    It clears them through the cache, which is better done before the cache is put to use.
    """
    for i in range(len(line)):
        for v in range(0, out.shape[1], _PAGE // out.itemsize):
            out[line[i], v] = 0


@kernel
def turn_rows(rows, layout, turning, line, limit, out):
    """Put the rows of a turning into an `answer`: its lines ``line``, one for each used lane."""
    used = len(line)
    wide = used // BLOCK * BLOCK
    start = line * out.shape[1]
    first = layout.start[turning]
    last = layout.start[turning + 1]
    for lane in range(0, wide, BLOCK):
        for k in range(first, last):
            turn_block(rows, layout.slot, k * BLOCK, lane, limit, out, start, layout.base[k])
    settle()
    for lane in range(wide, used):
        for k in range(first, last):
            for j in range(BLOCK):
                cost = rows[layout.slot[k * BLOCK + j], lane]
                out[line[lane], layout.base[k] + j] = cost if cost <= limit else -1
