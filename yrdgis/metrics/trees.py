"""Least paths from some origins, with what lies along them.

SciPy's Dijkstra on composite whole-number weights; the path of each pair is then read off the links that are
tight, the least id first, so that the answer depends on nothing but the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.network.impedance import Graph

__all__ = ["Along", "Block", "blocks", "links_of_path", "turned"]

Ints = npt.NDArray[np.int64]

_BLOCK = 128


@dataclass(frozen=True)
class Along:
    """What to gather along a path: numbers per link of the network, and how (``add``, ``max`` or ``or``)."""

    per_link: Ints
    how: str = "add"

    def gather(self, out: Ints, at: tuple[Ints, Ints], rows: Ints) -> None:
        """Take in the links of some rows, at some places of the answer (each place at most once)."""
        new = self.per_link[rows]
        if self.how == "add":
            out[at] += new
        else:
            out[at] = np.maximum(out[at], new) if self.how == "max" else out[at] | new


@dataclass(frozen=True)
class Block:
    """Answers for some origins: whole units and legs (-1: no way), one row per origin, one column per
    destination.
    """

    rows: slice
    value: Ints
    legs: Ints
    along: dict[str, Ints]


def blocks(
    graph: Graph, origins: Sequence[str], destinations: Sequence[str], *, along: Mapping[str, Along]
) -> Iterator[Block]:
    """Least paths in blocks of origins.

    Parameters
    ----------
    graph : Graph
        As ``compile_graph`` gives it.
    origins, destinations : sequence of str
        Node ids. One that no link of the graph touches is reached from nowhere.
    along : mapping of Along
        What to gather along each path, by name.

    Yields
    ------
    Block
        From an origin to itself, all is zero.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    start, end = _ends(graph, origins, destinations)
    matrix = csr_array(
        (graph.weights.astype(float), (graph.tails, graph.heads)), shape=(graph.size, graph.size)
    )
    same = np.asarray(origins, dtype=object)[:, None] == np.asarray(destinations, dtype=object)[None, :]
    for first in range(0, len(origins), _BLOCK):
        rows = slice(first, min(first + _BLOCK, len(origins)))
        known = start[rows] >= 0
        dist = np.full((rows.stop - rows.start, graph.size + 1), np.inf)
        if known.any() and graph.size:
            dist[known, :-1] = dijkstra(matrix, indices=start[rows][known])
        yield _block(graph, rows, dist, end, same[rows], along)


def turned(graph: Graph) -> Graph:
    """The graph with every link turned round: costs from a place are those to it.

    Parameters
    ----------
    graph : Graph
        As ``compile_graph`` gives it.
    """
    at = np.arange(graph.size)
    split = np.flatnonzero(graph.entries != np.arange(len(graph.entries)))
    # where a place is left becomes where it is entered
    at[split], at[graph.entries[split]] = graph.entries[split], split
    return replace(graph, tails=at[graph.heads], heads=at[graph.tails])


def links_of_path(graph: Graph, origin: str, destination: str) -> list[int] | None:
    """Rows of ``graph.network.links`` along the least path, in order; None where there is no way."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    if origin == destination:
        return []
    start, end = _ends(graph, [origin], [destination])
    if start[0] < 0 or end[0] == graph.size:
        return None
    matrix = csr_array(
        (graph.weights.astype(float), (graph.tails, graph.heads)), shape=(graph.size, graph.size)
    )
    dist = dijkstra(matrix, indices=int(start[0]))
    if not np.isfinite(dist[end[0]]):
        return None
    into = _tight(graph, dist)
    at, found = int(end[0]), []
    while at != start[0]:
        link = into[at]
        found.append(int(graph.rows[link]))
        at = int(graph.tails[link])
    return found[::-1]


def _ends(graph: Graph, origins: Sequence[str], destinations: Sequence[str]) -> tuple[Ints, Ints]:
    """Where paths start (-1: nowhere) and end (``size``: nowhere)."""
    start, at = (
        graph.node_ids.get_indexer(pd.Index(list(nodes), dtype=object)) for nodes in (origins, destinations)
    )
    entries = np.append(graph.entries, graph.size)
    return start, entries[at]


def _tight(graph: Graph, dist: npt.NDArray[np.float64]) -> Ints:
    """For each node the first link (by id) on a least path into it; -1 where there is none."""
    into = np.full(graph.size, -1, dtype=np.int64)
    before = dist[graph.tails]
    tight = np.flatnonzero(np.isfinite(before) & (before + graph.weights == dist[graph.heads]))[::-1]
    into[graph.heads[tight]] = tight
    return into


def _block(
    graph: Graph,
    rows: slice,
    dist: npt.NDArray[np.float64],
    end: Ints,
    same: npt.NDArray[np.bool_],
    along: Mapping[str, Along],
) -> Block:
    reached = dist[:, end]
    value, legs = graph.value(reached), graph.legs(reached)
    value[same], legs[same] = 0, 0
    block = Block(rows, value, legs, {name: np.zeros(value.shape, dtype=np.int64) for name in along})
    if along:
        _walk_back(graph, dist[:, :-1], end, np.isfinite(reached) & ~same, block, along)
    return block


def _walk_back(
    graph: Graph,
    dist: npt.NDArray[np.float64],
    end: Ints,
    wanted: npt.NDArray[np.bool_],
    block: Block,
    along: Mapping[str, Along],
) -> None:
    """Go back from every destination at once, one link at a time, gathering what lies along."""
    into = np.stack([_tight(graph, row) for row in dist])
    origin, destination = np.nonzero(wanted)
    at = end[destination]
    while len(origin):
        link = into[origin, at]
        going = link >= 0
        origin, destination, link = origin[going], destination[going], link[going]
        rows = graph.rows[link]
        for name, what in along.items():
            what.gather(block.along[name], (origin, destination), rows)
        at = graph.tails[link]
