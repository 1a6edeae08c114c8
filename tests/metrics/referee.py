"""The slow and obvious way to least impedance: networkx, with places split so that no path passes them."""

from __future__ import annotations

import networkx as nx
import numpy as np

from yrdgis.network import Network
from yrdgis.network.impedance import IMPEDANCES, PLACE_KINDS

PUBLIC = {"rail", "metro", "walk", "access"}


def least(network: Network, origin: str, mode: str, impedance: str) -> dict[str, int]:
    """Least whole units of the impedance from an origin to every node, by Dijkstra of networkx."""
    what = IMPEDANCES[impedance]
    ends = PLACE_KINDS | ({"station", "metro"} if mode == "drive" else set())
    kinds = network.nodes["kind"].to_dict()
    modes = PUBLIC if mode == "public" else {mode}
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(network.nodes.index)
    links = network.links[network.links["mode"].isin(modes)]
    for tail, head, value in zip(links["from_node_id"], links["to_node_id"], links[what.column], strict=True):
        into = ("into", head) if kinds[head] in ends else head
        graph.add_edge(tail, into, weight=int(np.rint(value * what.per_unit)))
    found = nx.single_source_dijkstra_path_length(graph, origin, weight="weight")
    plain = {(node[1] if isinstance(node, tuple) else node): value for node, value in found.items()}
    return {**plain, origin: 0}
