"""Chains that no other beats in time, money and CO2 at once: the Pareto set of one pair.

Martins' label setting with the lower bounds of NAMOA*: whole numbers, so that the set is exact. A label is kept only
while no other at its node, and no chain already found, is at least as good in everything.

References
----------
Martins (1984), On a multicriteria shortest path problem, European Journal of Operational Research 16.
Mandow and Perez de la Cruz (2010), Multiobjective A* search with consistent heuristics, Journal of the ACM 57.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.skim import check_places
from yrdgis.network import Network, in_mode
from yrdgis.network.impedance import PLACE_KINDS, impedance_named, units

__all__ = ["PARETO_COLUMNS", "pareto"]

Ints = npt.NDArray[np.int64]
Vector = tuple[int, ...]

PARETO_COLUMNS = ("time_min", "cost_cny_teu", "co2_kg_teu", "distance_km", "legs", "carriers", "links")
"""Columns of a Pareto set: amounts per TEU, the runs of its chain in order, and its links joined by ``;``."""

_CRITERIA = ("total", "cost", "co2")
_MOST_LABELS = 2_000_000


def pareto(
    network: Network,
    origin: str,
    destination: str,
    *,
    criteria: Sequence[str] = _CRITERIA,
    tolerance: float = 0.0,
) -> pd.DataFrame:
    """Freight chains between two places that none beats in all criteria.

    Parameters
    ----------
    network : Network
        As `yrdgis.network.build_network` makes it, or its freight part.
    origin, destination : str
        Node ids.
    criteria : sequence of str
        Two or more of ``total``, ``cost``, ``co2``, ``distance``, ``in_vehicle``.
    tolerance : float
        Share by which a chain has to be better in something to count as another one; 0 gives the exact set. With a
        tolerance every chain of the exact set is matched, within that share in each criterion, by one that is given.

    Returns
    -------
    pandas.DataFrame
        Columns of ``PARETO_COLUMNS``, by time, then the other criteria; empty where there is no way.

    Raises
    ------
    UnknownNameError
        If an id is no node of the network.
    InputError
        If a criterion is not known, there are fewer than two, or the tolerance is not within 0 and 1.

    Examples
    --------
    >>> links = pd.DataFrame(
    ...     {"from_node_id": "a", "to_node_id": "b", "mode": "freight", "total_min": [60.0, 900.0, 950.0],
    ...      "cost_cny": [1500.0, 900.0, 990.0]}, index=["truck", "barge", "slow"])
    >>> found = pareto(Network(pd.DataFrame(index=["a", "b"]), links), "a", "b", criteria=["total", "cost"])
    >>> found[["time_min", "cost_cny_teu", "links"]]
       time_min  cost_cny_teu  links
    0      60.0        1500.0  truck
    1     900.0         900.0  barge
    """
    columns = [impedance_named(name).column for name in criteria]
    if len(set(columns)) < 2:
        raise InputError("a Pareto set needs two criteria or more")
    if not 0 <= tolerance < 1:
        raise InputError(f"a tolerance lies within 0 and 1, unlike {tolerance}")
    network = in_mode(network, "freight")
    check_places(network, [origin, destination])
    found = _search(_Graph(network, columns), origin, destination, tolerance)
    rows = [_row(network, rows) for rows in found]
    frame = pd.DataFrame(rows, columns=list(PARETO_COLUMNS))
    return frame.sort_values(list(PARETO_COLUMNS[:3]), kind="stable", ignore_index=True)


class _Graph:
    """Links of mode freight as arrays, places split in two, whole weights of all criteria."""

    def __init__(self, network: Network, columns: Sequence[str]) -> None:
        self.rows = np.flatnonzero(network.links["mode"].eq("freight").to_numpy())
        links = network.links.iloc[self.rows]
        self.nodes = pd.Index(pd.unique(pd.concat([links["from_node_id"], links["to_node_id"]])))
        ends = network.nodes["kind"].reindex(self.nodes).isin(PLACE_KINDS).to_numpy()
        self.entry = np.arange(len(self.nodes))
        self.entry[ends] += len(self.nodes)
        self.size = 2 * len(self.nodes)
        self.tails: Ints = self.nodes.get_indexer(links["from_node_id"])
        self.heads: Ints = self.entry[self.nodes.get_indexer(links["to_node_id"])]
        self.weights = np.stack([units(links, column) for column in columns], axis=1)

    def bounds(self, target: int) -> npt.NDArray[np.float64]:
        """Least of each criterion from every node to the target: one column each, infinite where there is no way."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import dijkstra

        out = []
        for weights in self.weights.T:
            order = np.lexsort((weights, self.tails, self.heads))
            first = np.ones(len(order), dtype=bool)
            first[1:] = (np.diff(self.heads[order]) != 0) | (np.diff(self.tails[order]) != 0)
            keep = order[first]
            # one more on each link, since a weight of zero would be no link; taken off again below
            back = coo_array(
                (weights[keep] * 4096.0 + 1, (self.heads[keep], self.tails[keep])),
                shape=(self.size, self.size),
            ).tocsr()
            far = dijkstra(back, indices=target)
            out.append(np.where(np.isfinite(far), np.floor(far / 4096), np.inf))
        return np.stack(out, axis=1)


def _search(graph: _Graph, origin: str, destination: str, tolerance: float) -> list[list[int]]:
    """Rows of the links of each chain of the set."""
    if origin == destination or origin not in graph.nodes or destination not in graph.nodes:
        return []
    start = graph.nodes.get_loc(origin)
    target = int(graph.entry[graph.nodes.get_loc(destination)])
    bound = graph.bounds(target)
    if not np.isfinite(bound[start]).all():
        return []
    least = [tuple(int(x) for x in row) if np.isfinite(row).all() else None for row in bound]
    after = _successors(graph, least)
    width = graph.weights.shape[1]
    labels: list[tuple[int, int, int]] = [(start, -1, -1)]  # node, link, label before
    open_: list[tuple[Vector, int, Vector]] = [(least[start] or (0,) * width, 0, (0,) * width)]
    closed: dict[int, list[Vector]] = {}
    chains: list[Vector] = []
    ends: list[int] = []
    slack = 1.0 + tolerance
    while open_:
        reach, label, cost = heapq.heappop(open_)
        node = labels[label][0]
        if _beaten(reach, chains, slack) or _beaten(cost, closed.get(node, []), 1.0):
            continue
        if node == target:
            chains.append(cost)
            ends.append(label)
            continue
        closed.setdefault(node, []).append(cost)
        for link, head, step in after[node]:
            total = tuple(a + b for a, b in zip(cost, step, strict=True))
            far = tuple(a + b for a, b in zip(total, least[head] or (), strict=True))
            if _beaten(far, chains, slack) or _beaten(total, closed.get(head, []), 1.0):
                continue
            labels.append((head, link, label))
            if len(labels) > _MOST_LABELS:
                raise InputError(
                    "too many chains to tell apart exactly; give a tolerance, such as 0.01, or fewer criteria"
                )
            heapq.heappush(open_, (far, len(labels) - 1, total))
    return [_rows_of(graph, labels, end) for end in ends]


def _successors(graph: _Graph, least: list[Vector | None]) -> list[list[tuple[int, int, Vector]]]:
    """Links that leave each node and from whose end the target can be reached."""
    after: list[list[tuple[int, int, Vector]]] = [[] for _ in range(graph.size)]
    steps = graph.weights.tolist()
    for link, (tail, head) in enumerate(zip(graph.tails.tolist(), graph.heads.tolist(), strict=True)):
        if least[head] is not None and tail != head:
            after[tail].append((link, head, tuple(steps[link])))
    return after


def _beaten(vector: Vector, others: list[Vector], slack: float) -> bool:
    """Whether one of the others is at least as good in everything, up to the slack."""
    return any(all(a <= b * slack for a, b in zip(other, vector, strict=True)) for other in others)


def _rows_of(graph: _Graph, labels: list[tuple[int, int, int]], end: int) -> list[int]:
    found = []
    while labels[end][2] >= 0:
        found.append(int(graph.rows[labels[end][1]]))
        end = labels[end][2]
    return found[::-1]


def _row(network: Network, rows: list[int]) -> dict[str, Any]:
    links = network.links.iloc[rows]
    runs = links["service_id"][links["legs"].gt(0)]
    return {
        "time_min": units(links, "total_min").sum() / 60_000,
        "cost_cny_teu": units(links, "cost_cny").sum() / 100,
        "co2_kg_teu": units(links, "co2_kg").sum() / 1000,
        "distance_km": units(links, "length_km").sum() / 1000,
        "legs": int(links["legs"].sum()),
        "carriers": ";".join(runs),
        "links": ";".join(links.index),
    }
