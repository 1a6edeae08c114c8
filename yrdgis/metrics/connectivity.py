"""How a network hangs together: density, indices of its graph, efficiency, betweenness, cuts between cities.

Measured on what is built: links of the layers as nodes join them, parallel lines and all. Connectors, which stand for
local streets, are never among them, so they are no bridge and no way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.frames import basis, layers_of, minutes, with_range
from yrdgis.metrics.skim import check_places
from yrdgis.network import Network
from yrdgis.network.assumptions import distance_km
from yrdgis.network.effects import Effects
from yrdgis.network.model import worst

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "MODES",
    "built_links",
    "centrality",
    "circuity",
    "city_cuts",
    "connectivity",
    "efficiency",
    "graph_indices",
    "nodal_efficiency",
    "road_classes",
    "weak_points",
]

MODES = {
    "road": ("road_links", "road_nodes"),
    "rail": ("rail_links", "rail_stations"),
    "metro": ("metro_links", "metro_stations"),
    "water": ("water_links", "water_nodes"),
}
"""Modes, and the layers of their links and nodes."""

_NOT_TRACK = ("walk",)


def built_links(network: Network, mode: str) -> pd.DataFrame:
    """What is built of a mode on the day of a network: one row per link, undirected.

    Parameters
    ----------
    network : Network
        Built from layers.
    mode : {"road", "rail", "metro", "water"}

    Returns
    -------
    pandas.DataFrame
        ``link_id``, ``from_node_id``, ``to_node_id``, ``length_km``, ``straight_km`` (great circle), ``from_city_id``,
        ``to_city_id`` (blank outside the region), ``line_id``, ``confidence`` and ``dated``. Without connectors, and
        without walks between stations.

    Raises
    ------
    InputError
        If there is no such mode, or the network was not built from layers.
    """
    if mode not in MODES:
        raise InputError(f"no mode {mode!r}; there are {', '.join(MODES)}")
    layers, recipe = layers_of(network, what="connectivity"), network.recipe
    if recipe is None:
        return pd.DataFrame()
    effects = Effects(layers, recipe.as_of, recipe.variant, recipe.with_projects, recipe.without_projects)
    links, nodes = effects.open_links(MODES[mode][0]), layers.get(MODES[mode][1])
    columns = ["link_id", "from_node_id", "to_node_id", "length_km", "line_id", "confidence", "dated"]
    if not len(links):
        return pd.DataFrame(columns=[*columns, "straight_km", "from_city_id", "to_city_id"])
    links = links.rename(columns={"route_id": "line_id", "waterway_id": "line_id"})
    if mode == "road":
        links = links[links["facility_type"] != "connector"]
    if mode == "rail":
        kinds = layers["rail_lines"].set_index("line_id")["category"]
        links = links[~links["line_id"].map(kinds).isin(_NOT_TRACK)]
    at = nodes.set_index(nodes.columns[0])
    out = links[columns].copy()
    ends = [at.reindex(links[end]) for end in ("from_node_id", "to_node_id")]
    (lon_a, lat_a), (lon_b, lat_b) = ((e["lon"].to_numpy(float), e["lat"].to_numpy(float)) for e in ends)
    out["straight_km"] = distance_km(lon_a, lat_a, lon_b, lat_b)
    for end, one in zip(("from", "to"), ends, strict=True):
        out[f"{end}_city_id"] = one["city_id"].fillna("").to_numpy(object)
    return out.reset_index(drop=True)


def road_classes(network: Network) -> list[str]:
    """Types of road that a network holds, on which figures about borders and towns rest."""
    layers = layers_of(network, what="road classes")
    roads = built_links(network, "road")
    known = layers[MODES["road"][0]].set_index("link_id")["facility_type"]
    return sorted(set(known.reindex(roads["link_id"])) - {""}) if len(roads) else []


def graph_indices(links: pd.DataFrame) -> pd.Series:
    """Kansky's indices of a graph, once nodes that only pass a line through are taken out.

    With v nodes, e links and p parts: ``alpha`` = (e - v + p) / (2 v - 5 p), the share of possible circuits of a
    planar graph; ``beta`` = e / v; ``gamma`` = e / (3 (v - 2 p)), the share of possible links.

    Parameters
    ----------
    links : pandas.DataFrame
        ``from_node_id`` and ``to_node_id``; direction does not matter, parallel links count.

    Returns
    -------
    pandas.Series
        ``nodes``, ``links``, ``parts``, ``circuits`` (e - v + p), ``alpha``, ``beta``, ``gamma``; NaN where a graph is
        too small for an index.

    References
    ----------
    Kansky (1963), Structure of transportation networks.

    Examples
    --------
    >>> square = pd.DataFrame({"from_node_id": list("abcda"), "to_node_id": list("bcdac")})
    >>> graph_indices(square)[["nodes", "links", "circuits"]].tolist()
    [2.0, 3.0, 2.0]
    """
    import networkx as nx

    graph = _through(_graph(links))
    v, e, p = graph.number_of_nodes(), graph.number_of_edges(), nx.number_connected_components(graph)
    circuits = e - v + p
    return pd.Series(
        {
            "nodes": float(v),
            "links": float(e),
            "parts": float(p),
            "circuits": float(circuits),
            "alpha": circuits / (2 * v - 5 * p) if 2 * v > 5 * p else np.nan,
            "beta": e / v if v else np.nan,
            "gamma": e / (3 * (v - 2 * p)) if v > 2 * p else np.nan,
        }
    )


def circuity(links: pd.DataFrame) -> float:
    """Length along the links over the straight lines between their ends: 1 is straight, NaN without length.

    References
    ----------
    Barthelemy (2011), Spatial networks.

    Examples
    --------
    >>> circuity(pd.DataFrame({"length_km": [13.0, 2.0], "straight_km": [10.0, 2.0]}))
    1.25
    """
    straight = float(links["straight_km"].sum())
    return float(links["length_km"].sum()) / straight if straight > 0 else float("nan")


def efficiency(times: np.ndarray, straight_km: np.ndarray, *, speed_kph: float) -> float:
    """Weighted, directed efficiency: mean over pairs of the straight-line time over the time taken; 0 where no way.

    E = mean over i != j of (d_ij / v) / t_ij, with d the straight line and v the speed of an ideal road along it; above 1
    where trains are faster than that.

    Parameters
    ----------
    times : array of float
        Minutes from each place to each; NaN: no way.
    straight_km : array of float
        Straight lines between them.
    speed_kph : float
        Speed of the ideal, above 0.

    References
    ----------
    Latora and Marchiori (2001), Efficient behavior of small-world networks; Vragovic, Louis and Diaz-Guilera (2005)
    for the comparison with straight lines.

    Examples
    --------
    >>> efficiency(np.array([[0, 60], [120, 0]]), np.array([[0, 60], [60, 0]]), speed_kph=60)
    0.75
    """
    if not speed_kph > 0:
        raise InputError(f"the speed of the ideal is {speed_kph} km/h; it has to be above 0")
    if times.shape != straight_km.shape or times.shape[0] != times.shape[1]:
        raise InputError("efficiency takes two square tables of the same places")
    off = ~np.eye(len(times), dtype=bool)
    if not off.any():
        return float("nan")
    time, km = times[off], straight_km[off]
    ideal = km / speed_kph * 60
    share = np.divide(ideal, time, out=np.zeros_like(ideal, dtype=float), where=np.nan_to_num(time) > 0)
    return float(share.mean())


def nodal_efficiency(
    network: Network,
    places: Sequence[str] | None = None,
    *,
    mode: str = "door",
    range_: bool = True,
    **how: Any,
) -> pd.DataFrame:
    """Efficiency of each place: the mean over the other places of straight-line time over time taken.

    Parameters
    ----------
    network : Network
        Built from layers.
    places : sequence of str, optional
        Node ids; the districts by default.
    mode : str
        As for `yrdgis.metrics.frames.minutes`.
    range_ : bool
        Whether to add ``efficiency_low`` and ``efficiency_high``; the speed of the ideal stays at its value.
    **how
        ``client``, ``block``, ``memory_mb`` and ``progress``, as for `yrdgis.metrics.frames.minutes`.

    Returns
    -------
    pandas.DataFrame
        By ``place_id``: ``efficiency`` (out of the place), ``efficiency_in`` (into it), ``reached_share`` of the others. Their
        mean is the `efficiency` of the whole.

    References
    ----------
    As for `efficiency`.
    """
    layers = layers_of(network, what="efficiency")
    ids = list(layers["districts"]["district_id"]) if places is None else list(dict.fromkeys(places))
    check_places(network, ids)
    if len(ids) < 2:
        raise InputError("efficiency takes two places or more")
    speed = layers.parameter("connectivity.ideal_speed_kph")
    at = network.nodes.loc[ids, ["lon", "lat"]].to_numpy(float)
    a, b = (index.ravel() for index in np.indices((len(ids), len(ids))))
    km = distance_km(at[a, 0], at[a, 1], at[b, 0], at[b, 1]).reshape(len(ids), -1)

    def measure(one: Network) -> pd.DataFrame:
        time = minutes(one, ids, ids, mode=mode, **how)
        np.fill_diagonal(time, np.nan)
        reached = np.isfinite(time) & (time > 0)
        share = np.divide(km / speed * 60, time, out=np.zeros_like(km), where=reached)
        others = len(ids) - 1
        frame = {
            "efficiency": share.sum(axis=1) / others,
            "efficiency_in": share.sum(axis=0) / others,
            "reached_share": reached.sum(axis=1) / others,
        }
        return pd.DataFrame(frame, index=pd.Index(ids, name="place_id"))

    out = with_range(network, measure) if range_ else measure(network)
    out.attrs.update(basis(network, ids, ids, mode=mode))
    return out


def centrality(links: pd.DataFrame, *, weight: str = "length_km") -> pd.DataFrame:
    """Betweenness and closeness of nodes, on least length.

    ``betweenness`` is the share of pairs of other nodes whose least ways pass a node; ``closeness`` the number of nodes
    reached over the sum of the lengths to them, times the share that is reached (Wasserman and Faust), per km.

    Parameters
    ----------
    links : pandas.DataFrame
        With ends and the column of the weight.
    weight : str
        Column to be least, zero or more.

    Returns
    -------
    pandas.DataFrame
        Indexed by node id.

    References
    ----------
    Freeman (1977), A set of measures of centrality based on betweenness; Brandes (2001).

    Examples
    --------
    >>> line = pd.DataFrame({"from_node_id": ["a", "b"], "to_node_id": ["b", "c"], "length_km": [2.0, 3.0]})
    >>> centrality(line)["betweenness"].tolist()
    [0.0, 1.0, 0.0]
    """
    import networkx as nx

    if (links[weight] < 0).any():
        raise InputError(f"'{weight}' has negative values; centrality needs zero or more")
    simple = nx.Graph()
    for a, b, value in zip(links["from_node_id"], links["to_node_id"], links[weight], strict=True):
        known = simple.get_edge_data(a, b, {}).get("weight", np.inf)
        simple.add_edge(a, b, weight=min(value, known))
    between = nx.betweenness_centrality(simple, weight="weight")
    close = nx.closeness_centrality(simple, distance="weight", wf_improved=True)
    out = pd.DataFrame({"betweenness": between, "closeness": close}, dtype=float)
    return out.rename_axis("node_id").sort_index()


def city_cuts(links: pd.DataFrame) -> pd.DataFrame:
    """How many links have to close to cut two cities apart, and which.

    Parameters
    ----------
    links : pandas.DataFrame
        As `built_links` gives them. Nodes of one city count as joined, also those of
        its islands, for what holds a city together is not what is asked.

    Returns
    -------
    pandas.DataFrame
        ``from_city_id``, ``to_city_id``, ``edge_connectivity`` (0: not joined), ``cut_links`` (one least cut, ids joined
        by ``;``).

    References
    ----------
    Ford and Fulkerson (1956), Maximal flow through a network.

    Examples
    --------
    >>> links = pd.DataFrame({"link_id": ["l1", "l2"], "from_node_id": ["a", "a"], "to_node_id": ["b", "b"],
    ...                       "from_city_id": "A", "to_city_id": "B"})
    >>> city_cuts(links).values.tolist()
    [['A', 'B', 2, 'l1;l2']]
    """
    import networkx as nx

    city = pd.concat(
        [links[[f"{e}_node_id", f"{e}_city_id"]].set_axis(["node", "city"], axis=1) for e in ("from", "to")]
    )
    of = {
        node: (f"city {name}" if name else node)
        for node, name in zip(city["node"], city["city"], strict=True)
    }
    tails, heads = (links[f"{end}_node_id"].map(of) for end in ("from", "to"))
    graph = nx.Graph()
    for a, b in zip(tails, heads, strict=True):
        if a != b:
            graph.add_edge(a, b, capacity=graph.get_edge_data(a, b, {}).get("capacity", 0) + 1)
    rows = []
    cities = sorted({name for name in city["city"] if name})
    for one, other in combinations(cities, 2):
        a, b = f"city {one}", f"city {other}"
        if a not in graph or b not in graph or not nx.has_path(graph, a, b):
            rows.append((one, other, 0, ""))
            continue
        value, (side, _) = nx.minimum_cut(graph, a, b)
        cut = links.loc[tails.isin(side).to_numpy() != heads.isin(side).to_numpy(), "link_id"]
        rows.append((one, other, int(value), ";".join(sorted(cut))))
    return pd.DataFrame(rows, columns=["from_city_id", "to_city_id", "edge_connectivity", "cut_links"])


def weak_points(links: pd.DataFrame) -> pd.DataFrame:
    """Bridges and articulation points: links and nodes without which the network falls apart.

    Returns
    -------
    pandas.DataFrame
        ``kind`` (bridge or articulation), ``id`` (of the link or node), ``nodes_cut_off``: nodes outside the largest part
        of what it held together. Links that end in a dead end are bridges too, with one node cut off.

    References
    ----------
    Tarjan (1974), A note on finding the bridges of a graph.

    Examples
    --------
    >>> links = pd.DataFrame({"link_id": ["l1", "l2"], "from_node_id": ["a", "b"], "to_node_id": ["b", "c"]})
    >>> weak_points(links)["id"].tolist()
    ['b', 'l1', 'l2']
    """
    import networkx as nx

    graph = _graph(links)
    simple = nx.Graph(graph)
    rows = []
    for a, b in nx.bridges(simple):
        if graph.number_of_edges(a, b) > 1:
            continue
        link = next(iter(graph[a][b].values()))["link"]
        component = nx.node_connected_component(simple, a)
        rows.append(("bridge", link, _smaller(simple, component, edge=(a, b))))
    for node in nx.articulation_points(simple):
        component = nx.node_connected_component(simple, node)
        rows.append(("articulation", node, _smaller(simple, component, node=node)))
    out = pd.DataFrame(rows, columns=["kind", "id", "nodes_cut_off"])
    return out.sort_values(["kind", "nodes_cut_off", "id"], ascending=[True, False, True], ignore_index=True)


def connectivity(network: Network, modes: Sequence[str] = ("road", "rail", "metro")) -> pd.DataFrame:
    """Density, indices and circuity by mode, for the region and for each city.

    Parameters
    ----------
    network : Network
        Built from layers.
    modes : sequence of str
        Of `MODES`.

    Returns
    -------
    pandas.DataFrame
        ``mode``, ``city_id`` (blank: the region), ``length_km``, ``km_per_100_km2``, ``km_per_100k_people``,
        ``circuity``, the indices of `graph_indices`, ``confidence`` (worst of the links) and ``undated_share`` (of
        kilometres). A link between two cities counts half its length for each; the graph of a city holds the links
        with both ends in it. Zero length where a city has none of a mode, indices NaN.
    """
    layers = layers_of(network, what="connectivity")
    cities = layers["cities"].set_index("city_id")
    rows = []
    for mode in modes:
        links = built_links(network, mode)
        inside = links[links["from_city_id"].ne("") | links["to_city_id"].ne("")]
        for city in ["", *cities.index]:
            share = _share(inside, cities.index if city == "" else [city])
            own = inside[share == 1] if city else inside
            area = cities["area_km2"].astype(float).sum() if city == "" else float(cities["area_km2"][city])
            people = cities["pop_2020"].astype(float).sum() if city == "" else float(cities["pop_2020"][city])
            km = float((inside["length_km"] * share).sum())
            undated = float((inside["length_km"] * share)[~inside["dated"].astype(bool)].sum())
            rows.append(
                {
                    "mode": mode,
                    "city_id": city,
                    "length_km": km,
                    "km_per_100_km2": km / area * 100,
                    "km_per_100k_people": km / people * 1e5,
                    "circuity": circuity(own),
                    **graph_indices(own),
                    "confidence": worst(own["confidence"].unique()),
                    "undated_share": undated / km if km else np.nan,
                }
            )
    out = pd.DataFrame(rows)
    out.attrs.update(
        as_of=network.as_of.isoformat() if network.as_of else None,
        label=network.label,
        forecast=bool(network.attrs.get("forecast", False)),
        confidence=worst(out["confidence"].unique()),
        undated_share=round(network.undated_share, 4),
        range="none: lengths and joints do not depend on the parameters",
    )
    return out


def _share(links: pd.DataFrame, cities: Any) -> pd.Series:
    return (links["from_city_id"].isin(cities).astype(float) + links["to_city_id"].isin(cities)) / 2


def _graph(links: pd.DataFrame) -> nx.MultiGraph:
    import networkx as nx

    graph = nx.MultiGraph()
    ids = links["link_id"] if "link_id" in links else pd.Series(range(len(links)), index=links.index)
    for a, b, link in zip(links["from_node_id"], links["to_node_id"], ids, strict=True):
        if a != b:
            graph.add_edge(a, b, link=link)
    return graph


def _through(graph: nx.MultiGraph) -> nx.MultiGraph:
    """The graph without nodes that only pass a line through; a ring keeps one parallel pair."""
    slim = graph.copy()
    for node in list(slim.nodes):
        ends = [b for _, b in slim.edges(node)]
        if len(ends) == 2 and ends[0] != ends[1]:
            slim.remove_node(node)
            slim.add_edge(*ends)
    return slim


def _smaller(graph: nx.Graph, component: set[Any], *, edge: Any = None, node: Any = None) -> int:
    import networkx as nx

    rest = nx.Graph(graph.subgraph(component))
    if edge is not None:
        rest.remove_edge(*edge)
    else:
        rest.remove_node(node)
    sizes = sorted(len(part) for part in nx.connected_components(rest))
    return sum(sizes[:-1])
