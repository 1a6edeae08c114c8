"""Random small networks with every oddity, and slow obvious referees."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
from hypothesis import strategies as st


@dataclass
class World:
    """Arrays of a network."""

    n: int
    tail: np.ndarray
    head: np.ndarray
    weight: np.ndarray
    x: np.ndarray | None = None
    y: np.ndarray | None = None

    @property
    def arrays(self):
        return self.n, self.tail, self.head, self.weight, self.x, self.y


@st.composite
def worlds(draw, max_nodes: int = 14, max_weight: int = 30, min_nodes: int = 1):
    """Directed, often disconnected, with zero and equal weights, parallel links and self loops."""
    n = draw(st.integers(min_nodes, max_nodes))
    m = draw(st.integers(0, 3 * n))
    node = st.integers(0, n - 1)
    weights = draw(st.sampled_from([st.integers(0, max_weight), st.sampled_from([0, 1]), st.just(7)]))
    links = draw(st.lists(st.tuples(node, node, weights), min_size=m, max_size=m))
    tail, head, weight = (np.array([link[i] for link in links], np.int64) for i in range(3))
    x = y = None
    if draw(st.booleans()):
        places = st.lists(st.integers(0, 5), min_size=n, max_size=n)
        x, y = np.array(draw(places), float), np.array(draw(places), float)
    return World(n, tail, head, weight, x, y)


def referee(world: World) -> np.ndarray:
    """All costs by networkx, -1 where there is no way."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(world.n))
    for i, (a, b, w) in enumerate(zip(world.tail, world.head, world.weight, strict=True)):
        graph.add_edge(int(a), int(b), key=i, weight=int(w))
    costs = np.full((world.n, world.n), -1, np.int64)
    for origin in range(world.n):
        for target, cost in nx.single_source_dijkstra_path_length(graph, origin).items():
            costs[origin, target] = cost
    return costs


def within(costs: np.ndarray, limit: int) -> np.ndarray:
    """The same with everything above the limit as no way."""
    return np.where(costs > limit, -1, costs)


def road_like(side: int, rng: np.random.Generator) -> World:
    """A torn lattice with fast lines, one-way streets and coordinates, some hundred nodes and more."""
    n = side * side
    node = np.arange(n)
    row, column = node // side, node % side
    a = np.r_[node[column < side - 1], node[row < side - 1]]
    b = np.r_[node[column < side - 1] + 1, node[row < side - 1] + side]
    keep = rng.random(len(a)) < 0.8
    a, b = a[keep], b[keep]
    weight = rng.integers(20, 100, len(a)) // np.where((a // side) % 5 == 0, 4, 1)
    back = rng.random(len(a)) < 0.9
    x, y = column + rng.normal(0, 0.2, n), row + rng.normal(0, 0.2, n)
    return World(n, np.r_[a, b[back]], np.r_[b, a[back]], np.r_[weight, weight[back]], x, y)
