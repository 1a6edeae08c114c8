"""Weights on a hierarchy: compiled kernels.

Each arc has a cost up and a cost down. The basic customisation goes from the bottom and takes into each arc
the ways through lower nodes; after it, going up and then down finds every shortest path. The perfect one
goes from the top, turns every cost into the true distance and tells which arcs are needed no more. Costs at
``far`` mean no way; sums are cut off there, so nothing overflows.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

import numpy as np

from yrdgis.engine.compiled import kernel

__all__ = ["customise", "enter_links", "keep_needed", "perfect", "recustomise", "root_costs", "take_in"]


@kernel
def enter_links(arc_of_link, weight, up, down, far):
    """Put the cheapest link of each arc and direction on it; ``far`` where there is none."""
    up[:] = far
    down[:] = far
    for i in range(len(arc_of_link)):
        if arc_of_link[i] < 0:
            continue
        a = arc_of_link[i] >> 1
        w = weight[i]
        if arc_of_link[i] & 1:
            if w < down[a]:
                down[a] = w
        elif w < up[a]:
            up[a] = w


@kernel
def customise(start, head, up, down, far, ranks, high, place, top_up, top_down):
    """Basic customisation of some ranks in ascending order, in place.

    What concerns arcs of ranks from ``high`` on goes to ``top_up`` and ``top_down``, where the arcs of rank
    ``y`` lie from ``place[y]``: so subtrees that share only nodes above them can be customised side by
    side.
    """
    for i in range(len(ranks)):
        v = ranks[i]
        last = start[v + 1]
        for a in range(start[v], last - 1):
            y = head[a]
            y_to_v = down[a]
            v_to_y = up[a]
            if y_to_v >= far and v_to_y >= far:
                continue
            b = start[y]
            inside = y < high
            shift = 0 if inside else place[y] - b
            for c in range(a + 1, last):
                z = head[c]
                while head[b] < z:
                    b += 1
                to_z = y_to_v + up[c]
                from_z = down[c] + v_to_y
                if inside:
                    up[b] = min(up[b], to_z)
                    down[b] = min(down[b], from_z)
                else:
                    top_up[b + shift] = min(top_up[b + shift], to_z)
                    top_down[b + shift] = min(top_down[b + shift], from_z)


@kernel
def take_in(start, up, down, ranks, place, top_up, top_down):
    """Take what subtrees found for the arcs of the ranks above them."""
    for i in range(len(ranks)):
        y = ranks[i]
        shift = place[y] - start[y]
        for b in range(start[y], start[y + 1]):
            up[b] = min(up[b], top_up[b + shift])
            down[b] = min(down[b], top_down[b + shift])


@kernel
def recustomise(start, head, below_start, below, tail, old_up, old_down, new_up, new_down, up, down, budget):
    """Bring a basic customisation up to date after some links changed, in place.

    ``old_`` and ``new_`` are the links' own costs on the arcs before and after. An arc is looked at again
    when its own cost changed, or when a triangle below it did and that could matter. Returns whether the
    work stayed within ``budget`` triangles; if not, the arrays are half done and customising everything is
    cheaper.
    """
    n = len(start) - 1
    waiting = np.zeros(len(head), np.bool_)
    busy = np.zeros(n, np.bool_)
    for a in range(len(head)):
        if old_up[a] != new_up[a] or old_down[a] != new_down[a]:
            waiting[a] = True
            busy[tail[a]] = True
    for v in range(n):
        if not busy[v]:
            continue
        last = start[v + 1]
        for a in range(start[v], last):
            if not waiting[a]:
                continue
            best_up = new_up[a]
            best_down = new_down[a]
            z = head[a]
            budget -= below_start[v + 1] - below_start[v] + last - start[v]
            if budget < 0:
                return False
            for e in range(below_start[v], below_start[v + 1]):
                b = below[e]
                x = tail[b]
                c = _find(head, b + 1, start[x + 1], z)
                if c >= 0:
                    best_up = min(best_up, down[b] + up[c])
                    best_down = min(best_down, down[c] + up[b])
            if best_up == up[a] and best_down == down[a]:
                continue
            _wake(start, head, up, down, a, last, best_up, best_down, waiting, busy, v)
            up[a] = best_up
            down[a] = best_down
    return True


@kernel
def _find(head, left, stop, wanted):
    right = stop
    while left < right:
        middle = (left + right) >> 1
        if head[middle] < wanted:
            left = middle + 1
        else:
            right = middle
    if left < stop and head[left] == wanted:
        return left
    return np.int64(-1)


@kernel
def _wake(start, head, up, down, a, last, new_up, new_down, waiting, busy, v):
    """Mark the arcs above that rested on the old cost of arc ``a`` or can use the new one."""
    y = head[a]
    for c in range(start[v], last):
        if c == a:
            continue
        z = head[c]
        low = min(y, z)
        b = _find(head, start[low], start[low + 1], max(y, z))
        # from low to high through v, and back
        to_high = up[b]
        to_low = down[b]
        if low == y:
            touched = down[a] + up[c] == to_high or new_down + up[c] < to_high
            touched = touched or down[c] + up[a] == to_low or down[c] + new_up < to_low
        else:
            touched = down[c] + up[a] == to_high or down[c] + new_up < to_high
            touched = touched or down[a] + up[c] == to_low or new_down + up[c] < to_low
        if touched:
            waiting[b] = True
            busy[low] = True


@kernel
def perfect(start, head, up, down, need_up, need_down, ranks):
    """Perfect customisation of some ranks in descending order, in place, once all above them are done.

    Marks the arcs that are not needed. A rank changes none but its own arcs, so subtrees can go side by side.
    """
    for i in range(len(ranks) - 1, -1, -1):
        v = ranks[i]
        last = start[v + 1]
        for a in range(start[v], last - 1):
            b = start[head[a]]
            for c in range(a + 1, last):
                z = head[c]
                while head[b] < z:
                    b += 1
                # the triangle v-y (a), v-z (c), y-z (b); equal ways stay, as zero costs could drop each other
                through = up[c] + down[b]
                if through < up[a]:
                    up[a] = through
                    need_up[a] = False
                through = up[b] + down[c]
                if through < down[a]:
                    down[a] = through
                    need_down[a] = False
                through = up[a] + up[b]
                if through < up[c]:
                    up[c] = through
                    need_up[c] = False
                through = down[b] + down[a]
                if through < down[c]:
                    down[c] = through
                    need_down[c] = False


@kernel
def root_costs(start, head, up, down, root, far):
    """Cost from each rank to a root and from the root to it, after customisation; -1 where there is no way."""
    to_root = np.full(len(start) - 1, -1, np.int64)
    from_root = to_root.copy()
    to_root[root] = 0
    from_root[root] = 0
    for v in range(root - 1, -1, -1):
        for a in range(start[v], start[v + 1]):
            y = head[a]
            if up[a] < far and to_root[y] >= 0:
                cost = to_root[y] + up[a]
                if to_root[v] < 0 or cost < to_root[v]:
                    to_root[v] = cost
            if down[a] < far and from_root[y] >= 0:
                cost = from_root[y] + down[a]
                if from_root[v] < 0 or cost < from_root[v]:
                    from_root[v] = cost
    return to_root, from_root


@kernel
def keep_needed(start, head, cost, needed):
    """The needed arcs alone: (start, head, cost)."""
    n = len(start) - 1
    count = 0
    for a in range(len(needed)):
        count += needed[a]
    first = np.zeros(n + 1, np.int64)
    upper = np.empty(count, np.int32)
    value = np.empty(count, cost.dtype)
    k = 0
    for v in range(n):
        for a in range(start[v], start[v + 1]):
            if needed[a]:
                upper[k] = head[a]
                value[k] = cost[a]
                k += 1
        first[v + 1] = k
    return first, upper, value
