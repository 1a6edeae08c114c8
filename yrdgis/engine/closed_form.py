"""Added and faster links in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yrdgis.engine.compiled import kernel
from yrdgis.engine.work import in_threads

__all__ = ["through_links"]

_FAR = 1 << 60


@kernel
def _close(costs):
    k = len(costs)
    for q in range(k):
        for i in range(k):
            through = costs[i, q]
            for j in range(k):
                costs[i, j] = min(costs[i, j], through + costs[q, j])


@kernel
def _detour(costs, to_tail, closure, from_head, limit, out):
    """``min(costs, to_tail (min,+) closure (min,+) from_head)``, -1 above the limit."""
    k = len(closure)
    best = np.empty(k, np.int64)
    line = np.empty(out.shape[1], np.int64)
    for i in range(len(out)):
        for b in range(k):
            best[b] = _FAR
            for a in range(k):
                best[b] = min(best[b], to_tail[i, a] + closure[a, b])
        for j in range(len(line)):
            line[j] = costs[i, j] if costs[i, j] >= 0 else _FAR
        for b in range(k):
            so_far = best[b]
            if so_far <= limit:
                for j in range(len(line)):
                    line[j] = min(line[j], so_far + from_head[b, j])
        for j in range(len(line)):
            out[i, j] = line[j] if line[j] <= limit else -1


def through_links(
    costs: NDArray[Any], rows: int, columns: int, weight: NDArray[np.int64], limit: int | None
) -> NDArray[Any]:
    """Matrix after adding links.

    ``costs`` is the matrix before: first the origins and then the links' heads, by first the targets and
    then the links' tails.
    """

    def far(part: NDArray[Any]) -> NDArray[np.int64]:
        return np.where(part < 0, np.int64(_FAR), part)

    between = far(costs[rows:, columns:]) + weight
    between[np.diag_indices(len(weight))] = 0
    between = np.minimum(between, _FAR)
    _close(between)
    to_tail = np.minimum(far(costs[:rows, columns:]) + weight, _FAR)
    from_head = far(costs[rows:, :columns])
    out = np.empty((rows, columns), costs.dtype)
    most = _FAR - 1 if limit is None else limit
    parts = [slice(a, a + 128) for a in range(0, rows, 128)]
    in_threads(lambda p: _detour(costs[p, :columns], to_tail[p], between, from_head, most, out[p]), parts)
    return out
