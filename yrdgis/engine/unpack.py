"""Shortest paths out of a hierarchy: compiled kernels.

A path climbs from the origin and comes down to the target. Each arc on it is either a link, or stands for
two arcs through a lower node, which is found again by looking for the triangle whose sides add up.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

import numpy as np

from yrdgis.engine.compiled import kernel

__all__ = ["best_links", "unpack_paths"]


@kernel
def best_links(arcs, arc_of_link, weight, usable):
    """Cheapest usable link of each arc, up and down; -1 where there is none, the first among equals."""
    best = np.full((2, arcs), -1, np.int64)
    for i in range(len(arc_of_link)):
        if not usable[i]:
            continue
        way = arc_of_link[i] & 1
        a = arc_of_link[i] >> 1
        known = best[way, a]
        if known < 0 or weight[i] < weight[known]:
            best[way, a] = i
    return best


@kernel
def _search(parent, start, head, cost, origin, costs, via, chain, far):
    """Costs and last arcs from an origin to its ancestors, by the distance from the root."""
    k = 0
    v = origin
    while v >= 0:
        chain[k] = v
        k += 1
        v = parent[v]
    for i in range(k):
        costs[i] = far
        via[i] = -1
    costs[k - 1] = 0
    for i in range(k):
        v = chain[i]
        so_far = costs[k - 1 - i]
        if so_far >= far:
            continue
        j = i
        for a in range(start[v], start[v + 1]):
            while chain[j] != head[a]:
                j += 1
            through = so_far + cost[a]
            if through < costs[k - 1 - j]:
                costs[k - 1 - j] = through
                via[k - 1 - j] = a
    return k


@kernel
def _arc(start, head, low, high):
    left = start[low]
    right = start[low + 1]
    while left < right:
        middle = (left + right) >> 1
        if head[middle] < high:
            left = middle + 1
        else:
            right = middle
    if left < start[low + 1] and head[left] == high:
        return left
    return np.int64(-1)


@kernel
def _spell_out(topology, up, down, best, weight, arc, way, links):
    """Append the links of one arc, travelled up (0) or down (1)."""
    start, head, tail, below_start, below = topology
    arcs = [arc]
    ways = [way]
    while len(arcs) > 0:
        a = arcs.pop()
        w = ways.pop()
        cost = up[a] if w == 0 else down[a]
        link = best[w, a]
        if link >= 0 and weight[link] == cost:
            links.append(link)
            continue
        y = tail[a]
        z = head[a]
        for e in range(below_start[y], below_start[y + 1]):
            b = below[e]
            c = _arc(start, head, tail[b], z)
            if c < 0:
                continue
            if w == 0 and down[b] + up[c] == cost:
                # y down to the lower node, then up to z; the last one pushed is spelt out first
                arcs.append(c)
                ways.append(0)
                arcs.append(b)
                ways.append(1)
                break
            if w == 1 and down[c] + up[b] == cost:
                arcs.append(b)
                ways.append(0)
                arcs.append(c)
                ways.append(1)
                break


@kernel
def unpack_paths(topology, parent, height, up, down, best, weight, origins, targets, far):
    """One shortest path for each pair of ranks: (start, links, cost)."""
    start, head, tail, _, _ = topology
    count = len(origins)
    begin = np.zeros(count + 1, np.int64)
    total = np.full(count, far, up.dtype)
    links = [np.int64(0) for _ in range(0)]
    chain = np.empty(height + 1, np.int32)
    chain2 = np.empty(height + 1, np.int32)
    costs = np.empty(height + 1, up.dtype)
    costs2 = np.empty(height + 1, up.dtype)
    via = np.empty(height + 1, np.int64)
    via2 = np.empty(height + 1, np.int64)
    climb = np.empty(height + 1, np.int64)
    for i in range(count):
        k = _search(parent, start, head, up, origins[i], costs, via, chain, far)
        k2 = _search(parent, start, head, down, targets[i], costs2, via2, chain2, far)
        # both chains end at a root; they share their last nodes if the root is the same
        best_level = -1
        for level in range(min(k, k2)):
            if chain[k - 1 - level] != chain2[k2 - 1 - level]:
                break
            if costs[level] < far and costs2[level] < far and costs[level] + costs2[level] < total[i]:
                total[i] = costs[level] + costs2[level]
                best_level = level
        if best_level >= 0:
            steps = 0
            level = best_level
            while via[level] >= 0:
                climb[steps] = via[level]
                steps += 1
                level = _level_of(chain, k, tail[via[level]])
            for s in range(steps - 1, -1, -1):
                _spell_out(topology, up, down, best, weight, climb[s], 0, links)
            level = best_level
            while via2[level] >= 0:
                a = via2[level]
                _spell_out(topology, up, down, best, weight, a, 1, links)
                level = _level_of(chain2, k2, tail[a])
        begin[i + 1] = len(links)
    found = np.empty(len(links), np.int64)
    for i in range(len(links)):
        found[i] = links[i]
    return begin, found, total


@kernel
def _level_of(chain, k, v):
    low = 0
    high = k
    while low < high:
        middle = (low + high) >> 1
        if chain[middle] < v:
            low = middle + 1
        else:
            high = middle
    return k - 1 - low
