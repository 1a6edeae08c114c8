from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network.drawn import strait

from yrdgis.errors import InputError
from yrdgis.metrics.connectivity import (
    built_links,
    centrality,
    circuity,
    city_cuts,
    connectivity,
    efficiency,
    graph_indices,
    nodal_efficiency,
    weak_points,
)
from yrdgis.metrics.frames import minutes
from yrdgis.network import build_network
from yrdgis.network.assumptions import distance_km

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=14)


def frame(rows) -> pd.DataFrame:
    """Links between numbered nodes; nodes 0 and 1 are of city A, 2 and 3 of city B, the others of none."""
    links = pd.DataFrame(rows, columns=["from_node_id", "to_node_id", "length_km"])
    city = {0: "A", 1: "A", 2: "B", 3: "B"}
    links["link_id"] = [f"l{at}" for at in range(len(links))]
    for end in ("from", "to"):
        links[f"{end}_city_id"] = links[f"{end}_node_id"].map(city).fillna("")
    return links


def test_indices_of_a_drawn_grid():
    """Two squares side by side:  a-b-c over d-e-f; b and e stay, the corners only pass a line through."""
    ends = [("a", "b"), ("b", "c"), ("d", "e"), ("e", "f"), ("a", "d"), ("b", "e"), ("c", "f")]
    found = graph_indices(pd.DataFrame(ends, columns=["from_node_id", "to_node_id"]))
    assert found[["nodes", "links", "parts", "circuits"]].tolist() == [2, 3, 1, 2]


@given(rows=PAIRS)
def test_circuits_are_those_of_the_whole_graph(rows):
    graph = nx.MultiGraph([(a, b) for a, b, _ in rows if a != b])
    parts = nx.number_connected_components(graph)
    found = graph_indices(frame(rows))
    assert found["circuits"] == graph.number_of_edges() - graph.number_of_nodes() + parts
    assert found["parts"] == parts


def test_indices_by_hand():
    """A complete graph of four nodes has every link of a planar graph: alpha and gamma are 1."""
    ends = [(a, b) for a in range(4) for b in range(a)]
    found = graph_indices(pd.DataFrame(ends, columns=["from_node_id", "to_node_id"]))
    assert found[["alpha", "beta", "gamma"]].tolist() == [1.0, 1.5, 1.0]


def test_efficiency_by_hand_and_zero_where_there_is_no_way():
    km = np.array([[0.0, 30.0], [30.0, 0.0]])
    assert efficiency(np.array([[0, 30], [60, 0]]), km, speed_kph=60) == pytest.approx((1 + 0.5) / 2)
    assert efficiency(np.array([[0, np.nan], [60, 0]]), km, speed_kph=60) == pytest.approx(0.25)
    with pytest.raises(InputError, match="above 0"):
        efficiency(km, km, speed_kph=0)
    with pytest.raises(InputError, match="square"):
        efficiency(km[:1], km, speed_kph=60)


@given(
    table=st.lists(st.lists(st.floats(1, 500), min_size=3, max_size=3), min_size=3, max_size=3),
    at=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    share=st.floats(0.01, 1),
)
def test_efficiency_never_falls_when_a_way_gets_shorter(table, at, share):
    km = np.full((3, 3), 40.0)
    before = np.array(table)
    after = before.copy()
    after[at] *= share
    assert efficiency(after, km, speed_kph=100) >= efficiency(before, km, speed_kph=100) - 1e-12


@settings(max_examples=40)
@given(rows=PAIRS)
def test_betweenness_and_closeness_are_those_of_igraph(rows):
    igraph = pytest.importorskip("igraph")
    links = frame([row for row in rows if row[0] != row[1]])
    if links.empty:
        return
    found = centrality(links)
    names = list(found.index)
    least = links.assign(
        a=links[["from_node_id", "to_node_id"]].min(axis=1),
        b=links[["from_node_id", "to_node_id"]].max(axis=1),
    )
    least = least.groupby(["a", "b"])["length_km"].min().reset_index()
    graph = igraph.Graph(
        n=len(names), edges=[(names.index(a), names.index(b)) for a, b in zip(least.a, least.b, strict=True)]
    )
    pairs = max((len(names) - 1) * (len(names) - 2) / 2, 1)
    raw = np.array(graph.betweenness(weights=list(least["length_km"])))
    np.testing.assert_allclose(found["betweenness"], raw / pairs, atol=1e-9)


def test_closeness_by_hand():
    """a --2-- b --3-- c: b reaches two nodes over 5 km, a over 2 + 5."""
    found = centrality(frame([(0, 1, 2), (1, 2, 3)]))
    assert found["closeness"].tolist() == pytest.approx([2 / 7, 2 / 5, 2 / 8])
    assert found["betweenness"].tolist() == [0, 1, 0]
    with pytest.raises(InputError, match="negative"):
        centrality(frame([(0, 1, -2)]))


@settings(max_examples=60)
@given(rows=PAIRS)
def test_a_cut_is_as_large_as_menger_says_and_cuts(rows):
    links = frame(rows)
    found = city_cuts(links)
    joined = nx.MultiGraph()
    joined.add_nodes_from(["A", "B"])
    merged = {0: "A", 1: "A", 2: "B", 3: "B"}
    for a, b, link in zip(links["from_node_id"], links["to_node_id"], links["link_id"], strict=True):
        joined.add_edge(merged.get(a, a), merged.get(b, b), key=link)
    for row in found.itertuples():
        cut = [c for c in row.cut_links.split(";") if c]
        assert len(cut) == row.edge_connectivity
        rest = joined.copy()
        rest.remove_edges_from([(a, b, k) for a, b, k in joined.edges(keys=True) if k in cut])
        assert not nx.has_path(rest, "A", "B")
        disjoint = nx.Graph()
        disjoint.add_nodes_from(["A", "B"])
        for a, b, key in joined.edges(keys=True):  # each parallel link as a way of its own
            disjoint.add_edge(a, ("mid", key))
            disjoint.add_edge(("mid", key), b)
        assert nx.edge_connectivity(disjoint, "A", "B") == row.edge_connectivity


@settings(max_examples=60)
@given(rows=PAIRS)
def test_bridges_and_articulation_points_are_what_falls_apart(rows):
    links = frame(rows)
    graph = nx.MultiGraph()
    for a, b, link in zip(links["from_node_id"], links["to_node_id"], links["link_id"], strict=True):
        if a != b:
            graph.add_edge(a, b, key=link)
    parts = nx.number_connected_components(graph)
    found = weak_points(links)
    told = {kind: set(group["id"]) for kind, group in found.groupby("kind")}
    bridges = set()
    for a, b, key in graph.edges(keys=True):
        rest = graph.copy()
        rest.remove_edge(a, b, key)
        bridges |= {key} if nx.number_connected_components(rest) > parts else set()
    points = set()
    for node in graph:
        rest = graph.copy()
        rest.remove_node(node)
        points |= {node} if nx.number_connected_components(rest) > parts else set()
    assert told.get("bridge", set()) == bridges
    assert told.get("articulation", set()) == points
    assert (found["nodes_cut_off"] >= 1).all()


def test_circuity_without_length_is_unknown():
    assert np.isnan(circuity(pd.DataFrame({"length_km": [], "straight_km": []})))


def test_connectors_and_walks_never_count(layers):
    network = build_network(layers, "today")
    kinds = layers["road_links"].set_index("link_id")["facility_type"]
    roads = built_links(network, "road")
    assert not kinds.loc[roads["link_id"]].eq("connector").any()
    assert not built_links(network, "rail")["line_id"].eq("line:hub-transfer").any()
    assert (roads["length_km"] >= 0.85 * roads["straight_km"]).mean() > 0.95


def test_efficiency_of_places_averages_to_that_of_the_whole(toy):
    network = build_network(toy, "today")
    ids = [*toy["districts"]["district_id"]]
    found = nodal_efficiency(network, ids)
    at = network.nodes.loc[ids]
    km = np.array(
        [
            [distance_km(*(np.array([v]) for v in (a.lon, a.lat, b.lon, b.lat)))[0] for b in at.itertuples()]
            for a in at.itertuples()
        ]
    )
    speed = toy.parameter("connectivity.ideal_speed_kph")
    whole = efficiency(minutes(network, ids, ids), km, speed_kph=speed)
    assert found["efficiency"].mean() == pytest.approx(whole)
    assert found["efficiency_in"].mean() == pytest.approx(whole)
    assert (found["efficiency_low"] <= found["efficiency_high"]).all()
    with pytest.raises(InputError, match="two places or more"):
        nodal_efficiency(network, ids[:1])


def test_cities_add_up_and_nothing_is_dropped(layers):
    network = build_network(layers, "today")
    found = connectivity(network)
    for _, rows in found.groupby("mode"):
        region, cities = rows[rows["city_id"] == ""], rows[rows["city_id"] != ""]
        assert len(cities) == len(layers["cities"])
        assert cities["length_km"].sum() == pytest.approx(region["length_km"].iloc[0])
    assert found["circuity"].dropna().between(0.95, 1.6).all()
    assert found.attrs["confidence"]
    with pytest.raises(InputError, match="no mode 'air'"):
        built_links(network, "air")
    with pytest.raises(InputError, match="built from layers"):
        connectivity(strait())
