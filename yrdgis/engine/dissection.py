"""Compiled kernels of the nested dissection: small cuts found by maximum flow.

A piece of the network is a slice ``order[low:high]``. To split it, its nodes are lined up along some
direction; the first and the last quarter are held fast, and the least number of edges that parts them is
found by Dinic's maximum flow with unit capacities (inertial flow, Schild and Sommer 2015). The slice is
rearranged into one side, the other side and, last, the nodes of the cut, so that the finished slice is the
order itself.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

import numpy as np

from yrdgis.engine.compiled import kernel

__all__ = ["dissect", "neighbours", "strip_low_degrees"]

_FIXED_SHARE = 0.25
_DIRECTIONS = ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -1.0))
_SMALLEST = 4


@kernel
def neighbours(n, tail, head):
    """Symmetric adjacency (start, other) without loops or repeats, in ascending order."""
    # two passes of counting sort, by the other end and then by this one, leave every list in order
    count = np.zeros(n + 1, np.int64)
    for e in range(len(tail)):
        if tail[e] != head[e]:
            count[tail[e] + 1] += 1
            count[head[e] + 1] += 1
    for v in range(n):
        count[v + 1] += count[v]
    total = count[n]
    this = np.empty(total, np.int32)
    cursor = count[:n].copy()
    for e in range(len(tail)):
        if tail[e] != head[e]:
            this[cursor[tail[e]]] = head[e]
            cursor[tail[e]] += 1
            this[cursor[head[e]]] = tail[e]
            cursor[head[e]] += 1
    other = np.empty(total, np.int32)
    for v in range(n):
        cursor[v] = count[v]
    for v in range(n):
        for e in range(count[v], count[v + 1]):
            u = this[e]
            other[cursor[u]] = v
            cursor[u] += 1
    start = np.zeros(n + 1, np.int64)
    unique = this
    k = 0
    for v in range(n):
        for e in range(count[v], count[v + 1]):
            if e == count[v] or other[e] != other[e - 1]:
                unique[k] = other[e]
                k += 1
        start[v + 1] = k
    return start, unique[:k].copy()


@kernel
def strip_low_degrees(start, other):
    """Take out nodes of degree 2 or less, joining their neighbours, in rounds of nodes that don't touch.

    Taking out in rounds keeps the hierarchy of a long chain shallow. Returns the nodes taken out, in order,
    and the network that is left, with its own numbers: (taken, node, start, other).
    """
    n = len(start) - 1
    # a node of degree 2 loses two edges and gains at most one, so edge slots can be reused in place
    end = np.empty(n, np.int64)
    adjacent = other.copy()
    for v in range(n):
        end[v] = start[v + 1]
    gone = np.zeros(n, np.bool_)
    blocked = np.full(n, -1, np.int32)
    taken = np.empty(n, np.int32)
    count = 0
    waiting = np.empty(n, np.int32)
    queued = np.zeros(n, np.bool_)
    size = 0
    for v in range(n):
        if end[v] - start[v] <= 2:
            waiting[size] = v
            queued[v] = True
            size += 1
    turn = 0
    while size > 0:
        later = np.empty(2 * size + size, np.int32)
        k = 0
        for i in range(size):
            v = waiting[i]
            queued[v] = False
        for i in range(size):
            v = waiting[i]
            if gone[v] or end[v] - start[v] > 2:
                continue
            if blocked[v] == turn:
                if not queued[v]:
                    later[k] = v
                    queued[v] = True
                    k += 1
                continue
            gone[v] = True
            taken[count] = v
            count += 1
            degree = end[v] - start[v]
            if degree == 0:
                continue
            a = adjacent[start[v]]
            b = adjacent[start[v] + degree - 1]
            blocked[a] = turn
            blocked[b] = turn
            if degree == 1:
                _drop(start, end, adjacent, a, v)
            else:
                if _has(start, end, adjacent, a, b):
                    _drop(start, end, adjacent, a, v)
                    _drop(start, end, adjacent, b, v)
                else:
                    _swap(start, end, adjacent, a, v, b)
                    _swap(start, end, adjacent, b, v, a)
            for u in (a, b):
                if not gone[u] and not queued[u] and end[u] - start[u] <= 2:
                    later[k] = u
                    queued[u] = True
                    k += 1
        waiting = later
        size = k
        turn += 1
    new = np.full(n, -1, np.int32)
    left = np.empty(n - count, np.int32)
    k = 0
    edges = 0
    for v in range(n):
        if not gone[v]:
            new[v] = k
            left[k] = v
            k += 1
            edges += end[v] - start[v]
    start2 = np.zeros(k + 1, np.int64)
    other2 = np.empty(edges, np.int32)
    e2 = 0
    for i in range(k):
        v = left[i]
        for e in range(start[v], end[v]):
            other2[e2] = new[adjacent[e]]
            e2 += 1
        start2[i + 1] = e2
    return taken[:count].copy(), left, start2, other2


@kernel
def _drop(start, end, adjacent, v, gone):
    for e in range(start[v], end[v]):
        if adjacent[e] == gone:
            end[v] -= 1
            adjacent[e] = adjacent[end[v]]
            return


@kernel
def _swap(start, end, adjacent, v, old, new):
    for e in range(start[v], end[v]):
        if adjacent[e] == old:
            adjacent[e] = new
            return


@kernel
def _has(start, end, adjacent, v, u):
    found = False
    for e in range(start[v], end[v]):
        found = found or adjacent[e] == u
    return found


@kernel
def _local(start, other, order, place, low, high):
    """Adjacency inside the slice with numbers from 0, and for each arc the one that runs back."""
    k = high - low
    first = np.zeros(k + 1, np.int32)
    for i in range(k):
        v = order[low + i]
        c = 0
        for e in range(start[v], start[v + 1]):
            p = place[other[e]]
            if low <= p < high:
                c += 1
        first[i + 1] = first[i] + c
    adjacent = np.empty(first[k], np.int32)
    cursor = first[:k].copy()
    for i in range(k):
        v = order[low + i]
        for e in range(start[v], start[v + 1]):
            p = place[other[e]]
            if low <= p < high:
                j = p - low
                adjacent[cursor[j]] = i
                cursor[j] += 1
    back = np.empty(first[k], np.int32)
    for i in range(k):
        cursor[i] = first[i]
    for i in range(k):
        for e in range(first[i], first[i + 1]):
            j = adjacent[e]
            back[e] = cursor[j]
            cursor[j] += 1
    return first, adjacent, back


@kernel
def _hops(first, adjacent, source, hops, queue):
    """Breadth-first distances; returns the last node met and how many were met."""
    hops[:] = -1
    hops[source] = 0
    queue[0] = source
    size = 1
    i = 0
    while i < size:
        v = queue[i]
        i += 1
        for e in range(first[v], first[v + 1]):
            u = adjacent[e]
            if hops[u] < 0:
                hops[u] = hops[v] + 1
                queue[size] = u
                size += 1
    return queue[size - 1], size


@kernel
def _before(key, a, b):
    return key[a] < key[b] or (key[a] == key[b] and a < b)


@kernel
def _select(key, line, low, high, wanted):
    """Rearrange ``line[low:high]`` so that its first ones by key come before place ``wanted``."""
    while high - low > 1:
        middle = (low + high) >> 1
        a, b, c = line[low], line[middle], line[high - 1]
        # median of three as the pivot
        if _before(key, b, a):
            a, b = b, a
        if _before(key, c, b):
            b = c if _before(key, a, c) else a
        i = low
        j = high - 1
        while i <= j:
            while _before(key, line[i], b):
                i += 1
            while _before(key, b, line[j]):
                j -= 1
            if i <= j:
                line[i], line[j] = line[j], line[i]
                i += 1
                j -= 1
        if wanted <= j:
            high = j + 1
        elif wanted >= i:
            low = i
        else:
            return


@kernel
def _cut(first, adjacent, back, line, best, side, level, queue, arc, flow, path):
    """Fewest edges between the first and the last quarter of ``line``; ``best`` or more gives up.

    On success ``level >= 0`` marks the near side. Returns the number of edges, or ``best``.
    """
    k = len(first) - 1
    fixed = max(1, int(k * _FIXED_SHARE))
    side[:] = 0
    for i in range(fixed):
        side[line[i]] = 1
        side[line[k - 1 - i]] = 2
    flow[:] = 0
    fringe = 0
    for i in range(fixed):
        v = line[i]
        for e in range(first[v], first[v + 1]):
            if side[adjacent[e]] != 1:
                queue[fringe] = v
                fringe += 1
                break
    sources = queue[:fringe].copy()
    value = 0
    while True:
        level[:] = -1
        for i in range(fixed):
            level[line[i]] = 0
        for i in range(fringe):
            queue[i] = sources[i]
        size = fringe
        i = 0
        depth = k + 1
        while i < size:
            v = queue[i]
            i += 1
            if level[v] >= depth:
                break
            for e in range(first[v], first[v + 1]):
                u = adjacent[e]
                if level[u] < 0 and flow[e] < 1:
                    level[u] = level[v] + 1
                    if side[u] == 2:
                        depth = level[u]
                    else:
                        queue[size] = u
                        size += 1
        if depth > k:
            return value
        for v in range(k):
            arc[v] = first[v]
        for i in range(fringe):
            while _push(first, adjacent, back, sources[i], side, level, arc, flow, path):
                value += 1
                if value >= best:
                    return best


@kernel
def _push(first, adjacent, back, source, side, level, arc, flow, path):
    """One more unit of flow along the levels, if there is a way."""
    v = source
    k = 0
    while True:
        moved = False
        while arc[v] < first[v + 1]:
            e = arc[v]
            u = adjacent[e]
            if flow[e] < 1 and level[u] == level[v] + 1:
                path[k] = e
                k += 1
                if side[u] == 2:
                    for i in range(k):
                        flow[path[i]] += 1
                        flow[back[path[i]]] -= 1
                    return True
                v = u
                moved = True
                break
            arc[v] += 1
        if not moved:
            if k == 0:
                return False
            k -= 1
            v = adjacent[back[path[k]]]
            arc[v] += 1


@kernel
def _arrange(first, adjacent, near, order, place, low, part):
    """Rearrange the slice by the cut: near side, far side, then the cut's nodes. Returns both sizes."""
    k = len(first) - 1
    touch_near = 0
    touch_far = 0
    for v in range(k):
        part[v] = 0 if near[v] else 1
        for e in range(first[v], first[v + 1]):
            if near[adjacent[e]] != near[v]:
                if near[v]:
                    touch_near += 1
                else:
                    touch_far += 1
                break
    take_near = touch_near <= touch_far
    for v in range(k):
        if near[v] != take_near:
            continue
        for e in range(first[v], first[v + 1]):
            if near[adjacent[e]] != near[v]:
                part[v] = 2
                break
    return _by_part(part, np.int64(3), order, place, low)


@kernel
def _by_part(part, parts, order, place, low):
    """Stable sort of the slice by part; returns where each part ends."""
    k = len(part)
    ends = np.zeros(parts + 1, np.int64)
    for v in range(k):
        ends[part[v] + 1] += 1
    for p in range(parts):
        ends[p + 1] += ends[p]
    cursor = ends[:parts].copy()
    old = order[low : low + k].copy()
    for v in range(k):
        p = low + cursor[part[v]]
        cursor[part[v]] += 1
        order[p] = old[v]
        place[old[v]] = p
    return ends[1:] + low


@kernel
def _split(start, other, order, place, low, high, x, y):
    """Rearrange one slice; returns the ends of the parts that are still to be split."""
    first, adjacent, back = _local(start, other, order, place, low, high)
    k = high - low
    level = np.empty(k, np.int32)
    queue = np.empty(k, np.int32)
    part = np.full(k, -1, np.int32)
    parts = np.int64(0)
    for v in range(k):
        if part[v] < 0:
            _spread(first, adjacent, v, parts, part, queue)
            parts += 1
    if parts > 1:
        return _by_part(part, parts, order, place, low)
    if k <= _SMALLEST:
        return np.zeros(0, np.int64)
    side = np.empty(k, np.int8)
    arc = np.empty(k, np.int32)
    flow = np.empty(len(adjacent), np.int8)
    path = np.empty(k, np.int32)
    near = np.empty(k, np.bool_)
    key = np.empty(k, np.float64)
    line = np.empty(k, np.int32)
    best = len(adjacent)
    tries = 2 if len(x) == 0 else 4
    for t in range(tries):
        if len(x) == 0:
            _far_apart(first, adjacent, t, key, level, arc, queue)
        else:
            a, b = _DIRECTIONS[t]
            for i in range(k):
                key[i] = a * x[order[low + i]] + b * y[order[low + i]]
        for i in range(k):
            line[i] = i
        fixed = max(1, int(k * _FIXED_SHARE))
        _select(key, line, np.int64(0), k, fixed)
        _select(key, line, fixed, k, k - fixed)
        value = _cut(first, adjacent, back, line, best, side, level, queue, arc, flow, path)
        if value < best:
            best = value
            for v in range(k):
                near[v] = level[v] >= 0
    return _arrange(first, adjacent, near, order, place, low, part)[:2]


@kernel
def _spread(first, adjacent, source, label, part, queue):
    part[source] = label
    queue[0] = source
    size = 1
    i = 0
    while i < size:
        v = queue[i]
        i += 1
        for e in range(first[v], first[v + 1]):
            u = adjacent[e]
            if part[u] < 0:
                part[u] = label
                queue[size] = u
                size += 1


@kernel
def _far_apart(first, adjacent, attempt, key, hops, hops2, queue):
    """A direction where there are no coordinates: how much nearer a node is to one end than to the other."""
    k = len(first) - 1
    end, _ = _hops(first, adjacent, (attempt * k) // 2, hops, queue)
    if attempt == 1:
        # the second direction runs from the middle of the first one's line, so that it crosses it
        _hops(first, adjacent, end, hops, queue)
        end = queue[k // 2]
    one, _ = _hops(first, adjacent, end, hops, queue)
    _hops(first, adjacent, one, hops2, queue)
    for v in range(k):
        key[v] = hops2[v] - hops[v]


@kernel
def dissect(start, other, order, place, low, high, x, y, once):
    """Split one slice, its parts, their parts, to the end; or ``once``, and return (lows, highs) of the parts."""
    lows = [np.int64(low)]
    highs = [np.int64(high)]
    going = True
    while going and len(lows) > 0:
        low = lows.pop()
        high = highs.pop()
        for end in _split(start, other, order, place, low, high, x, y):
            if end - low > 1:
                lows.append(low)
                highs.append(end)
            low = end
        going = not once
    return lows, highs
